package investment

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// Mapping is where one package comes from.
type Mapping struct {
	Package    string `json:"package"`
	Repository string `json:"repository"` // "" when not known
	Directory  string `json:"directory,omitempty"`
	Confidence string `json:"confidence"`
	Source     string `json:"source"`
	// Own is true for packages of own projects, Ignored for those that the program
	// sets aside.
	Own     bool `json:"own,omitempty"`
	Ignored bool `json:"ignored,omitempty"`
	// Clones are the local clones whose history is known, each with how it was
	// found to be one.
	Clones []Clone `json:"clones,omitempty"`
}

// Clone is a history of an upstream.
type Clone struct {
	Location string `json:"location"`
	By       string `json:"by"` // "remote" or "root commit"
}

// Map writes where packages come from: as "text", "jsonl" or "csv".
func Map(w io.Writer, r *Report, form string) error {
	switch form {
	case "jsonl":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, m := range r.Mappings {
			if err := enc.Encode(m); err != nil {
				return err
			}
		}
		return nil
	case "csv":
		cw := csv.NewWriter(w)
		_ = cw.Write([]string{"package", "repository", "directory", "confidence", "source"}) // an error is kept until Flush
		for _, m := range r.Mappings {
			_ = cw.Write(cells(m.Package, m.Repository, m.Directory, m.Confidence, m.Source))
		}
		cw.Flush()
		return cw.Error()
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, m := range r.Mappings {
		to := m.Repository
		switch {
		case m.Ignored:
			to = "(set aside)"
		case to == "":
			to = "(not known)"
		case m.Directory != "":
			to += " in " + m.Directory
		}
		if len(m.Clones) > 0 {
			to += fmt.Sprintf(" (%s known)", plural(len(m.Clones), "history", "histories"))
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", report.Clean(m.Package), report.Clean(to), m.Confidence, report.Clean(m.Source))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s: %d mapped, %d of own projects, %d set aside, %d not known\n", plural(r.Packages, "package", "packages"), r.Mapped(), r.OwnPackages, r.Ignored, len(r.Unmapped))
	return err
}

// GiveBack writes use beside give: as "text", "jsonl" or "csv".
func GiveBack(w io.Writer, r *Report, form string, verbose bool) error {
	switch form {
	case "jsonl":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for i := range r.Scores {
			s := &r.Scores[i]
			row := struct {
				Upstream string   `json:"upstream"`
				Use      wireUse  `json:"use"`
				Give     wireGive `json:"give"`
				OurGive  *float64 `json:"our_give"`
				Need     *float64 `json:"need"`
			}{s.Facts.Upstream, useOf(s.Facts), giveOf(s), wire(s.G), wire(s.Need)}
			if err := enc.Encode(row); err != nil {
				return err
			}
		}
		return nil
	case "csv":
		return giveBackCSV(w, r)
	}
	return giveBackText(w, r, verbose)
}

func giveBackCSV(w io.Writer, r *Report) error {
	cw := csv.NewWriter(w)
	_ = cw.Write([]string{"upstream", "products", "repositories", "packages", "direct", "transitive", "unknown", "depth", "scopes", "ecosystems", "teams",
		"commits", "all_commits", "reviews", "all_reviews", "people", "share", "target_share", "our_give"})
	for i := range r.Scores {
		s := &r.Scores[i]
		t, g := s.Facts.Take, s.Facts.Give
		_ = cw.Write(cells(s.Facts.Upstream, strconv.Itoa(t.Products), strconv.Itoa(t.Repositories), strconv.Itoa(t.Packages), strconv.Itoa(t.Direct), strconv.Itoa(t.Transitive), strconv.Itoa(t.Unknown),
			strconv.Itoa(t.Depth), scopes(s.Facts), strings.Join(t.Ecosystems, " "), strings.Join(t.Teams, " "),
			cell(g.OurCommits), cell(g.AllCommits), cell(g.OurReviews), cell(g.AllReviews), cell(g.OurPeople), cell(shareOf(s)), cell(g.TargetShare), cell(s.G)))
	}
	cw.Flush()
	return cw.Error()
}

// cell is a number, or empty when it is not known.
func cell(v impact.Value) string {
	if !v.Known {
		return ""
	}
	return strconv.FormatFloat(v.N, 'f', -1, 64)
}

// cells keeps text from being run as a formula by a spreadsheet or as control
// codes by a terminal.
func cells(all ...string) []string {
	for i, c := range all {
		c = report.Clean(c)
		if c != "" && strings.ContainsRune("=+-@", rune(c[0])) {
			c = "'" + c
		}
		all[i] = c
	}
	return all
}

// shareOf is our share of commits and reviews.
func shareOf(s *impact.Score) impact.Value {
	if t := s.Derivation.Find("give/share/ours"); t != nil {
		return t.Value
	}
	return impact.Value{}
}

func giveBackText(w io.Writer, r *Report, verbose bool) error {
	n, commits, reviews := total(r)
	given := fmt.Sprintf("%s and %s by our people in %d days", plural(commits, "commit", "commits"), reviewWords(reviews), r.Params.Days)
	if n == 0 {
		given = "what our people gave is not known"
	}
	fmt.Fprintf(w, "%s used; the history of %d is known: %s\n\n", plural(len(r.Scores), "upstream", "upstreams"), histories(r), given)
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "UPSTREAM\tUSED BY\tSCOPES\tCOMMITS\tREVIEWS\tPEOPLE\tSHARE")
	rows := giveOrder(r)
	for i, s := range rows {
		if i == 40 && !verbose {
			break
		}
		g := s.Facts.Give
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", report.Clean(s.Facts.Upstream), take(s.Facts), scopes(s.Facts), of(g.OurCommits, g.AllCommits), of(g.OurReviews, g.AllReviews), exactValue(g.OurPeople), percent(shareOf(s)))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if len(rows) > 40 && !verbose {
		fmt.Fprintf(w, "… and %d more upstreams (-v lists all)\n", len(rows)-40)
	}
	for _, x := range []struct {
		title string
		rows  []Balance
	}{{"ECOSYSTEM", r.ByEcosystem}, {"TEAM", r.ByTeam}} {
		if len(x.rows) == 0 {
			continue
		}
		fmt.Fprintf(tw, "\n%s\tUPSTREAMS\tDIRECT\tPACKAGES\tHISTORY KNOWN\tGIVEN TO\tCOMMITS\tREVIEWS\tPEOPLE\n", x.title)
		for _, b := range x.rows {
			fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", report.Clean(b.Name), b.Upstreams, b.Direct, b.Packages, b.Known, b.Served, exactValue(b.Commits), exactValue(b.Reviews), exactValue(b.People))
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	return ownText(w, tw, r)
}

func ownText(w io.Writer, tw *tabwriter.Writer, r *Report) error {
	if len(r.Own) > 0 {
		fmt.Fprintln(tw, "\nOWN PROJECT\tFROM OUTSIDE\tCOMMITS BY US\tBY OTHERS\tNOT KNOWN\tPEOPLE OF OURS\tOTHERS\tNOT KNOWN")
		for _, p := range r.Own {
			share, ok := p.Share()
			fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", report.Clean(p.Repository), percent(impact.Value{N: share, Known: ok}), p.Ours, p.Outside, p.Unknown, p.OurPeople, p.OutsidePeople, p.UnknownPeople)
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	for _, d := range r.Defaults {
		if _, err := fmt.Fprintf(w, "note: %s\n", report.Clean(d)); err != nil {
			return err
		}
	}
	return nil
}

// giveOrder puts what is known first, by what is used most.
func giveOrder(r *Report) []*impact.Score {
	var known, rest []*impact.Score
	for i := range r.Scores {
		if s := &r.Scores[i]; s.Facts.Give.OurCommits.Known {
			known = append(known, s)
		} else {
			rest = append(rest, s)
		}
	}
	return append(known, rest...)
}

// of writes a part of a whole.
func of(part, whole impact.Value) string {
	if !part.Known {
		return "not known"
	}
	if !whole.Known {
		return exact(part.N)
	}
	return exact(part.N) + " of " + exact(whole.N)
}
