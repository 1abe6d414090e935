package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// line is what a test looks at of a usage.
type line struct {
	PURL, Manifest, License string
	Relation                inventory.Relation
	Scope                   inventory.Scope
	Chain                   string
}

func linesOf(us []inventory.Usage) []line {
	var out []line
	for _, u := range us {
		out = append(out, line{u.Component.String(), u.Manifest, u.License, u.Relation, u.Scope, strings.Join(u.Chain, " ")})
	}
	return out
}

func TestDocumentsOfOtherToolsAreRead(t *testing.T) {
	for _, tc := range []struct {
		name, doc string
		want      []line
		problems  int
	}{
		{"manifests listed as applications pass on what they need", `{"bomFormat":"CycloneDX","specVersion":"1.6",
			"metadata":{"component":{"bom-ref":"r","type":"application","name":"x"}},
			"components":[{"bom-ref":"m","type":"application","name":"pnpm-lock.yaml"},
				{"bom-ref":"1","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","properties":[{"name":"aquasecurity:trivy:FilePath","value":"pnpm-lock.yaml"}]},
				{"bom-ref":"2","type":"library","name":"b","version":"1","purl":"pkg:npm/b@1","licenses":[{"license":{"name":"MIT License"}}]}],
			"dependencies":[{"ref":"r","dependsOn":["m"]},{"ref":"m","dependsOn":["1"]},{"ref":"1","dependsOn":["2"]}]}`,
			[]line{{"pkg:npm/a@1", "pnpm-lock.yaml", "", "direct", "runtime", ""},
				{"pkg:npm/b@1", "sbom.json", "MIT License", "transitive", "runtime", "pkg:npm/a@1"}}, 0},
		{"without a root the relation is unknown", `{"bomFormat":"CycloneDX","specVersion":"1.4","components":[
			{"bom-ref":"pkg:npm/a@1?package-id=7","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","properties":[{"name":"syft:location:0:path","value":"/w/package-lock.json"}]},
			{"bom-ref":"pkg:npm/a@1?package-id=8","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","scope":"excluded"},
			{"type":"file","name":"/w/package-lock.json"}],
			"dependencies":[{"ref":"pkg:npm/a@1?package-id=7","dependsOn":["pkg:npm/a@1?package-id=8"]}]}`,
			[]line{{"pkg:npm/a@1", "w/package-lock.json", "", "unknown", "runtime", ""}, {"pkg:npm/a@1", "sbom.json", "", "unknown", "dev", ""}}, 0},
		{"nested components and a type that is wrong", `{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
			{"type":"library","name":"a","version":7,"purl":"pkg:npm/a@1","components":[{"type":"library","name":"b","purl":"pkg:npm/b@2"}]},
			{"type":"library","name":"no purl"}]}`,
			[]line{{"pkg:npm/a@1", "sbom.json", "", "unknown", "runtime", ""}, {"pkg:npm/b@2", "sbom.json", "", "unknown", "runtime", ""}}, 2},
		{"a document that was cut off", `{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"a","purl":"pkg:npm/a@1"},{"type":"lib`,
			[]line{{"pkg:npm/a@1", "sbom.json", "", "unknown", "runtime", ""}}, 1},
		{"CycloneDX XML", `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.2" version="1"><components>
			<component type="library" bom-ref="x"><group>org.x</group><name>y</name><version>1</version><scope>optional</scope>
			<licenses><license><id>MIT</id></license><license><id>ISC</id></license></licenses><purl>pkg:maven/org.x/y@1</purl></component></components></bom>`,
			[]line{{"pkg:maven/org.x/y@1", "sbom.json", "ISC AND MIT", "unknown", "optional", ""}}, 0},
		{"SPDX JSON with relationships the other way round", `{"spdxVersion":"SPDX-2.2","name":"d","documentDescribes":["SPDXRef-Root"],"packages":[
			{"SPDXID":"SPDXRef-Root","name":"root","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/root@1"}]},
			{"SPDXID":"SPDXRef-a","name":"a","licenseConcluded":"NOASSERTION","licenseDeclared":"LicenseRef-A","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]},
			{"SPDXID":"SPDXRef-b","name":"b","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/b@1"}]}],
			"hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-A","name":"Our terms","extractedText":"Our terms"}],
			"relationships":[{"spdxElementId":"SPDXRef-a","relationshipType":"DEV_DEPENDENCY_OF","relatedSpdxElement":"SPDXRef-Root"},
				{"spdxElementId":"SPDXRef-b","relationshipType":"DEPENDENCY_OF","relatedSpdxElement":"SPDXRef-a"}]}`,
			[]line{{"pkg:npm/a@1", "sbom.json", "Our terms", "direct", "dev", ""}, {"pkg:npm/b@1", "sbom.json", "", "transitive", "dev", "pkg:npm/a@1"}}, 0},
		{"SPDX tag-value", "SPDXVersion: SPDX-2.3\nDocumentName: d\n\n## Package\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\nPackageLicenseDeclared: MIT\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\nPackageComment: <text>two\nlines</text>\nnonsense\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-none\n",
			[]line{{"pkg:npm/a@1", "sbom.json", "MIT", "unknown", "runtime", ""}}, 1},
		{"UTF-16 as PowerShell writes it", utf16Text(`{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"a","purl":"pkg:npm/a@1"}]}`),
			[]line{{"pkg:npm/a@1", "sbom.json", "", "unknown", "runtime", ""}}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, problems, err := Read([]byte(tc.doc))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, linesOf(Usages(b, "sbom.json"))); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if len(problems) != tc.problems {
				t.Errorf("problems %+v, want %d", problems, tc.problems)
			}
		})
	}
}

func utf16Text(s string) string {
	out := []byte{0xff, 0xfe}
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return string(out)
}

func TestWhatIsNoSBOMIsRefused(t *testing.T) {
	for name, doc := range map[string]string{
		"empty":     "",
		"manifest":  `{"name":"x","dependencies":{}}`,
		"other XML": `<project xmlns="http://maven.apache.org/POM/4.0.0"/>`,
		"too deep":  `{"bomFormat":"CycloneDX","components":` + strings.Repeat(`[`, 10000),
		"cut off":   `{"bomFormat":"CycloneDX","specV`,
		"encoding":  `<?xml version="1.0" encoding="EBCDIC"?><bom xmlns="http://cyclonedx.org/schema/bom/1.2"/>`,
	} {
		if b, _, err := Read([]byte(doc)); err == nil {
			t.Errorf("%s: read as %+v, want an error", name, b)
		}
	}
}

func TestOurOwnDocumentScannedGivesTheSameUsages(t *testing.T) {
	var first []line
	for _, f := range Formats {
		b, _, err := Read(written(t, shop(), f))
		if err != nil {
			t.Fatal(err)
		}
		got := linesOf(Usages(b, "sbom"))
		if first == nil {
			first = got
			if len(got) != 4 { // json5 comes from two manifests
				t.Errorf("%d usages, want 4: %+v", len(got), got)
			}
		}
		if d := cmp.Diff(first, got); d != "" {
			t.Errorf("%s: -%s +got\n%s", f, Formats[0], d)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, form := range Formats {
		f.Add(written(f, awkward(), form))
	}
	f.Add([]byte("SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>never ends\n"))
	f.Add([]byte(`{"bomFormat":"CycloneDX","components":[{"name":1},[],{"components":[{}]}],"dependencies":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		bom, _, err := Read(b)
		if err != nil {
			return
		}
		Usages(bom, "x")
		GradeOf(bom)
		for _, form := range Formats {
			out := written(t, bom, form)
			if again, _, err := Read(out); err != nil {
				t.Fatalf("%s: our own writing is not read: %v", form, err)
			} else if len(again.Components) != len(bom.Components) {
				t.Fatalf("%s: %d components, want %d", form, len(again.Components), len(bom.Components))
			}
		}
	})
}
