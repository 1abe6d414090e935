package document

import (
	"fmt"
	"io"
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// large is a document of n components in a graph where each needs three.
func large(n int) BOM {
	b := BOM{Subject: Subject{Name: "large"}, Created: someTime, Tools: []Tool{{Name: "tributary", Version: "1"}}}
	ref := func(i int) string { return fmt.Sprintf("pkg:npm/package-%05d@1.%d.0", i, i%7) }
	for i := range n {
		c := Component{PURL: purl(ref(i)), Scope: inventory.Runtime, Relation: inventory.Transitive,
			Licenses: Licenses{Declared: "MIT", Detected: "Apache-2.0 OR MIT"}, Manifests: []Manifest{{"", "package-lock.json", i + 1}}}
		for k := 3*i + 1; k <= 3*i+3 && k < n; k++ {
			c.DependsOn = append(c.DependsOn, ref(k))
		}
		b.Components = append(b.Components, c)
	}
	b.Subject.DependsOn = []string{ref(0)}
	return b
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{2000, 20000} {
		bom := large(n)
		for _, f := range Formats {
			b.Run(fmt.Sprintf("%s/%d", f, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := Write(io.Discard, bom, f, Options{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{2000, 20000} {
		for _, f := range Formats {
			doc := written(b, large(n), f)
			b.Run(fmt.Sprintf("%s/%d", f, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(doc)))
				for b.Loop() {
					bom, _, err := Read(doc)
					if err != nil {
						b.Fatal(err)
					}
					if got := len(Usages(bom, "x")); got != n {
						b.Fatalf("%d usages, want %d", got, n)
					}
				}
			})
		}
	}
}
