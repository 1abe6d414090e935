package upstream

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// SignalKind names what is worth a look about the project behind a component.
type SignalKind string

// The signals.
const (
	SignalDeprecated   SignalKind = "deprecated"
	SignalYanked       SignalKind = "yanked"
	SignalArchived     SignalKind = "archived"
	SignalEndOfLife    SignalKind = "end-of-life"
	SignalRelicensed   SignalKind = "relicensed"
	SignalClock        SignalKind = "change-date"
	SignalMaintainers  SignalKind = "maintainers-changed"
	SignalScripts      SignalKind = "install-scripts"
	SignalTyposquat    SignalKind = "typosquat"
	SignalQuiet        SignalKind = "quiet"
	SignalDoubtfulDate SignalKind = "doubtful-dates"
	SignalUnlisted     SignalKind = "unlisted"
)

// SignalKinds lists all signals.
var SignalKinds = []SignalKind{SignalArchived, SignalClock, SignalDeprecated, SignalDoubtfulDate, SignalEndOfLife, SignalScripts, SignalMaintainers, SignalQuiet, SignalRelicensed, SignalTyposquat, SignalUnlisted, SignalYanked}

// HealthSignal is one fact with its explanation.
type HealthSignal struct {
	Kind SignalKind
	Text string
	// Date is when it happened, or where that is not known when it was seen.
	Date   time.Time
	Source string
}

// longestWords bounds what a registry's own words take in a signal, in bytes.
const longestWords = 300

// add notes a signal; a date that is not known is when the registry was asked.
func (a *Assessment) add(l *Listing, kind SignalKind, date time.Time, format string, args ...any) {
	if date.IsZero() {
		date = l.Observed
	}
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = shortened(s)
		}
	}
	a.Signals = append(a.Signals, HealthSignal{kind, fmt.Sprintf(format, args...), date, l.Source})
}

// shortened puts a text on one line of bounded length.
func shortened(s string) string {
	s = strings.Join(strings.Fields(s[:min(len(s), 4*longestWords)]), " ")
	if len(s) > longestWords {
		s = s[:longestWords] + "…"
	}
	return strings.ToValidUTF8(s, "")
}

func (a *Assessment) sortSignals() {
	slices.SortStableFunc(a.Signals, func(x, y HealthSignal) int { return cmp.Compare(x.Kind, y.Kind) })
}

// Has tells whether there is a signal of a kind.
func (a *Assessment) Has(kind SignalKind) bool {
	return slices.ContainsFunc(a.Signals, func(s HealthSignal) bool { return s.Kind == kind })
}
