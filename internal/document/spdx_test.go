package document

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/tagvalue"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// awkward holds what SPDX has rules for: licenses outside the list, expressions
// that 2.3 lacks, names with characters that ids may not have, two components
// that differ in those only.
func awkward() BOM {
	b := shop()
	b.Components = append(b.Components,
		Component{Name: "ünï/cödé name", Version: "1 0", Licenses: Licenses{Declared: "Our own terms </text> & more\nsecond line"}},
		Component{Name: "ünï:cödé name", Version: "1 0", Licenses: Licenses{Declared: "MIT OR LicenseRef-mine", Concluded: "MIT"}},
		Component{Name: "other", Licenses: Licenses{Declared: "DocumentRef-x:LicenseRef-y", Concluded: "NONE"},
			Copyright: []string{"Copyright A </text> B", "Copyright C"}},
		Component{Name: "esc\x1b[31mape\u202e", Version: "1\n2", Scope: inventory.Test},
	)
	b.Subject.DependsOn = append(b.Subject.DependsOn, "esc\x1b[31mape\u202e@1\n2")
	b.Texts = []LicenseText{{ID: "LicenseRef-mine", Name: "Mine", Text: "You may."}}
	return b
}

func written(t testing.TB, b BOM, f Format) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, b, f, Options{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSPDXKeepsTheRulesOfTheSpecification checks what SPDX 2.3 says of ids,
// licenses and references, in the JSON form.
func TestSPDXKeepsTheRulesOfTheSpecification(t *testing.T) {
	var d spdxDocument
	if err := json.Unmarshal(written(t, awkward(), SPDXJSON), &d); err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`^SPDXRef-[A-Za-z0-9.-]+$`)
	declared, ids := map[string]bool{}, map[string]bool{spdxDocumentID: true}
	for _, e := range d.Extracted {
		if !regexp.MustCompile(`^LicenseRef-[A-Za-z0-9.-]+$`).MatchString(e.ID) || e.Text == "" || declared[e.ID] {
			t.Errorf("bad or repeated extracted license %+v", e)
		}
		declared[e.ID] = true
	}
	for _, p := range d.Packages {
		if !id.MatchString(p.SPDXID) || ids[p.SPDXID] {
			t.Errorf("bad or repeated id %q", p.SPDXID)
		}
		ids[p.SPDXID] = true
		for _, l := range []string{p.Declared, p.Concluded} {
			e, err := license.Parse(l)
			if err != nil {
				t.Errorf("%s: license %q: %v", p.Name, l, err)
			}
			for _, leaf := range e.Leaves() {
				if strings.HasPrefix(leaf.ID, "LicenseRef-") && !declared[leaf.ID] {
					t.Errorf("%s: %s is not declared", p.Name, leaf.ID)
				}
			}
		}
		if strings.ContainsAny(p.Name+p.Version, "\x1b\n\u202e") {
			t.Errorf("control characters in %q", p.Name)
		}
	}
	for _, r := range d.Relationships {
		if !ids[r.From] || !ids[r.To] {
			t.Errorf("relationship to an element that is not there: %+v", r)
		}
	}
	if want := "TEST_DEPENDENCY_OF"; !slices.ContainsFunc(d.Relationships, func(r spdxRelationship) bool { return r.Type == want }) {
		t.Errorf("no %s", want)
	}
}

func TestTheSPDXLibraryReadsWhatWeWrite(t *testing.T) {
	var want spdxDocument
	if err := json.Unmarshal(written(t, awkward(), SPDXJSON), &want); err != nil {
		t.Fatal(err)
	}
	fromJSON, err := spdxjson.Read(bytes.NewReader(written(t, awkward(), SPDXJSON)))
	if err != nil {
		t.Fatal(err)
	}
	fromTags, err := tagvalue.Read(bytes.NewReader(written(t, awkward(), SPDXTagValue)))
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*spdx.Document{"JSON": fromJSON, "tag-value": fromTags} {
		if len(d.Packages) != len(want.Packages) || len(d.Relationships) != len(want.Relationships) || len(d.OtherLicenses) != len(want.Extracted) {
			t.Errorf("%s: the library read %d packages, %d relationships, %d licenses; want %d, %d, %d", name,
				len(d.Packages), len(d.Relationships), len(d.OtherLicenses), len(want.Packages), len(want.Relationships), len(want.Extracted))
		}
	}
}

// spdxSchema gives the official schema, whose terms do not let it travel with
// this repository: TRIBUTARY_SPDX_SCHEMA names the file, or it lies in the
// module cache where some module brought it. Without it the test is skipped.
func spdxSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file := os.Getenv("TRIBUTARY_SPDX_SCHEMA")
	if file == "" {
		cache := filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(cycloneDXSchemas()))))
		found, _ := filepath.Glob(filepath.Join(cache, "github.com/anchore/syft@*/schema/spdx-json/spdx-schema-2.3.json"))
		if len(found) == 0 {
			t.Skip("SPDX 2.3 JSON schema not at hand; set TRIBUTARY_SPDX_SCHEMA to schemas/spdx-schema.json of spdx/spdx-spec")
		}
		file = found[0]
	}
	s, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validity(s *jsonschema.Schema, b []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

func TestSPDXIsValidByItsSchema(t *testing.T) {
	s := spdxSchema(t)
	several := FromSnapshots([]inventory.Snapshot{webshop(), webshop()}, Selection{Name: "Shop"})
	for name, b := range map[string]BOM{"shop": shop(), "awkward": awkward(), "empty": {}, "several": several} {
		if err := validity(s, written(t, b, SPDXJSON)); err != nil {
			t.Errorf("%s: not valid by the SPDX 2.3 schema: %.2000s", name, err.Error())
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		if err := validity(s, written(t, drawBOM(r), SPDXJSON)); err != nil {
			r.Errorf("not valid by the SPDX 2.3 schema: %.2000s", err.Error())
		}
	})
}

func TestEveryCycloneDXDocumentIsValid(t *testing.T) {
	s, err := cycloneDXSchema()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		if err := validity(s, written(t, drawBOM(r), CycloneDXJSON)); err != nil {
			r.Errorf("not valid by the CycloneDX 1.6 schema: %.2000s", err.Error())
		}
	})
}

func TestTextFormsHoldNoControlCharacters(t *testing.T) {
	out := written(t, awkward(), SPDXTagValue)
	if i := bytes.IndexAny(out, "\x1b\x00\x07\u202e"); i >= 0 {
		t.Errorf("control character at %d", i)
	}
	validCycloneDX(t, written(t, awkward(), CycloneDXJSON))
}
