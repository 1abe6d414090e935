package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// historyState is what of a history no question asks for by column.
type historyState struct {
	Branch      string
	Tips        []string
	AllBranches bool
	Shallow     []string
	Roots       []string
	Lined       int
	OtherTags   int
	Oddities    []contribution.Oddity
	Partial     string
	People      int
}

// HistoryRef names a kept history and the version that was read.
type HistoryRef struct {
	ID      int64 // 0: nothing is kept
	Version int64
	// Blocks counts the blocks that are kept, People the identities in them.
	Blocks, People int
}

// ErrHistoryMoved says that another run wrote a history since it was read.
var ErrHistoryMoved = errors.New("another run mined this history at the same time")

// HistoryUpdate is what a run of mining found.
type HistoryUpdate struct {
	History contribution.History
	Blocks  []contribution.Block
	Paths   []contribution.Paths
	Replace bool // the blocks are all there is
}

// SaveHistory keeps what a run found, in one transaction; base is what the run
// built upon. ErrHistoryMoved asks for another run.
func (db *DB) SaveHistory(ctx context.Context, base HistoryRef, u HistoryUpdate) (HistoryRef, error) {
	var ref HistoryRef
	err := db.transact(ctx, func(tx *sql.Tx) error {
		ref = base
		if err := db.putHistory(ctx, tx, &ref, &u.History); err != nil {
			return err
		}
		if u.Replace {
			if err := db.forgetBlocks(ctx, tx, ref.ID); err != nil {
				return err
			}
			ref.Blocks, ref.People = 0, 0
		}
		if err := db.putBlocks(ctx, tx, &ref, &u); err != nil {
			return err
		}
		return db.putReleases(ctx, tx, ref.ID, u.History.Releases)
	})
	return ref, err
}

func (db *DB) putHistory(ctx context.Context, tx *sql.Tx, ref *HistoryRef, h *contribution.History) error {
	state, err := toJSON(historyState{h.Branch, h.Tips, h.AllBranches, h.Shallow, h.Roots, h.Lined, h.OtherTags, h.Oddities, h.Partial, len(h.People)})
	if err != nil {
		return err
	}
	ref.Version++
	if ref.ID == 0 {
		err = db.one(ctx, tx, `INSERT INTO history (location, repository, version, commits, mined_at, state, mailmap) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (location) DO NOTHING RETURNING id`,
			[]any{h.Location, h.Repository, ref.Version, h.Commits, timeText(h.MinedAt), state, content(h.Mailmap)}, &ref.ID)
	} else {
		err = db.one(ctx, tx, `UPDATE history SET repository = ?, version = ?, commits = ?, mined_at = ?, state = ?, mailmap = ? WHERE id = ? AND version = ? RETURNING id`,
			[]any{h.Repository, ref.Version, h.Commits, timeText(h.MinedAt), state, content(h.Mailmap), ref.ID, ref.Version - 1}, &ref.ID)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrHistoryMoved
	}
	return err
}

func (db *DB) forgetBlocks(ctx context.Context, tx *sql.Tx, id int64) error {
	for _, table := range []string{"commit_paths", "commit_block"} {
		if err := db.exec(ctx, tx, "DELETE FROM "+table+" WHERE history_id = ?", id); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) putBlocks(ctx context.Context, tx *sql.Tx, ref *HistoryRef, u *HistoryUpdate) error {
	for i := range u.Blocks {
		b := &u.Blocks[i]
		var who []people.Identity
		if i == 0 {
			who = u.History.People[ref.People:]
		}
		if err := db.exec(ctx, tx, "INSERT INTO commit_block (history_id, seq, commits, people, facts, lines, ids) VALUES (?, ?, ?, ?, ?, ?, ?)",
			ref.ID, ref.Blocks, b.Len(), encodePeople(who), encodeFacts(b), content(encodeLines(b.Lines)), content(b.IDs)); err != nil {
			return err
		}
		if i < len(u.Paths) {
			if err := db.exec(ctx, tx, "INSERT INTO commit_paths (history_id, seq, body) VALUES (?, ?, ?)", ref.ID, ref.Blocks, encodePaths(&u.Paths[i])); err != nil {
				return err
			}
		}
		ref.Blocks++
		ref.People = len(u.History.People)
	}
	return nil
}

// putReleases brings the releases of a history to the present state.
func (db *DB) putReleases(ctx context.Context, tx *sql.Tx, id int64, now []contribution.Release) error {
	old, err := db.releases(ctx, tx, id, "")
	if err != nil {
		return err
	}
	was := make(map[string]contribution.Release, len(old))
	for _, r := range old {
		was[r.Tag] = r
	}
	var rows [][]any
	for _, r := range now {
		r.Repository = ""
		r.At = parseTime(timeText(r.At))
		if was[r.Tag] != r {
			rows = append(rows, []any{id, r.Tag, r.Version, boolNumber(r.Prerelease), timeText(r.At)})
		}
		delete(was, r.Tag)
	}
	for tag := range was {
		if err := db.exec(ctx, tx, "DELETE FROM history_release WHERE history_id = ? AND tag = ?", id, tag); err != nil {
			return err
		}
	}
	return db.insert(ctx, tx, "history_release", "history_id, tag, version, prerelease, released_at",
		"ON CONFLICT (history_id, tag) DO UPDATE SET version = excluded.version, prerelease = excluded.prerelease, released_at = excluded.released_at", rows)
}

func boolNumber(b bool) int {
	if b {
		return 1
	}
	return 0
}

// releases lists the releases of a history in order of time, then tag.
func (db *DB) releases(ctx context.Context, q querier, id int64, repository string) (out []contribution.Release, err error) {
	err = db.each(ctx, q, "SELECT tag, version, prerelease, released_at FROM history_release WHERE history_id = ? ORDER BY released_at, tag", []any{id}, func(r *sql.Rows) error {
		x := contribution.Release{Repository: repository}
		var pre int
		var at string
		err := scanRow(r, &x.Tag, &x.Version, &pre, &at)
		x.Prerelease, x.At = pre == 1, parseTime(at)
		out = append(out, x)
		return err
	})
	return out, err
}

// History gives what is known of the history in a place, with all identities;
// the reference has ID 0 when nothing is.
func (db *DB) History(ctx context.Context, location string) (h contribution.History, ref HistoryRef, err error) {
	err = db.view(ctx, func(tx *sql.Tx) error {
		h, ref, err = db.history(ctx, tx, "location = ?", location)
		if err != nil || ref.ID == 0 {
			return err
		}
		if h.Releases, err = db.releases(ctx, tx, ref.ID, h.Repository); err != nil {
			return err
		}
		return db.each(ctx, tx, "SELECT people FROM commit_block WHERE history_id = ? ORDER BY seq", []any{ref.ID}, func(r *sql.Rows) error {
			var body []byte
			if err := scanRow(r, &body); err != nil {
				return err
			}
			ref.Blocks++
			h.People, err = decodePeople(body, h.People)
			return err
		})
	})
	ref.People = len(h.People)
	return h, ref, err
}

func (db *DB) history(ctx context.Context, q querier, where string, args ...any) (h contribution.History, ref HistoryRef, err error) {
	err = db.each(ctx, q, "SELECT id, version, repository, location, commits, mined_at, state, mailmap FROM history WHERE "+where, args, func(r *sql.Rows) error {
		h, ref, err = scanHistory(r)
		return err
	})
	return h, ref, err
}

func scanHistory(r *sql.Rows) (h contribution.History, ref HistoryRef, err error) {
	var at string
	var state, mailmap []byte
	if err := scanRow(r, &ref.ID, &ref.Version, &h.Repository, &h.Location, &h.Commits, &at, &state, &mailmap); err != nil {
		return h, ref, err
	}
	var s historyState
	if err := fromJSON(state, &s); err != nil {
		return h, ref, fmt.Errorf("the state of the history of %s is damaged: %w", h.Repository, err)
	}
	h.MinedAt = parseTime(at)
	if len(mailmap) > 0 {
		h.Mailmap = mailmap
	}
	h.Branch, h.Tips, h.AllBranches, h.Shallow, h.Roots = s.Branch, s.Tips, s.AllBranches, s.Shallow, s.Roots
	h.Lined, h.OtherTags, h.Oddities, h.Partial = s.Lined, s.OtherTags, s.Oddities, s.Partial
	return h, ref, nil
}

// Histories lists what is known of all places, by name of repository; without their
// identities and releases.
func (db *DB) Histories(ctx context.Context) (out []contribution.History, err error) {
	err = db.each(ctx, db.read, "SELECT id, version, repository, location, commits, mined_at, state, mailmap FROM history ORDER BY repository, location", nil, func(r *sql.Rows) error {
		h, _, err := scanHistory(r)
		out = append(out, h)
		return err
	})
	return out, err
}

// Releases lists the releases of the history in a place, in order of time.
func (db *DB) Releases(ctx context.Context, location string) ([]contribution.Release, error) {
	h, ref, err := db.history(ctx, db.read, "location = ?", location)
	if err != nil {
		return nil, err
	}
	return db.releases(ctx, db.read, ref.ID, h.Repository)
}

// EachBlock reads the commits of a history block by block, without committers
// and time zones. The block is f's only until it returns: its columns are used
// again. h gains the identities as they come. ids says whether the commits' ids
// are wanted.
func (db *DB) EachBlock(ctx context.Context, h *contribution.History, ids bool, f func(seq int, b *contribution.Block) error) error {
	return db.eachBlock(ctx, h, ids, false, f)
}

// EachWholeBlock is [DB.EachBlock] with all columns.
func (db *DB) EachWholeBlock(ctx context.Context, h *contribution.History, f func(seq int, b *contribution.Block) error) error {
	return db.eachBlock(ctx, h, true, true, f)
}

func (db *DB) eachBlock(ctx context.Context, h *contribution.History, ids, whole bool, f func(seq int, b *contribution.Block) error) error {
	column := "''"
	if ids {
		column = "b.ids"
	}
	var block contribution.Block
	h.People = nil
	return db.each(ctx, db.read, "SELECT b.seq, b.people, b.facts, b.lines, "+column+" FROM history h JOIN commit_block b ON b.history_id = h.id WHERE h.location = ? ORDER BY b.seq",
		[]any{h.Location}, func(r *sql.Rows) error {
			var seq int
			var who, facts, lines, id sql.RawBytes
			if err := scanRow(r, &seq, &who, &facts, &lines, &id); err != nil {
				return err
			}
			var err error
			if h.People, err = decodePeople(who, h.People); err != nil {
				return err
			}
			if err := decodeFacts(facts, len(h.People), whole, &block); err != nil {
				return err
			}
			if block.Lines, err = decodeLines(lines, block.Len()); err != nil {
				return err
			}
			if block.IDs, block.IDSize = append(block.IDs[:0], id...), 0; block.Len() > 0 {
				block.IDSize = len(id) / block.Len()
			}
			return f(seq, &block)
		})
}

// Paths gives the touched paths of one block of the history in a place.
func (db *DB) Paths(ctx context.Context, location string, seq int) (contribution.Paths, error) {
	var body []byte
	err := db.one(ctx, db.read, "SELECT p.body FROM history h JOIN commit_paths p ON p.history_id = h.id WHERE h.location = ? AND p.seq = ?", []any{location, seq}, &body)
	if err != nil {
		return contribution.Paths{}, err
	}
	return decodePaths(body)
}

// PutLines keeps the lines of one block of a history that is still as ref says.
func (db *DB) PutLines(ctx context.Context, ref *HistoryRef, h *contribution.History, seq int, lines []contribution.LineCount, at time.Time) error {
	next := *ref
	err := db.transact(ctx, func(tx *sql.Tx) error {
		next = *ref
		h.MinedAt = at
		if err := db.putHistory(ctx, tx, &next, h); err != nil {
			return err
		}
		return db.exec(ctx, tx, "UPDATE commit_block SET lines = ? WHERE history_id = ? AND seq = ?", content(encodeLines(lines)), ref.ID, seq)
	})
	if err == nil {
		*ref = next
	}
	return err
}
