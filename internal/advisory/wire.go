package advisory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxRecord bounds one record, in bytes; the largest real ones have some five
// million.
const MaxRecord = 32 << 20

// Bounds of what one record may hold; what is beyond is left out and said.
const (
	maxAffected  = 20_000
	maxListed    = 200_000 // versions of one package
	maxNames     = 1_000   // aliases, references
	maxText      = 64 << 10
	maxID        = 128
	maxNameBytes = 1_024
)

// The wire form of the OSV schema 1.x, as far as it is used. Severity and
// ecosystem fields of databases are free-form and read leniently.
type wireRecord struct {
	ID         string          `json:"id"`
	Modified   string          `json:"modified"`
	Published  string          `json:"published"`
	Withdrawn  string          `json:"withdrawn"`
	Aliases    []string        `json:"aliases"`
	Upstream   []string        `json:"upstream"`
	Related    []string        `json:"related"`
	Summary    string          `json:"summary"`
	Details    string          `json:"details"`
	Severity   []wireSeverity  `json:"severity"`
	Affected   []wireAffected  `json:"affected"`
	References []wireReference `json:"references"`
	Database   json.RawMessage `json:"database_specific"`
}

type wireReference struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type wireSeverity struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

type wireAffected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Severity  []wireSeverity  `json:"severity"`
	Ranges    []wireRange     `json:"ranges"`
	Versions  []string        `json:"versions"`
	Ecosystem json.RawMessage `json:"ecosystem_specific"`
	Database  json.RawMessage `json:"database_specific"`
}

type wireRange struct {
	Type   string              `json:"type"`
	Events []map[string]string `json:"events"`
}

// wireSpecific joins what databases put into their own fields.
type wireSpecific struct {
	Severity      json.RawMessage `json:"severity"` // GitHub: "HIGH"
	CVSS          json.RawMessage `json:"cvss"`     // RustSec: a vector
	Informational json.RawMessage `json:"informational"`
	CWE           []string        `json:"cwe_ids"`
	Imports       []struct {
		Path    string   `json:"path"`
		Symbols []string `json:"symbols"`
	} `json:"imports"`
	Custom []wireRange `json:"custom_ranges"`
}

// ParseRecord reads one advisory. Only what is no JSON object or has no id is an
// error; all else that is wrong is in [Record.Problems] and the rest counts.
func ParseRecord(data []byte) (Record, error) {
	if len(data) > MaxRecord {
		return Record{}, fmt.Errorf("it has %d bytes; at most %d are read", len(data), MaxRecord)
	}
	var w wireRecord
	var r Record
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &w); err != nil {
		var mistyped *json.UnmarshalTypeError
		if !errors.As(err, &mistyped) {
			return Record{}, fmt.Errorf("it is not JSON: %w", err)
		}
		r.note("%s is a %s", mistyped.Field, mistyped.Value)
	}
	if err := checkID(w.ID); err != nil {
		return Record{}, err
	}
	r.ID = w.ID
	r.Modified, r.Published, r.Withdrawn = r.time("modified", w.Modified), r.time("published", w.Published), r.time("withdrawn", w.Withdrawn)
	if w.Withdrawn != "" && r.Withdrawn.IsZero() {
		r.Withdrawn = time.Unix(0, 0).UTC() // taken back, whenever that was
	}
	r.Aliases, r.Upstream, r.Related = r.names("aliases", w.Aliases), r.names("upstream", w.Upstream), r.names("related", w.Related)
	r.Summary, r.Details = clip(w.Summary, 1<<10), clip(w.Details, maxText)
	for _, ref := range w.References[:min(len(w.References), maxNames)] {
		r.References = append(r.References, Reference(ref))
	}
	r.affected(&w)
	return r, nil
}

// checkID refuses what can't name a record: ids become parts of addresses and
// of lines on terminals.
func checkID(id string) error {
	switch {
	case id == "":
		return errors.New("it has no id")
	case len(id) > maxID:
		return fmt.Errorf("its id has %d bytes", len(id))
	}
	for i := range len(id) {
		if c := id[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("-_.:", c) < 0 {
			return fmt.Errorf("its id %q holds %q", id, c)
		}
	}
	return nil
}

const maxProblems = 20

func (r *Record) note(format string, args ...any) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, clip(fmt.Sprintf(format, args...), 500))
	}
}

func (r *Record) time(what, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		r.note("%s %q is no time", what, clip(s, 60))
		return time.Time{}
	}
	return t.UTC()
}

// names keeps names that could be ids, each once.
func (r *Record) names(what string, list []string) []string {
	var out []string
	seen := map[string]bool{r.ID: what == "aliases"}
	for _, s := range list {
		s = strings.Trim(s, " ,;\t\n") // a list that was pasted together
		switch {
		case seen[s]:
		case checkID(s) != nil:
			if what != "related" { // often addresses, and nothing hangs on them
				r.note("%s: %q is no id", what, clip(s, 60))
			}
		case len(out) == maxNames:
			r.note("%s: more than %d are left out", what, maxNames)
			return out
		default:
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// clip shortens a text at a character.
func clip(s string, most int) string {
	if len(s) > most {
		s = s[:most]
		for len(s) > 0 && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) && len(s) > most-utf8.UTFMax {
			s = s[:len(s)-1]
		}
	}
	return s
}

func (r *Record) affected(w *wireRecord) {
	top := r.specific("database_specific", w.Database)
	r.Kind = Vulnerability
	severity := worst{Severity: unknownSeverity}
	severity.vectors(r, w.Severity)
	severity.word(text(top.Severity))
	if len(w.Affected) > maxAffected {
		r.note("more than %d affected packages are left out", maxAffected)
	}
	for i := range w.Affected[:min(len(w.Affected), maxAffected)] {
		r.affectedPackage(&w.Affected[i], &severity)
	}
	r.Severity = severity.Severity
	for _, cwe := range top.CWE {
		if cwe == "CWE-506" { // embedded malicious code
			r.Kind = Malware
		}
	}
	if strings.HasPrefix(r.ID, "MAL-") {
		r.Kind = Malware
	}
}

func (r *Record) affectedPackage(w *wireAffected, severity *worst) {
	db, eco := r.specific("database_specific", w.Database), r.specific("ecosystem_specific", w.Ecosystem)
	severity.vectors(r, w.Severity)
	severity.word(text(db.Severity))
	severity.word(text(eco.Severity))
	if vector := text(db.CVSS); vector != "" {
		severity.vectors(r, []wireSeverity{{Score: vector}})
	}
	if note := text(db.Informational); note != "" {
		r.Kind, r.Note = Informational, clip(note, 60)
	}
	name, ecosystem := strings.TrimSpace(w.Package.Name), strings.TrimSpace(w.Package.Ecosystem)
	if name == "" || ecosystem == "" {
		if len(w.Versions) > 0 || len(w.Ranges) == 0 || w.Ranges[0].Type != "GIT" { // a repository's commits name no package
			r.note("an affected entry names no package")
		}
		return
	}
	if len(name) > maxNameBytes || len(ecosystem) > maxID {
		r.note("an affected package has a name of %d bytes", len(name)+len(ecosystem))
		return
	}
	a := Affected{Key: NewKey(ecosystem, name), Versions: r.versions(name, w.Versions)}
	for _, wr := range w.Ranges {
		if parsed, ok := r.events(name, wr); ok {
			a.Ranges = append(a.Ranges, parsed)
		}
	}
	for _, i := range eco.Imports {
		a.Imports = append(a.Imports, Import{i.Path, i.Symbols})
	}
	a.Own = r.ownRanges(ecosystem, eco.Custom)
	r.Affected = append(r.Affected, a)
}

func (r *Record) versions(name string, list []string) []string {
	if len(list) > maxListed {
		r.note("%s: more than %d versions are left out", name, maxListed)
		list = list[:maxListed]
	}
	out := make([]string, 0, len(list))
	for _, v := range list {
		if v == "" || len(v) > maxVersion {
			r.note("%s: a version has %d bytes", name, len(v))
			continue
		}
		out = append(out, v)
	}
	return out
}

// events reads the events of a range, in their order. An event is an object
// with one key; several keys in one object stand for several events.
func (r *Record) events(name string, w wireRange) (out Range, ok bool) {
	out.Type = w.Type
	switch w.Type {
	case "SEMVER", "ECOSYSTEM":
	case "GIT":
		return out, false
	default:
		r.note("%s: there is no range type %q", name, clip(w.Type, 40))
		return out, false
	}
	for _, e := range w.Events {
		known := false
		for kind, key := range eventNames {
			if v, has := e[key]; has {
				out.Events = append(out.Events, Event{EventKind(kind), strings.TrimSpace(v)})
				known = true
			}
		}
		if !known {
			r.note("%s: an event of a range is none of introduced, fixed, last_affected, limit", name)
		}
	}
	if len(out.Events) == 0 {
		r.note("%s: a range has no events", name)
	}
	return out, len(out.Events) > 0
}

func (r *Record) ownRanges(ecosystem string, ranges []wireRange) string {
	var parts []string
	for _, w := range ranges {
		parsed, ok := r.events("custom_ranges", w)
		if !ok {
			continue
		}
		intervals, err := parsed.Intervals(ecosystem)
		if err != nil {
			continue
		}
		for _, v := range intervals {
			parts = append(parts, v.String())
		}
	}
	return clip(strings.Join(parts, " or "), 500)
}

// specific reads a database's own fields, leniently: they follow no schema.
func (r *Record) specific(what string, raw json.RawMessage) (s wireSpecific) {
	if len(raw) == 0 || raw[0] != '{' {
		return s
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) && mistyped.Field != "imports" && mistyped.Field != "custom_ranges" {
			return s
		}
		r.note("%s: %v", what, err)
	}
	return s
}

// text is a JSON string's value; "" for all else.
func text(raw json.RawMessage) string {
	var s string
	if len(raw) < 2 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
