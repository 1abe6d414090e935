package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

func (c *comparison) print(w io.Writer) {
	fmt.Fprintln(w, "| repository | commit | packages | vulnerabilities | informational | stdlib candidates | matches of both | only tributary | only osv-scanner | CPU s tributary | known commit | CPU s osv-scanner | ratio | ratio, known |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	var total row
	for _, r := range c.rows {
		printRow(w, r.repo, fmt.Sprintf("`%.12s`", r.commit), r)
		total.both, total.onlyOurs, total.onlyTheirs = total.both+r.both, total.onlyOurs+r.onlyOurs, total.onlyTheirs+r.onlyTheirs
		total.ours.cpu, total.theirs.cpu = total.ours.cpu+r.ours.cpu, total.theirs.cpu+r.theirs.cpu
		total.ours.known += r.ours.known
		if total.ours.classes == nil {
			total.ours.classes, total.ours.packages = map[string]int{}, map[[3]string]string{}
		}
		for k, n := range r.ours.classes {
			total.ours.classes[k] += n
		}
		for p := range r.ours.packages {
			total.ours.packages[[3]string{r.repo, fmt.Sprint(p), ""}] = ""
		}
	}
	printRow(w, "all", "", total)
	fmt.Fprintln(w, "\n| why | matches |\n|---|---|")
	reasons := make([]string, 0, len(c.reasons))
	for why := range c.reasons {
		reasons = append(reasons, why)
	}
	slices.Sort(reasons)
	for _, why := range reasons {
		fmt.Fprintf(w, "| %s | %d |\n", why, c.reasons[why])
	}
	if c.govulncheck == "" {
		return
	}
	fmt.Fprintln(w, "\n| repository | manifests | records of both | only tributary | only govulncheck | failed |\n|---|---|---|---|---|---|")
	for _, r := range c.rows {
		if r.goManifests > 0 || r.goFailed != "" {
			fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %s |\n", r.repo, r.goManifests, r.goBoth, r.goOnlyUs, r.goOnlyThem, r.goFailed)
		}
	}
}

func printRow(w io.Writer, name, commit string, r row) {
	fmt.Fprintf(w, "| %s | %s | %d | %d | %d | %d | %d | %d | %d | %s | %s | %s | %.0f | %.0f |\n", name, commit, len(r.ours.packages), r.ours.classes["vulnerability"], r.ours.classes["informational"],
		r.ours.classes["stdlib-candidate"], r.both, r.onlyOurs, r.onlyTheirs, seconds(r.ours.cpu), seconds(r.ours.known), seconds(r.theirs.cpu),
		float64(r.theirs.cpu)/float64(max(r.ours.cpu, time.Millisecond)), float64(r.theirs.cpu)/float64(max(r.ours.known, time.Millisecond)))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
