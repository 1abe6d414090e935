package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
)

// maxJoined bounds the records that one name leads to.
const maxJoined = 500

// AdvisoriesNamed gives the records that have a name, as their own or another,
// and all that are joined with them by names, whatever the case of the name.
func (db *DB) AdvisoriesNamed(ctx context.Context, name string) (map[int64]*advisory.Info, error) {
	found := map[int64]*advisory.Info{}
	done := map[string]bool{}
	next := spellings(name)
	for len(next) > 0 && len(found) < maxJoined {
		for _, n := range next {
			done[n] = true
		}
		var numbers []int64
		add := func(r *sql.Rows) error {
			var n int64
			if err := r.Scan(&n); err != nil {
				return err
			}
			if _, ok := found[n]; !ok {
				found[n] = nil
				numbers = append(numbers, n)
			}
			return nil
		}
		if err := db.selectIn(ctx, db.read, "SELECT id FROM advisory WHERE osv_id IN (%s)", nil, next, add); err != nil {
			return nil, err
		}
		if err := db.selectIn(ctx, db.read, "SELECT advisory_id FROM advisory_name WHERE name IN (%s)", nil, next, add); err != nil {
			return nil, err
		}
		next = nil
		err := db.selectNumbers(ctx, db.read, "SELECT "+infoColumns+" FROM advisory WHERE id IN (%s)", numbers, func(r *sql.Rows) error {
			i, err := scanInfo(r)
			found[i.Number] = i
			for _, n := range append([]string{i.ID}, i.Names...) {
				if !done[n] {
					done[n] = true
					next = append(next, n)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// spellings are the ways in which people write an id: GHSA's are lower case
// behind their prefix, the others upper case.
func spellings(name string) []string {
	out := []string{name}
	upper := strings.ToUpper(name)
	if rest, ok := strings.CutPrefix(upper, "GHSA-"); ok {
		upper = "GHSA-" + strings.ToLower(rest)
	}
	if upper != name {
		out = append(out, upper)
	}
	return out
}

// ChangedAdvisories gives the records of which the mirror learned something
// after a time, oldest first.
func (db *DB) ChangedAdvisories(ctx context.Context, after time.Time) ([]int64, error) {
	var out []int64
	return out, db.each(ctx, db.read, "SELECT id FROM advisory WHERE changed > ? ORDER BY changed, id", []any{timeText(after)}, func(r *sql.Rows) error {
		var n int64
		err := r.Scan(&n)
		out = append(out, n)
		return err
	})
}

// AdvisoryRecords gives records as their sources wrote them, by number.
func (db *DB) AdvisoryRecords(ctx context.Context, numbers []int64, visit func(number int64, raw []byte) error) error {
	return db.selectNumbers(ctx, db.read, "SELECT id, raw FROM advisory WHERE id IN (%s) ORDER BY id", numbers, func(r *sql.Rows) error {
		var n int64
		var packed sql.RawBytes
		if err := r.Scan(&n, &packed); err != nil {
			return err
		}
		raw, err := Decompress(packed)
		if err != nil {
			return err
		}
		return visit(n, raw)
	})
}

// ComponentsNamed lists the components that might be what records call by these
// keys: their names agree but for case. Who asks compares the keys.
func (db *DB) ComponentsNamed(ctx context.Context, keys []advisory.Key) ([]inventory.PURL, error) {
	var out []inventory.PURL
	seen := map[string]bool{}
	add := func(r *sql.Rows) error {
		var text string
		if err := scanRow(r, &text); err != nil || seen[text] {
			return err
		}
		seen[text] = true
		if p, err := inventory.ParsePURL(text); err == nil {
			out = append(out, p)
		}
		return nil
	}
	var names, last []string
	distributions := false
	for _, k := range keys {
		switch k.Base() {
		case "ConanCenter":
			last = append(last, fold(k.Name))
		case "GitHub Actions": // owner/repository/path is a part of it
			names = append(names, fold(k.Name))
			if err := db.each(ctx, db.read, `SELECT purl FROM component WHERE full_name LIKE ? ESCAPE '\' ORDER BY id`, []any{likePattern(fold(k.Name)) + "/%"}, add); err != nil {
				return nil, err
			}
		default:
			names = append(names, fold(k.Name))
			distributions = distributions || strings.Contains(k.Ecosystem, ":") || k.Ecosystem == "Wolfi" || k.Ecosystem == "Chainguard"
		}
	}
	if err := db.selectIn(ctx, db.read, "SELECT purl FROM component WHERE full_name IN (%s) ORDER BY id", nil, names, add); err != nil {
		return nil, err
	}
	if err := db.selectIn(ctx, db.read, "SELECT purl FROM component WHERE last_name IN (%s) ORDER BY id", nil, last, add); err != nil {
		return nil, err
	}
	if distributions { // named by source package, which is a qualifier
		for _, kind := range []string{"apk", "deb", "rpm"} {
			if err := db.each(ctx, db.read, "SELECT purl FROM component WHERE base >= ? AND base < ? ORDER BY id", []any{"pkg:" + kind + "/", "pkg:" + kind + "0"}, add); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Uses says whether any component has a purl type.
func (db *DB) Uses(ctx context.Context, purlType string) (bool, error) {
	var n int
	err := db.one(ctx, db.read, "SELECT COUNT(*) FROM (SELECT id FROM component WHERE base >= ? AND base < ? LIMIT 1) c", []any{"pkg:" + purlType + "/", "pkg:" + purlType + "0"}, &n)
	return n > 0, err
}

// UsagesOf lists who uses any of some components (purls with version), in the
// states of all repositories as of a time, as [DB.WhereUsed] does.
func (db *DB) UsagesOf(ctx context.Context, purls []string, asOf time.Time) ([]Hit, error) {
	var out []Hit
	var odd []oddHit
	for len(purls) > 0 {
		n := min(batchRows, len(purls))
		args := make([]any, 0, n+1)
		for _, p := range purls[:n] {
			args = append(args, p)
		}
		err := db.each(ctx, db.read, `SELECT r.name, s.commit_id, c.purl, g.manifest, g.line, g.relation, g.scope, g.requirement, g.license, g.chain, g.note, g.fixture, g.unit_id, g.seq
			FROM component c JOIN usage g ON g.component_id = c.id JOIN snapshot_unit su ON su.unit_id = g.unit_id
			JOIN snapshot s ON s.id = su.snapshot_id JOIN repository r ON r.id = s.repository_id
			WHERE c.purl IN (`+marks(n)+`) AND +su.snapshot_id IN (SELECT l.snapshot_id FROM (`+latestObservations+`) l)
			ORDER BY r.name, g.manifest, c.purl, su.seq, g.seq`, append(args, timeText(asOf)), func(r *sql.Rows) error {
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
		purls = purls[n:]
	}
	return out, db.readOdd(ctx, out, odd)
}

// Declaration is what a manifest declares of its own package, in the state of a
// repository.
type Declaration struct{ Repository, Commit, Manifest, Own string }

// GoDeclarations lists the own packages of all Go modules, in the states of all
// repositories as of a time.
func (db *DB) GoDeclarations(ctx context.Context, asOf time.Time) ([]Declaration, error) {
	var out []Declaration
	err := db.each(ctx, db.read, `SELECT r.name, s.commit_id, u.manifest, u.own FROM unit u JOIN snapshot_unit su ON su.unit_id = u.id
		JOIN snapshot s ON s.id = su.snapshot_id JOIN repository r ON r.id = s.repository_id
		WHERE u.own LIKE '%pkg:golang/%go=%' AND su.snapshot_id IN (SELECT l.snapshot_id FROM (`+latestObservations+`) l)
		ORDER BY r.name, u.manifest, su.seq`, []any{timeText(asOf)}, func(r *sql.Rows) error {
		var d Declaration
		var own []byte
		if err := scanRow(r, &d.Repository, &d.Commit, &d.Manifest, &own); err != nil {
			return err
		}
		var list []string
		if err := fromJSON(own, &list); err != nil {
			return errBody
		}
		for _, o := range list {
			d.Own = o
			out = append(out, d)
		}
		return nil
	})
	return out, err
}
