package vex

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// The wire form of CycloneDX's vulnerabilities (cyclonedx.org, schema 1.6).

type cdxDocument struct {
	Schema          string             `json:"$schema,omitempty"`
	BOMFormat       string             `json:"bomFormat"`
	SpecVersion     string             `json:"specVersion"`
	SerialNumber    string             `json:"serialNumber,omitempty"`
	Version         int                `json:"version,omitempty"`
	Metadata        *cdxMetadata       `json:"metadata,omitempty"`
	Components      []cdxComponent     `json:"components,omitempty"`
	Vulnerabilities []cdxVulnerability `json:"vulnerabilities"`
}

type cdxMetadata struct {
	Timestamp string          `json:"timestamp,omitempty"`
	Tools     json.RawMessage `json:"tools,omitempty"`
	Authors   []cdxPerson     `json:"authors,omitempty"`
	Supplier  *cdxPerson      `json:"supplier,omitempty"`
	Component *cdxComponent   `json:"component,omitempty"`
	// Properties are written only.
	Properties []cdxProperty `json:"properties,omitempty"`
}

type cdxProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type cdxPerson struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

type cdxComponent struct {
	Type       string         `json:"type"`
	BOMRef     string         `json:"bom-ref,omitempty"`
	Group      string         `json:"group,omitempty"`
	Name       string         `json:"name"`
	Version    string         `json:"version,omitempty"`
	PURL       string         `json:"purl,omitempty"`
	Components []cdxComponent `json:"components,omitempty"`
}

type cdxVulnerability struct {
	BOMRef         string         `json:"bom-ref,omitempty"`
	ID             string         `json:"id"`
	Source         *cdxSource     `json:"source,omitempty"`
	References     []cdxReference `json:"references,omitempty"`
	Ratings        []cdxRating    `json:"ratings,omitempty"`
	Description    string         `json:"description,omitempty"`
	Recommendation string         `json:"recommendation,omitempty"`
	Published      string         `json:"published,omitempty"`
	Updated        string         `json:"updated,omitempty"`
	Analysis       *cdxAnalysis   `json:"analysis,omitempty"`
	Affects        []cdxAffects   `json:"affects,omitempty"`
}

type cdxSource struct {
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
}

type cdxReference struct {
	ID     string    `json:"id"`
	Source cdxSource `json:"source"`
}

type cdxRating struct {
	Source   *cdxSource `json:"source,omitempty"`
	Score    *float64   `json:"score,omitempty"`
	Severity string     `json:"severity,omitempty"`
	Method   string     `json:"method,omitempty"`
	Vector   string     `json:"vector,omitempty"`
}

type cdxAnalysis struct {
	State         string   `json:"state,omitempty"`
	Justification string   `json:"justification,omitempty"`
	Response      []string `json:"response,omitempty"`
	Detail        string   `json:"detail,omitempty"`
	FirstIssued   string   `json:"firstIssued,omitempty"`
	LastUpdated   string   `json:"lastUpdated,omitempty"`
}

type cdxAffects struct {
	Ref      string       `json:"ref"`
	Versions []cdxVersion `json:"versions,omitempty"`
}

type cdxVersion struct {
	Version string `json:"version,omitempty"`
	Range   string `json:"range,omitempty"`
	Status  string `json:"status,omitempty"`
}

// cdxStates maps CycloneDX's states to the common ones. What is a false positive
// is not affected; the source's own word stays beside it.
var cdxStates = map[string]Status{
	"resolved": Fixed, "resolved_with_pedigree": Fixed, "exploitable": Affected, "in_triage": UnderInvestigation,
	"false_positive": NotAffected, "not_affected": NotAffected,
}

// cdxReasons maps CycloneDX's justifications to those of OpenVEX that say no
// more than they do.
var cdxReasons = map[string]Justification{
	"code_not_present": CodeNotPresent, "code_not_reachable": CodeNotInExecutePath,
	"requires_configuration": CodeNotControllable, "requires_dependency": CodeNotControllable, "requires_environment": CodeNotControllable,
	"protected_by_compiler": InlineMitigationsExists, "protected_at_runtime": InlineMitigationsExists,
	"protected_at_perimeter": InlineMitigationsExists, "protected_by_mitigating_control": InlineMitigationsExists,
}

func (r *reader) cycloneDX(b []byte) error {
	var head struct {
		SerialNumber string         `json:"serialNumber"`
		Version      int            `json:"version"`
		Metadata     cdxMetadata    `json:"metadata"`
		Components   []cdxComponent `json:"components"`
	}
	var body struct {
		Vulnerabilities []json.RawMessage `json:"vulnerabilities"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		r.problem("the document: %v", words(err))
	}
	if err := json.Unmarshal(b, &body); err != nil {
		return fmt.Errorf("the vulnerabilities: %w", err)
	}
	if body.Vulnerabilities == nil {
		return ErrNotVEX
	}
	m := head.Metadata
	r.doc = Document{ID: name(head.SerialNumber), Format: CycloneDX, Version: head.Version, Time: when(m.Timestamp), Problems: r.doc.Problems}
	for _, a := range append(m.Authors, deref(m.Supplier)) {
		if r.doc.Author == "" {
			r.doc.Author = cut(strings.TrimSpace(a.Name+" "+a.Email), 500)
		}
	}
	refs := map[string]cdxComponent{}
	if m.Component != nil {
		r.refs(refs, []cdxComponent{*m.Component})
	}
	r.refs(refs, head.Components)
	for i, raw := range body.Vulnerabilities {
		where := fmt.Sprintf("vulnerability %d", i+1)
		var v cdxVulnerability
		if err := json.Unmarshal(raw, &v); err != nil {
			r.problem("%s: %v", where, words(err))
			continue
		}
		r.cdxStatement(v, refs, m.Component, where)
	}
	return nil
}

func deref(p *cdxPerson) cdxPerson {
	if p == nil {
		return cdxPerson{}
	}
	return *p
}

func (r *reader) refs(into map[string]cdxComponent, list []cdxComponent) {
	for _, c := range list {
		if !r.item() {
			return
		}
		if c.BOMRef != "" {
			into[c.BOMRef] = c
		}
		r.refs(into, c.Components)
	}
}

func (r *reader) cdxStatement(v cdxVulnerability, refs map[string]cdxComponent, subject *cdxComponent, where string) {
	if v.Analysis == nil || v.Analysis.State == "" {
		return // a vulnerability without analysis is a finding, nobody's statement
	}
	a := v.Analysis
	s := Statement{ID: name(v.BOMRef), Vulnerability: name(v.ID), Author: r.doc.Author, Time: later(when(a.FirstIssued), when(a.LastUpdated))}
	if s.Time.IsZero() {
		s.Time = later(r.doc.Time, when(v.Updated))
	}
	for _, ref := range v.References {
		s.Aliases = append(s.Aliases, ref.ID)
	}
	s.Aliases = names(s.Aliases)
	status, ok := cdxStates[a.State]
	if !ok {
		r.problem("%s (%s): there is no state %.100q; it is left out", where, s.Vulnerability, a.State)
		return
	}
	s.Status = status
	r.cdxReason(&s, a, where)
	if s.Action = text(v.Recommendation); s.Action == "" {
		s.Action = strings.Join(names(a.Response), ", ")
	}
	for _, af := range v.Affects {
		if p, ok := r.cdxProduct(af, refs, subject); ok {
			s.Products = append(s.Products, p)
		}
	}
	r.add(s, where)
}

func (r *reader) cdxReason(s *Statement, a *cdxAnalysis, where string) {
	if s.Status == NotAffected {
		s.Impact = text(a.Detail)
	} else {
		s.Notes = text(a.Detail)
	}
	if a.State == "false_positive" || a.State == "resolved_with_pedigree" {
		s.Native = a.State
		if s.Impact == "" && s.Status == NotAffected {
			s.Impact = "false positive"
		}
	}
	if a.Justification == "" {
		return
	}
	j, ok := cdxReasons[a.Justification]
	if !ok {
		r.problem("%s (%s): there is no justification %.100q", where, s.Vulnerability, a.Justification)
	}
	s.Justification = j
	s.Native = strings.Trim(s.Native+", "+cut(a.Justification, 200), ", ")
}

// cdxProduct resolves a reference: a component of the document, a package URL,
// or a component of another document (BOM-Link, "urn:cdx:serial/1#ref").
func (r *reader) cdxProduct(a cdxAffects, refs map[string]cdxComponent, subject *cdxComponent) (Product, bool) {
	if !r.item() || a.Ref == "" {
		return Product{}, false
	}
	id := a.Ref
	if c, ok := refs[id]; ok {
		if id = c.PURL; id == "" {
			id = strings.Trim(c.Group+"/"+c.Name, "/")
			if c.Version != "" {
				id += "@" + c.Version
			}
		}
	} else if _, after, ok := strings.Cut(id, "#"); ok && strings.HasPrefix(id, "urn:cdx:") && strings.HasPrefix(after, "pkg:") {
		id = after
	}
	it := NewItem(name(id))
	if it.Name == "" {
		return Product{}, false
	}
	it.Versions = affectedVersions(a.Versions)
	if subject != nil && subject.PURL != "" && subject.PURL != it.Name {
		return Product{Item: NewItem(name(subject.PURL)), Parts: []Item{it}}, true
	}
	if subject != nil && subject.Name != "" && it.PURL != (inventory.PURL{}) && subject.BOMRef != a.Ref {
		return Product{Item: Item{Name: name(strings.Trim(subject.Group+"/"+subject.Name+"@"+subject.Version, "/@"))}, Parts: []Item{it}}, true
	}
	return Product{Item: it}, true
}

// affectedVersions joins the versions that a statement speaks of; those that it
// calls unaffected are not among them.
func affectedVersions(list []cdxVersion) string {
	var out []string
	for _, v := range list {
		if v.Status == "unaffected" {
			continue
		}
		if t := name(v.Version + v.Range); t != "" && !slices.Contains(out, t) && len(out) < 100 {
			out = append(out, t)
		}
	}
	return strings.Join(out, " || ")
}
