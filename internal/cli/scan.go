package cli

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

const sourcesHelp = `A PATH is a work tree, a bare repository, a plain directory, an archive
(.zip, .tar, .tar.gz, .tar.zst…), an SBOM file (CycloneDX, SPDX) or a git URL; any
mix. Git repositories are read from their objects at HEAD (--rev names another
revision), and manifests that are changed and not committed are named; --worktree
reads the files on disk instead.`

// unreadHelp says what becomes of a source that can't be read.
const unreadHelp = `A source that can't be read stops no other: it is named on standard error and
counted, and the exit code is 0; it is 3 only when nothing could be read.`

// sourceFlags are shared by all commands that read repositories.
type sourceFlags struct {
	rev      string
	worktree bool
	licenses bool
	// noPackages leaves out licenses of packages' copies on this machine.
	noPackages bool
	// reachable runs the analysis of what Go code can call.
	reachable bool
	// aside keeps what was found without making it the repository's latest: a
	// branch that is checked is not what the company ships.
	aside bool
	// look keeps nothing of what was found.
	look bool
}

func (f *sourceFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.rev, "rev", "", "revision to read (branch, tag, commit); default HEAD")
	c.Flags().BoolVar(&f.worktree, "worktree", false, "read the files on disk instead of the commit")
}

func (f *sourceFlags) options(s *settings, p *progress) work.ScanOptions {
	return work.ScanOptions{Revision: f.rev, WorkTree: f.worktree, Licenses: f.licenses, NoPackages: f.noPackages, Aside: f.aside, Look: f.look, Jobs: s.jobs,
		CacheDir: s.cacheDir(), Progress: p.file, Done: p.repository}
}

func newScan(s *settings) *cobra.Command {
	var f sourceFlags
	var noLicenses, again bool
	var failOn string
	c := &cobra.Command{
		Use:   "scan [PATH…]",
		Short: "Read repositories and report what is in them, may it be, what is owed, what comes first",
		Long: `Scan reads repositories, keeps what it found in the store, judges it by the
program's policy, and reports.

` + sourcesHelp + `

A commit that was scanned before is answered from the store; a new commit costs
what changed. Vulnerabilities are matched against the mirror ("advisory update"),
anew with each run.

` + unreadHelp + `
"check" is the gate: it exits with 3 when any source could not be read.`,
		Example: `  tributary scan ~/src/*
  tributary scan --program ./program .
  tributary scan -o html --file report.html ~/src/* https://github.com/owner/name
  tributary scan -o json . | jq '.findings[] | select(.decision == "deny") | .purl'`,
		RunE: func(c *cobra.Command, args []string) error {
			f.licenses = !noLicenses
			form, err := s.form(c)
			if err != nil {
				return err
			}
			return runScan(c.Context(), s, f, args, form, failOn, again)
		},
	}
	f.add(c)
	f.addReachable(c)
	c.Flags().BoolVar(&noLicenses, "no-licenses", false, "do not look for licenses in the repositories' own files")
	c.Flags().BoolVar(&again, "again", false, "read even what the store knows already")
	c.Flags().StringVar(&failOn, "fail-on", "never", "exit with 1 on: never, deny, review (which includes deny)")
	return offer(c, reportForms...)
}

func runScan(ctx context.Context, s *settings, f sourceFlags, args []string, form, failOn string, again bool) error {
	if err := checkFailOn(failOn); err != nil {
		return err
	}
	office, err := s.office(ctx, true)
	if err != nil {
		return err
	}
	defer office.Close()
	snaps, unread, err := s.scanSome(ctx, office, f, args, again)
	if err != nil {
		return err
	}
	if err := s.reachability(ctx, office, f, snaps); err != nil {
		return err
	}
	rep, err := office.Report(ctx, snaps, work.ReportOptions{Tool: "tributary " + Version, Unread: unread, All: form == "json" && s.verbose, Headline: form == "text" && !s.verbose})
	if err != nil {
		return err
	}
	if err := s.writeReport(rep, form); err != nil {
		return err
	}
	return verdictError(rep, failOn)
}

func checkFailOn(v string) error {
	switch v {
	case "never", "deny", "review":
		return nil
	}
	return wrongUse("", "--fail-on takes never, deny or review, not %q", v)
}

// verdictError is errPolicy when the report holds what failOn names.
func verdictError(rep *report.Report, failOn string) error {
	if failOn != "never" && rep.Decided("deny") > 0 || failOn == "review" && rep.Decided("review") > 0 {
		return errPolicy
	}
	return nil
}

// softLimit makes the collector work harder before the heap of a scan gets
// beyond it; most scans stay far below.
const softLimit = 130 << 20

// questionLimit is that of questions to large stores, which are over before much
// can be collected.
const questionLimit = 512 << 20

// scanAll reads all sources with a progress display; reading none is an error,
// reading some is not.
func (s *settings) scanAll(ctx context.Context, office *work.Office, f sourceFlags, args []string, again bool) ([]work.Scanned, error) {
	snaps, unread, err := s.scanSome(ctx, office, f, args, again)
	if err == nil && len(unread) > 0 {
		s.say("%s", report.SourcesNotRead(len(unread), len(snaps)+len(unread)))
	}
	return snaps, err
}

// scanSome is scanAll for those who tell what could not be read in their answer.
func (s *settings) scanSome(ctx context.Context, office *work.Office, f sourceFlags, args []string, again bool) (snaps []work.Scanned, unread []*work.Unread, err error) {
	if f.worktree && f.rev != "" {
		return nil, nil, wrongUse("", "--worktree reads the files on disk: leave out --rev")
	}
	if s.getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	p := newProgress(s, len(args))
	opts := f.options(s, p)
	opts.Again = again
	snaps, unread, err = office.ScanAll(ctx, args, opts)
	p.end()
	if err != nil {
		return nil, nil, err
	}
	s.nameUnread(unread)
	if len(snaps) == 0 {
		return nil, unread, &exitError{exitCouldNot, fmt.Errorf("nothing could be read of %d given", len(unread)), ""}
	}
	return snaps, unread, nil
}

// nameUnread says of each source why it could not be read; even a quiet run
// does. "~/src/*" names files, too: many of them share a line.
func (s *settings) nameUnread(unread []*work.Unread) {
	const most = 3
	stray := map[string][]string{}
	for _, u := range unread {
		if what := u.Stray(); what != "" {
			stray[what] = append(stray[what], u.Source)
		}
	}
	for _, u := range unread {
		what := u.Stray()
		names := stray[what]
		switch {
		case len(names) <= most || s.verbose:
			fmt.Fprintln(s.stderr, "tributary:", report.Clean(u.Error()))
		case names[0] == u.Source:
			fmt.Fprintln(s.stderr, "tributary:", report.Clean(fmt.Sprintf("%s and %d more are %s (-v names all)", strings.Join(names[:most], ", "), len(names)-most, what)))
		}
	}
}

// writeReport writes a report in one of the forms.
func (s *settings) writeReport(rep *report.Report, form string) error {
	colored, err := s.colored()
	if err != nil {
		return err
	}
	if form == "sarif" || form == "junit" || form == "json" { // where people may not see it
		for _, d := range rep.Advisories.Doubts {
			s.say("%s", report.Clean(d))
		}
	}
	return s.write(func(w io.Writer) error {
		switch form {
		case "json":
			return report.JSON(w, rep)
		case "html":
			return report.HTML(w, rep)
		case "markdown":
			return report.Markdown(w, rep)
		case "sarif":
			return report.SARIF(w, rep)
		case "junit":
			return report.JUnit(w, rep)
		}
		return report.Text(w, rep, report.TextOptions{Color: colored, Width: s.width(), Verbose: s.verbose})
	})
}
