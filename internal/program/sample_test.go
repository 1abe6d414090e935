package program

import (
	"reflect"
	"strings"
)

var samples = map[string]reflect.Type{
	"program.yaml": reflect.TypeFor[ProgramFile](), "policy.yaml": reflect.TypeFor[PolicyFile](),
	"waivers.yaml": reflect.TypeFor[WaiverFile](), "conclusions.yaml": reflect.TypeFor[ConclusionFile](), "licenses.yaml": reflect.TypeFor[LicenseFile](),
	"upstreams.yaml": reflect.TypeFor[UpstreamsFile](), "goals.yaml": reflect.TypeFor[GoalsFile](), "vex.yaml": reflect.TypeFor[VEXFile](),
}

// sampleOf writes a file with every key of a struct, each with its example.
func sampleOf(t reflect.Type, indent string) string {
	var b strings.Builder
	for i := range t.NumField() {
		f := t.Field(i)
		key, example := f.Tag.Get("yaml"), f.Tag.Get("example")
		if key == "" {
			continue
		}
		if f.Tag.Get("doc") == "" {
			panic(t.Name() + "." + f.Name + " has no doc")
		}
		e := inner(f.Type)
		switch {
		case example == "" && f.Type.Kind() == reflect.Slice:
			b.WriteString(indent + key + ":\n" + indent + "  -\n" + sampleOf(e, indent+"    "))
		case example == "" && e.Kind() == reflect.Struct:
			b.WriteString(indent + key + ":\n" + sampleOf(e, indent+"  "))
		case f.Type.Kind() == reflect.Map:
			b.WriteString(indent + key + ": {" + example + "}\n")
		case example == "":
			panic(t.Name() + "." + f.Name + " has no example")
		default:
			b.WriteString(indent + key + ": " + example + "\n")
		}
	}
	return b.String()
}

// hasSyntaxErrors leaves out dangling references, which single examples have.
func hasSyntaxErrors(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Error && !strings.HasPrefix(f.Message, "there is no ") {
			return true
		}
	}
	return false
}
