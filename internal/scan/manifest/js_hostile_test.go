package manifest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// jsProblems renders problems as "line kind".
func jsProblems(res Result) []string {
	var out []string
	for _, p := range res.Problems {
		out = append(out, strings.TrimSpace(strings.Join([]string{p.Path + ":" + strconv.Itoa(p.Line), p.Kind}, " ")))
	}
	return out
}

func jsPURLs(res Result) []string {
	var out []string
	for _, u := range res.Usages {
		out = append(out, strings.TrimPrefix(u.Component.String(), "pkg:npm/"))
	}
	return out
}

func TestJSReadersKeepWhatDamagedFilesStillTell(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 10000)
	npm := func(packages string) string {
		return "{\n\"lockfileVersion\": 3,\n\"packages\": {\n" + packages + "\n}\n}\n"
	}
	for _, c := range []struct {
		name, file, text string
		purls, problems  []string
	}{
		{"byte order mark", "package-lock.json", "\ufeff" + npm(`"node_modules/a": {"version": "1.0.0"}`), []string{"a@1.0.0"}, nil},
		{"empty file", "package-lock.json", "", nil, []string{"package-lock.json:1 malformed"}},
		{"not a lockfile", "package-lock.json", "{}", nil, []string{"package-lock.json:1 malformed"}},
		{"no packages needed", "package-lock.json", `{"name": "x", "lockfileVersion": 1}`, nil, nil},
		{"a later version", "package-lock.json", "{\"lockfileVersion\": 9,\n\"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\"}}}", []string{"a@1.0.0"}, []string{"package-lock.json:1 unsupported"}},
		{"a list", "package-lock.json", "[1]", nil, []string{"package-lock.json:1 malformed"}},
		{"packages is a list", "package-lock.json", "{\"lockfileVersion\": 3,\n\"packages\": []}", nil, []string{"package-lock.json:2 malformed"}},
		{"an entry is a number", "package-lock.json", npm("\"node_modules/a\": 1,\n\"node_modules/b\": {\"version\": \"1.0.0\"}"), []string{"b@1.0.0"}, []string{"package-lock.json:4 malformed"}},
		{"an entry without version", "package-lock.json", npm("\"node_modules/a\": {}"), []string{"a"}, []string{"package-lock.json:4 malformed"}},
		{"dependencies is a text", "package-lock.json", npm("\"node_modules/a\": {\"version\": \"1.0.0\",\n\"dependencies\": \"b\"}"), []string{"a@1.0.0"}, []string{"package-lock.json:5 malformed"}},
		{"a version is a number", "package-lock.json", npm("\"node_modules/a\": {\"version\": 1}"), []string{"a"}, []string{"package-lock.json:4 malformed"}},
		{"cut inside a version", "package-lock.json", npm("\"node_modules/a\": {\"version\": \"1.0.0\"},\n\"node_modules/b\": {\"version\": \"1.2")[:99], []string{"a@1.0.0", "b"}, []string{"package-lock.json:5 malformed", "package-lock.json:5 malformed"}},
		{"a comma is missing", "package-lock.json", npm("\"node_modules/a\": {\"version\": \"1.0.0\"}\n\"node_modules/b\": {}"), []string{"a@1.0.0"}, []string{"package-lock.json:5 malformed"}},
		{"a key twice", "package-lock.json", npm("\"node_modules/a\": {\"version\": \"1.0.0\"},\n\"node_modules/a\": {\"version\": \"2.0.0\"}"), []string{"a@1.0.0", "a@2.0.0"}, []string{"package-lock.json:5 malformed"}},
		{"a conflict between entries", "package-lock.json", npm("<<<<<<< HEAD\n\"node_modules/a\": {\"version\": \"1.0.0\"}\n||||||| base\n\"node_modules/a\": {\"version\": \"0.9.0\"}\n=======\n\"node_modules/b\": {\"version\": \"2.0.0\"}\n>>>>>>> other"), []string{"a@1.0.0", "b@2.0.0"}, []string{"package-lock.json:4 merge conflict"}},
		{"10,000 deep", "package-lock.json", npm("\"node_modules/a\": {\"version\": \"1.0.0\", \"x\": " + deep + "1" + strings.Repeat("}", 10000) + "},\n\"node_modules/b\": {\"version\": \"2.0.0\"}"), []string{"a@1.0.0", "b@2.0.0"}, []string{"package-lock.json:4 too deep"}},
		{"10,000 deep and cut", "package.json", deep, nil, []string{"package.json:1 too deep", "package.json:1 malformed"}},
		{"10,000 deep version 1", "package-lock.json", `{"lockfileVersion": 1, "dependencies": ` + strings.Repeat(`{"a": {"version": "1.0.0", "dependencies": `, 10000), []string{"a@1.0.0"}, []string{"package-lock.json:1 too deep", "package-lock.json:1 malformed"}},
		{"text after the end", "package.json", "{}\n}", nil, []string{"package.json:2 malformed"}},
		{"an unknown escape", "package.json", `{"dependencies": {"a\q": "1.0.0", "b": "1.0.0"}}`, []string{`a%5Cq@1.0.0`, "b@1.0.0"}, []string{"package.json:1 malformed"}},
		{"a requirement is an object", "package.json", "{\"dependencies\": {\n\"a\": {}}}", []string{"a"}, []string{"package.json:2 malformed"}},
		{"yarn conflict", "yarn.lock", "# yarn lockfile v1\n\n<<<<<<< HEAD\na@^1:\n  version \"1.0.0\"\n=======\na@^2:\n  version \"2.0.0\"\n>>>>>>> x\n", []string{"a@1.0.0", "a@2.0.0"}, []string{"yarn.lock:3 merge conflict"}},
		{"yarn odd lines", "yarn.lock", "# yarn lockfile v1\na@^1:\n  version \"1.0.0\"\n      lost x\n  alone\nword\n", []string{"a@1.0.0"}, []string{"yarn.lock:4 malformed", "yarn.lock:5 malformed", "yarn.lock:6 malformed"}},
		{"yarn without a version", "yarn.lock", "# yarn lockfile v1\na@^1:\n  resolved \"x\"\n", []string{"a"}, []string{"yarn.lock:2 malformed"}},
		{"yarn empty", "yarn.lock", "", nil, []string{"yarn.lock:1 malformed"}},
		{"yarn with nothing in it", "yarn.lock", "# yarn lockfile v1\n", nil, nil},
		{"berry conflict", "yarn.lock", "__metadata:\n  version: 8\n\n<<<<<<< HEAD\n\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n||||||| base\n\"a@npm:^0\":\n  version: 0.1.0\n=======\n\"a@npm:^2\":\n  version: 2.0.0\n  resolution: \"a@npm:2.0.0\"\n>>>>>>> x\n", []string{"a@1.0.0", "a@2.0.0"}, []string{"yarn.lock:4 merge conflict"}},
		{"berry entry is a text", "yarn.lock", "__metadata:\n  version: 8\n\"a@npm:^1\": 5\n", nil, []string{"yarn.lock:3 malformed"}},
		{"pnpm empty", "pnpm-lock.yaml", "", nil, []string{"pnpm-lock.yaml:1 malformed"}},
		{"pnpm odd lines", "pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n\ttab: 1\n  a@1.0.0:\n    resolution: {integrity: x}\n      more: 1\n  what is this\n  b@1.0.0: *alias\n  '@x': {}\n", []string{"a@1.0.0", "b@1.0.0", "%40x"}, []string{"pnpm-lock.yaml:3 malformed", "pnpm-lock.yaml:6 malformed", "pnpm-lock.yaml:7 malformed", "pnpm-lock.yaml:8 unsupported"}},
		{"pnpm flow that does not end", "pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {x: [1, 2\n  b@1.0.0: {}\n", []string{"a@1.0.0"}, []string{"pnpm-lock.yaml:5 malformed"}},
		{"pnpm deep flow", "pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: " + strings.Repeat("[", 10000) + "\n", []string{"a@1.0.0"}, []string{"pnpm-lock.yaml:3 too deep"}},
		{"pnpm deep list", "pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\nx:\n  " + strings.Repeat("- ", 10000) + "\n", []string{"a@1.0.0"}, []string{"pnpm-lock.yaml:5 malformed"}},
		{"pnpm of a later version", "pnpm-lock.yaml", "lockfileVersion: '12.0'\npackages:\n  a@1.0.0: {}\n", []string{"a@1.0.0"}, []string{"pnpm-lock.yaml:1 unsupported"}},
		{"pnpm with lines of Windows", "pnpm-lock.yaml", "lockfileVersion: '9.0'\r\n\r\npackages:\r\n\r\n  a@1.0.0:\r\n    resolution: {integrity: x}\r\n", []string{"a@1.0.0"}, nil},
		{"yarn with lines of Windows", "yarn.lock", "# yarn lockfile v1\r\n\r\na@^1:\r\n  version \"1.0.0\"\r\n", []string{"a@1.0.0"}, nil},
		{"bun is no lockfile", "bun.lock", "{}", nil, []string{"bun.lock:1 malformed"}},
		{"bun odd entries", "bun.lock", "{\"packages\": {\n\"a\": {},\n\"b\": [1],\n\"c\": [\"c@1.0.0\"],\n// a comment\n/* and\nmore */ \"d\": [\"d@2.0.0\"],}}", []string{"c@1.0.0", "d@2.0.0"}, []string{"bun.lock:2 malformed", "bun.lock:3 malformed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := jsRead(t, MapFS{c.file: []byte(c.text)}, c.file)
			slices.Sort(c.purls)
			if diff := cmp.Diff(c.purls, jsPURLs(res)); diff != "" {
				t.Errorf("packages (-want +got)\n%s", diff)
			}
			problems := jsProblems(res)
			slices.Sort(problems)
			slices.Sort(c.problems)
			if diff := cmp.Diff(c.problems, problems); diff != "" {
				t.Errorf("problems (-want +got)\n%s\n%v", diff, res.Problems)
			}
		})
	}
}

// One long chain of packages would cost gigabytes if every chain were kept.
func TestJSReadersBoundChains(t *testing.T) {
	const n = 20000
	var b strings.Builder
	b.WriteString(`{"lockfileVersion": 3, "packages": {"": {"dependencies": {"p0": "1"}}`)
	for i := range n {
		b.WriteString(`,"node_modules/p` + strconv.Itoa(i) + `": {"version": "1.0.0", "dependencies": {"p` + strconv.Itoa(i+1) + `": "1"}}`)
	}
	b.WriteString("}}")
	res := jsRead(t, MapFS{"package-lock.json": []byte(b.String())}, "package-lock.json")
	if len(res.Usages) != n {
		t.Fatalf("%d usages, want %d", len(res.Usages), n)
	}
	for _, u := range res.Usages {
		if len(u.Chain) > maxChain || u.Component.Name == "p"+strconv.Itoa(n-1) && u.Note == "" {
			t.Fatalf("%s has a chain of %d and says %q", u.Component, len(u.Chain), u.Note)
		}
	}
}

func TestJSReadersPassOnWhyAFileCantBeRead(t *testing.T) {
	for _, r := range jsReaders() {
		if _, err := r.Read(MapFS{}, "x/package.json"); !IsAbsent(err) {
			t.Errorf("%s: %v, want that the file is absent", r.Name, err)
		}
	}
}

func TestJSNameOf(t *testing.T) {
	for text, want := range map[string]string{
		`{"name": "a"}`: "a",
		`{"x": {"name": "no"}, "y": "name", "name":"b"}`: "b",
		`{"x": ["name", "no"], "name" : "@s/c\u0064"}`:   "@s/cd",
		`{"name": {"name": "no"}}`:                       "",
		`{"name": 1, "z": "no"}`:                         "",
		`{"name": "cut`:                                  "",
		``:                                               "",
	} {
		if got := jsNameOf([]byte(text)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestJSReadersLeaveInstalledPackagesAlone(t *testing.T) {
	for _, r := range jsReaders() {
		for _, p := range []string{"node_modules/a/package.json", "x/node_modules/a/yarn.lock", "node_modules/a/package-lock.json", "node_modules/.pnpm/a/node_modules/b/pnpm-lock.yaml"} {
			if r.Match(p) {
				t.Errorf("%s matches %s", r.Name, p)
			}
		}
	}
}

// A prefix of a lockfile never tells of a package that the whole does not have.
func TestJSReadersInventNothingWhenALockfileIsCut(t *testing.T) {
	whole := string(jsSmallLock())
	known := map[string]bool{}
	for _, p := range jsPURLs(jsRead(t, MapFS{"package-lock.json": []byte(whole)}, "package-lock.json")) {
		known[p] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, len(whole)-3).Draw(t, "length")
		res, err := readNPMLock(MapFS{"package-lock.json": []byte(whole[:n])}, "package-lock.json")
		if err != nil || len(res.Problems) == 0 {
			t.Fatalf("no word of the damage (%v)", err)
		}
		for _, u := range res.Usages {
			if p := strings.TrimPrefix(u.Component.String(), "pkg:npm/"); u.Component.Version != "" && !known[p] {
				t.Fatalf("%s is not in the whole file", p)
			}
		}
	})
}

// Every document that encoding/json writes reads back as itself.
func TestJSParseJSONAgreesWithTheStandardLibrary(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaf := rapid.OneOf(rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(), rapid.Just[any](nil))
		if depth == 0 {
			return leaf
		}
		return rapid.OneOf(leaf, rapid.SliceOfN(value(depth-1), 0, 4).AsAny(), rapid.MapOfN(rapid.String(), value(depth-1), 0, 4).AsAny())
	}
	rapid.Check(t, func(t *rapid.T) {
		want := value(3).Draw(t, "value")
		indent := rapid.SampledFrom([]string{"", "  "}).Draw(t, "indent")
		text, err := json.MarshalIndent(want, "", indent)
		if err != nil {
			t.Skip("not JSON")
		}
		d := jsParseJSON(text)
		if len(d.faults) > 0 {
			t.Fatalf("%s: %v", text, d.faults)
		}
		var normal any
		if err := json.Unmarshal(text, &normal); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(normal, jsPlain(d.root())); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	})
}

// jsPlain turns a document into what encoding/json gives.
func jsPlain(v jsVal) any {
	switch v.kind() {
	case jsObject:
		m := map[string]any{}
		for e := range v.all() {
			m[e.key()] = jsPlain(e)
		}
		return m
	case jsArray:
		list := []any{}
		for e := range v.all() {
			list = append(list, jsPlain(e))
		}
		return list
	case jsString:
		return v.text()
	}
	var out any
	_ = json.Unmarshal([]byte(v.raw()), &out)
	return out
}

func jsSmallLock() []byte {
	return []byte(`{
  "name": "small", "lockfileVersion": 3,
  "packages": {
    "": {"name": "small", "dependencies": {"a": "^1.0.0"}},
    "node_modules/a": {"version": "1.10.21", "license": "MIT", "dependencies": {"b": "^2.0.0"}},
    "node_modules/a/node_modules/b": {"version": "2.33.4", "dev": true},
    "node_modules/alias": {"name": "@real/one", "version": "3.5.6-rc.10"}
  }
}
`)
}

func FuzzJSReaders(f *testing.F) {
	f.Add("package-lock.json", jsSmallLock())
	f.Add("package-lock.json", []byte(`{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "requires": {"b": "1"}, "dependencies": {"b": {"version": "git+ssh://x#y"}}}}}`))
	f.Add("yarn.lock", []byte("# yarn lockfile v1\n\"@a/b@^1\", c@npm:d@2:\n  version \"1.0.0\"\n  dependencies:\n    c \"npm:d@2\"\n"))
	f.Add("yarn.lock", []byte("__metadata:\n  version: 8\n\n? \"a@patch:a@npm%3A1#x, b@workspace:.\"\n: version: 1\n  resolution: \"a@patch:a@npm%3A1#x::v=1\"\n"))
	f.Add("pnpm-lock.yaml", []byte("lockfileVersion: 5\n---\nimporters:\n  .: {dependencies: {a: {specifier: '1', version: 1.0.0(b@2)}}}\nsnapshots:\n  a@1.0.0(b@2): {}\npackages:\n- x: >-\n   y\n"))
	f.Add("bun.lock", []byte(`{"workspaces": {"": {"dependencies": {"a": "1",},},}, "packages": {"a/b": ["a@1", "", {"dependencies": {"b": "x"}}], /* c */}}`))
	f.Add("deno.lock", []byte(`{"version": "4", "specifiers": {"npm:a@1": "1.0.0"}, "npm": {"a@1.0.0_b@2": {"dependencies": ["b"]}}}`))
	f.Add("package.json", []byte(`{"workspaces": ["**", "!x"], "dependencies": {"a": "github:x/y#z", "b": "git@h:x/y", "c": "patch:c@npm%3A1#"}}`))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		for _, r := range jsReaders() {
			if !r.Match(name) {
				continue
			}
			fsys := MapFS{name: text, "package.json": text, "a/package.json": text, "pnpm-workspace.yaml": text}
			res, err := r.Read(fsys, name)
			if err != nil {
				continue
			}
			for _, u := range res.Usages {
				if u.Component.Name == "" || u.Line < 0 {
					t.Fatalf("a usage of nothing: %+v", u)
				}
			}
		}
	})
}
