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
