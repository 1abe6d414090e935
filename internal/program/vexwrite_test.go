package program

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/vex"
)

// Whatever people write, it comes back as it was written, or nothing is written.
func TestTextsOfStatementsSurviveTheFile(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", " ", "\n", ":", "#", "-", "'", "\"", "\\", "[", "{", "&", "*", "!", "|", ">", "%", "@", "`", "---", "\t", "é", "\u2028", "null", "1.10", "yes", "  - id: x", "\r"})
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string {
			out := ""
			for _, p := range rapid.SliceOfN(piece, 1, 12).Draw(t, label) {
				out += p
			}
			return out
		}
		pkg, err := ParsePackage("pkg:npm/a")
		if err != nil {
			t.Fatal(err)
		}
		day := Date{time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
		s := VEXStatement{ID: "V-1", Vulnerability: "CVE-1", Package: pkg, Status: vex.NotAffected, Impact: text("impact"), Author: text("author"), Source: text("source"),
			Date: day, Expires: day, Evidence: []string{text("evidence")}}
		file := []byte("# kept\nstatements: []\n")
		out, err := AppendStatement(file, s)
		if err != nil {
			return
		}
		p, findings := Load(map[string][]byte{"vex.yaml": out})
		if len(findings) > 0 || len(p.VEX) != 1 {
			t.Fatalf("%v\n%s", findings, out)
		}
		if got := p.VEX[0]; got.Impact != s.Impact || got.Author != s.Author || got.Source != s.Source || len(got.Evidence) != 1 || got.Evidence[0] != s.Evidence[0] {
			t.Fatalf("want %q %q %q %q, got %q %q %q %q\n%s", s.Impact, s.Author, s.Source, s.Evidence, got.Impact, got.Author, got.Source, got.Evidence, out)
		}
	})
}
