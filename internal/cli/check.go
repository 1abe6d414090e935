package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newCheck(s *settings) *cobra.Command {
	var f sourceFlags
	var base, failOn string
	var noLicenses bool
	c := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "Gate for CI: exit with 1 when the policy says no",
		Long: `Check judges repositories by the program's policy and exits with 1 when it says
no. With --base it speaks only of what the change brings in: verdicts that are
new or worse than at the merge base of the revision and the base.

What is checked is kept for its facts, but does not become the repository's state
in the store ("scan" does that): a branch is not what the company ships. A source
that can't be read, or not as a whole for want of git objects, is no pass: what
could be read is reported, and the exit code is 3.

` + sourcesHelp,
		Example: `  tributary check --base origin/main .
  tributary check --fail-on review -o sarif --file tributary.sarif .
  tributary check -o markdown --file comment.md --base main .`,
		RunE: func(c *cobra.Command, args []string) error {
			f.licenses, f.aside = !noLicenses, true
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if base == "" && c.Flags().Changed("base") {
				return wrongUse("In CI, is the variable with the branch set?", "--base is empty")
			}
			return runCheck(c.Context(), s, f, args, base, form, failOn)
		},
	}
	f.add(c)
	f.addReachable(c)
	c.Flags().StringVar(&base, "base", "", "judge only what changed since this revision")
	c.Flags().StringVar(&failOn, "fail-on", "deny", "exit with 1 on: never, deny, review (which includes deny)")
	c.Flags().BoolVar(&noLicenses, "no-licenses", false, "do not look for licenses in the repositories' own files")
	return offer(c, "text", "json", "sarif", "junit", "markdown", "html")
}

func runCheck(ctx context.Context, s *settings, f sourceFlags, args []string, base, form, failOn string) error {
	if err := checkFailOn(failOn); err != nil {
		return err
	}
	if base != "" && f.worktree {
		return wrongUse("", "--base compares commits: leave out --worktree")
	}
	office, err := s.office(ctx, true)
	if err != nil {
		return err
	}
	defer office.Close()
	snaps, unread, err := s.scanSome(ctx, office, f, args, false)
	if err != nil {
		return err
	}
	if err := s.reachability(ctx, office, f, snaps); err != nil {
		return err
	}
	opts := work.ReportOptions{Unread: unread, Tool: "tributary " + Version, All: form == "json" || form == "junit"}
	rep, err := office.Report(ctx, snaps, opts)
	if err != nil {
		return err
	}
	if base != "" {
		before, err := office.ScanBases(ctx, snaps, base, f.options(s, nil))
		if err != nil {
			return err
		}
		was, err := office.Report(ctx, before, work.ReportOptions{Tool: opts.Tool, All: true})
		if err != nil {
			return err
		}
		rep = work.OnlyNew(rep, was)
		for _, b := range before {
			s.say("%s: judged is what came in since %s (the merge base with %s)", report.Clean(b.Snapshot.Repository.Name), short(b.Snapshot.Commit), report.Clean(base))
		}
	}
	if err := s.writeReport(rep, form); err != nil {
		return err
	}
	if err := verdictError(rep, failOn); err != nil {
		return err
	}
	if n := len(unread); n > 0 {
		// A gate must not open for what it did not see.
		return &exitError{exitCouldNot, fmt.Errorf("not judged: %d of %s could not be read", n, count(len(snaps)+n, "source")), ""}
	}
	for _, sn := range snaps {
		if !sn.Whole() {
			return &exitError{exitCouldNot, fmt.Errorf("%s was not judged as a whole: git objects are missing or damaged", report.Clean(sn.Snapshot.Repository.Name)),
				"In CI, clone without --filter, or fetch what is missing (git fetch --refetch)."}
		}
	}
	return nil
}
