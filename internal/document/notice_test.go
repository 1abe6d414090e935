package document

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s: -want +got (go test -update writes it anew)\n%s", file, d)
	}
}

func someItems() []NoticeItem {
	terms := "Terms of <Example>\n\nDo as you like & say so.\n"
	return []NoticeItem{
		{Name: "zeta", Version: "1.0", PURL: "pkg:npm/zeta@1.0", License: "LicenseRef-Example OR GPL-2.0-only", Elected: "LicenseRef-Example",
			Texts: []NoticeFile{{Text: terms, License: "LicenseRef-Example"}}, Copyrights: []string{"Copyright 2020 Zeta <zeta@example.org>"}},
		{Name: "alpha", Version: "2.0", PURL: "pkg:npm/alpha@2.0", License: "LicenseRef-Example",
			Texts:      []NoticeFile{{Text: strings.ReplaceAll(terms, "\n", "\r\n"), License: "LicenseRef-Example"}, {Text: "Alpha\nmade by Alpha", File: "NOTICE"}},
			Copyrights: []string{"Copyright 2021 Alpha"}},
		{Name: "no\x1b[2Jlicense", Version: "3"},
		{Name: "words", Version: "4", License: "do what you like"},
		{Name: "textless", Version: "5", License: "LicenseRef-Nowhere"},
	}
}

func TestNoticeGroupsByTextAndKeepsWhatNeedsAttention(t *testing.T) {
	for _, f := range NoticeFormats {
		var out, again bytes.Buffer
		if err := Notice(&out, "Shop 1.0", someItems(), f); err != nil {
			t.Fatal(err)
		}
		golden(t, "notice."+string(f), out.Bytes())
		items := someItems()
		items[0], items[4] = items[4], items[0]
		if err := Notice(&again, "Shop 1.0", items, f); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Errorf("%s: the order of the items changes the notice", f)
		}
	}
}

func TestNoticePrintsTheStandardTextOnceAndAsksForTheHolder(t *testing.T) {
	var out bytes.Buffer
	items := []NoticeItem{
		{Name: "a", Version: "1", License: "MIT", Copyrights: []string{"Copyright (c) A"}},
		{Name: "b", Version: "1", License: "MIT"},
		{Name: "c", Version: "1", License: "Apache-2.0"},
	}
	if err := Notice(&out, "", items, NoticeText); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "Permission is hereby granted"); n != 1 {
		t.Errorf("the MIT text stands %d times, want 1", n)
	}
	_, attention, _ := strings.Cut(out.String(), "NEEDS ATTENTION")
	if !strings.Contains(attention, "- b 1 [MIT]") || strings.Contains(attention, "- a 1") || strings.Contains(attention, "- c 1") {
		t.Errorf("needs attention: %q, want b alone", attention)
	}
}

func TestGradeIsHonest(t *testing.T) {
	ours := GradeOf(shop())
	want := []string{"3 of 3 components have no supplier name", "1 of 3 components have no version"}
	if d := cmp.Diff(want, ours.Missing); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if ours.Percent != 80 || ours.Letter != "C" {
		t.Errorf("grade %d %s, want 80 C", ours.Percent, ours.Letter)
	}
	empty := GradeOf(BOM{})
	wantEmpty := []string{"the document has no author of SBOM data", "the document has no timestamp", "the document lists no components"}
	if d := cmp.Diff(wantEmpty, empty.Missing); d != "" || empty.Letter != "F" {
		t.Errorf("empty document: %s, -want +got\n%s", empty.Letter, d)
	}
	full := shop()
	for i := range full.Components {
		full.Components[i].Supplier = Party{Name: "Maker", Organization: true}
		full.Components[i].Version = "1"
	}
	if g := GradeOf(full); g.Percent != 100 || g.Missing != nil {
		t.Errorf("complete document: %d, missing %v", g.Percent, g.Missing)
	}
}

func TestDocumentsLookLikeThis(t *testing.T) {
	for _, f := range Formats {
		golden(t, "shop."+string(f), written(t, shop(), f))
	}
}

func TestOptionsFixTimeAndSerial(t *testing.T) {
	b := shop()
	o := Options{Time: someTime.AddDate(1, 0, 0), Serial: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"}
	for _, f := range Formats {
		var out bytes.Buffer
		if err := Write(&out, b, f, o); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"2027-03-04T05:06:07Z", "3e671687-395b-41f5-a30f-a58921a69b79"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %s", f, want)
			}
		}
	}
	if err := Write(&bytes.Buffer{}, b, "csv", o); err == nil || !strings.Contains(err.Error(), "cyclonedx-json") {
		t.Errorf("unknown format: error %v, want the formats named", err)
	}
}
