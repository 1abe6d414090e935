package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// AdvisoryFile is one file of a feed as it was read.
type AdvisoryFile struct {
	// Name is the file's path inside the feed; Mark identifies its content.
	Name, Mark string
	// Known says that the file has the mark that is kept: nothing else is set.
	Known  bool
	Record advisory.Understood
	// Raw is the record as its source wrote it, compressed by [Compress].
	Raw []byte
	// Fault says why the file is no record; then nothing else is set.
	Fault string
}

// AdvisoryChange counts what an update did.
type AdvisoryChange struct {
	New, Changed, Withdrawn int
	// Gone records were listed before and are no longer; they count as withdrawn.
	Gone      int
	Unchanged int
	// Older files hold an older state of a record than is kept.
	Older int
	// Twice counts records that stand in more than one of the files that were
	// read; the newest counts.
	Twice  int
	Faults int
}

// UpdateAdvisories reads one feed in one transaction: all of it or nothing.
// files is called with the marks that are kept, by file name, and gives every
// file of the feed to put; it may be called again. whole says that what is
// not given is no longer in the feed. The feed's Records, Problems, Newest and,
// where they are empty, Ecosystems and Made are filled here.
func (db *DB) UpdateAdvisories(ctx context.Context, feed advisory.Feed, mark string, whole bool,
	files func(known map[string]string, put func(AdvisoryFile) error) error) (change AdvisoryChange, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		if db.postgres { // one update at a time, as on SQLite
			if err := db.exec(ctx, tx, "SELECT pg_advisory_xact_lock(7422)"); err != nil {
				return err
			}
		}
		w := advisoryWriter{ctx: ctx, db: db, tx: tx, now: feed.Checked, seen: map[string]bool{}, ids: map[string]bool{}, dropped: map[int64]bool{},
			touched: map[int][]advisory.PackageClaim{}, ecosystems: map[string]bool{}}
		known, err := w.open(feed)
		if err != nil {
			return err
		}
		if err := files(known, w.put); err != nil {
			return err
		}
		if err := w.flush(); err != nil {
			return err
		}
		if whole {
			if err := w.gone(known); err != nil {
				return err
			}
		}
		if err := w.index(); err != nil {
			return err
		}
		change = w.change
		return w.close(feed, mark)
	})
	return change, err
}

// advisoryWriter is one update under way.
type advisoryWriter struct {
	ctx    context.Context
	db     *DB
	tx     *sql.Tx
	now    time.Time
	feed   int64
	change AdvisoryChange
	batch  []AdvisoryFile
	seen   map[string]bool // file names
	ids    map[string]bool // records read
	// dropped are records whose entries in the index are made anew, touched the
	// rows with what comes in.
	dropped    map[int64]bool
	touched    map[int][]advisory.PackageClaim
	ecosystems map[string]bool
}

// open makes the feed's row and gives the marks of its files.
func (w *advisoryWriter) open(feed advisory.Feed) (map[string]string, error) {
	err := w.db.one(w.ctx, w.tx, `INSERT INTO advisory_feed (name, kind, location, ecosystems, mark, checked, newest, made, records, problems, partial, fault)
		VALUES (?, ?, '', '', '', '', '', '', 0, 0, 0, '') ON CONFLICT (name) DO UPDATE SET kind = excluded.kind RETURNING id`, []any{feed.Name, feed.Kind}, &w.feed)
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	return known, w.db.each(w.ctx, w.tx, "SELECT name, mark FROM advisory_file WHERE feed_id = ?", []any{w.feed}, func(r *sql.Rows) error {
		var name, mark string
		err := scanRow(r, &name, &mark)
		known[name] = mark
		return err
	})
}

// advisoryBatch is how many files are written at once.
const advisoryBatch = 400

func (w *advisoryWriter) put(f AdvisoryFile) error {
	if w.seen[f.Name] {
		return nil // an archive may hold a name twice; the first counts
	}
	w.seen[f.Name] = true
	if f.Known {
		w.change.Unchanged++
		return nil
	}
	if w.batch = append(w.batch, f); len(w.batch) < advisoryBatch {
		return nil
	}
	return w.flush()
}

// keptRecord is what is known of a record before an update.
type keptRecord struct {
	id                  int64
	modified, withdrawn string
	raw                 []byte
}

// flush writes the files that were put. Of several files with one record the
// newest counts.
func (w *advisoryWriter) flush() error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	best := map[string]*AdvisoryFile{}
	for i := range w.batch {
		f := &w.batch[i]
		if f.Fault != "" {
			w.change.Faults++
			continue
		}
		id := f.Record.Info.ID
		if w.ids[id] {
			w.change.Twice++
		}
		w.ids[id] = true
		if other := best[id]; other == nil || newer(&f.Record.Info, &other.Record.Info) {
			best[id] = f
		}
	}
	ids := sortedKeys(best)
	kept, err := w.kept(ids)
	if err != nil {
		return err
	}
	var changed []string
	for _, id := range ids {
		f, old := best[id], kept[id]
		modified := timeText(f.Record.Info.Modified)
		switch {
		case old.id == 0:
			w.change.New++
		case old.modified > modified:
			w.change.Older++
			continue
		case old.modified == modified && old.withdrawn == timeText(f.Record.Info.Withdrawn) && string(old.raw) == string(f.Raw):
			w.change.Unchanged++
			continue
		default:
			w.change.Changed++
			if old.withdrawn == "" && !f.Record.Info.Withdrawn.IsZero() {
				w.change.Withdrawn++
			}
			if err := w.drop(old); err != nil {
				return err
			}
		}
		changed = append(changed, id)
	}
	numbers, err := w.write(changed, best, kept)
	if err != nil {
		return err
	}
	if err := w.files(numbers); err != nil {
		return err
	}
	w.batch = w.batch[:0]
	return nil
}

func newer(a, b *advisory.Info) bool { return a.Modified.After(b.Modified) }

func (w *advisoryWriter) kept(ids []string) (map[string]keptRecord, error) {
	out := map[string]keptRecord{}
	return out, w.db.selectIn(w.ctx, w.tx, "SELECT osv_id, id, modified, withdrawn, raw FROM advisory WHERE osv_id IN (%s)", nil, ids, func(r *sql.Rows) error {
		var id string
		var k keptRecord
		err := scanRow(r, &id, &k.id, &k.modified, &k.withdrawn, &k.raw)
		out[id] = k
		return err
	})
}

// drop marks what a record said so far for removal from the index.
func (w *advisoryWriter) drop(old keptRecord) error {
	w.dropped[old.id] = true
	data, err := Decompress(old.raw)
	if err != nil {
		return fmt.Errorf("advisory %d: %w", old.id, err)
	}
	was, err := advisory.Understand(data)
	if err != nil {
		return fmt.Errorf("advisory %d: %w", old.id, err)
	}
	for _, c := range was.Claims {
		s := shardOf(c.Key)
		// What an earlier file of this update said of it goes too.
		w.touched[s] = slices.DeleteFunc(w.touched[s], func(c advisory.PackageClaim) bool { return c.Claim.Record == old.id })
	}
	return nil
}

// write keeps records and their names, and gives the numbers of all in best.
func (w *advisoryWriter) write(changed []string, best map[string]*AdvisoryFile, kept map[string]keptRecord) (map[string]int64, error) {
	rows := make([][]any, len(changed))
	for i, id := range changed {
		rows[i] = w.row(best[id])
	}
	const columns = "osv_id, modified, published, withdrawn, kind, note, names, level, score, vector, summary, problems, changed, raw"
	err := w.db.insert(w.ctx, w.tx, "advisory", columns, `ON CONFLICT (osv_id) DO UPDATE SET modified = excluded.modified, published = excluded.published,
		withdrawn = excluded.withdrawn, kind = excluded.kind, note = excluded.note, names = excluded.names, level = excluded.level, score = excluded.score,
		vector = excluded.vector, summary = excluded.summary, problems = excluded.problems, changed = excluded.changed, raw = excluded.raw`, rows)
	if err != nil {
		return nil, err
	}
	numbers := make(map[string]int64, len(best))
	for id, k := range kept {
		numbers[id] = k.id
	}
	err = w.db.selectIn(w.ctx, w.tx, "SELECT osv_id, id FROM advisory WHERE osv_id IN (%s)", nil, changed, func(r *sql.Rows) error {
		var id string
		var n int64
		err := scanRow(r, &id, &n)
		numbers[id] = n
		return err
	})
	if err != nil {
		return nil, err
	}
	var old []int64
	rows = rows[:0]
	for _, id := range changed {
		n := numbers[id]
		if w.dropped[n] {
			old = append(old, n)
		}
		names := slices.Clone(best[id].Record.Info.Names)
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			rows = append(rows, []any{name, n})
		}
		for _, c := range best[id].Record.Claims {
			c.Claim.Record = n
			s := shardOf(c.Key)
			w.touched[s] = append(w.touched[s], c)
			w.ecosystems[c.Key.Base()] = true
		}
	}
	if err := w.deleteIn("DELETE FROM advisory_name WHERE advisory_id IN (%s)", old); err != nil {
		return nil, err
	}
	return numbers, w.db.insert(w.ctx, w.tx, "advisory_name", "name, advisory_id", "ON CONFLICT (name, advisory_id) DO NOTHING", rows)
}

func (w *advisoryWriter) deleteIn(query string, ids []int64) error {
	for len(ids) > 0 {
		n := min(batchRows, len(ids))
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		if err := w.db.exec(w.ctx, w.tx, strings.Replace(query, "%s", marks(n), 1), args...); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (w *advisoryWriter) row(f *AdvisoryFile) []any {
	i := &f.Record.Info
	return []any{i.ID, timeText(i.Modified), timeText(i.Published), timeText(i.Withdrawn), string(i.Kind), i.Note, strings.Join(i.Names, " "),
		string(i.Severity.Level), tenths(i.Severity.Score), i.Severity.Vector, i.Summary, strings.Join(f.Record.Problems, "\n"), timeText(w.now), f.Raw}
}

// tenths is how scores are kept: CVSS has one decimal.
func tenths(score float64) int {
	if score < 0 {
		return -1
	}
	return int(score*10 + 0.5)
}

func fromTenths(n int) float64 {
	if n < 0 {
		return -1
	}
	return float64(n) / 10
}

// files notes which record each file of the batch holds.
func (w *advisoryWriter) files(numbers map[string]int64) error {
	rows := make([][]any, 0, len(w.batch))
	for i := range w.batch {
		f := &w.batch[i]
		rows = append(rows, []any{w.feed, f.Name, f.Mark, numbers[f.Record.Info.ID], f.Fault})
	}
	slices.SortFunc(rows, func(a, b []any) int { return strings.Compare(a[1].(string), b[1].(string)) })
	return w.db.insert(w.ctx, w.tx, "advisory_file", "feed_id, name, mark, advisory_id, problem",
		"ON CONFLICT (feed_id, name) DO UPDATE SET mark = excluded.mark, advisory_id = excluded.advisory_id, problem = excluded.problem", rows)
}

// gone takes the files out that the feed no longer has. A record that no file
// of any feed holds any more counts as withdrawn from now on.
func (w *advisoryWriter) gone(known map[string]string) error {
	var names []string
	for name := range known {
		if !w.seen[name] {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	for len(names) > 0 {
		n := min(batchRows, len(names))
		args := []any{w.feed}
		for _, name := range names[:n] {
			args = append(args, name)
		}
		if err := w.db.exec(w.ctx, w.tx, "DELETE FROM advisory_file WHERE feed_id = ? AND name IN ("+marks(n)+")", args...); err != nil {
			return err
		}
		names = names[n:]
	}
	n, err := w.db.withdrawUnlisted(w.ctx, w.tx, w.now, "its source no longer lists it")
	w.change.Gone += n
	return err
}

// withdrawUnlisted counts records that no file of any feed holds as withdrawn
// from now on, and says how many they are.
func (db *DB) withdrawUnlisted(ctx context.Context, tx *sql.Tx, now time.Time, why string) (n int, err error) {
	return n, db.each(ctx, tx, `UPDATE advisory SET withdrawn = ?, changed = ?, problems = ?
		WHERE withdrawn = '' AND NOT EXISTS (SELECT 1 FROM advisory_file f WHERE f.advisory_id = advisory.id) RETURNING id`,
		[]any{timeText(now), timeText(now), why}, func(r *sql.Rows) error {
			n++
			return nil
		})
}

// DropFeed forgets a source of advisories, and says how many records count as
// withdrawn from now on: those that no other feed lists. [sql.ErrNoRows] where
// there is no such feed.
func (db *DB) DropFeed(ctx context.Context, name string, now time.Time) (withdrawn int, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		if db.postgres {
			if err := db.exec(ctx, tx, "SELECT pg_advisory_xact_lock(7422)"); err != nil {
				return err
			}
		}
		var id int64
		var kind string
		if err := db.one(ctx, tx, "SELECT id, kind FROM advisory_feed WHERE name = ?", []any{name}, &id, &kind); err != nil {
			return err
		}
		if err := db.exec(ctx, tx, "DELETE FROM advisory_file WHERE feed_id = ?", id); err != nil {
			return err
		}
		if err := db.exec(ctx, tx, "DELETE FROM advisory_feed WHERE id = ?", id); err != nil {
			return err
		}
		if kind == "kev" || kind == "epss" {
			return db.exec(ctx, tx, "DELETE FROM advisory_shard WHERE kind = ?", kind)
		}
		withdrawn, err = db.withdrawUnlisted(ctx, tx, now, "its source was dropped")
		return err
	})
	return withdrawn, err
}

// close writes the feed's row.
func (w *advisoryWriter) close(feed advisory.Feed, mark string) error {
	var newest, ecosystems string
	var faults, odd int
	err := w.db.one(w.ctx, w.tx, `SELECT COALESCE(MAX(a.modified), ''), COUNT(a.id), COUNT(*) FILTER (WHERE f.problem <> ''), COUNT(*) FILTER (WHERE a.problems <> '')
		FROM advisory_file f LEFT JOIN advisory a ON a.id = f.advisory_id WHERE f.feed_id = ?`, []any{w.feed}, &newest, &feed.Records, &faults, &odd)
	if err != nil {
		return err
	}
	if err := w.db.one(w.ctx, w.tx, "SELECT ecosystems FROM advisory_feed WHERE id = ?", []any{w.feed}, &ecosystems); err != nil {
		return err
	}
	if feed.Ecosystems == nil {
		for _, e := range strings.Split(ecosystems, "\n") {
			if e != "" {
				w.ecosystems[e] = true
			}
		}
		feed.Ecosystems = sortedKeys(w.ecosystems)
	}
	feed.Newest, feed.Problems = parseTime(newest), faults+odd
	if feed.Made.IsZero() {
		feed.Made = feed.Newest
	}
	return w.db.putFeed(w.ctx, w.tx, w.feed, feed, mark)
}

func (db *DB) putFeed(ctx context.Context, tx *sql.Tx, id int64, f advisory.Feed, mark string) error {
	partial := 0
	if f.Partial {
		partial = 1
	}
	return db.exec(ctx, tx, `UPDATE advisory_feed SET kind = ?, location = ?, ecosystems = ?, mark = ?, checked = ?, newest = ?, made = ?, records = ?, problems = ?,
		partial = ?, fault = ? WHERE id = ?`, f.Kind, f.Location, strings.Join(f.Ecosystems, "\n"), mark, timeText(f.Checked), timeText(f.Newest), timeText(f.Made),
		f.Records, f.Problems, partial, f.Fault, id)
}
