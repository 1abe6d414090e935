package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newImportForge(s *settings) *cobra.Command {
	var repository string
	c := &cobra.Command{
		Use:   "import-forge FILE…",
		Short: "Keep issues and change requests that a forge exported, for \"health\" and \"impact\"",
		Long: `Import-forge reads issues and change requests from files ("-" is standard input):
an object a line or all in one array, in the neutral form of docs/metrics.md, as "gh
issue list --json" and "gh pr list --json" print them, as GitHub's REST interface
answers, or as Perceval (GrimoireLab) collects them. Nothing is fetched.

Imported again, an item replaces what was known of it. What can't be understood is
counted and stops nothing else. To know who answered, export comments and reviews too.`,
		Example: `  gh pr list -R acme/app --state all -L 100000 --json number,url,author,createdAt,closedAt,mergedAt,comments,reviews > changes.json
  gh issue list -R acme/app --state all -L 100000 --json number,url,author,createdAt,closedAt,comments > issues.json
  tributary history import-forge issues.json changes.json
  perceval github acme app --category pull_request --json-line | tributary history import-forge -
  tributary history import-forge --repository git.example.com/team/app items.jsonl`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrongUse("", "say which files to import; - is standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			var got []work.ForgeImported
			failed := 0
			for _, name := range args {
				x, err := s.importForge(c.Context(), office, name, repository)
				got = append(got, x...)
				if c.Context().Err() != nil {
					return c.Context().Err()
				}
				if err != nil {
					fmt.Fprintln(s.stderr, "tributary:", report.Clean(name+": "+err.Error()))
					failed++
				}
			}
			if err := s.write(func(w io.Writer) error { return writeForgeImported(w, got) }); err != nil {
				return err
			}
			if failed > 0 {
				return &exitError{exitCouldNot, fmt.Errorf("%s of %d could not be read; the rest was imported", count(failed, "file"), len(args)), ""}
			}
			return nil
		},
	}
	c.Flags().StringVar(&repository, "repository", "", "repository of the items (host/owner/name), whatever they say themselves")
	return c
}

func (s *settings) importForge(ctx context.Context, office *work.Office, name, repository string) ([]work.ForgeImported, error) {
	in, err := s.openInput(ctx, name)
	if err != nil {
		return nil, err
	}
	defer in.Close() // only read
	got, err := office.ImportForge(ctx, in, repository)
	if err == nil && len(got) == 0 {
		s.say("%s: it holds no issue and no change request", report.Clean(name))
	}
	return got, err
}

func writeForgeImported(w io.Writer, got []work.ForgeImported) error {
	for i := range got {
		x := &got[i]
		fmt.Fprintln(w, report.Clean(x.Repository))
		fmt.Fprintf(w, "  %s, %s (%d new); %d known, to %s\n", count(x.Issues, "issue"), count(x.Changes, "change request"), x.New, x.Known, x.Through.Format(time.DateOnly))
		if x.Silent > 0 {
			fmt.Fprintf(w, "  of %d the data do not tell who answered: export comments and reviews too\n", x.Silent)
		}
		if !x.Mined {
			fmt.Fprintln(w, "  no history of it was mined yet; run \"tributary history PATH\" on a clone")
		}
		if x.Skipped > 0 {
			fmt.Fprintf(w, "  %s could not be understood:\n", count(x.Skipped, "entry"))
		}
		for _, p := range x.Problems {
			if _, err := fmt.Fprintf(w, "    %s\n", report.Clean(p)); err != nil {
				return err
			}
		}
	}
	return nil
}
