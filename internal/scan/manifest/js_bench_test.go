package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// lock sizes are those of a large front end: 2,000 packages, each of which
// needs four others.
const jsBenchPackages = 2000

func jsBenchNPM() []byte {
	var b strings.Builder
	b.WriteString(`{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {` + "\n" + `"": {"name": "app", "dependencies": {"p0": "^1.0.0"}, "devDependencies": {"p1": "^1.0.0"}}`)
	for i := range jsBenchPackages {
		fmt.Fprintf(&b, ",\n    \"node_modules/p%d\": {\n      \"version\": \"1.0.%d\",\n      \"resolved\": \"https://registry.npmjs.org/p%d/-/p%d-1.0.%d.tgz\",\n      \"integrity\": \"sha512-%s\",\n      \"license\": \"MIT\",\n      \"dependencies\": {", i, i, i, i, i, strings.Repeat("x", 88))
		for j := 1; j <= 4; j++ {
			if j > 1 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "\n        \"p%d\": \"^1.0.0\"", (i*3+j)%jsBenchPackages)
		}
		b.WriteString("\n      }\n    }")
	}
	b.WriteString("\n  }\n}\n")
	return []byte(b.String())
}

func jsBenchPNPM() []byte {
	var b, s strings.Builder
	b.WriteString("lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      p0:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n")
	s.WriteString("\nsnapshots:\n")
	for i := range jsBenchPackages {
		fmt.Fprintf(&b, "\n  p%d@1.0.%d:\n    resolution: {integrity: sha512-%s}\n    engines: {node: '>=18'}\n", i, i, strings.Repeat("x", 88))
		fmt.Fprintf(&s, "\n  p%d@1.0.%d:\n    dependencies:\n", i, i)
		for j := 1; j <= 4; j++ {
			k := (i*3 + j) % jsBenchPackages
			fmt.Fprintf(&s, "      p%d: 1.0.%d\n", k, k)
		}
	}
	return []byte(b.String() + s.String())
}

func jsBenchBerry() []byte {
	var b strings.Builder
	b.WriteString("__metadata:\n  version: 8\n")
	for i := range jsBenchPackages {
		fmt.Fprintf(&b, "\n\"p%d@npm:^1.0.0\":\n  version: 1.0.%d\n  resolution: \"p%d@npm:1.0.%d\"\n  dependencies:\n", i, i, i, i)
		for j := 1; j <= 4; j++ {
			fmt.Fprintf(&b, "    p%d: \"npm:^1.0.0\"\n", (i*3+j)%jsBenchPackages)
		}
		fmt.Fprintf(&b, "  checksum: 10/%s\n  languageName: node\n  linkType: hard\n", strings.Repeat("0", 128))
	}
	return []byte(b.String())
}

func BenchmarkJSLocks(b *testing.B) {
	for name, text := range map[string][]byte{"package-lock.json": jsBenchNPM(), "pnpm-lock.yaml": jsBenchPNPM(), "yarn.lock": jsBenchBerry()} {
		b.Run(name, func(b *testing.B) {
			fsys := MapFS{name: text, "package.json": []byte(`{"name": "app", "dependencies": {"p0": "^1.0.0"}}`)}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range jsReaders() {
					if !r.Match(name) {
						continue
					}
					res, err := r.Read(fsys, name)
					if err != nil || len(res.Usages) != jsBenchPackages {
						b.Fatalf("%d usages, %v", len(res.Usages), err)
					}
				}
			}
		})
	}
}
