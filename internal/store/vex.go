package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/vex"
)

// Claim is a statement of somebody, as it was imported. It decides nothing.
type Claim struct {
	ID        int64
	Statement vex.Statement
	// Document is the name of the document that holds it, Source where the
	// document was read from.
	Document, Source string
	Imported         time.Time
	// Superseded says that a later version of the document was imported.
	Superseded bool
}

// Who names who says so, for people.
func (c *Claim) Who() string {
	for _, s := range []string{c.Statement.Author, c.Document, c.Source} {
		if s != "" {
			return s
		}
	}
	return "an unnamed author"
}

// PutClaims keeps a document's statements as claims. The same bytes are kept
// once: known is true then.
func (db *DB) PutClaims(ctx context.Context, raw []byte, d vex.Document, source string, now time.Time) (known bool, err error) {
	sum := sha256.Sum256(raw)
	digest := hex.EncodeToString(sum[:])
	err = db.transact(ctx, func(tx *sql.Tx) error {
		known = false
		var id int64
		err := db.one(ctx, tx, "INSERT INTO vex_document (digest, name, format, author, source, version, stated_at, imported_at, problems) VALUES ("+marks(9)+") ON CONFLICT (digest) DO NOTHING RETURNING id",
			[]any{digest, d.ID, string(d.Format), d.Author, source, d.Version, timeText(d.Time), timeText(now), strings.Join(d.Problems, "\n")}, &id)
		if errors.Is(err, sql.ErrNoRows) {
			known = true
			return nil
		}
		if err != nil {
			return err
		}
		return db.putStatements(ctx, tx, id, d.Statements)
	})
	return known, err
}

func (db *DB) putStatements(ctx context.Context, tx *sql.Tx, document int64, statements []vex.Statement) error {
	rows := make([][]any, len(statements))
	for i, s := range statements {
		body, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
		rows[i] = []any{document, i, s.Vulnerability, string(s.Status), string(body)}
	}
	if err := db.insert(ctx, tx, "vex_claim", "document_id, seq, vulnerability, status, body", "", rows); err != nil {
		return err
	}
	ids := make([]int64, len(statements))
	err := db.each(ctx, tx, "SELECT seq, id FROM vex_claim WHERE document_id = ?", []any{document}, func(r *sql.Rows) error {
		var seq int
		var id int64
		if err := scanRow(r, &seq, &id); err != nil {
			return err
		}
		ids[seq] = id
		return nil
	})
	if err != nil {
		return err
	}
	var names [][]any
	for i, s := range statements {
		seen := map[string]bool{}
		for _, n := range append([]string{s.Vulnerability}, s.Aliases...) {
			if n = strings.ToUpper(n); !seen[n] {
				seen[n] = true
				names = append(names, []any{n, ids[i]})
			}
		}
	}
	return db.insert(ctx, tx, "vex_claim_name", "name, claim_id", "", names)
}

const claimQuery = `SELECT c.id, c.body, d.name, d.source, d.imported_at,
  CASE WHEN d.name <> '' AND EXISTS (SELECT 1 FROM vex_document l WHERE l.name = d.name AND l.author = d.author AND l.imported_at <= ?
    AND (l.version > d.version OR l.version = d.version AND l.stated_at > d.stated_at OR l.version = d.version AND l.stated_at = d.stated_at AND l.id > d.id)) THEN 1 ELSE 0 END
  FROM vex_claim c JOIN vex_document d ON d.id = c.document_id WHERE d.imported_at <= ?`

// Claims gives all claims imported by a time, in the order of import.
func (db *DB) Claims(ctx context.Context, asOf time.Time) ([]Claim, error) {
	var out []Claim
	err := db.each(ctx, db.read, claimQuery+" ORDER BY c.id", []any{timeText(asOf), timeText(asOf)}, func(r *sql.Rows) error {
		c, err := scanClaim(r)
		out = append(out, c)
		return err
	})
	return out, err
}

// ClaimsOn gives the claims on vulnerabilities by any of these ids that are
// imported by a time and not superseded, in the order of import.
func (db *DB) ClaimsOn(ctx context.Context, ids []string, asOf time.Time) ([]Claim, error) {
	upper := make([]string, 0, len(ids))
	seen := map[string]bool{}
	for _, id := range ids {
		if id = strings.ToUpper(id); !seen[id] {
			seen[id] = true
			upper = append(upper, id)
		}
	}
	var out []Claim
	got := map[int64]bool{}
	err := db.selectIn(ctx, db.read, claimQuery+" AND c.id IN (SELECT n.claim_id FROM vex_claim_name n WHERE n.name IN (%s)) ORDER BY c.id",
		[]any{timeText(asOf), timeText(asOf)}, upper, func(r *sql.Rows) error {
			c, err := scanClaim(r)
			if err == nil && !c.Superseded && !got[c.ID] {
				got[c.ID] = true
				out = append(out, c)
			}
			return err
		})
	return out, err
}

// Claim gives one claim; false when there is none of this number.
func (db *DB) Claim(ctx context.Context, id int64, asOf time.Time) (c Claim, ok bool, err error) {
	err = db.each(ctx, db.read, claimQuery+" AND c.id = ?", []any{timeText(asOf), timeText(asOf), id}, func(r *sql.Rows) error {
		var err error
		c, err = scanClaim(r)
		ok = true
		return err
	})
	return c, ok && err == nil, err
}

func scanClaim(r *sql.Rows) (Claim, error) {
	var c Claim
	var body, imported string
	var superseded int
	if err := scanRow(r, &c.ID, &body, &c.Document, &c.Source, &imported, &superseded); err != nil {
		return c, err
	}
	c.Imported, c.Superseded = parseTime(imported), superseded == 1
	if err := json.Unmarshal([]byte(body), &c.Statement); err != nil {
		return c, fmt.Errorf("claim %d is damaged: %w", c.ID, err)
	}
	return c, nil
}
