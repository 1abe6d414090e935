package investment

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// Explain writes one score with every number's derivation, as text.
func Explain(w io.Writer, r *Report, s *impact.Score) error {
	t := &textWriter{r: r}
	t.line("%s, as of %s", report.Clean(s.Facts.Upstream), r.AsOf.UTC().Format(time.DateOnly))
	t.line("used by %s; scopes: %s", take(s.Facts), scopes(s.Facts))
	for i, p := range s.Facts.Packages {
		if i == 8 {
			t.line("  … and %s more", plural(len(s.Facts.Packages)-i, "package", "packages"))
			break
		}
		t.line("  %s", report.Clean(p))
	}
	t.line("")
	for _, st := range steps(0, s) {
		t.line("%s%s %s  %s", strings.Repeat("  ", st.Depth), report.Clean(st.Name)+":", st.Value, st.words())
	}
	t.line("")
	t.line("License change by one company: %s", s.Relicense.Level)
	for _, x := range []struct {
		word string
		list []string
	}{{"for", s.Relicense.For}, {"against", s.Relicense.Against}, {"not known", s.Relicense.Missing}} {
		if len(x.list) > 0 {
			t.line("  %s: %s", x.word, report.Clean(strings.Join(x.list, "; ")))
		}
	}
	t.line("")
	for _, a := range s.Actions {
		t.line("%s [%s]: %s", a.Title, report.Clean(a.Owner), report.Clean(a.Why))
		t.line("  how     %s", a.What)
		t.line("  if not  %s", a.IfNot)
		t.line("  cost    %s", report.Clean(cost(a, r.Currency)))
		if text := effect(s, a, r.Currency); text != "" {
			t.line("  effect  %s", report.Clean(text))
		}
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func scopes(f impact.Facts) string {
	var parts []string
	for _, s := range scopeOrder {
		if n := f.Take.Scopes[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", s, n))
		}
	}
	return strings.Join(parts, ", ")
}

// WhatIf writes a score before and after changes, number by number.
func WhatIf(w io.Writer, before, after *impact.Score, changes []impact.Change, refused []error) error {
	t := &textWriter{}
	t.line("%s", report.Clean(before.Facts.Upstream))
	for _, c := range changes {
		t.line("  with %s=%s", c.Key, report.Clean(c.Value))
	}
	for _, err := range refused {
		t.line("  but not %s", report.Clean(err.Error()))
	}
	t.line("")
	t.line("%-52s %10s %10s %10s", "", "now", "then", "change")
	is := map[string]step{}
	for _, st := range steps(0, after) {
		is[st.Anchor] = st
	}
	for _, st := range steps(0, before) {
		now, ok := is[st.Anchor]
		top := st.Depth <= 2
		if !ok || now.Value == st.Value && !top {
			continue
		}
		t.line("%-52s %10s %10s %10s", strings.Repeat("  ", st.Depth)+clip(report.Clean(st.Name), 50-2*st.Depth), st.Value, now.Value, difference(st, now))
	}
	t.line("")
	if a, b := before.Actions[0], after.Actions[0]; a.Kind != b.Kind {
		t.line("What comes first: %s, then %s", a.Title, b.Title)
	} else {
		t.line("What comes first stays: %s", a.Title)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func difference(a, b step) string {
	var was, is float64
	if n, err := fmt.Sscan(a.Value, &was); n != 1 || err != nil {
		return ""
	}
	if n, err := fmt.Sscan(b.Value, &is); n != 1 || err != nil || was == is {
		return ""
	}
	return fmt.Sprintf("%+.3g", is-was)
}
