package upstream

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// Clock holds the parameters of a license that turns into another on a date:
// the Business Source License 1.1 (Change Date, Change License, Additional Use
// Grant) and the Functional Source License (two years, Apache-2.0 or MIT).
type Clock struct {
	// License is the clocked one: "BUSL-1.1", "FSL-1.1-ALv2".
	License string
	// Years after the release of a version; 0 when that is not stated.
	Years int
	// Date is a fixed change date, zero when none is stated; of two the earlier
	// day counts.
	Date time.Time
	// To is the change license as written, "" when not known.
	To string
	// Grant is the additional use grant, "" when not known.
	Grant string
	// Source says who tells the parameters.
	Source string
}

// ClockRule gives parameters for packages, where their texts do not tell.
type ClockRule struct {
	Match func(inventory.PURL) bool
	Clock Clock
}

// Turning is a clock applied to one version.
type Turning struct {
	Clock
	Version string
	// Change is the day on which the license changes; zero when unknown.
	Change time.Time
	// Latest is true where Change is only the last possible day.
	Latest bool
}

// Text explains when and into what the license turns.
func (t Turning) Text() string {
	to := t.To
	if to == "" {
		to = "its change license (not known)"
	}
	switch {
	case t.Change.IsZero():
		return fmt.Sprintf("%s: %s turns into %s, when is not known (the version's date is missing)", t.Version, t.License, to)
	case t.Latest:
		return fmt.Sprintf("%s: %s turns into %s on %s at the latest (%s)", t.Version, t.License, to, t.Change.Format(time.DateOnly), t.Source)
	}
	return fmt.Sprintf("%s: %s turns into %s on %s (%s)", t.Version, t.License, to, t.Change.Format(time.DateOnly), t.Source)
}

// ClockOf tells when a release's license turns into another; false when it is
// under no such license. Rules come before the text, and the text before what
// the license itself says.
func ClockOf(p inventory.PURL, r *Release, rules []ClockRule) (Turning, bool) {
	id := clockedID(r.statedLicense())
	if id == "" {
		id = clockedID(r.Detected)
	}
	if id == "" {
		return Turning{}, false
	}
	t := Turning{Clock: standardClock(id), Version: r.Version}
	t.Latest = id == busl // until somebody tells the parameters
	t.learn(r.Terms)
	p.Version = r.Version
	for _, rule := range rules {
		if rule.Match(p) {
			t.learn(rule.Clock)
			break
		}
	}
	published := r.Published.UTC().Truncate(24 * time.Hour)
	t.Change = t.Date
	if turn := published.AddDate(t.Years, 0, 0); !r.Published.IsZero() && t.Years > 0 && (t.Change.IsZero() || turn.Before(t.Change)) {
		t.Change = turn
	}
	// The license itself ends four years after publication, whatever is stated.
	if last := published.AddDate(4, 0, 0); id == busl && !r.Published.IsZero() && (t.Change.IsZero() || last.Before(t.Change)) {
		t.Change = last
	}
	return t, true
}

// learn takes over what somebody else states.
func (t *Turning) learn(c Clock) {
	if c.Years > 0 || !c.Date.IsZero() {
		t.Years, t.Date, t.Latest = c.Years, c.Date, false
	}
	t.To, t.Grant = cmp.Or(c.To, t.To), cmp.Or(c.Grant, t.Grant)
	if c.Source != "" && (c.Years > 0 || !c.Date.IsZero() || c.To != "" || c.Grant != "") {
		t.Source = c.Source
	}
}

const busl = "BUSL-1.1"

// clockedID finds the id of a clocked license in a statement.
func clockedID(license string) string {
	l := strings.ToUpper(license)
	switch {
	case strings.Contains(l, "BUSL-1.1"), strings.Contains(l, "BSL-1.1"), strings.Contains(l, "BUSINESS SOURCE LICENSE"):
		return busl
	case strings.Contains(l, "FSL-1.1-ALV2"), strings.Contains(l, "FSL-1.1-APACHE"), strings.Contains(l, "FSL-1.0-APACHE"):
		return "FSL-1.1-ALv2"
	case strings.Contains(l, "FSL-1.1-MIT"), strings.Contains(l, "FSL-1.0-MIT"):
		return "FSL-1.1-MIT"
	}
	return ""
}

// standardClock is what the license's own text says.
func standardClock(id string) Clock {
	switch id {
	case "FSL-1.1-ALv2":
		return Clock{License: id, Years: 2, To: "Apache-2.0", Source: "fsl.software: two years after a version is made available"}
	case "FSL-1.1-MIT":
		return Clock{License: id, Years: 2, To: "MIT", Source: "fsl.software: two years after a version is made available"}
	}
	return Clock{License: id, Years: 4, Source: "BUSL-1.1: the change date, or four years after publication if that is earlier"}
}

var (
	parameter = pattern.Lazy(`(?im)^[ \t*>#]*(Change Date|Change License|Additional Use Grant)[ \t]*:[ \t*]*([^\n]{0,400})`)
	isoDate   = pattern.Lazy(`\b(20\d\d)-(\d\d)-(\d\d)\b`)
	inYears   = pattern.Lazy(`(?i)\b(one|two|three|four|[1-4])\s*(?:\(\d\)\s*)?years?\b`)
)

// maxTerms bounds the text in which parameters are looked for.
const maxTerms = 64 << 10

// ReadTerms finds the parameters in the text of a Business Source License; false
// when it has none. Dates are read in the forms 2029-05-01 and May 1, 2029, and
// as "four years from the date of publication".
func ReadTerms(text string) (Clock, bool) {
	text = text[:min(len(text), maxTerms)]
	c := Clock{License: busl, Source: "parameters in its license text"}
	for _, m := range parameter().FindAllStringSubmatch(text, -1) {
		value := strings.Join(strings.Fields(strings.Trim(m[2], " \t*\r")), " ")
		switch strings.ToLower(m[1]) {
		case "change date":
			if c.Years == 0 && c.Date.IsZero() {
				c.Date, c.Years = changeDate(value)
			}
		case "change license":
			if c.To == "" {
				c.To = value
			}
		case "additional use grant":
			if c.Grant == "" {
				c.Grant = value
			}
		}
	}
	return c, c.Years > 0 || !c.Date.IsZero()
}

func changeDate(value string) (time.Time, int) {
	if m := isoDate().FindString(value); m != "" {
		if t, err := time.Parse(time.DateOnly, m); err == nil {
			return t, 0
		}
	}
	for _, layout := range []string{"January 2, 2006", "2 January 2006", "Jan 2, 2006", "January 2 2006"} {
		if t, err := time.Parse(layout, strings.TrimSuffix(value, ".")); err == nil {
			return t, 0
		}
	}
	if m := inYears().FindStringSubmatch(value); m != nil {
		words := map[string]int{"one": 1, "two": 2, "three": 3, "four": 4}
		if n, ok := words[strings.ToLower(m[1])]; ok {
			return time.Time{}, n
		}
		n, _ := strconv.Atoi(m[1]) // one digit by the pattern
		return time.Time{}, n
	}
	return time.Time{}, 0
}
