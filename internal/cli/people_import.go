package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/work"
)

// basisNames are the values of --basis.
func basisNames() (out []string) {
	for _, b := range people.Bases {
		out = append(out, string(b))
	}
	return out
}

func basisOf(name string) (people.Basis, error) {
	if !slices.Contains(basisNames(), name) {
		return "", wrongUse("", "--basis takes %s, not %q", strings.Join(basisNames(), ", "), name)
	}
	return people.Basis(name), nil
}

func newPeopleImport(s *settings) *cobra.Command {
	in := work.PeopleImport{}
	var basis string
	c := &cobra.Command{
		Use:   "import gitdm|sortinghat|csv FILE…",
		Short: "Keep what a file says of persons, their identities and employers",
		Long: `Import reads affiliations and keeps them as one source, which "people undo" takes
back as a whole.

  gitdm       files of CNCF gitdm: developers_affiliations*.txt, email-map,
              domain-map, aliases; each line tells its kind by its form
  sortinghat  the JSON that sortinghat exports: identities and organizations
  csv         rows with a heading: person, name, email, login, organization,
              from, until, basis, team, bot, domain; any order, most may be missing

until is the day on which the next employment begins. What can't be understood is
counted and told with its line, and does not stop the rest. Files imported again
under the same name take the place of what they said before. "-" reads standard
input.`,
		Example: `  tributary people import gitdm developers_affiliations*.txt src/cncf-config/domain-map --name cncf
  tributary people import csv staff.csv --name hr --by hr@example.com
  curl -s https://intranet.example.com/people.csv | tributary people import csv - --name hr
  tributary people import sortinghat identities.json --basis profile`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || !slices.Contains(work.PeopleForms, args[0]) {
				return wrongUse("", "say the form of the files first: %s", strings.Join(work.PeopleForms, ", "))
			}
			if len(args) < 2 {
				return wrongUse("", "say which files to import; - is standard input")
			}
			return nil
		},
		ValidArgsFunction: formFirst,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if in.Basis, err = basisOf(basis); err != nil {
				return err
			}
			in.Form, in.By = args[0], s.actor(in.By)
			return s.withOffice(c.Context(), func(o *work.Office) error {
				unread := s.readPeople(c.Context(), &in, args[1:])
				if err := c.Context().Err(); err != nil {
					return err
				}
				if len(in.Files) == 0 {
					return &exitError{exitCouldNot, fmt.Errorf("nothing could be imported of %d given", len(args)-1), ""}
				}
				size := 0
				for _, f := range in.Files {
					size += len(f.Data)
				}
				if size > manyBytes {
					s.say("reading %d MB…", size/1_000_000)
				}
				got, err := o.ImportPeople(c.Context(), in)
				if err != nil {
					return err
				}
				for _, err := range got.Failed {
					complain(s.stderr, err)
				}
				s.sayOddities(got)
				if err := s.write(func(w io.Writer) error { return writePeopleImported(w, got) }); err != nil {
					return err
				}
				if n := unread + len(got.Failed); n > 0 {
					return &exitError{exitCouldNot, fmt.Errorf("%s could not be read; the rest was imported", count(n, "file")), ""}
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&in.Name, "name", "", "name of the source (default: that of the first file)")
	c.Flags().StringVar(&basis, "basis", string(people.CompanyStated), "what the statements rest on: "+strings.Join(basisNames(), ", "))
	addBy(c, &in.By)
	return c
}

func formFirst(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return work.PeopleForms, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// readPeople reads files; those that can't be read are told and counted.
func (s *settings) readPeople(ctx context.Context, in *work.PeopleImport, names []string) (unread int) {
	for _, name := range names {
		data, err := s.readInput(ctx, name, people.MaxSource)
		if ctx.Err() != nil {
			return unread
		}
		if err != nil {
			complain(s.stderr, err)
			unread++
			continue
		}
		in.Files = append(in.Files, work.PeopleFile{Name: filepath.Base(name), Data: data})
	}
	return unread
}

// readInput reads a file, or standard input for "-", up to a byte more than most.
func (s *settings) readInput(ctx context.Context, name string, most int64) ([]byte, error) {
	in, err := s.openInput(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// manyBytes take longer than a second.
const manyBytes = 20_000_000

// mostOddities is how many lines are told without -v.
const mostOddities = 10

func (s *settings) sayOddities(got *work.PeopleImported) {
	c := &got.Entry.Import
	for _, x := range []struct {
		what  string
		n     int
		lines []string
	}{{"not understood", c.Skipped, got.Problems}, {"odd, but kept", c.Odd, got.Oddities}} {
		if x.n == 0 {
			continue
		}
		s.say("%s: %d", x.what, x.n)
		shown := x.lines
		if !s.verbose {
			shown = shown[:min(mostOddities, len(shown))]
		}
		for _, line := range shown {
			s.say("  %s", report.Clean(line))
		}
		if more := x.n - len(shown); more > 0 && !s.verbose {
			s.say("  and %d more (-v lists up to a hundred of each file)", more)
		}
	}
}

func writePeopleImported(w io.Writer, got *work.PeopleImported) error {
	e := &got.Entry
	line := fmt.Sprintf("import %d (%s): %s, %s, %s, %s", e.ID, e.Name, count(e.Import.Persons, "record"), countIdentities(e.Import.Identities),
		count(e.Import.Employments, "employment"), count(e.Import.Domains, "domain"))
	switch {
	case got.Known:
		line += "; it was imported on " + e.At.Format(time.DateOnly) + " and says the same: nothing to do"
	case got.Replaces != 0:
		line += fmt.Sprintf("; it takes the place of import %d", got.Replaces)
	}
	_, err := fmt.Fprintln(w, report.Clean(line))
	return err
}

func countIdentities(n int) string { return count(n, "identity") }

func newPeopleExport(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "export gitdm|sortinghat|csv",
		Short: "Write all that is known of people as a file that others read",
		Long: `Export writes the persons of all sources and decisions, with the identities that
belong together. The file holds names and addresses: treat it as personal data.
csv is the only form that holds all: gitdm has no names, teams, bots and bases,
sortinghat no teams and bases.`,
		Example: "  tributary people export csv --file people.csv\n  tributary people export gitdm --as-of 2026-03-31",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(work.PeopleForms, args[0]) {
				return wrongUse("", "say the form to write: %s", strings.Join(work.PeopleForms, ", "))
			}
			return nil
		},
		ValidArgsFunction: formFirst,
		RunE: func(c *cobra.Command, args []string) error {
			return s.withOffice(c.Context(), func(o *work.Office) error {
				all, err := o.ExportPeople(c.Context())
				if err != nil {
					return err
				}
				return s.write(func(w io.Writer) error {
					switch args[0] {
					case "gitdm":
						return people.WriteGitdm(w, all.Records)
					case "sortinghat":
						return people.WriteSortinghat(w, all, o.Now)
					}
					return people.WriteCSV(w, all)
				})
			})
		},
	}
	s.addAsOf(c)
	return c
}
