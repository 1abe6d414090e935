package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/document/report"
)

// writeRecordsJSON writes records as their sources wrote them, in a list.
func writeRecordsJSON(w io.Writer, raw [][]byte) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	records := make([]json.RawMessage, len(raw))
	for i, r := range raw {
		records[i] = bytes.TrimPrefix(r, []byte("\ufeff"))
	}
	return enc.Encode(records)
}

// writeRecordsText writes records, and which of them the mirror counts as
// withdrawn although they don't say so themselves.
func writeRecordsText(w io.Writer, raw [][]byte, infos []advisory.Info) error {
	t := textWriter{w: w}
	for i, data := range raw {
		r, err := advisory.ParseRecord(data)
		if err != nil {
			return err
		}
		if i > 0 {
			t.printf("\n")
		}
		t.record(&r)
		if gone := infos[i].Withdrawn; r.Withdrawn.IsZero() && !gone.IsZero() {
			t.printf("  counts as WITHDRAWN since %s: no source of the mirror lists it any more\n", dateOf(gone))
		}
	}
	return t.err
}

func (t *textWriter) record(r *advisory.Record) {
	t.printf("%s  %s\n", report.Clean(r.ID), report.Clean(r.Summary))
	line := string(r.Kind) + ", severity " + string(r.Severity.Level)
	if r.Severity.Vector != "" {
		line += " (" + r.Severity.Vector + ")"
	}
	t.printf("  %s\n", report.Clean(line))
	if !r.Withdrawn.IsZero() {
		t.printf("  WITHDRAWN %s\n", dateOf(r.Withdrawn))
	}
	t.printf("  published %s, modified %s\n", dateOf(r.Published), dateOf(r.Modified))
	if len(r.Aliases) > 0 {
		t.printf("  also %s\n", report.Clean(strings.Join(r.Aliases, ", ")))
	}
	for _, a := range r.Affected {
		c, problems, _ := advisory.NewClaim(0, a)
		var ranges []string
		for _, v := range c.Intervals {
			ranges = append(ranges, v.String())
		}
		for _, v := range c.Versions {
			ranges = append(ranges, "="+v)
		}
		t.printf("  %s %s: %s\n", report.Clean(a.Key.Ecosystem), report.Clean(a.Key.Name), report.Clean(strings.Join(ranges, " or ")))
		if a.Own != "" {
			t.printf("    in the project's own count: %s\n", report.Clean(a.Own))
		}
		for _, p := range problems {
			t.printf("    not understood: %s\n", report.Clean(p))
		}
	}
	for _, p := range r.Problems {
		t.printf("  not understood: %s\n", report.Clean(p))
	}
	for _, ref := range r.References {
		t.printf("  %s %s\n", report.Clean(strings.ToLower(ref.Type)), report.Clean(ref.URL))
	}
	for _, l := range strings.Split(strings.TrimSpace(r.Details), "\n") {
		t.printf("  | %s\n", report.Clean(l))
	}
}
