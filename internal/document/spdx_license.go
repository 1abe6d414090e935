package document

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// license gives the SPDX 2.3 text of a statement: an expression with all its
// LicenseRefs declared, a LicenseRef for what is no expression, or NOASSERTION.
func (s *spdxBuilder) license(text string) string {
	if text == "" {
		return spdxNoAssertion
	}
	e, err := license.Parse(text)
	if err != nil || !inSPDX23(e) {
		id := rawLicenseRef(text)
		s.extract(id, oneLine(text), text)
		return id
	}
	for _, l := range e.Leaves() {
		if strings.HasPrefix(l.ID, "LicenseRef-") {
			t := s.texts[l.ID]
			s.extract(l.ID, t.Name, t.Text)
		}
	}
	return e.String()
}

// inSPDX23 is false for what newer versions allow: references into other
// documents (none is declared here), additions outside the list, and NONE or
// NOASSERTION inside a larger expression.
func inSPDX23(e license.Expr) bool {
	for _, l := range e.Leaves() {
		special := l.ID == license.None || l.ID == license.NoAssertion
		if strings.HasPrefix(l.ID, "DocumentRef-") || strings.Contains(l.Exception, "Ref-") || special && e.Op != license.OpLeaf {
			return false
		}
	}
	return true
}

const noText = "The text of this license was not at hand when this document was made."

func (s *spdxBuilder) extract(id, name, text string) {
	if s.extracted[id] || !strings.HasPrefix(id, "LicenseRef-") {
		return
	}
	s.extracted[id] = true
	if strings.TrimSpace(text) == "" {
		text = noText
	}
	s.doc.Extracted = append(s.doc.Extracted, spdxExtracted{ID: id, Name: oneLine(name), Text: text})
}

// rawLicenseRef is the id for a license that is known by its words only: legible
// and the same for the same words.
func rawLicenseRef(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "LicenseRef-" + strings.TrimPrefix(idString(text, 40)+"-", "-") + hex.EncodeToString(sum[:6])
}

// expressionOrRaw is the canonical expression that text is, else text itself.
func expressionOrRaw(text string) string {
	if e, err := license.Parse(text); err == nil {
		return e.String()
	}
	return text
}
