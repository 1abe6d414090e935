package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// unitForm is a unit as its columns.
type unitForm struct {
	unit                  *inventory.Unit
	key                   string
	inputs, own, problems string
	body                  []byte
}

// formOf writes a unit's columns. The key is a hash over all of them, so a unit
// never changes: the same manifest read otherwise is another unit.
func formOf(u *inventory.Unit) (f unitForm, err error) {
	f = unitForm{unit: u, body: encodeUsages(u.Usages)}
	for _, c := range []struct {
		into *string
		from any
	}{{&f.inputs, u.Inputs}, {&f.own, u.Own}, {&f.problems, u.Problems}} {
		if *c.into, err = toJSON(c.from); err != nil {
			return f, err
		}
	}
	h := sha256.New()
	for _, s := range []string{u.Reader, u.Manifest, u.Blob, f.inputs, f.own, f.problems} {
		fmt.Fprintf(h, "%d %s", len(s), s)
	}
	h.Write(f.body)
	f.key = hex.EncodeToString(h.Sum(nil)[:16])
	return f, nil
}

// saveUnits keeps the units that are new and gives the ids of all, in order.
func (db *DB) saveUnits(ctx context.Context, tx *sql.Tx, units []inventory.Unit) ([]int64, error) {
	forms := make(map[string]unitForm, len(units))
	keys := make([]string, len(units))
	for i := range units {
		f, err := formOf(&units[i])
		if err != nil {
			return nil, err
		}
		keys[i], forms[f.key] = f.key, f
	}
	known, err := db.knownUnits(ctx, tx, forms)
	if err != nil {
		return nil, err
	}
	if err := db.addUnits(ctx, tx, forms, known); err != nil {
		return nil, err
	}
	ids := make([]int64, len(units))
	for i, k := range keys {
		ids[i] = known[k]
	}
	return ids, nil
}

// knownUnits gives the ids of units that are kept, and repairs those whose
// columns are not what they were written as.
func (db *DB) knownUnits(ctx context.Context, tx *sql.Tx, forms map[string]unitForm) (map[string]int64, error) {
	known := make(map[string]int64, len(forms))
	var damaged []unitForm
	err := db.selectIn(ctx, tx, "SELECT key, id, inputs, own, problems, body FROM unit WHERE key IN (%s)", nil, sortedKeys(forms), func(r *sql.Rows) error {
		var key string
		var id int64
		var inputs, own, problems, body sql.RawBytes
		if err := r.Scan(&key, &id, &inputs, &own, &problems, &body); err != nil {
			return err
		}
		known[key] = id
		f := forms[key]
		if string(body) != string(f.body) || string(inputs) != f.inputs || string(own) != f.own || string(problems) != f.problems {
			damaged = append(damaged, f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range damaged {
		if err := db.exec(ctx, tx, "UPDATE unit SET inputs = ?, own = ?, problems = ?, body = ? WHERE key = ?", f.inputs, f.own, f.problems, f.body, f.key); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// addUnits keeps the units that are not known and adds their ids to known. Rows
// that several writers may make at once are written in the order of their
// keys, components before units: so writers wait for each other, and never in
// a ring.
func (db *DB) addUnits(ctx context.Context, tx *sql.Tx, forms map[string]unitForm, known map[string]int64) error {
	var missing []string
	for _, k := range sortedKeys(forms) {
		if _, ok := known[k]; !ok {
			missing = append(missing, k)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	components, err := db.saveComponents(ctx, tx, forms, missing)
	if err != nil {
		return err
	}
	rows := make([][]any, len(missing))
	for i, k := range missing {
		f := forms[k]
		rows[i] = []any{k, f.unit.Reader, f.unit.Manifest, f.unit.Blob, f.inputs, f.own, f.problems, f.body}
	}
	if err := db.insert(ctx, tx, "unit", "key, reader, manifest, blob, inputs, own, problems, body", "ON CONFLICT (key) DO NOTHING", rows); err != nil {
		return err
	}
	err = db.selectIn(ctx, tx, "SELECT key, id FROM unit WHERE key IN (%s)", nil, missing, func(r *sql.Rows) error {
		var key string
		var id int64
		err := r.Scan(&key, &id)
		known[key] = id
		return err
	})
	if err != nil {
		return err
	}
	rows = rows[:0]
	for _, k := range missing {
		for i := range forms[k].unit.Usages {
			rows = append(rows, usageRow(known[k], i, components, &forms[k].unit.Usages[i]))
		}
	}
	// Another writer may have made the same unit meanwhile, with these rows.
	return db.insert(ctx, tx, "usage", "unit_id, seq, component_id, manifest, line, relation, scope, requirement, license, chain, note, fixture",
		"ON CONFLICT (unit_id, seq) DO NOTHING", rows)
}

// oddChain stands for a chain where the columns of a usage can't tell it
// whole: it is then read from the unit's body.
const oddChain = "?"

func usageRow(unit int64, seq int, components map[inventory.PURL]int64, u *inventory.Usage) []any {
	fixture := 0
	if u.Fixture {
		fixture = 1
	}
	return []any{unit, seq, components[u.Component], u.Manifest, u.Line, string(u.Relation), string(u.Scope), u.Requirement,
		u.License, chainText(u), u.Note, fixture}
}

func chainText(u *inventory.Usage) string {
	if p, err := inventory.ParsePURL(u.Component.String()); err != nil || p != u.Component {
		return oddChain
	}
	joined := strings.Join(u.Chain, " ")
	if joined == oddChain || !slices.Equal(strings.Fields(joined), u.Chain) {
		return oddChain
	}
	return joined
}

// saveComponents gives the ids of all components of some units, making those
// that are new.
func (db *DB) saveComponents(ctx context.Context, tx *sql.Tx, forms map[string]unitForm, of []string) (map[inventory.PURL]int64, error) {
	texts := map[inventory.PURL]string{}
	purls := map[string]inventory.PURL{}
	for _, k := range of {
		for i := range forms[k].unit.Usages {
			p := forms[k].unit.Usages[i].Component
			if _, ok := texts[p]; !ok {
				texts[p] = p.String()
				purls[texts[p]] = p
			}
		}
	}
	ids := make(map[string]int64, len(purls))
	find := func(keys []string) error {
		return db.selectIn(ctx, tx, "SELECT purl, id FROM component WHERE purl IN (%s)", nil, keys, func(r *sql.Rows) error {
			var purl string
			var id int64
			err := scanRow(r, &purl, &id)
			ids[purl] = id
			return err
		})
	}
	keys := sortedKeys(purls)
	if err := find(keys); err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(keys, func(k string) bool { return ids[k] != 0 })
	rows := make([][]any, len(missing))
	for i, k := range missing {
		p := purls[k]
		rows[i] = []any{k, p.WithoutVersion().String(), fold(p.FullName()), fold(p.Name)}
	}
	if err := db.insert(ctx, tx, "component", "purl, base, full_name, last_name", "ON CONFLICT (purl) DO NOTHING", rows); err != nil {
		return nil, err
	}
	if err := find(missing); err != nil {
		return nil, err
	}
	out := make(map[inventory.PURL]int64, len(texts))
	for p, s := range texts {
		out[p] = ids[s]
	}
	return out, nil
}

// fold is the form in which names are searched, made here because engines
// differ in lower().
func fold(s string) string { return strings.ToLower(s) }

// scanUnit reads "reader, manifest, blob, inputs, own, problems, body".
func scanUnit(r *sql.Rows) (u inventory.Unit, err error) {
	var inputs, own, problems, body sql.RawBytes
	if err := scanRow(r, &u.Reader, &u.Manifest, &u.Blob, &inputs, &own, &problems, &body); err != nil {
		return u, err
	}
	for _, c := range []struct {
		text sql.RawBytes
		into any
	}{{inputs, &u.Inputs}, {own, &u.Own}, {problems, &u.Problems}} {
		if string(c.text) == "null" {
			continue
		}
		if err := fromJSON(c.text, c.into); err != nil {
			return u, errBody
		}
	}
	u.Usages, err = decodeUsages(body)
	return u, err
}
