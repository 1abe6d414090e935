package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

// refreshWire is the answer for machines.
type refreshWire struct {
	Packages    int                  `json:"packages"`
	Answered    int                  `json:"answered"`
	Fresh       int                  `json:"asked_before"`
	Left        int                  `json:"left"`
	Gaps        []refreshFailureWire `json:"answered_in_part"`
	Unknown     []string             `json:"unknown_to_registry"`
	Failed      []refreshFailureWire `json:"failed"`
	NotAsked    []refreshSkipWire    `json:"not_asked"`
	NoRegistry  map[string]int       `json:"no_registry"`
	Declared    int                  `json:"licenses_declared"`
	Detected    int                  `json:"licenses_detected"`
	Requests    int                  `json:"requests"`
	FromCache   int                  `json:"from_cache"`
	Bytes       int64                `json:"bytes"`
	Seconds     float64              `json:"seconds"`
	Interrupted bool                 `json:"interrupted"`
}

type refreshFailureWire struct {
	Package string `json:"purl"`
	Why     string `json:"reason"`
}

type refreshSkipWire struct {
	Why      string   `json:"reason"`
	Packages []string `json:"purls"`
}

func writeRefreshed(w io.Writer, r *work.Refreshed, form string, verbose bool) error {
	if form == "json" {
		return writeRefreshedJSON(w, r)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s in use: %d answered", count(r.Packages, "package"), r.Answered)
	for _, p := range []struct {
		n    int
		what string
	}{{packagesOf(r.Gaps), "of them in part"}, {r.Fresh, "asked before and new enough"}, {private(r), "not asked"}, {len(r.Unknown), "unknown to their registry"}, {len(r.Failed), "failed"}, {r.Left, "left for the next run"}} {
		if p.n > 0 {
			fmt.Fprintf(&b, ", %d %s", p.n, p.what)
		}
	}
	b.WriteByte('\n')
	if r.Answered > 0 { // what was heard in earlier runs is not counted again
		fmt.Fprintf(&b, "licenses of versions in use, from these answers: %d declared, %d found in texts\n", r.Declared, r.Detected)
	}
	writeGroups(&b, "not asked, so that nobody hears of them", r.PrivateNames, verbose)
	if len(r.NoRegistry) > 0 {
		var parts []string
		for _, kind := range slices.Sorted(maps.Keys(r.NoRegistry)) {
			parts = append(parts, fmt.Sprintf("%d %s", r.NoRegistry[kind], report.Clean(kind)))
		}
		fmt.Fprintf(&b, "no registry is known for: %s\n", strings.Join(parts, ", "))
	}
	if len(r.Unknown) > 0 {
		writeGroups(&b, "unknown to their registry (private, renamed or removed)", map[string][]string{"": r.Unknown}, verbose)
	}
	writeGroups(&b, "answered in part", byReason(r.Gaps), verbose)
	writeGroups(&b, "failed", byReason(r.Failed), verbose)
	fmt.Fprintf(&b, "%s, %s from the cache, %.1f MB in %s\n", count(r.Requests, "request"), count(r.Kept, "answer"), float64(r.Bytes)/1e6, r.Elapsed.Round(100*time.Millisecond))
	_, err := io.WriteString(w, b.String())
	return err
}

func byReason(list []work.RefreshFailure) map[string][]string {
	out := map[string][]string{}
	for _, f := range list {
		out[f.Why] = append(out[f.Why], f.Package)
	}
	return out
}

// packagesOf counts packages, of which one may stand more than once.
func packagesOf(list []work.RefreshFailure) int {
	seen := map[string]bool{}
	for _, f := range list {
		seen[f.Package] = true
	}
	return len(seen)
}

// private counts the packages that nobody is asked about.
func private(r *work.Refreshed) (n int) {
	for _, names := range r.PrivateNames {
		n += len(names)
	}
	return n
}

// writeGroups lists packages by reason, the largest group first.
func writeGroups(b *strings.Builder, title string, groups map[string][]string, verbose bool) {
	if len(groups) == 0 {
		return
	}
	reasons := slices.SortedFunc(maps.Keys(groups), func(x, y string) int {
		return cmp.Or(len(groups[y])-len(groups[x]), strings.Compare(x, y))
	})
	fmt.Fprintf(b, "%s:\n", title)
	shown := len(reasons)
	if !verbose {
		shown = min(shown, 10)
	}
	for _, why := range reasons[:shown] {
		names := groups[why]
		n := len(names)
		if !verbose {
			n = min(n, 3)
		}
		line := "  " + fmt.Sprint(len(names))
		if why != "" {
			line += " " + why
		}
		line += ": " + strings.Join(names[:n], ", ")
		if n < len(names) {
			line += fmt.Sprintf(" and %d more (-v lists all)", len(names)-n)
		}
		fmt.Fprintln(b, report.Clean(line))
	}
	if shown < len(reasons) {
		fmt.Fprintf(b, "  and %d more reasons (-v lists all)\n", len(reasons)-shown)
	}
}

func writeRefreshedJSON(w io.Writer, r *work.Refreshed) error {
	out := refreshWire{Packages: r.Packages, Answered: r.Answered, Fresh: r.Fresh, Left: r.Left, Gaps: failuresWire(r.Gaps), Unknown: nonNil(r.Unknown), Failed: failuresWire(r.Failed),
		NotAsked: []refreshSkipWire{}, NoRegistry: r.NoRegistry, Declared: r.Declared, Detected: r.Detected, Requests: r.Requests, FromCache: r.Kept, Bytes: r.Bytes,
		Seconds: r.Elapsed.Round(time.Millisecond).Seconds(), Interrupted: r.Interrupted}
	for _, why := range slices.Sorted(maps.Keys(r.PrivateNames)) {
		out.NotAsked = append(out.NotAsked, refreshSkipWire{why, r.PrivateNames[why]})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func failuresWire(list []work.RefreshFailure) []refreshFailureWire {
	out := make([]refreshFailureWire, 0, len(list))
	for _, f := range list {
		out = append(out, refreshFailureWire(f))
	}
	return out
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
