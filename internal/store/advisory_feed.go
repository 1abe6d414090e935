package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// AdvisoryFeeds lists the sources of the mirror by name, with the marks of
// their contents.
func (db *DB) AdvisoryFeeds(ctx context.Context) (feeds []advisory.Feed, marks map[string]string, err error) {
	marks = map[string]string{}
	err = db.each(ctx, db.read, `SELECT name, kind, location, ecosystems, mark, checked, newest, made, records, problems, partial, fault
		FROM advisory_feed ORDER BY name`, nil, func(r *sql.Rows) error {
		var f advisory.Feed
		var ecosystems, mark, checked, newest, made string
		var partial int
		if err := scanRow(r, &f.Name, &f.Kind, &f.Location, &ecosystems, &mark, &checked, &newest, &made, &f.Records, &f.Problems, &partial, &f.Fault); err != nil {
			return err
		}
		if ecosystems != "" {
			f.Ecosystems = strings.Split(ecosystems, "\n")
		}
		f.Checked, f.Newest, f.Made, f.Partial = parseTime(checked), parseTime(newest), parseTime(made), partial == 1
		feeds, marks[f.Name] = append(feeds, f), mark
		return nil
	})
	return feeds, marks, err
}

// TouchFeed notes that a feed was looked at and has not changed, or, with a
// fault, that it could not be read: what is kept of it stays.
func (db *DB) TouchFeed(ctx context.Context, f advisory.Feed) error {
	return db.transact(ctx, func(tx *sql.Tx) error {
		if f.Fault == "" {
			return db.exec(ctx, tx, `UPDATE advisory_feed SET location = ?, checked = ?, made = CASE WHEN ? <> '' THEN ? ELSE made END, partial = 0, fault = ''
				WHERE name = ?`, f.Location, timeText(f.Checked), timeText(f.Made), timeText(f.Made), f.Name)
		}
		return db.exec(ctx, tx, `INSERT INTO advisory_feed (name, kind, location, ecosystems, mark, checked, newest, made, records, problems, partial, fault)
			VALUES (?, ?, ?, ?, '', ?, '', '', 0, 0, 1, ?) ON CONFLICT (name) DO UPDATE SET partial = 1, fault = excluded.fault`,
			f.Name, f.Kind, f.Location, strings.Join(f.Ecosystems, "\n"), timeText(f.Checked), f.Fault)
	})
}

// AdvisoryProblem is a file or record that was not or only partly understood.
type AdvisoryProblem struct{ Feed, File, Record, Problem string }

// AdvisoryProblems lists them by feed and file.
func (db *DB) AdvisoryProblems(ctx context.Context) ([]AdvisoryProblem, error) {
	var out []AdvisoryProblem
	err := db.each(ctx, db.read, `SELECT d.name, f.name, COALESCE(a.osv_id, ''), COALESCE(a.problems, ''), f.problem FROM advisory_file f
		JOIN advisory_feed d ON d.id = f.feed_id LEFT JOIN advisory a ON a.id = f.advisory_id
		WHERE f.problem <> '' OR a.problems <> '' ORDER BY d.name, f.name`, nil, func(r *sql.Rows) error {
		var p AdvisoryProblem
		var problems string
		if err := scanRow(r, &p.Feed, &p.File, &p.Record, &problems, &p.Problem); err != nil {
			return err
		}
		for _, line := range strings.Split(problems, "\n") {
			if line != "" {
				out = append(out, AdvisoryProblem{p.Feed, p.File, p.Record, line})
			}
		}
		if p.Problem != "" {
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// cveShards is into how many rows lists by CVE are parted.
const cveShards = 256

func cveShard(cve string) int {
	h := fnv.New32a()
	h.Write([]byte(cve))
	return int(h.Sum32() % cveShards)
}

// PutKEV replaces CISA's catalog.
func (db *DB) PutKEV(ctx context.Context, feed advisory.Feed, list []advisory.Exploited) error {
	rows := make([][]byte, cveShards)
	for _, e := range sortedBy(list, func(e advisory.Exploited) string { return e.CVE }) {
		s := cveShard(e.CVE)
		ransomware := ""
		if e.Ransomware {
			ransomware = "y"
		}
		for _, text := range []string{e.CVE, e.Added, e.Due, ransomware} {
			rows[s] = appendText(rows[s], text)
		}
	}
	return db.putList(ctx, "kev", feed, rows)
}

// PutEPSS replaces FIRST's scores.
func (db *DB) PutEPSS(ctx context.Context, feed advisory.Feed, list []advisory.EPSS) error {
	rows := make([][]byte, cveShards)
	for _, e := range sortedBy(list, func(e advisory.EPSS) string { return e.CVE }) {
		s := cveShard(e.CVE)
		rows[s] = appendText(rows[s], e.CVE)
		rows[s] = binary.LittleEndian.AppendUint32(rows[s], math.Float32bits(float32(e.Probability)))
		rows[s] = binary.LittleEndian.AppendUint32(rows[s], math.Float32bits(float32(e.Percentile)))
	}
	return db.putList(ctx, "epss", feed, rows)
}

func sortedBy[T any](list []T, key func(T) string) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return slices.CompactFunc(list, func(a, b T) bool { return key(a) == key(b) })
}

func (db *DB) putList(ctx context.Context, kind string, feed advisory.Feed, bodies [][]byte) error {
	return db.transact(ctx, func(tx *sql.Tx) error {
		if db.postgres {
			if err := db.exec(ctx, tx, "SELECT pg_advisory_xact_lock(7422)"); err != nil {
				return err
			}
		}
		rows := make([][]any, len(bodies))
		for i, b := range bodies {
			rows[i] = []any{kind, i, content(b)}
		}
		err := db.insert(ctx, tx, "advisory_shard", "kind, shard, body", "ON CONFLICT (kind, shard) DO UPDATE SET body = excluded.body", rows)
		if err != nil {
			return err
		}
		var id int64
		err = db.one(ctx, tx, `INSERT INTO advisory_feed (name, kind, location, ecosystems, mark, checked, newest, made, records, problems, partial, fault)
			VALUES (?, ?, '', '', '', '', '', '', 0, 0, 0, '') ON CONFLICT (name) DO UPDATE SET kind = excluded.kind RETURNING id`, []any{feed.Name, feed.Kind}, &id)
		if err != nil {
			return err
		}
		return db.putFeed(ctx, tx, id, feed, "")
	})
}

// Exploitation gives what the lists tell of CVEs.
func (db *DB) Exploitation(ctx context.Context, cves []string) (kev map[string]*advisory.Exploited, epss map[string]*advisory.EPSS, err error) {
	kev, epss = map[string]*advisory.Exploited{}, map[string]*advisory.EPSS{}
	wanted := map[string]bool{}
	var which []int
	for _, c := range cves {
		if !wanted[c] {
			wanted[c] = true
			which = append(which, cveShard(c))
		}
	}
	if len(which) == 0 {
		return kev, epss, nil
	}
	slices.Sort(which)
	which = slices.Compact(which)
	err = db.eachShard(ctx, db.read, "kev", which, func(_ int, body []byte) error {
		for r := (shardReader{rest: body}); len(r.rest) > 0; {
			cve, added, due, ransomware := r.bytes(), r.bytes(), r.bytes(), r.bytes()
			if wanted[string(cve)] {
				kev[string(cve)] = &advisory.Exploited{CVE: string(cve), Added: string(added), Due: string(due), Ransomware: len(ransomware) > 0}
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	date, err := db.epssDate(ctx)
	if err != nil {
		return nil, nil, err
	}
	return kev, epss, db.eachShard(ctx, db.read, "epss", which, func(_ int, body []byte) error {
		for r := (shardReader{rest: body}); len(r.rest) > 0; {
			cve := r.bytes()
			if len(r.rest) < 8 {
				return errShard
			}
			if wanted[string(cve)] {
				epss[string(cve)] = &advisory.EPSS{CVE: string(cve), Date: date, Probability: fromFloat32(r.rest), Percentile: fromFloat32(r.rest[4:])}
			}
			r.rest = r.rest[8:]
		}
		return nil
	})
}

// fromFloat32 gives back the decimal that was written, not its nearest binary:
// the scores have five decimals.
func fromFloat32(b []byte) float64 {
	f := float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	return math.Round(f*1e5) / 1e5
}

func (db *DB) epssDate(ctx context.Context) (string, error) {
	var made string
	err := db.one(ctx, db.read, "SELECT made FROM advisory_feed WHERE name = 'epss'", nil, &made)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return made[:min(len(made), 10)], err
}

// AdvisoryRaw gives a record as its source wrote it.
func (db *DB) AdvisoryRaw(ctx context.Context, number int64) ([]byte, error) {
	var packed []byte
	if err := db.one(ctx, db.read, "SELECT raw FROM advisory WHERE id = ?", []any{number}, &packed); err != nil {
		return nil, err
	}
	raw, err := Decompress(packed)
	if err != nil {
		return nil, fmt.Errorf("advisory %d is damaged: %w", number, err)
	}
	return raw, nil
}
