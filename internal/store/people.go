package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/internal/people"
)

// entryDetail is what of an entry no question asks for by column.
type entryDetail struct {
	Identities []people.Identity    `json:",omitempty"`
	Org        string               `json:",omitempty"`
	From       string               `json:",omitempty"`
	To         string               `json:",omitempty"`
	Basis      string               `json:",omitempty"`
	Value      string               `json:",omitempty"`
	Import     *people.ImportCounts `json:",omitempty"`
}

// PutPeopleEntry keeps an entry, and gives it its number.
func (db *DB) PutPeopleEntry(ctx context.Context, e *people.Entry) error {
	d := entryDetail{Identities: e.Identities, Org: e.Employment.Org, From: timeText(e.Employment.From), To: timeText(e.Employment.To), Basis: string(e.Employment.Basis), Value: e.Value}
	var body []byte
	if e.Source != nil {
		d.Import = &e.Import
		body = Compress(people.Pack(e.Source))
	}
	detail, err := toJSON(d)
	if err != nil {
		return err
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		return db.one(ctx, tx, "INSERT INTO people_entry (kind, name, actor, made_at, digest, undoes, detail, body) VALUES ("+marks(8)+") RETURNING id",
			[]any{string(e.Kind), e.Name, e.By, timeText(e.At), e.Import.Digest, e.Undoes, detail, content(body)}, &e.ID)
	})
}

// PeopleEntries gives all entries made by a time, in order. sources says whether
// what imports say is wanted too.
func (db *DB) PeopleEntries(ctx context.Context, asOf time.Time, sources bool) (out []people.Entry, err error) {
	err = db.view(ctx, func(tx *sql.Tx) error {
		out = nil
		err := db.each(ctx, tx, "SELECT id, kind, name, actor, made_at, undoes, detail FROM people_entry WHERE made_at <= ? ORDER BY id", []any{timeText(asOf)}, func(r *sql.Rows) error {
			e, err := scanEntry(r)
			out = append(out, e)
			return err
		})
		if err != nil || !sources {
			return err
		}
		for i, state := range people.States(out) {
			if e := &out[i]; e.Kind == people.Imported && state.Holds {
				if e.Index, err = db.peopleIndex(ctx, tx, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

func scanEntry(r *sql.Rows) (e people.Entry, err error) {
	var kind, at, detail string
	if err := scanRow(r, &e.ID, &kind, &e.Name, &e.By, &at, &e.Undoes, &detail); err != nil {
		return e, err
	}
	e.Kind, e.At = people.EntryKind(kind), parseTime(at)
	var d entryDetail
	if err := fromJSON([]byte(detail), &d); err != nil {
		return e, fmt.Errorf("entry %d on people is damaged: %w", e.ID, err)
	}
	e.Identities, e.Value = d.Identities, d.Value
	e.Employment = people.Employment{Org: d.Org, From: parseTime(d.From), To: parseTime(d.To), Basis: people.Basis(d.Basis)}
	if d.Import != nil {
		e.Import = *d.Import
	}
	return e, nil
}

// peopleIndex reads what an import says.
func (db *DB) peopleIndex(ctx context.Context, tx *sql.Tx, e *people.Entry) (*people.Index, error) {
	var body []byte
	if err := db.one(ctx, tx, "SELECT body FROM people_entry WHERE id = ?", []any{e.ID}, &body); err != nil {
		return nil, err
	}
	raw, err := Decompress(body)
	if err != nil {
		return nil, fmt.Errorf("what import %d (%s) says is damaged: %w; import it again", e.ID, e.Name, err)
	}
	x, err := people.OpenIndex(raw, e.Origin())
	if err != nil {
		return nil, fmt.Errorf("import %d (%s): %w; import it again", e.ID, e.Name, err)
	}
	return x, nil
}
