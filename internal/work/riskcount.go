package work

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
)

// countRisks makes the counts those of the vulnerabilities and signals that the
// report holds; without data there are none, and no zeros.
func countRisks(r *report.Report) {
	r.Counts.Vulnerabilities, r.Counts.Signals = nil, nil
	if r.Vulnerabilities != nil {
		r.Counts.Vulnerabilities = report.CountRisks(r.Vulnerabilities)
	}
	for i := range r.Signals {
		if r.Counts.Signals == nil {
			r.Counts.Signals = map[string]int{}
		}
		r.Counts.Signals[r.Signals[i].Outcome()]++
	}
	per := map[string]int{}
	for i := range r.Vulnerabilities {
		if v := &r.Vulnerabilities[i]; riskRank(v.Outcome()) < 3 {
			per[v.Repository]++
		}
	}
	for i := range r.Repositories {
		r.Repositories[i].Vulnerabilities = per[r.Repositories[i].Name]
	}
}

// newRisks keeps what a change brings in: vulnerabilities that the same package,
// in whatever version, did not have in the same product and repository before,
// or not as badly. What was published meanwhile is in both and no fault of the
// change.
func newRisks(now, before *report.Report) ([]report.Vulnerability, []report.Signal) {
	was := map[string]int{}
	for i := range before.Vulnerabilities {
		v := &before.Vulnerabilities[i]
		key := vulnerabilityKey(v)
		if rank, ok := was[key]; !ok || riskRank(v.Outcome()) < rank {
			was[key] = riskRank(v.Outcome())
		}
	}
	var kept []report.Vulnerability
	if now.Vulnerabilities != nil {
		kept = []report.Vulnerability{}
	}
	for i := range now.Vulnerabilities {
		v := &now.Vulnerabilities[i]
		if rank, ok := was[vulnerabilityKey(v)]; !ok || riskRank(v.Outcome()) < rank {
			kept = append(kept, *v)
		}
	}
	had := map[string]int{}
	for i := range before.Signals {
		s := &before.Signals[i]
		had[signalText(s)] = riskRank(s.Outcome())
	}
	var signals []report.Signal
	for i := range now.Signals {
		s := &now.Signals[i]
		if rank, ok := had[signalText(s)]; !ok || riskRank(s.Outcome()) < rank {
			signals = append(signals, *s)
		}
	}
	return kept, signals
}

func vulnerabilityKey(v *report.Vulnerability) string {
	return strings.Join([]string{v.Repository, v.Product, v.Ecosystem, v.Name, v.Kind, v.ID}, "\x00")
}

func signalText(s *report.Signal) string {
	return strings.Join([]string{s.Repository, s.Product, s.Ecosystem, s.Name, s.Rule.ID}, "\x00")
}
