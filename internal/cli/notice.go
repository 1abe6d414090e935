package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document"
	"github.com/tributary-oss/tributary/internal/inventory"
)

func newNotice(s *settings) *cobra.Command {
	var f sourceFlags
	var title string
	var all bool
	c := &cobra.Command{
		Use:   "notice [PATH…]",
		Short: "Write the attributions for a release: license texts once, copyrights kept",
		Long: `Notice writes what recipients must be given: each license text once with the
components under it, and the copyright statements of each component. Texts come
from copies of the packages on this machine, else from the SPDX list. What has no
license or no text stands in a section of its own: nothing is silently left out.

Components that only build or test the software do not reach users and are left
out; --all takes them in.

` + sourcesHelp + `

` + unreadHelp,
		Example: `  tributary notice --file NOTICE.txt .
  tributary notice -o html --file notices.html --title "Shop 2.1" ~/src/shop`,
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.office(c.Context(), false)
			if err != nil {
				return err
			}
			f.licenses = true
			snaps, err := s.scanAll(c.Context(), office, f, args, false)
			if err != nil {
				return err
			}
			if err := s.addKnown(c.Context(), office, snaps); err != nil {
				return err
			}
			if title == "" {
				title = fmt.Sprintf("Third-party notices for %s", inventory.PublicName(snaps[0].Snapshot.Repository.Name))
			}
			items := office.NoticeItems(snaps, all)
			if err := s.write(func(w io.Writer) error {
				return document.Notice(w, title, items, document.NoticeFormat(form))
			}); err != nil {
				return err
			}
			s.sayProblems(snaps)
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVar(&title, "title", "", "title of the document")
	c.Flags().BoolVar(&all, "all", false, "take in build, development and test components")
	return offer(c, string(document.NoticeText), string(document.NoticeHTML), string(document.NoticeMarkdown))
}
