package work

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestTextsThatNameLicensesAreAskedAboutAndTextsOfLicensesAreNot(t *testing.T) {
	o := office(t, nil)
	const many = "AGPL-3.0-only AND Apache-2.0 AND BSD-3-Clause"
	s := scanned("example.com/app")
	s.Snapshot.Licenses = &inventory.LicenseSummary{Primary: "Apache-2.0",
		Sets: []inventory.LicenseSet{
			{Expression: "AGPL-3.0-only", Files: 1, Examples: []string{"docs/grafana.md"}},
			{Expression: many, Files: 2, Examples: []string{"dist/LICENSE", "dist/NOTICE.txt"}},
			{Expression: "GPL-3.0-only", Files: 1, Examples: []string{"third/COPYING"}},
			{Expression: "GPL-2.0-only", Files: 2, Examples: []string{"a.md", "a.c"}},
			{Expression: "GPL-1.0-only", Files: 9, Examples: []string{"b.md"}},
		},
		Vendored: []inventory.LicenseSet{{Expression: "AGPL-1.0-only", Files: 1, Examples: []string{"vendor/x/README.md"}}},
	}
	r, err := o.Report(context.Background(), []Scanned{s}, ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range r.Outbound {
		got[f.Inbound] = f.Value
	}
	want := map[string]string{"AGPL-3.0-only": "review", many: "review", "GPL-3.0-only": "conflict", "GPL-2.0-only": "conflict", "GPL-1.0-only": "conflict", "AGPL-1.0-only": "conflict"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWhatIsBrokenInTestDataIsNothingToDo(t *testing.T) {
	o := office(t, nil)
	s := scanned("example.com/app")
	s.Snapshot.Problems = []inventory.Problem{{Path: "tests/fixtures/bad/poetry.lock", Kind: "malformed"}}
	r, err := o.Report(context.Background(), []Scanned{s}, ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.NotRead) != 1 || len(r.Actions) != 0 {
		t.Errorf("not read %v, to do %v", r.NotRead, r.Actions)
	}
	s.Snapshot.Problems = []inventory.Problem{{Path: "poetry.lock", Kind: "malformed", Message: "cut off"}}
	if r, err = o.Report(context.Background(), []Scanned{s}, ReportOptions{}); err != nil || len(r.Actions) != 1 || r.Actions[0].Fix != "poetry.lock: cut off" {
		t.Errorf("a broken lockfile: %v, %v", r.Actions, err)
	}
}
