package policy

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
)

var update = flag.Bool("update", false, "write the table of docs/policy-guide.md anew")

// The table of the guide is worked out from the presets, so that it is true.
func TestGuideShowsWhatThePresetsDecide(t *testing.T) {
	const page = "../../docs/policy-guide.md"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), "-update -->\n")
	_, tail, ok := strings.Cut(rest, "<!-- end -->")
	if !ok {
		t.Fatal("the guide has no place for the table")
	}
	want := head + "-update -->\n" + presetTables(t) + "<!-- end -->" + tail
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("docs/policy-guide.md is stale; run go test ./internal/policy -run Guide -update\n%s", diff)
	}
}

func presetTables(t *testing.T) string {
	var b strings.Builder
	letter := map[program.Decision]string{Allow: "A", AllowWithDuties: "D", Review: "R", Deny: "X"}
	for _, name := range Presets {
		session := preset(t, name).NewSession(nil, someDay)
		b.WriteString("\n**" + name + "**\n\n| license | dev, test, build | internal | network service | web client | shipped | locked device | release |\n|---|---|---|---|---|---|---|---|\n")
		for _, row := range rows {
			b.WriteString("| " + row.name + " (" + row.licenses[0] + ")")
			for _, col := range columns {
				use := col.use
				use.Component = inventory.NewPURL("generic", "lib", "1.0")
				row.use(&use)
				b.WriteString(" | " + letter[session.Judge(use, declared(row.licenses[0])).Decision])
			}
			b.WriteString(" |\n")
		}
	}
	b.WriteString("\n")
	return b.String()
}
