package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// JSON writes the report in its documented form (docs/report-json.md).
func JSON(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Schema string `json:"schema"`
		*Report
	}{Schema, r})
}

// SARIF writes the findings as SARIF 2.1.0 (OASIS): one result for each finding
// and place, one rule for each policy rule.
func SARIF(w io.Writer, r *Report) error {
	run := sarif.NewRunWithInformationURI("tributary", "https://github.com/tributary-oss/tributary")
	_, version, _ := strings.Cut(r.Tool, " ")
	run.Tool.Driver.WithSemanticVersion(version)
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if f.Waiver != nil && f.Waiver.Holds {
			continue
		}
		id := f.Rule.ID
		if id == "" {
			id = f.Decision
		}
		if !seen[id] {
			seen[id] = true
			run.AddRule(id).WithDescription(orElse(f.Rule.Text, id)).
				WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(f.Decision)))
		}
		places := f.Places
		if len(places) == 0 {
			places = []Place{{Path: "."}}
		}
		for _, p := range places {
			region := sarif.NewRegion().WithStartLine(max(p.Line, 1))
			at := sarif.NewPhysicalLocation().WithRegion(region).
				WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uriPath(p.Path)))
			run.CreateResultForRule(id).WithLevel(level(f.Decision)).
				WithMessage(sarif.NewTextMessage(Sentence(f))).
				AddLocation(sarif.NewLocationWithPhysicalLocation(at)).
				WithPartialFingerprints(map[string]string{"tributary/v1": strings.Join([]string{id, f.Purl, f.Product, p.Path}, "|")})
		}
	}
	sarifRisks(run, r)
	rep := sarif.NewReport()
	rep.AddRun(run)
	return rep.PrettyWrite(w)
}

func level(decision string) string {
	switch decision {
	case "deny":
		return "error"
	case "review":
		return "warning"
	}
	return "note"
}

// uriPath escapes a path as a relative URI reference.
func uriPath(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		c := p[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`%?#[]<>"{}|\^`+"`", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Sentence says a finding in one line.
func Sentence(f Finding) string {
	lic := f.License
	if lic == "" {
		lic = "license unknown"
	}
	s := fmt.Sprintf("%s: %s (%s)", decisionWord(f), f.Purl, lic)
	if f.Product != "" {
		s += " in product " + f.Product
	}
	if len(f.Reasons) > 0 {
		s += ": " + f.Reasons[0].Text
	}
	if len(f.Fix) > 0 {
		s += ". To pass: " + f.Fix[0]
	}
	return Clean(s)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitCase struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	Failure *junitFail  `xml:"failure,omitempty"`
	Error   *junitFail  `xml:"error,omitempty"`
	Skipped *junitSkips `xml:"skipped,omitempty"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitFail struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkips struct {
	Message string `xml:"message,attr"`
}

// JUnit writes one test case for each judged component: what policy denies or
// wants reviewed fails, what is waived is skipped, a source that could not be
// read is an error.
func JUnit(w io.Writer, r *Report) error {
	out := junitSuites{Name: "tributary"}
	byRepo := map[string]*junitSuite{}
	var names []string
	for _, f := range append(append([]Finding(nil), r.Findings...), r.Allowed...) {
		s := byRepo[f.Repository]
		if s == nil {
			s = &junitSuite{Name: Clean(f.Repository)}
			byRepo[f.Repository] = s
			names = append(names, f.Repository)
		}
		c := junitCase{Name: Clean(f.Purl), Class: Clean(orElse(f.Product, f.Repository))}
		switch {
		case f.Waiver != nil && f.Waiver.Holds:
			s.Skipped++
			c.Skipped = &junitSkips{Message: Sentence(f)}
		case f.Decision == "deny" || f.Decision == "review":
			s.Failures++
			c.Failure = &junitFail{Message: Sentence(f), Type: f.Decision, Text: Clean(strings.Join(f.Fix, " "))}
		}
		s.Tests++
		s.Cases = append(s.Cases, c)
	}
	risks := riskCases(r)
	for _, repo := range r.Repositories {
		if len(risks[repo.Name]) > 0 && byRepo[repo.Name] == nil {
			byRepo[repo.Name] = &junitSuite{Name: Clean(repo.Name)}
			names = append(names, repo.Name)
		}
	}
	for name, cases := range risks {
		s := byRepo[name]
		if s == nil {
			continue // of a repository that the report does not have
		}
		for _, c := range cases {
			s.Tests++
			if c.Failure != nil {
				s.Failures++
			} else if c.Skipped != nil {
				s.Skipped++
			}
		}
		s.Cases = append(s.Cases, cases...)
	}
	var about []junitProperty
	for _, d := range r.Advisories.Doubts {
		about = append(about, junitProperty{"advisories", Clean(d)})
	}
	for _, n := range names {
		byRepo[n].Properties = about
		out.Tests += byRepo[n].Tests
		out.Failures += byRepo[n].Failures
		out.Suites = append(out.Suites, *byRepo[n])
	}
	for _, p := range r.NotRead {
		if p.Kind != SourceNotRead {
			continue
		}
		name := Clean(p.Repository)
		out.Tests, out.Errors = out.Tests+1, out.Errors+1
		out.Suites = append(out.Suites, junitSuite{Name: name, Tests: 1, Errors: 1, Cases: []junitCase{
			{Name: "read", Class: name, Error: &junitFail{Message: Clean(p.Message), Type: p.Kind}}}})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
