package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document"
	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

type sbomFlags struct {
	sourceFlags
	name, version, serial, author string
	at                            string
	fixtures, grade               bool
	vulnerabilities               bool
}

func newSBOM(s *settings) *cobra.Command {
	var f sbomFlags
	c := &cobra.Command{
		Use:   "sbom [PATH…]",
		Short: "Write a bill of materials: CycloneDX 1.6 or SPDX 2.3",
		Long: `Sbom writes one document of all third-party packages. A package in several
manifests is one component with all its places; a requirement without a lockfile
is a component without version. Test data and samples are left out (--fixtures
takes them in). Nothing is stored.

An SBOM file given alone is converted whole, with what it says beyond packages.

` + sourcesHelp + `

` + unreadHelp + `

The same input gives the same bytes apart from time and serial; --time and
--serial, or SOURCE_DATE_EPOCH, fix these.`,
		Example: `  tributary sbom -o cyclonedx-json .
  tributary sbom -o spdx-json --file sbom.spdx.json --rev v1.2 .
  tributary sbom -o cyclonedx-xml sbom.spdx.json        convert an SBOM
  tributary sbom --vulnerabilities --file bom-with-vex.cdx.json .
  tributary sbom --grade vendor.cdx.json                NTIA completeness of an SBOM`,
		RunE: func(c *cobra.Command, args []string) error { return runSBOM(c, s, f, args) },
	}
	f.add(c)
	c.Flags().StringVar(&f.name, "name", "", "name of what the document describes (default: the repository's)")
	c.Flags().StringVar(&f.version, "version-of", "", "version of what the document describes (default: the commit)")
	c.Flags().StringVar(&f.author, "author", "", "organization that has the document made (default: the program's)")
	c.Flags().StringVar(&f.serial, "serial", "", "serial number (a UUID), or for SPDX the namespace")
	c.Flags().StringVar(&f.at, "time", "", "time of the document (RFC 3339)")
	c.Flags().BoolVar(&f.fixtures, "fixtures", false, "take in test data and samples")
	c.Flags().BoolVar(&f.vulnerabilities, "vulnerabilities", false, "add what the mirror of advisories and vex.yaml say (CycloneDX only)")
	c.Flags().BoolVar(&f.grade, "grade", false, "print the NTIA completeness grade instead of the document")
	var forms []string
	for _, x := range document.Formats {
		forms = append(forms, string(x))
	}
	return offer(c, forms...)
}

func runSBOM(c *cobra.Command, s *settings, f sbomFlags, args []string) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	if f.vulnerabilities && (f.grade || !strings.HasPrefix(form, "cyclonedx")) {
		return wrongUse("", "--vulnerabilities goes with -o cyclonedx-json or cyclonedx-xml: SPDX 2.3 has no place for them")
	}
	open := s.factsOffice
	if f.vulnerabilities {
		open = func(ctx context.Context) (*work.Office, error) { return s.office(ctx, true) }
	}
	office, err := open(c.Context())
	if err != nil {
		return err
	}
	defer office.Close()
	at := office.Now
	if f.at != "" {
		if at, err = time.Parse(time.RFC3339, f.at); err != nil {
			return wrongUse("", "--time %q is not a time; write 2026-03-31T12:00:00Z", f.at)
		}
	}
	if doc, ok, err := givenDocument(s, args); ok || err != nil {
		if err != nil {
			return err
		}
		if f.at == "" && !doc.Created.IsZero() {
			at = doc.Created
		}
		if f.vulnerabilities {
			f.look = true
			snaps, err := s.scanAll(c.Context(), office, f.sourceFlags, args, false)
			if err != nil {
				return err
			}
			if err := s.addVulnerabilities(c.Context(), office, snaps, &doc); err != nil {
				return err
			}
		}
		return s.writeBOM(doc, form, at, f)
	}
	f.licenses, f.look = true, true
	snaps, err := s.scanAll(c.Context(), office, f.sourceFlags, args, false)
	if err != nil {
		return err
	}
	if err := s.addKnown(c.Context(), office, snaps); err != nil {
		return err
	}
	bom := office.BOM(snaps, document.Selection{Name: f.name, Version: f.version, Fixtures: f.fixtures, Created: at,
		Tool: document.Tool{Name: "tributary", Version: Version}, Authors: authors(office, f.author)})
	if f.vulnerabilities {
		if err := s.addVulnerabilities(c.Context(), office, snaps, &bom); err != nil {
			return err
		}
	}
	if err := s.writeBOM(bom, form, at, f); err != nil {
		return err
	}
	s.sayProblems(snaps)
	return nil
}

// addVulnerabilities puts them into a document, and says how far to trust it.
func (s *settings) addVulnerabilities(ctx context.Context, office *work.Office, snaps []work.Scanned, bom *document.BOM) error {
	doubts, err := office.AddVulnerabilities(ctx, snaps, bom)
	for _, d := range doubts {
		s.say("%s", report.Clean(d))
	}
	return err
}

// writeBOM writes a document, or how complete it is.
func (s *settings) writeBOM(bom document.BOM, form string, at time.Time, f sbomFlags) error {
	return s.write(func(w io.Writer) error {
		if f.grade {
			return writeGrade(w, document.GradeOf(bom))
		}
		return document.Write(w, bom, document.Format(form), document.Options{Time: at, Serial: f.serial})
	})
}

// givenDocument reads the one SBOM file that is given, whole: what it says beyond
// packages (suppliers, hashes, authors) is graded and converted with it.
func givenDocument(s *settings, args []string) (document.BOM, bool, error) {
	if len(args) != 1 {
		return document.BOM{}, false, nil
	}
	st, err := os.Stat(args[0])
	if err != nil || !st.Mode().IsRegular() || st.Size() > document.MaxSize {
		return document.BOM{}, false, nil // scanAll says what is wrong
	}
	b, err := os.ReadFile(args[0])
	if err != nil || document.Sniff(b) == "" {
		return document.BOM{}, false, err
	}
	bom, problems, err := document.Read(b)
	if err != nil {
		return bom, false, fmt.Errorf("%s: %w", args[0], err)
	}
	for _, p := range problems {
		s.say("%s%s: %s: %s", report.Clean(args[0]), at(p.Line), report.Clean(p.Kind), report.Clean(p.Message))
	}
	return bom, true, nil
}

// authors names who has documents made: the flag, else the program's organization.
func authors(o *work.Office, flag string) []document.Party {
	if flag == "" {
		flag = o.Program.Organization.Name
	}
	if flag == "" {
		return nil
	}
	return []document.Party{{Name: flag, Organization: true}}
}
