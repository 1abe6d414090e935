package upstream

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Lifecycles holds release cycles by product, as endoflife.date publishes them.
type Lifecycles map[string]Product

// Product is one file of endoflife.date: the cycles of one product.
type Product struct {
	Name string
	// Packages are the purls without version that the file names as the product;
	// empty stands for packages of the product's name.
	Packages []string
	Cycles   []Cycle
	Source   string
}

// Cycle is a line of releases, such as 3.9.
type Cycle struct {
	Name   string
	End    time.Time // the end of security support; zero where only Ended tells
	Ended  Known
	Latest string
}

// maxLifecycle bounds a file of cycles.
const maxLifecycle = 4 << 20

// cycleWire is one cycle in the form of endoflife.date's API: a date or a
// boolean in "eol" (v0: /api/PRODUCT.json), "eolFrom" and "isEol" (v1).
type cycleWire struct {
	Cycle   any             `json:"cycle"`
	Name    string          `json:"name"`
	EOL     json.RawMessage `json:"eol"`
	EOLFrom string          `json:"eolFrom"`
	IsEOL   *bool           `json:"isEol"`
	Latest  any             `json:"latest"`
}

// ParseLifecycle reads one product's file; name is that of the file without
// ".json".
func ParseLifecycle(name, source string, data []byte) (Product, error) {
	p := Product{Name: name, Source: source}
	if len(data) > maxLifecycle {
		return p, fmt.Errorf("%s is larger than %d MB", source, maxLifecycle>>20)
	}
	var cycles []cycleWire
	if err := json.Unmarshal(data, &cycles); err != nil {
		var v1 struct {
			Result struct {
				Name        string
				Releases    []cycleWire
				Identifiers []struct{ Type, ID string }
			}
		}
		if json.Unmarshal(data, &v1) != nil || len(v1.Result.Releases) == 0 {
			return p, fmt.Errorf("%s is not in endoflife.date's form (a list of cycles, or an object with result.releases)", source)
		}
		cycles = v1.Result.Releases
		for _, id := range v1.Result.Identifiers {
			if u, err := inventory.ParsePURL(id.ID); id.Type == "purl" && err == nil {
				p.Packages = append(p.Packages, u.WithoutVersion().String())
			}
		}
	}
	for _, w := range cycles {
		if c, ok := w.cycle(); ok {
			p.Cycles = append(p.Cycles, c)
		}
	}
	return p, nil
}

func (w cycleWire) cycle() (Cycle, bool) {
	c := Cycle{Name: w.Name}
	if w.Cycle != nil {
		c.Name = fmt.Sprint(w.Cycle)
	}
	if s, ok := w.Latest.(string); ok {
		c.Latest = s
	}
	var text string
	var flag bool
	switch {
	case w.EOLFrom != "":
		c.End, _ = time.Parse(time.DateOnly, w.EOLFrom)
	case json.Unmarshal(w.EOL, &text) == nil:
		c.End, _ = time.Parse(time.DateOnly, text)
	case json.Unmarshal(w.EOL, &flag) == nil:
		c.Ended = KnownBool(flag)
	}
	if w.IsEOL != nil && c.End.IsZero() {
		c.Ended = KnownBool(*w.IsEOL)
	}
	return c, c.Name != "" && (!c.End.IsZero() || c.Ended != NotTold)
}

// Ending is what is known of the end of one version's cycle.
type Ending struct {
	Cycle
	Product, Source string
	Date            time.Time
}

// Over says whether the cycle is out of support.
func (e Ending) Over(now time.Time) bool {
	return e.Ended == Yes || !e.End.IsZero() && !now.Before(e.End)
}

// Text explains it.
func (e Ending) Text(version string, now time.Time) string {
	s := fmt.Sprintf("%s %s (version %s in use) is out of support", e.Product, e.Name, version)
	if !e.End.IsZero() {
		s += " since " + e.End.Format(time.DateOnly)
	}
	return s
}

// Find gives the cycle of a version: the longest cycle name that the version
// starts with, at a dot.
func (l Lifecycles) Find(p inventory.PURL, version string) (Ending, bool) {
	product, ok := l.product(p)
	if !ok || version == "" {
		return Ending{}, false
	}
	version = strings.TrimPrefix(version, "v")
	var best *Cycle
	for i := range product.Cycles {
		c := &product.Cycles[i]
		rest, ok := strings.CutPrefix(version, c.Name)
		if ok && (rest == "" || !isDigitByte(rest[0])) && (best == nil || len(c.Name) > len(best.Name)) {
			best = c
		}
	}
	if best == nil {
		return Ending{}, false
	}
	return Ending{Cycle: *best, Product: product.Name, Source: product.Source, Date: best.End}, true
}

// product finds by package URL, else by the package's own name where it is that
// of the product ("django", "jquery").
func (l Lifecycles) product(p inventory.PURL) (Product, bool) {
	for _, product := range l {
		for _, u := range product.Packages {
			if u == p.WithoutVersion().String() {
				return product, true
			}
		}
	}
	product, ok := l[strings.ToLower(p.Name)]
	if ok && len(product.Packages) == 0 && p.Namespace == "" {
		return product, true
	}
	return Product{}, false
}
