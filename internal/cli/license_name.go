package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/work"
)

func newLicenseName(s *settings) *cobra.Command {
	var by, reason string
	c := &cobra.Command{
		Use:   "name TEXT EXPRESSION",
		Short: "Name an unknown text once for the whole company",
		Long: `Name writes into licenses.yaml of the program what an unknown text is: TEXT as
"license unknown" lists it, EXPRESSION an SPDX expression, a LicenseRef of your own,
or NONE when it is no license at all. From then on every scan of every repository
uses the name; what was found stays as it was found.`,
		Example: `  tributary license name LicenseRef-tributary-0123456789abcdef LicenseRef-Acme-EULA --by counsel@example.com --reason "Acme's terms of 2019"
  tributary license name LicenseRef-tributary-fedcba9876543210 NONE --by counsel@example.com --reason "an advertisement"`,
		Args: between(2, 2, "a text and an expression"),
		RunE: func(c *cobra.Command, args []string) error {
			if by == "" || reason == "" {
				return wrongUse("", "a name needs --by and --reason")
			}
			e, err := license.Parse(args[1])
			if err != nil {
				return wrongUse("", "%v", err)
			}
			office, err := s.office(c.Context(), false)
			if err != nil {
				return err
			}
			return s.writeName(office, program.LicenseText{Text: args[0], License: program.Expr{Text: e.String()}, By: by, Reason: reason})
		},
	}
	c.Flags().StringVar(&by, "by", "", "who decided")
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

// writeName appends a name to licenses.yaml, or writes nothing at all.
func (s *settings) writeName(office *work.Office, t program.LicenseText) error {
	if office.ProgramDir == "" {
		return wrongUse("Run \"tributary program init\", or name a directory with --program.", "names stand in the program, and there are no program files here")
	}
	t.Date = program.Date{Time: office.Now.UTC().Truncate(24 * time.Hour)}
	name := filepath.Join(office.ProgramDir, "licenses.yaml")
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("cannot read %s: %w", name, err)
	}
	if text, err = program.AppendLicenseText(text, t); err != nil {
		return &exitError{exitUsage, err, ""}
	}
	if err := replaceFile(name, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	s.say("%s: %s is %s", report.Clean(name), report.Clean(t.Text), report.Clean(t.License.Text))
	return nil
}
