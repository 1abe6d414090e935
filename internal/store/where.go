package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// WhereUsedQuery asks who uses a package.
type WhereUsedQuery struct {
	// Package is a purl with or without version, a name (whole or its last
	// part, whatever its case), or either with * for any text. Purls are
	// compared by case.
	Package string
	AsOf    time.Time
}

// Hit is one usage in the state of one repository. DependsOn of the usage is
// left out.
type Hit struct {
	Repository string
	Commit     string
	Usage      inventory.Usage
}

// WhereUsed answers from the states of all repositories as of a time, sorted by
// repository, manifest, purl.
//
// The + keeps SQLite, which counts no rows, from starting at the states: the
// package comes first, then its usages, then their snapshots.
func (db *DB) WhereUsed(ctx context.Context, q WhereUsedQuery) ([]Hit, error) {
	condition, args := match(q.Package)
	var out []Hit
	var odd []oddHit
	err := db.each(ctx, db.read, `SELECT r.name, s.commit_id, c.purl, g.manifest, g.line, g.relation, g.scope, g.requirement, g.license, g.chain, g.note, g.fixture, g.unit_id, g.seq
		FROM component c JOIN usage g ON g.component_id = c.id JOIN snapshot_unit su ON su.unit_id = g.unit_id
		JOIN snapshot s ON s.id = su.snapshot_id JOIN repository r ON r.id = s.repository_id
		WHERE (`+condition+`) AND +su.snapshot_id IN (SELECT l.snapshot_id FROM (`+latestObservations+`) l)
		ORDER BY r.name, g.manifest, c.purl, su.seq, g.seq`, append(args, timeText(q.AsOf)), func(r *sql.Rows) error {
		h, o, err := scanHit(r)
		if err == nil && o.unit != 0 {
			o.at = len(out)
			odd = append(odd, o)
		}
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, db.readOdd(ctx, out, odd)
}

// oddHit is a hit whose usage must be read from its unit.
type oddHit struct {
	at        int
	unit, seq int64
}

func scanHit(r *sql.Rows) (h Hit, odd oddHit, err error) {
	var purl, relation, scope, chain string
	var fixture int
	var unit, seq int64
	u := &h.Usage
	if err := scanRow(r, &h.Repository, &h.Commit, &purl, &u.Manifest, &u.Line, &relation, &scope, &u.Requirement, &u.License, &chain, &u.Note, &fixture, &unit, &seq); err != nil {
		return h, odd, err
	}
	u.Relation, u.Scope, u.Fixture = inventory.Relation(relation), inventory.Scope(scope), fixture == 1
	if chain == oddChain {
		return h, oddHit{unit: unit, seq: seq}, nil
	}
	if u.Component, err = inventory.ParsePURL(purl); err != nil {
		return h, odd, errBody
	}
	u.Chain = strings.Fields(chain)
	return h, odd, nil
}

// readOdd fills the hits that columns can't tell.
func (db *DB) readOdd(ctx context.Context, hits []Hit, odd []oddHit) error {
	bodies := map[int64][]inventory.Usage{}
	for _, o := range odd {
		usages, ok := bodies[o.unit]
		if !ok {
			var body []byte
			if err := db.one(ctx, db.read, "SELECT body FROM unit WHERE id = ?", []any{o.unit}, &body); err != nil {
				return err
			}
			var err error
			if usages, err = decodeUsages(body); err != nil {
				return err
			}
			bodies[o.unit] = usages
		}
		if o.seq >= int64(len(usages)) {
			return errBody
		}
		hits[o.at].Usage = usages[o.seq]
		hits[o.at].Usage.DependsOn = nil
	}
	return nil
}

// match turns what a person asks for into a condition on component c.
func match(pkg string) (string, []any) {
	pkg = strings.TrimSpace(pkg)
	if strings.HasPrefix(pkg, "pkg:") {
		return matchPURL(pkg)
	}
	name := fold(pkg)
	if strings.Contains(name, "*") {
		like := likePattern(name)
		return `(c.full_name LIKE ? ESCAPE '\' OR c.last_name LIKE ? ESCAPE '\')`, []any{like, like}
	}
	// Python's zope.interface is zope-interface in its purl.
	python := inventory.NewPURL("pypi", pkg, "").String()
	return "(c.full_name = ? OR c.last_name = ? OR c.base = ?)", []any{name, name, python}
}

func matchPURL(pkg string) (string, []any) {
	p, err := inventory.ParsePURL(pkg)
	if err == nil && p.Type == "pypi" {
		p.Name = inventory.NewPURL("pypi", p.Name, "").Name
	}
	if strings.Contains(pkg, "*") {
		if err != nil { // "pkg:*"
			return `c.base LIKE ? ESCAPE '\'`, []any{likePattern(pkg)}
		}
		like := likePattern(strings.ReplaceAll(p.String(), "%2A", "*"))
		if p.Version == "" && p.Qualifiers == "" && p.Subpath == "" {
			return `c.base LIKE ? ESCAPE '\'`, []any{like}
		}
		return `c.purl LIKE ? ESCAPE '\'`, []any{like}
	}
	if err != nil {
		return "c.purl = ?", []any{pkg}
	}
	base := p.WithoutVersion().String()
	switch {
	case p.Version == "":
		return "c.base = ?", []any{base}
	case p.Qualifiers == "" && p.Subpath == "":
		// The version whatever its qualifiers.
		like := likePattern(p.String())
		return `c.base = ? AND (c.purl = ? OR c.purl LIKE ? ESCAPE '\' OR c.purl LIKE ? ESCAPE '\')`, []any{base, p.String(), like + "?%", like + "#%"}
	}
	return "c.purl = ?", []any{p.String()}
}

// likePattern makes a LIKE pattern of one with *.
func likePattern(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`, "*", "%").Replace(s)
}
