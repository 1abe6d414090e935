package cli

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

// advisoryOffice is an office with a store and without a program: advisories
// are facts, whatever the rules.
func (s *settings) advisoryOffice(c *cobra.Command) (*work.Office, error) {
	now, err := s.now()
	if err != nil {
		return nil, err
	}
	asOf, err := s.asOfDate(now)
	if err != nil {
		return nil, err
	}
	db, err := s.openStore(c.Context())
	if err != nil {
		return nil, err
	}
	return &work.Office{Store: db, Now: now, AsOf: asOf}, nil
}

func newAdvisoryMatch(s *settings) *cobra.Command {
	var f sourceFlags
	var stored bool
	c := &cobra.Command{
		Use:   "match [PATH…]",
		Short: "Which advisories mean what these repositories use",
		Long: `Match reads the packages of repositories and asks the mirror of advisories about
each. There is one answer for each usage and vulnerability, whatever number of
records tell of it, with the range that matched, the versions that are free of
it, lowest first, and how the package comes in.

Vulnerabilities, malware, notes on a package's health, and candidates in Go's
standard library are kept apart. A requirement without a lockfile has no
version and is never matched: it is listed as not answered, as is everything
that the mirror has no data for. A commit that was scanned is taken from the
store, any other is read; nothing is kept.

` + sourcesHelp + `

The form jsonl is one object a line, described in docs/advisories.md.`,
		Example: `  tributary advisory match .
  tributary advisory match -o jsonl ~/src/* | jq -r 'select(.severity == "critical") | .purl'
  tributary advisory match --stored`,
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if stored && len(args) > 0 {
				return wrongUse("", "--stored asks about the repositories in the store; leave out the paths, or --stored")
			}
			return s.runMatch(c, f, args, form, stored)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&stored, "stored", false, "the latest state of every repository in the store, without reading them again")
	return offer(c, "text", "json", "jsonl")
}

func (s *settings) runMatch(c *cobra.Command, f sourceFlags, args []string, form string, stored bool) error {
	office, err := s.advisoryOffice(c)
	if err != nil {
		return err
	}
	defer office.Close()
	if err := s.requireAdvisories(c, office); err != nil {
		return err
	}
	var snaps []work.Scanned
	if stored {
		snaps, err = office.Latest(c.Context(), func(string) bool { return true })
	} else {
		f.noPackages, f.look = true, true
		snaps, err = s.scanAll(c.Context(), office, f, args, false)
	}
	if err != nil {
		return err
	}
	answer, err := office.Advisories(c.Context(), snaps)
	if err != nil {
		return err
	}
	err = s.write(func(w io.Writer) error {
		switch form {
		case "json":
			return writeAnswerJSON(w, &answer)
		case "jsonl":
			return writeAnswerLines(w, &answer)
		}
		return writeAnswerText(w, &answer, s.verbose)
	})
	if err != nil {
		return err
	}
	if form == "jsonl" {
		s.sayAnswer(&answer)
	}
	s.sayProblems(snaps)
	return nil
}

// sayAnswer says on standard error what lines can't: of what nothing is known,
// and how good the data is.
func (s *settings) sayAnswer(a *advisory.Answer) {
	if s.quiet {
		return
	}
	t := textWriter{w: s.stderr}
	t.silences(a, s.verbose)
	t.mirror(a)
}

// requireAdvisories refuses to answer from nothing.
func (s *settings) requireAdvisories(c *cobra.Command, office *work.Office) error {
	m, err := office.Mirror(c.Context())
	if err != nil {
		return err
	}
	if !m.Empty() {
		return nil
	}
	for _, f := range m.Feeds {
		if f.Fault != "" {
			s.say("%s: %s", report.Clean(f.Name), report.Clean(f.Fault))
		}
	}
	return &exitError{exitCouldNot, errors.New("there is no advisory data, so nothing can be said about vulnerabilities"),
		"Run \"tributary advisory update --from …\" first; \"tributary advisory update --help\" names the sources."}
}
