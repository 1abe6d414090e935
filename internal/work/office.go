// Package work holds the flows that join the rooms: scan repositories and keep
// what was found, judge it, compare it, write it up. A flow reads facts, asks a
// pure room for the answer, and hands it to a face. Start at [Office].
package work

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/store"
)

// Office is what every flow needs: the rules, the facts kept so far, and the
// time, which is an argument like any other.
type Office struct {
	// Store is nil for flows that keep nothing.
	Store   *store.DB
	Program *program.Program
	Policy  *policy.Policy
	// ProgramDir is where the program was read from, "" for the built-in defaults.
	ProgramDir      string
	ProgramFindings []program.Finding
	Places          scan.Places
	Now             time.Time
	// AsOf is the date that answers hold for; Now unless somebody asks of the past.
	AsOf time.Time
}

// Close closes the store, if there is one.
func (o *Office) Close() {
	if o.Store != nil {
		o.Store.Close() // read-only by now, or its error came with the last write
	}
}

// KeepProgram records which rules are in force from now on, so that a later
// question as of today finds them.
func (o *Office) KeepProgram(ctx context.Context, files map[string][]byte) error {
	if o.Store == nil || o.AsOf.Before(o.Now) {
		return nil
	}
	b, err := json.Marshal(files)
	if err != nil {
		return err
	}
	return o.Store.PutProgram(ctx, o.Program.Hash(), b, o.Now)
}

// ProgramAt gives the program files in force at AsOf; nil when none was
// recorded by then.
func (o *Office) ProgramAt(ctx context.Context) (map[string][]byte, error) {
	b, err := o.Store.ProgramAt(ctx, o.AsOf)
	if err != nil || b == nil {
		return nil, err
	}
	files := map[string][]byte{}
	if err := json.Unmarshal(b, &files); err != nil {
		return nil, fmt.Errorf("the program kept for %s is damaged: %w", o.AsOf.Format(time.DateOnly), err)
	}
	return files, nil
}

// Errors joins the findings that are errors, a line each; "" when there are none.
func Errors(findings []program.Finding) string {
	var lines []string
	for _, f := range findings {
		if f.Severity == program.Error {
			lines = append(lines, f.String())
		}
	}
	return strings.Join(lines, "\n")
}

// Problems lists everything in a snapshot that could not be read or understood,
// and what of its work tree was not looked at.
func Problems(scanned Scanned) []inventory.Problem {
	s := scanned.Snapshot
	out := append([]inventory.Problem(nil), s.Problems...)
	if n := len(scanned.Uncommitted); n > 0 {
		out = append(out, inventory.Problem{Path: scanned.Uncommitted[0], Kind: "not committed", Message: uncommittedWords(scanned.Uncommitted)})
	}
	for _, u := range s.Units {
		out = append(out, u.Problems...)
	}
	return out
}

func uncommittedWords(paths []string) string {
	const most = 3
	shown := strings.Join(paths[:min(len(paths), most)], ", ")
	if n := len(paths); n > most {
		shown += fmt.Sprintf(" and %d more", n-most)
	}
	return plural(len(paths), "manifest on disk is", "manifests on disk are") + " not as in the commit that was read (" + shown + "); --worktree reads the files on disk"
}
