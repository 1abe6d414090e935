package cli

import (
	"database/sql"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
)

func newAdvisoryDrop(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "drop FEED…",
		Short: "Take sources of advisories out of the mirror",
		Long: `Drop forgets sources of advisories by the names that "advisory status" gives
them: one that was read by mistake, or whose address was wrong and which every
answer calls incomplete since. Records that no other source lists count as
withdrawn from now on, and count again once a source lists them again.`,
		Example: `  tributary advisory drop npm
  tributary advisory drop kev epss`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			office, err := s.advisoryOffice(c)
			if err != nil {
				return err
			}
			defer office.Close()
			for _, name := range args {
				withdrawn, err := office.Store.DropFeed(c.Context(), name, office.Now)
				if errors.Is(err, sql.ErrNoRows) {
					return s.noSuchFeed(c, name)
				}
				if err != nil {
					return err
				}
				err = s.write(func(w io.Writer) error {
					t := textWriter{w: w}
					t.printf("%s: dropped; %s counted as withdrawn\n", report.Clean(name), count(withdrawn, "record"))
					return t.err
				})
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.ValidArgsFunction = func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		names, _ := s.feedNames(c) // completion has nobody to tell
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	return c
}

func (s *settings) feedNames(c *cobra.Command) (names []string, err error) {
	office, err := s.advisoryOffice(c)
	if err != nil {
		return nil, err
	}
	defer office.Close()
	feeds, _, err := office.Store.AdvisoryFeeds(c.Context())
	for _, f := range feeds {
		names = append(names, f.Name)
	}
	return names, err
}

func (s *settings) noSuchFeed(c *cobra.Command, name string) error {
	names, err := s.feedNames(c)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return wrongUse("", "there is no feed %q: the mirror is empty", name)
	}
	return wrongUse("", "there is no feed %q; there are %s", name, strings.Join(names, ", "))
}
