package document

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// cycloneDXSchemas is the directory of the official schemas, which travel with
// the CycloneDX library.
var cycloneDXSchemas = sync.OnceValue(func() string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		return ""
	}
	return filepath.Join(strings.TrimSpace(string(out)), "schema")
})

var cycloneDXSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	for url, file := range map[string]string{
		"http://cyclonedx.org/schema/bom-1.6.schema.json":  "bom-1.6.schema.json",
		"http://cyclonedx.org/schema/spdx.schema.json":     "spdx.schema.json",
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		f, err := os.ReadFile(filepath.Join(cycloneDXSchemas(), file))
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f))
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
})

func validCycloneDX(t *testing.T, b []byte) {
	t.Helper()
	s, err := cycloneDXSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Fatalf("not valid by the CycloneDX 1.6 schema: %.3000s", err.Error())
	}
}

func TestEveryListedLicenseIsValidCycloneDX(t *testing.T) {
	var b BOM
	for _, id := range license.IDs() {
		b.Components = append(b.Components, Component{Name: id, Licenses: Licenses{Declared: id, Concluded: id, Detected: id}})
	}
	var out bytes.Buffer
	if err := Write(&out, b, CycloneDXJSON, Options{}); err != nil {
		t.Fatal(err)
	}
	validCycloneDX(t, out.Bytes())
}

// TestCycloneDXXMLIsValidByItsSchema needs xmllint: no XML schema validator is
// written in Go.
func TestCycloneDXXMLIsValidByItsSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed (Debian: libxml2-utils); the XML schema is not checked")
	}
	dir := t.TempDir()
	for _, name := range []string{"bom-1.6.xsd", "spdx.xsd"} {
		b, err := os.ReadFile(filepath.Join(cycloneDXSchemas(), name))
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.ReplaceAll(b, []byte(`schemaLocation="http://cyclonedx.org/schema/spdx"`), []byte(`schemaLocation="spdx.xsd"`))
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	several := FromSnapshots([]inventory.Snapshot{webshop(), webshop()}, Selection{Name: "Shop"})
	for name, b := range map[string]BOM{"shop": shop(), "awkward": awkward(), "empty": {}, "several": several} {
		file := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(file, written(t, b, CycloneDXXML), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(xmllint, "--noout", "--nonet", "--schema", filepath.Join(dir, "bom-1.6.xsd"), file).CombinedOutput(); err != nil {
			t.Errorf("%s: %.1000s", name, out)
		}
	}
}
