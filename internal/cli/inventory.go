package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/work"
)

// usageRow is one line of "inventory -o jsonl": a stable interface, documented
// in docs/inventory-jsonl.md.
type usageRow struct {
	Repository  string   `json:"repository"`
	Commit      string   `json:"commit"`
	Manifest    string   `json:"manifest"`
	Line        int      `json:"line"`
	PURL        string   `json:"purl"`
	Ecosystem   string   `json:"ecosystem"`
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Requirement string   `json:"requirement"`
	Relation    string   `json:"relation"`
	Scope       string   `json:"scope"`
	Chain       []string `json:"chain"`
	License     string   `json:"license"`
	Fixture     bool     `json:"fixture"`
	Note        string   `json:"note,omitempty"`
}

func newUsageRow(s *inventory.Snapshot, u inventory.Usage) usageRow {
	chain := u.Chain
	if chain == nil {
		chain = []string{}
	}
	return usageRow{s.Repository.Name, s.Commit, u.Manifest, u.Line, u.Component.String(), u.Component.Ecosystem(),
		u.Component.FullName(), u.Component.Version, u.Requirement, string(u.Relation), string(u.Scope), chain, u.License, u.Fixture, u.Note}
}

func newInventory(s *settings) *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "inventory [PATH…]",
		Short: "List every usage of every open source package, a line each",
		Long: `Inventory lists each usage of each package in each manifest: what, where, in
which version, direct or transitive, for what scope, and by which chain. A
requirement without a lockfile has no version. Nothing is stored.

` + sourcesHelp + `

` + unreadHelp + `

The form jsonl is one object a line, described in docs/inventory-jsonl.md.`,
		Example: `  tributary inventory .
  tributary inventory -o jsonl ~/src/* | jq -r .purl | sort -u
  tributary inventory -o csv --file inventory.csv .`,
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			f.noPackages = true
			office, err := s.factsOffice(c.Context())
			if err != nil {
				return err
			}
			snaps, err := s.scanAll(c.Context(), office, f, args, false)
			if err != nil {
				return err
			}
			if err := s.write(func(w io.Writer) error { return writeInventory(w, snaps, form) }); err != nil {
				return err
			}
			s.sayProblems(snaps)
			return nil
		},
	}
	f.add(c)
	return offer(c, "text", "jsonl", "csv")
}

// sayProblems lists on standard error what could not be read: an inventory is
// never silently short.
func (s *settings) sayProblems(snaps []work.Scanned) {
	const most = 20
	n := 0
	for _, sn := range snaps {
		for _, p := range work.Problems(sn) {
			if n++; n <= most || s.verbose {
				where := sn.Snapshot.Repository.Name
				if p.Path != "" {
					where += ": " + p.Path
				}
				if p.Line > 0 {
					where += ":" + strconv.Itoa(p.Line)
				}
				s.say("%s: %s: %s", report.Clean(where), report.Clean(p.Kind), report.Clean(p.Message))
			}
		}
	}
	if n > most && !s.verbose {
		s.say("… and %d more that were not read or not understood (-v lists all)", n-most)
	}
}

func writeInventory(w io.Writer, snaps []work.Scanned, form string) error {
	out := bufio.NewWriterSize(w, 64<<10)
	emit, end := rowWriter(out, form)
	for i := range snaps {
		sn := &snaps[i].Snapshot
		for _, unit := range sn.Units {
			for _, u := range unit.Usages {
				if err := emit(newUsageRow(sn, u)); err != nil {
					return err
				}
			}
		}
	}
	if err := end(); err != nil {
		return err
	}
	return out.Flush()
}

// rowWriter gives a function that writes one row, and one that ends the list.
func rowWriter(w *bufio.Writer, form string) (emit func(usageRow) error, end func() error) {
	none := func() error { return nil }
	switch form {
	case "jsonl":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return func(r usageRow) error { return enc.Encode(r) }, none
	case "csv":
		cw := csv.NewWriter(w)
		_ = cw.Write([]string{"repository", "commit", "manifest", "line", "purl", "ecosystem", "name", "version", "requirement",
			"relation", "scope", "chain", "license", "fixture", "note"}) // an error is kept until Flush
		return func(r usageRow) error {
				return cw.Write([]string{sheet(r.Repository), r.Commit, sheet(r.Manifest), strconv.Itoa(r.Line), r.PURL, r.Ecosystem, sheet(r.Name),
					sheet(r.Version), sheet(r.Requirement), r.Relation, r.Scope, strings.Join(r.Chain, " "), sheet(r.License), strconv.FormatBool(r.Fixture), sheet(r.Note)})
			}, func() error {
				cw.Flush()
				return cw.Error()
			}
	}
	last := ""
	return func(r usageRow) error {
		if at := r.Repository + ": " + r.Manifest; at != last {
			last = at
			fmt.Fprintf(w, "%s\n", report.Clean(at))
		}
		more := ""
		if r.Note != "" {
			more = ", " + r.Note
		}
		if r.Fixture {
			more += ", test data or sample"
		}
		_, err := fmt.Fprintf(w, "  %5d  %-45s %-20s %-10s %s%s\n", r.Line, report.Clean(r.Name), report.Clean(versionWords(r.Version, r.Requirement)), r.Relation, r.Scope, report.Clean(more))
		return err
	}, none
}

// versionWords is a version, or what is asked for where none is known.
func versionWords(version, requirement string) string {
	switch {
	case version != "":
		return version
	case requirement != "":
		return "unresolved (" + requirement + ")"
	}
	return "unresolved"
}

// sheet keeps a cell from being run as a formula by a spreadsheet (OWASP, "CSV
// injection") or as control codes by a terminal. A requirement such as "=1.2" is
// therefore quoted too.
func sheet(cell string) string {
	cell = report.Clean(cell)
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
