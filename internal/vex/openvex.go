package vex

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// The wire form of OpenVEX 0.2.0 (github.com/openvex/spec). Versions before 0.1
// wrote vulnerabilities and products as plain texts.

type ovDocument struct {
	Context     json.RawMessage `json:"@context"`
	ID          string          `json:"@id"`
	Author      string          `json:"author"`
	Role        string          `json:"role,omitempty"`
	Timestamp   string          `json:"timestamp"`
	LastUpdated string          `json:"last_updated,omitempty"`
	Version     json.RawMessage `json:"version"`
	Tooling     string          `json:"tooling,omitempty"`
}

type ovStatement struct {
	ID            string            `json:"@id,omitempty"`
	Vulnerability ovVulnerability   `json:"vulnerability"`
	Timestamp     string            `json:"timestamp,omitempty"`
	LastUpdated   string            `json:"last_updated,omitempty"`
	Products      []json.RawMessage `json:"products"`
	Subcomponents []json.RawMessage `json:"subcomponents,omitempty"` // before 0.1, beside the products
	Status        string            `json:"status"`
	StatusNotes   string            `json:"status_notes,omitempty"`
	Justification string            `json:"justification,omitempty"`
	Impact        string            `json:"impact_statement,omitempty"`
	Action        string            `json:"action_statement,omitempty"`
}

type ovVulnerability struct {
	ID      string   `json:"@id,omitempty"`
	Name    string   `json:"name,omitempty"`
	Aliases []string `json:"aliases,omitempty"`
}

// UnmarshalJSON takes the object, or the plain text of versions before 0.1.
func (v *ovVulnerability) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &v.Name)
	}
	type plain ovVulnerability
	return json.Unmarshal(b, (*plain)(v))
}

type ovProduct struct {
	ID            string            `json:"@id,omitempty"`
	Identifiers   map[string]string `json:"identifiers,omitempty"`
	Subcomponents []json.RawMessage `json:"subcomponents,omitempty"`
}

func (r *reader) openVEX(b []byte) error {
	var head ovDocument
	var body struct {
		Statements []json.RawMessage `json:"statements"`
	}
	// One field of a wrong type is no reason to lose the statements.
	if err := json.Unmarshal(b, &head); err != nil {
		r.problem("the document: %v", words(err))
	}
	if err := json.Unmarshal(b, &body); err != nil {
		return fmt.Errorf("the statements: %w", err)
	}
	r.doc = Document{ID: name(head.ID), Format: OpenVEX, Author: cut(head.Author, 500), Role: cut(head.Role, 500),
		Time: later(when(head.Timestamp), when(head.LastUpdated)), Tooling: cut(head.Tooling, 500), Problems: r.doc.Problems}
	if json.Unmarshal(head.Version, &r.doc.Version) != nil {
		r.doc.Version = 0 // versions were texts before 0.1
	}
	for i, raw := range body.Statements {
		where := fmt.Sprintf("statement %d", i+1)
		var s ovStatement
		if err := json.Unmarshal(raw, &s); err != nil {
			r.problem("%s: %v", where, words(err))
			continue
		}
		r.openVEXStatement(s, where)
	}
	return nil
}

func (r *reader) openVEXStatement(in ovStatement, where string) {
	s := Statement{ID: name(in.ID), Vulnerability: name(in.Vulnerability.Name), Impact: text(in.Impact), Action: text(in.Action),
		Notes: text(in.StatusNotes), Author: r.doc.Author, Time: later(when(in.Timestamp), when(in.LastUpdated))}
	if s.Time.IsZero() {
		s.Time = r.doc.Time
	}
	if s.Vulnerability == "" {
		s.Vulnerability = name(in.Vulnerability.ID[strings.LastIndexByte(in.Vulnerability.ID, '/')+1:])
	}
	s.Aliases = names(in.Vulnerability.Aliases)
	if s.Status = Status(in.Status); !slices.Contains(Statuses, s.Status) {
		r.problem("%s (%s): there is no status %.100q; it is left out", where, s.Vulnerability, in.Status)
		return
	}
	if s.Justification = Justification(in.Justification); s.Justification != "" && !slices.Contains(Justifications, s.Justification) {
		r.problem("%s (%s): there is no justification %.100q", where, s.Vulnerability, in.Justification)
		s.Native, s.Justification = cut(in.Justification, 200), ""
	}
	for _, raw := range in.Products {
		if r.items > maxItems {
			break
		}
		if p, ok := r.openVEXProduct(raw, in.Subcomponents, where); ok {
			s.Products = append(s.Products, p)
		}
	}
	r.add(s, where)
}

func (r *reader) openVEXProduct(raw json.RawMessage, shared []json.RawMessage, where string) (Product, bool) {
	p, parts, ok := r.openVEXItem(raw, where)
	if !ok {
		return Product{}, false
	}
	out := Product{Item: p}
	for _, raw := range append(parts, shared...) {
		if r.items > maxItems || len(raw) == 0 {
			break // shared parts times products are many more than either
		}
		if part, _, ok := r.openVEXItem(raw, where); ok {
			out.Parts = append(out.Parts, part)
		}
	}
	return out, true
}

func (r *reader) openVEXItem(raw json.RawMessage, where string) (Item, []json.RawMessage, bool) {
	if !r.item() {
		return Item{}, nil, false
	}
	var p ovProduct
	if len(raw) > 0 && raw[0] == '"' {
		if err := json.Unmarshal(raw, &p.ID); err != nil {
			r.problem("%s: %v", where, words(err))
			return Item{}, nil, false
		}
	} else if err := json.Unmarshal(raw, &p); err != nil {
		r.problem("%s: a product: %v", where, words(err))
		return Item{}, nil, false
	}
	id := NewItem(name(p.ID))
	if purl := name(p.Identifiers["purl"]); purl != "" {
		if byPURL := NewItem(purl); byPURL.PURL != (inventory.PURL{}) || id.Name == "" {
			id = byPURL
		}
	}
	if id.Name == "" {
		r.problem("%s: a product without a name is left out", where)
		return Item{}, nil, false
	}
	return id, p.Subcomponents, true
}

func names(in []string) []string {
	var out []string
	for _, s := range in {
		if s = name(s); s != "" && len(out) < 100 {
			out = append(out, s)
		}
	}
	return out
}
