package program

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// FileNames lists the program files whose content is read; the others named in
// [OtherFiles] are kept and checked for their form only.
var FileNames = []string{"program.yaml", "policy.yaml", "waivers.yaml", "conclusions.yaml", "licenses.yaml", "upstreams.yaml", "goals.yaml", "vex.yaml"}

// OtherFiles lists the files that are accepted but not interpreted yet.
var OtherFiles = []string{"people.yaml"}

// Load reads the program files: name (slash-separated, relative to the program
// directory) to content. All are optional. The program holds all that was
// understood; it must not be used for verdicts when [HasErrors] is true.
func Load(files map[string][]byte) (*Program, []Finding) {
	p := &Program{Files: files}
	var findings []Finding
	for _, name := range sortedNames(files) {
		findings = append(findings, p.loadFile(name, files[name])...)
	}
	findings = append(findings, p.check()...)
	p.indexVEX()
	p.textNames = p.namesOfTexts()
	sortFindings(findings)
	return p, capped(findings)
}

// capped keeps the first findings of each file.
func capped(sorted []Finding) []Finding {
	var out []Finding
	n := 0
	for i, f := range sorted {
		if i > 0 && f.File != sorted[i-1].File {
			n = 0
		}
		n++
		switch {
		case n < maxFindings:
			out = append(out, f)
		case n == maxFindings:
			out = append(out, Finding{Error, f.Pos, "and more findings; correct those above first"})
		}
	}
	return out
}

func sortedNames(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (p *Program) loadFile(name string, data []byte) []Finding {
	switch {
	case name == "program.yaml":
		var f ProgramFile
		findings := decodeFile(name, data, &f)
		p.Organization, p.Defaults, p.Products = f.Organization, f.Defaults, f.Products
		p.Teams, p.Roles, p.Fixtures = f.Teams, f.Roles, f.Fixtures
		return findings
	case name == "policy.yaml":
		return decodeFile(name, data, &p.Policy)
	case name == "waivers.yaml":
		var f WaiverFile
		findings := decodeFile(name, data, &f)
		p.Waivers = f.Waivers
		return findings
	case name == "conclusions.yaml":
		var f ConclusionFile
		findings := decodeFile(name, data, &f)
		p.Conclusions = f.Conclusions
		return findings
	case name == "licenses.yaml":
		var f LicenseFile
		findings := decodeFile(name, data, &f)
		p.LicenseTexts = f.Texts
		return findings
	case name == "vex.yaml":
		var f VEXFile
		findings := decodeFile(name, data, &f)
		p.VEX = f.Statements
		return findings
	case name == "upstreams.yaml":
		return decodeFile(name, data, &p.Upstreams)
	case name == "goals.yaml":
		return decodeFile(name, data, &p.Goals)
	case contains(OtherFiles, name):
		_, findings := parse(name, data)
		return findings
	case strings.HasPrefix(name, lifecycleDir) && path.Ext(name) == ".json":
		return checkLifecycle(name, data)
	case strings.HasPrefix(name, "courses/") && path.Ext(name) == ".md":
		return nil
	}
	msg := fmt.Sprintf("%s is no program file and is not read%s", quote(name), suggest(name, append(append([]string{}, FileNames...), OtherFiles...)))
	return []Finding{{Warning, Pos{name, 1, 1}, msg}}
}

// LoadPolicy reads one policy file on its own: a preset, or a candidate for a
// trial.
func LoadPolicy(name string, data []byte) (*PolicyFile, []Finding) {
	f := new(PolicyFile)
	findings := decodeFile(name, data, f)
	findings = append(findings, checkPolicy(name, f)...)
	sortFindings(findings)
	return f, findings
}

// WithPolicy gives the same program under another policy, to try it before it is
// adopted. The findings speak of the policy's references to teams, products and
// roles.
func (p *Program) WithPolicy(f *PolicyFile) (*Program, []Finding) {
	other := *p
	other.Policy = *f
	c := new(checker)
	other.checkRules(c, other.checkTeams(new(checker)), other.checkProducts(new(checker)))
	sortFindings(c.findings)
	return &other, c.findings
}

func decodeFile(name string, data []byte, into any) []Finding {
	root, findings := parse(name, data)
	if root == nil {
		return findings
	}
	d := &decoder{file: name, findings: findings}
	d.value(root, reflect.ValueOf(into).Elem(), "")
	return d.findings
}

// parse gives the root of the only document, nil when there is none.
func parse(name string, data []byte) (root *yaml.Node, findings []Finding) {
	fail := func(line int, msg string) (*yaml.Node, []Finding) {
		return nil, []Finding{{Error, Pos{name, max(line, 1), 1}, msg}}
	}
	if len(data) > maxFile {
		return fail(1, fmt.Sprintf("the file has %d bytes; at most %d are read", len(data), maxFile))
	}
	if !utf8.Valid(data) {
		return fail(invalidLine(data), "the file is not UTF-8 text; save it as UTF-8")
	}
	// The library is for trusted input; a panic in it is a malformed file to us.
	defer func() {
		if r := recover(); r != nil {
			root, findings = fail(1, "the file is not YAML that can be read")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		line, msg := yamlError(err)
		return fail(line, msg)
	}
	if err := dec.Decode(&second); err == nil {
		return fail(second.Line, `a second document starts here ("---"); a program file holds one`)
	} else if !errors.Is(err, io.EOF) {
		line, msg := yamlError(err)
		return fail(line, msg)
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil, nil
	}
	return doc.Content[0], nil
}

var yamlLine = pattern.Lazy(`^(?:yaml: )?(?:line (\d+): )?(.*)`)

// yamlError takes apart the library's "yaml: line 3: message".
func yamlError(err error) (line int, message string) {
	m := yamlLine().FindStringSubmatch(err.Error())
	line, _ = strconv.Atoi(m[1])
	return line, "this is not YAML: " + m[2]
}

func invalidLine(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		data = data[n:]
	}
	return line
}
