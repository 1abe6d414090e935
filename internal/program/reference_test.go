package program

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/program-files.md and the golden files anew")

func TestReferencePageIsMadeFromTheStructs(t *testing.T) {
	const page = "../../docs/program-files.md"
	got := Reference()
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/program-files.md is stale; run go test ./internal/program -run Reference -update\n%s", diff)
	}
}

func TestEveryKeyHasItsWordsAndItsExampleLoads(t *testing.T) {
	for name, sample := range samples {
		t.Run(name, func(t *testing.T) {
			text := sampleOf(sample, "")
			if _, findings := Load(map[string][]byte{name: []byte(text)}); hasSyntaxErrors(findings) {
				t.Errorf("the examples of %s do not load: %v\n%s", name, findings, text)
			}
		})
	}
}
