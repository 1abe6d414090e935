package cli

import (
	"fmt"
	"io"

	"github.com/tributary-oss/tributary/internal/document"
	"github.com/tributary-oss/tributary/internal/document/report"
)

// writeGrade shows how complete a bill of materials is by the NTIA's minimum
// elements.
func writeGrade(w io.Writer, g document.Grade) error {
	fmt.Fprintf(w, "NTIA minimum elements: %s (%d %%), %s\n", g.Letter, g.Percent, count(g.Components, "component"))
	for _, e := range g.Elements {
		fmt.Fprintf(w, "  %-28s %d of %d\n", e.Name, e.Have, e.Total)
	}
	for _, m := range g.Missing {
		if _, err := fmt.Fprintf(w, "missing: %s\n", report.Clean(m)); err != nil {
			return err
		}
	}
	return nil
}
