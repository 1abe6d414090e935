package tributary

import (
	"os/exec"
	"strings"
	"testing"
)

// rooms lists the rooms of the house from the ground up. A room may import
// those before it in its own or a lower floor, as mayImport says.
var mayImport = map[string][]string{
	// Ground: pure data and rules.
	"inventory":         {},
	"license":           {},
	"license/copyright": {},
	"license/detect":    {"license", "license/copyright"},
	"license/resolve":   {"license"},
	"license/scancode":  {"license"},
	"people":            {},
	"pattern":           {}, // everybody may
	// Judgment: pure answers.
	"contribution":        {"people"},
	"advisory":            {"inventory"},
	"upstream":            {"inventory"},
	"impact":              {"inventory"},
	"vex":                 {"inventory"},
	"program":             {"inventory", "license", "vex"},
	"policy":              {"program", "inventory", "license", "vex"},
	"document":            {"inventory", "license"},
	"document/report":     {"inventory"},
	"document/investment": {"inventory", "impact", "document/report"},
	"document/marked":     {},
	// Edges: each is the only room that touches its outside.
	"scan/source":     {"inventory"},
	"scan/manifest":   {"inventory", "license"},
	"scan/longtail":   {"inventory", "scan/manifest"},
	"scan":            {"inventory", "license", "license/detect", "license/resolve", "scan/source", "scan/manifest", "scan/longtail"},
	"scan/history":    {"people", "contribution", "scan/source"},
	"store":           {"vex", "inventory", "scan", "advisory", "people", "contribution", "upstream"},
	"feed":            {"advisory"},
	"remote":          {"inventory", "license", "upstream"},
	"reach":           {},
	"store/storetest": {"store", "inventory"},
	// Flow.
	"work": {"reach", "remote", "upstream", "impact", "document/investment", "feed", "vex", "inventory", "advisory", "license", "license/detect", "license/resolve", "license/scancode", "program", "policy", "document", "document/report", "scan", "scan/source", "scan/history", "people", "contribution", "store"},
	// Faces.
	"cli": {"feed", "remote", "upstream", "impact", "document/investment", "vex", "inventory", "advisory", "license", "program", "policy", "document", "document/report", "document/marked", "scan", "people", "contribution", "store", "work"},
}

// impure packages may not be imported by ground and judgment rooms, nor by the
// manifest readers: no file system, network, SQL, clock or logging.
var impure = []string{"os", "net", "net/http", "database/sql", "log", "log/slog", "os/exec", "io/ioutil", "path/filepath"}

var pure = []string{"inventory", "license", "license/copyright", "license/detect", "license/resolve", "license/scancode", "people", "contribution", "advisory", "upstream", "impact", "program", "policy", "document", "document/report", "document/investment", "document/marked", "scan/manifest"}

func TestArrowsOnlyGoDown(t *testing.T) {
	const prefix = "github.com/tributary-oss/tributary/internal/"
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", "./internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		pkg, imports, _ := strings.Cut(line, ": ")
		room := strings.TrimPrefix(pkg, prefix)
		allowed, ok := mayImport[room]
		if !ok {
			t.Errorf("%s is not in the table of rooms", room)
			continue
		}
		seen++
		for _, imp := range strings.Fields(imports) {
			if to, ours := strings.CutPrefix(imp, prefix); ours && to != "pattern" && !has(allowed, to) {
				t.Errorf("%s must not import %s", room, to)
			}
			if has(pure, room) && has(impure, imp) {
				t.Errorf("%s is a pure room and must not import %s", room, imp)
			}
		}
	}
	if seen != len(mayImport) {
		t.Errorf("the table has %d rooms, the house %d", len(mayImport), seen)
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
