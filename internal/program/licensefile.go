package program

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/license"
)

// LicenseFile is the content of licenses.yaml.
type LicenseFile struct {
	Texts []LicenseText `yaml:"texts" doc:"Names for texts that read like a license and are none that is known (license unknown lists them). They hold in every repository."`
}

// LicenseText names an unknown text once for the whole company.
type LicenseText struct {
	At      Pos
	Text    string `yaml:"text" need:"yes" doc:"The text's own name: LicenseRef-tributary- and a hash of its words, as license unknown shows it." example:"LicenseRef-tributary-0123456789abcdef"`
	License Expr   `yaml:"license" need:"yes" doc:"What it is: an SPDX expression, or a LicenseRef of your own; NONE when it is no license at all." example:"LicenseRef-Acme-EULA"`
	Reason  string `yaml:"reason" need:"yes" doc:"Why." example:"The end-user license of Acme's driver, read on paper."`
	By      string `yaml:"by" need:"yes" doc:"Who decided." example:"counsel@example.com"`
	Date    Date   `yaml:"date" need:"yes" doc:"When." example:"2026-11-01"`
	// Void says why it can't be applied; "" when it is sound.
	Void string
}

// TextNames gives what the program calls unknown texts, by their own names; a
// zero expression says that the text is no license. Nobody may change the map.
func (p *Program) TextNames() map[string]license.Expr { return p.textNames }

func (p *Program) namesOfTexts() map[string]license.Expr {
	out := make(map[string]license.Expr, len(p.LicenseTexts))
	for _, t := range p.LicenseTexts {
		e, err := license.Parse(t.License.Text)
		if t.Void != "" || err != nil {
			continue
		}
		if e.Leaf.ID == license.None {
			e = license.Expr{}
		}
		out[t.Text] = e
	}
	return out
}

// unknownText opens the names that the detector gives.
const unknownText = "LicenseRef-tributary-"

func (p *Program) checkLicenseTexts(c *checker) {
	first := map[string]Pos{}
	for i := range p.LicenseTexts {
		t := &p.LicenseTexts[i]
		before := len(c.findings)
		c.unique(first, "text", t.Text, t.At)
		if t.Text != "" && !strings.HasPrefix(t.Text, unknownText) {
			c.add(Error, t.At, "text %s: the name of an unknown text begins with %s; \"tributary license unknown\" lists them", quote(t.Text), unknownText)
		}
		if strings.Contains(t.License.Text, t.Text) && t.Text != "" {
			c.add(Error, t.At, "text %s is named by itself", quote(t.Text))
		}
		if t.Void == "" && len(c.findings) > before {
			t.Void = c.findings[before].Message
		}
	}
}

// AppendLicenseText adds a name to the text of licenses.yaml and leaves all else
// as it stands, comments included. A text to which nothing can be added safely
// is an error that holds what is to be pasted.
func AppendLicenseText(file []byte, t LicenseText) ([]byte, error) {
	const name = "licenses.yaml"
	item, err := yaml.Marshal(&struct {
		Text    string `yaml:"text"`
		License string `yaml:"license"`
		Reason  string `yaml:"reason"`
		By      string `yaml:"by"`
		Date    string `yaml:"date"`
	}{t.Text, t.License.Text, t.Reason, t.By, t.Date.String()})
	if err != nil {
		return nil, err
	}
	before, findings := Load(map[string][]byte{name: file})
	if wrong := firstError(findings); wrong != nil {
		return nil, fmt.Errorf("%s has errors, correct them first: %s", name, wrong)
	}
	out := strings.TrimRight(string(file), "\n")
	if len(before.LicenseTexts) == 0 && !strings.Contains(out, "texts:") {
		out = strings.TrimLeft(out+"\n\ntexts:", "\n")
	}
	out += "\n" + indented(string(item), 2)
	after, findings := Load(map[string][]byte{name: []byte(out)})
	n := len(after.LicenseTexts)
	if wrong := firstError(findings); wrong != nil && n == len(before.LicenseTexts)+1 {
		return nil, fmt.Errorf("the name would not be valid: %s", wrong.Message)
	} else if wrong != nil || n != len(before.LicenseTexts)+1 || after.LicenseTexts[n-1].Text != t.Text || after.LicenseTexts[n-1].Reason != t.Reason || after.LicenseTexts[n-1].By != t.By {
		return nil, fmt.Errorf("%s is written in a way that nothing can be added to safely; paste this below texts:\n%s", name, indented(string(item), 2))
	}
	return []byte(out), nil
}
