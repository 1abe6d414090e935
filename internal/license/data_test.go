package license

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEveryCategoryRowNamesLicensesOnce(t *testing.T) {
	seen := map[string]bool{}
	for f := range rows(categoryTable) {
		if !slices.Contains(Categories, Category(f[0])) || f[2] == "" {
			t.Errorf("row %q: unknown category or no reason", f)
		}
		for _, id := range strings.Fields(f[1]) {
			if e, err := Parse(id); err != nil || e.String() != id {
				t.Errorf("%s is no canonical id: %v", id, err)
			}
			if seen[id] {
				t.Errorf("%s stands twice", id)
			}
			seen[id] = true
		}
	}
	if len(seen) < 600 {
		t.Errorf("only %d licenses are classified", len(seen))
	}
}

func TestEveryLicenseApprovedByTheOSIIsClassified(t *testing.T) {
	for _, id := range IDs() {
		i, _ := Lookup(id)
		c, source := CategoryOf(Leaf{ID: id})
		if i.OSI && c == UnknownCategory {
			t.Errorf("%s is approved by the OSI but %s", id, source)
		}
		if i.OSI && (c == SourceAvailable || c == Proprietary) {
			t.Errorf("%s is approved by the OSI and can't be %s", id, c)
		}
	}
}

func TestCategoryOfGivesItsSourceAndOtherOpinions(t *testing.T) {
	for _, c := range []struct {
		in     string
		want   Category
		source string
	}{
		{"MIT", PermissiveNotice, "categories.tsv"},
		{"Apache-2.0", PermissivePatent, "patent"},
		{"CC0-1.0", PublicDomain, "waives"},
		{"0BSD", PublicDomain, "ScanCode says Permissive"},
		{"LGPL-2.1-or-later", WeakLibrary, "Google licenseclassifier"},
		{"GPL-2.0-only", Strong, "whole"},
		{"GPL-2.0-only WITH Classpath-exception-2.0", WeakLibrary, "exceptions.tsv"},
		{"GPL-3.0-or-later WITH GCC-exception-3.1", PermissiveNotice, "GCC-exception-3.1"},
		{"GPL-2.0-only WITH Linux-syscall-note", Strong, "kernel"},
		{"Apache-2.0 WITH LLVM-exception", PermissiveNotice, "LLVM"},
		{"GPL-2.0-only WITH AdditionRef-x", UnknownCategory, "not classified"},
		{"AGPL-3.0-or-later", Network, "forbidden"},
		{"EUPL-1.2", Network, "ScanCode says Copyleft Limited"},
		{"MPL-2.0", WeakFile, "files"},
		{"EPL-2.0", WeakModule, "choosealicense"},
		{"CC-BY-4.0", ContentAttribution, "author"},
		{"CC-BY-SA-4.0", ContentShareAlike, "same license"},
		{"SSPL-1.0", SourceAvailable, "service"},
		{"BUSL-1.1", SourceAvailable, "limited"},
		{"LicenseRef-Acme", UnknownCategory, "not classified"},
		{"NOASSERTION", UnknownCategory, "no license is asserted"},
		{"NONE", UnknownCategory, "no license"},
	} {
		got, source := CategoryOf(leaf(t, c.in))
		if got != c.want || !strings.Contains(source, c.source) {
			t.Errorf("%s: %s (%s), want %s with %q", c.in, got, source, c.want, c.source)
		}
	}
}

func TestCategoriesAreOrderedByReach(t *testing.T) {
	for i, c := range Categories {
		if c.Reach() != i {
			t.Errorf("%s has reach %d, want %d", c, c.Reach(), i)
		}
	}
	if Category("invented").Reach() != UnknownCategory.Reach() {
		t.Error("a category that does not exist must reach as far as the unknown")
	}
}

func TestAnExceptionNeverReachesFurtherThanItsLicense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(IDs()).Draw(t, "id")
		exc := rapid.SampledFrom(exceptionNames()).Draw(t, "exception")
		base, _ := CategoryOf(Leaf{ID: id})
		with, _ := CategoryOf(Leaf{ID: id, Exception: exc})
		if with.Reach() > base.Reach() {
			t.Fatalf("%s is %s, with %s it is %s", id, base, exc, with)
		}
	})
}

func TestTablesHaveThreeFields(t *testing.T) {
	for name, table := range map[string]string{"spdx": spdxTable, "exceptions": exceptionTable, "categories": categoryTable, "opinions": opinionTable} {
		for f := range rows(table) {
			if f[0] == "" || f[1] == "" || f[2] == "" {
				t.Errorf("%s: %q lacks a field", name, f)
			}
		}
	}
	for f := range rows(exceptionTable) {
		if f[1] != "same" && !slices.Contains(Categories, Category(f[1])) {
			t.Errorf("%s: unknown effect %q", f[0], f[1])
		}
	}
}

func TestOpinionsNameKnownLicenses(t *testing.T) {
	for id := range loadOpinions() {
		if e, err := Parse(id); err != nil || e.String() != id {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestLookupKnowsNamesAndFlags(t *testing.T) {
	i, ok := Lookup("apache-2.0")
	if !ok || i.ID != "Apache-2.0" || i.Name != "Apache License 2.0" || !i.OSI || !i.FSF || i.Deprecated || !strings.HasPrefix(i.URL, "https://spdx.org/") {
		t.Errorf("%+v, %v", i, ok)
	}
	if i, ok := Lookup("GPL-2.0"); !ok || !i.Deprecated {
		t.Errorf("%+v, %v", i, ok)
	}
	if i, ok := Lookup("classpath-exception-2.0"); !ok || !i.Exception {
		t.Errorf("%+v, %v", i, ok)
	}
	if _, ok := Lookup("Acme"); ok {
		t.Error("found what does not exist")
	}
}

func TestTextsAreThere(t *testing.T) {
	missing := 0
	for _, id := range IDs() {
		if _, ok := Text(id); !ok {
			missing++
		}
	}
	if missing > 40 {
		t.Errorf("%d license texts are missing", missing)
	}
	for _, id := range []string{"MIT", "GPL-2.0", "GPL-2.0-or-later", "BSD-3-Clause", "Classpath-exception-2.0", "LLVM-exception", "BUSL-1.1"} {
		if s, ok := Text(id); !ok || len(s) < 200 {
			t.Errorf("no text of %s", id)
		}
	}
	if _, ok := Text("../../default-config"); ok {
		t.Error("a path is no id")
	}
}

func TestCardsAreWellFormed(t *testing.T) {
	ids := map[string]bool{}
	licenses := 0
	for _, c := range Cards() {
		licenses += len(c.Licenses)
		for _, id := range c.Licenses {
			if e, err := Parse(id); err != nil || e.String() != id {
				t.Errorf("%s: %s is no canonical id", c.ID, id)
			}
			if cat, _ := CategoryOf(leaf(t, id)); cat == UnknownCategory {
				t.Errorf("%s has a card but no category", id)
			}
		}
		for _, d := range c.Duties {
			if ids[d.ID] || d.Text == "" || d.Section == "" || len(d.On) == 0 || !slices.Contains(Actions, d.Action) {
				t.Errorf("%s: stands twice, or lacks text, section, event or a known action", d.ID)
			}
			ids[d.ID] = true
			for _, e := range append(slices.Clone(d.On), d.With...) {
				if !slices.Contains(Events, e) {
					t.Errorf("%s: unknown event %s", d.ID, e)
				}
			}
			for _, w := range d.DeliverWith {
				if !slices.Contains([]string{"package", "docs", "ui", "website"}, w) {
					t.Errorf("%s: unknown place %s", d.ID, w)
				}
			}
		}
	}
	if licenses < 60 {
		t.Errorf("only %d licenses have cards", licenses)
	}
}

func TestCardsRefuseWhatTheyDoNotKnow(t *testing.T) {
	for _, bad := range []string{
		"- id: x\n  licenses: [MIT]\n  invented: 1\n",
		"- id: x\n  licenses: [MIT]\n- id: y\n  licenses: [MIT]\n",
		"- 1\n",
	} {
		if _, err := parseDeck([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestDutiesFollowTheEvents(t *testing.T) {
	for _, c := range []struct {
		license string
		events  []Event
		want    string
	}{
		{"MIT", []Event{ConveyBinary}, "mit.notice"},
		{"MIT", []Event{NetworkInteract}, ""},
		{"0BSD", []Event{ConveyBinary, ConveySource}, ""},
		{"BSD-3-Clause", []Event{ConveyBinary}, "bsd-3-clause.binary-notice"},
		{"Apache-2.0", []Event{ConveyBinary}, "apache-2.0.license-text apache-2.0.notice-file"},
		{"Apache-2.0", []Event{ConveyBinary, Modify}, "apache-2.0.license-text apache-2.0.changes apache-2.0.notice-file"},
		{"GPL-2.0-or-later", []Event{ConveyBinary}, "gpl-2.0.license-text gpl-2.0.source gpl-2.0.offer gpl-2.0.no-restrictions"},
		{"GPL-2.0-only", []Event{ConveyBinary, CombineWork}, "gpl-2.0.license-text gpl-2.0.source gpl-2.0.offer gpl-2.0.whole-work gpl-2.0.no-restrictions"},
		{"GPL-2.0-only WITH Classpath-exception-2.0", []Event{ConveyBinary, CombineWork}, "gpl-2.0.license-text gpl-2.0.source gpl-2.0.offer gpl-2.0.no-restrictions"},
		{"GPL-3.0-or-later WITH GCC-exception-3.1", []Event{ConveyBinary, CombineWork}, ""},
		{"AGPL-3.0-only", []Event{ModifyAndNetworkInteract}, "agpl-3.0.network-source"},
		{"AGPL-3.0-only", []Event{NetworkInteract}, ""},
		{"SSPL-1.0", []Event{OfferAsService}, "sspl-1.0.service-source"},
		{"BUSL-1.1", []Event{ProductionUse}, "busl-1.1.production"},
		{"LicenseRef-Acme", []Event{ConveyBinary}, ""},
	} {
		var got []string
		for _, d := range Duties(leaf(t, c.license), NewEventSet(c.events...)) {
			got = append(got, d.ID)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s on %v: %q, want %q", c.license, c.events, s, c.want)
		}
	}
	if _, ok := CardOf(leaf(t, "0BSD")); !ok {
		t.Error("a license that asks for nothing has a card that says so")
	}
	if _, ok := CardOf(leaf(t, "LicenseRef-Acme")); ok {
		t.Error("an unknown license has no card")
	}
}
