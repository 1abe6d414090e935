package program

import (
	"fmt"
	"reflect"
	"strings"
)

// Reference writes the reference of the program files in Markdown, from the
// structs that read them: it can't say anything else than the reader does.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, f := range []struct {
		name, about string
		typ         reflect.Type
	}{
		{"program.yaml", "What the company is, what it builds, and who owns what.", reflect.TypeFor[ProgramFile]()},
		{"policy.yaml", "Which licenses are allowed for which use, and what follows from vulnerabilities and signals about projects. The built-in presets (open, standard, regulated) are files of the same form.", reflect.TypeFor[PolicyFile]()},
		{"waivers.yaml", "Findings that are accepted for a time.", reflect.TypeFor[WaiverFile]()},
		{"conclusions.yaml", "What people found the license of a package to be.", reflect.TypeFor[ConclusionFile]()},
		{"licenses.yaml", "What people found unknown license texts to be; the page on [license detection](license-detection.md) tells how it is used.", reflect.TypeFor[LicenseFile]()},
		{"upstreams.yaml", "Where packages are developed, and what is known of the projects behind them.", reflect.TypeFor[UpstreamsFile]()},
		{"goals.yaml", "What the company wants of open source, and the numbers of the investment score ([impact](impact.md)).", reflect.TypeFor[GoalsFile]()},
		{"vex.yaml", "What people found out about vulnerabilities in what is used. The page on [VEX](vex.md) tells how it is used.", reflect.TypeFor[VEXFile]()},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", f.name, f.about)
		writeTables(&b, f.typ, "")
	}
	b.WriteString("\n## Other files\n\n`" + strings.Join(OtherFiles, "`, `") + "` and `courses/*.md` are accepted and kept. " +
		"Of the YAML files among them only the form is checked so far; their content does not influence any answer yet.\n" +
		"\n`lifecycles/PRODUCT.json` are release cycles of a product, as endoflife.date's API gives them; [outdated](outdated.md) tells how they are used.\n")
	b.WriteString("\n## Values\n\n")
	writeValues(&b)
	return b.String()
}

const referenceHead = `# Program files

<!-- Made from the structs that read the files; change those and run: go test ./internal/program -run Reference -update -->

A program is a directory of YAML files, best kept in a git repository of its own and reviewed like code. All files and most keys are
optional. They are read strictly: an unknown key, value or reference is an error with file, line, column and the nearest known word.
A file holds one document of at most 4 MiB; a list of one may be written without brackets; dates are YYYY-MM-DD.
`

// writeTables writes the keys of a struct, then those of the structs within.
func writeTables(b *strings.Builder, t reflect.Type, path string) {
	if path != "" {
		fmt.Fprintf(b, "\n### %s\n", path)
	}
	b.WriteString("\n| key | type | default | meaning | example |\n|---|---|---|---|---|\n")
	type nested struct {
		typ  reflect.Type
		path string
	}
	var within []nested
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if key == "" {
			continue
		}
		def := f.Tag.Get("default")
		if f.Tag.Get("need") == "yes" {
			def = "*required*"
		}
		example := f.Tag.Get("example")
		if example != "" {
			if f.Type.Kind() == reflect.Map {
				example = "{" + example + "}"
			}
			example = "`" + strings.ReplaceAll(key+": "+example, "|", "\\|") + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", key, typeWords(f.Type), def, f.Tag.Get("doc"), example)
		if e := inner(f.Type); e.Kind() == reflect.Struct && !unmarshals(e) {
			p := strings.TrimPrefix(path+"."+key, ".")
			if f.Type.Kind() == reflect.Map {
				p += ".NAME"
			}
			within = append(within, nested{e, p})
		}
	}
	for _, n := range within {
		writeTables(b, n.typ, n.path)
	}
}

func inner(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func typeWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + typeWords(t.Elem())
	case reflect.Map:
		if valuesOf(t.Key()) != nil {
			return typeWords(t.Key()) + " to " + typeWords(t.Elem())
		}
		return "name to " + typeWords(t.Elem())
	case reflect.Pointer:
		return typeWords(t.Elem())
	}
	if w, ok := typeNames[t]; ok {
		return w
	}
	if valuesOf(t) != nil {
		return "[" + valueName(t) + "](#values)"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "number"
	case reflect.Struct:
		return "mapping"
	}
	return "text"
}

var typeNames = map[reflect.Type]string{
	reflect.TypeFor[Glob]():           "glob",
	reflect.TypeFor[Package]():        "package pattern",
	reflect.TypeFor[VersionRange]():   "version range",
	reflect.TypeFor[LicensePattern](): "SPDX id",
	reflect.TypeFor[Expr]():           "SPDX expression",
	reflect.TypeFor[Date]():           "date",
	reflect.TypeFor[Quantity]():       "number",
	reflect.TypeFor[Fraction]():       "0 to 1",
	reflect.TypeFor[Curve]():          "points",
	reflect.TypeFor[Number]():         "number",
	reflect.TypeFor[RepoPath]():       "glob, or mapping",
}

// valueName is the type's name in lower case: "FindingType" is "finding type".
func valueName(t reflect.Type) string {
	var b strings.Builder
	upper := false
	for i, r := range t.Name() {
		before := upper
		if upper = 'A' <= r && r <= 'Z'; upper && !before && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	if t == reflect.TypeFor[Tri]() {
		return "yes, no"
	}
	return strings.ToLower(b.String())
}

func writeValues(b *strings.Builder) {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		if t.Kind() == reflect.Map {
			walk(t.Key())
		}
		t = inner(t)
		if seen[t] {
			return
		}
		seen[t] = true
		if v := valuesOf(t); v != nil {
			fmt.Fprintf(b, "- **%s**: `%s`\n", valueName(t), strings.Join(v, "`, `"))
			return
		}
		if t.Kind() == reflect.Struct && !unmarshals(t) {
			for i := range t.NumField() {
				if t.Field(i).Tag.Get("yaml") != "" {
					walk(t.Field(i).Type)
				}
			}
		}
	}
	for _, t := range []reflect.Type{reflect.TypeFor[ProgramFile](), reflect.TypeFor[PolicyFile](), reflect.TypeFor[WaiverFile](), reflect.TypeFor[ConclusionFile](), reflect.TypeFor[UpstreamsFile](), reflect.TypeFor[GoalsFile](), reflect.TypeFor[VEXFile]()} {
		walk(t)
	}
}
