package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// forgeVersion opens the encoding of issues and change requests.
const forgeVersion = 1

var errForge = errors.New("issues and change requests in the store are damaged; import them again")

// PutForge keeps issues and change requests of a repository by its key. Those
// that were kept under the same ids before are replaced; added counts the others.
func (db *DB) PutForge(ctx context.Context, repository string, items []contribution.ForgeItem, now time.Time) (added int, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		kept, err := db.forge(ctx, tx, repository)
		if err != nil {
			return err
		}
		byID := map[string]int{}
		for i := range kept.Items {
			byID[kept.Items[i].ID] = i
		}
		added = 0
		for _, item := range items {
			if i, ok := byID[item.ID]; ok {
				kept.Items[i] = item
				continue
			}
			byID[item.ID] = len(kept.Items)
			kept.Items = append(kept.Items, item)
			added++
		}
		return db.exec(ctx, tx, `INSERT INTO forge_data (repository, items, through, imported_at, body) VALUES (`+marks(5)+`)
			ON CONFLICT (repository) DO UPDATE SET items = excluded.items, through = excluded.through, imported_at = excluded.imported_at, body = excluded.body`,
			repository, len(kept.Items), timeText(through(kept.Items)), timeText(now), Compress(encodeForge(kept.Items)))
	})
	return added, err
}

// through is the last moment that items tell of.
func through(items []contribution.ForgeItem) (last time.Time) {
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	for i := range items {
		x := &items[i]
		later(x.Created)
		later(x.Closed)
		later(x.Merged)
		for _, e := range x.Events {
			later(e.At)
		}
	}
	return last
}

// Forge gives what was imported of a repository, by its key; without items where
// nothing was.
func (db *DB) Forge(ctx context.Context, repository string) (contribution.Forge, error) {
	return db.forge(ctx, db.read, repository)
}

func (db *DB) forge(ctx context.Context, q querier, repository string) (f contribution.Forge, err error) {
	var body []byte
	var last string
	err = db.one(ctx, q, "SELECT through, body FROM forge_data WHERE repository = ?", []any{repository}, &last, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	raw, err := Decompress(body)
	if err != nil {
		return f, errForge
	}
	f.Through = parseTime(last)
	f.Items, err = decodeForge(raw)
	return f, err
}

// encodeForge writes logins once, then items with times as differences.
func encodeForge(items []contribution.ForgeItem) []byte {
	c := column{forgeVersion}
	number := map[contribution.Account]uint64{}
	var accounts []contribution.Account
	know := func(a contribution.Account) uint64 {
		a.Person = 0
		n, ok := number[a]
		if !ok {
			n = uint64(len(accounts))
			number[a], accounts = n, append(accounts, a)
		}
		return n
	}
	for i := range items {
		know(items[i].Author)
		for _, e := range items[i].Events {
			know(e.Who)
		}
	}
	c.unsigned(uint64(len(accounts)))
	for _, a := range accounts {
		c.text(a.Login)
		c.flags(a.Bot)
	}
	c.unsigned(uint64(len(items)))
	for i := range items {
		x := &items[i]
		c.text(x.ID)
		c.flags(x.Change, x.Silent, !x.Closed.IsZero(), !x.Merged.IsZero())
		c.unsigned(know(x.Author))
		at := x.Created.Unix()
		c.signed(at)
		for _, t := range []time.Time{x.Closed, x.Merged} {
			if !t.IsZero() {
				c.signed(t.Unix() - at)
			}
		}
		c.unsigned(uint64(len(x.Events)))
		for _, e := range x.Events {
			c.unsigned(know(e.Who))
			c.signed(e.At.Unix() - at)
			c.flags(e.Review)
		}
	}
	return c
}

func (c *column) text(s string) {
	c.unsigned(uint64(len(s)))
	*c = append(*c, s...)
}

func (c *column) flags(list ...bool) {
	b := byte(0)
	for i, yes := range list {
		if yes {
			b |= 1 << i
		}
	}
	*c = append(*c, b)
}

// decodeForge reads what encodeForge wrote; damage is an error, never a panic.
func decodeForge(body []byte) ([]contribution.ForgeItem, error) {
	if len(body) == 0 || body[0] != forgeVersion {
		return nil, errForge
	}
	d := numbers{b: body[1:]}
	accounts := make([]contribution.Account, d.size())
	for i := range accounts {
		accounts[i] = contribution.Account{Login: d.text(d.size()), Bot: d.unsigned() == 1}
	}
	account := func() contribution.Account {
		n := d.unsigned()
		if n >= uint64(len(accounts)) {
			d.bad, d.b = true, nil
			return contribution.Account{}
		}
		return accounts[n]
	}
	var items []contribution.ForgeItem
	for n := d.size(); n > 0 && !d.bad; n-- {
		x := contribution.ForgeItem{ID: d.text(d.size())}
		flags := d.unsigned()
		x.Change, x.Silent = flags&1 != 0, flags&2 != 0
		x.Author = account()
		at := d.signed()
		x.Created = time.Unix(at, 0).UTC()
		if flags&4 != 0 {
			x.Closed = time.Unix(at+d.signed(), 0).UTC()
		}
		if flags&8 != 0 {
			x.Merged = time.Unix(at+d.signed(), 0).UTC()
		}
		for m := d.size(); m > 0 && !d.bad; m-- {
			x.Events = append(x.Events, contribution.ForgeEvent{Who: account(), At: time.Unix(at+d.signed(), 0).UTC(), Review: d.unsigned() == 1})
		}
		items = append(items, x)
	}
	if d.bad {
		return nil, errForge
	}
	return items, nil
}
