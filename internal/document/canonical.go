package document

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// canonical gives b as it is written: refs that are unique, everything sorted,
// edges only between what is there, time and serial fixed. b itself stays as it
// was.
func canonical(b BOM, o Options) BOM {
	b.Components = slices.Clone(b.Components)
	b.Repositories = slices.Clone(b.Repositories)
	for i := range b.Components {
		b.Components[i].Line = 0
	}
	if b.Version < 1 {
		b.Version = 1
	}
	settle(&b)
	b.Source = Source{}
	if b.Serial = cmp.Or(o.Serial, b.Serial); b.Serial == "" {
		b.Serial = contentSerial(b)
	}
	b.Created = cmp.Or(o.Time, b.Created).UTC().Truncate(time.Second)
	return b
}

// settle fills what follows from other fields, gives refs, and sorts.
func settle(b *BOM) (lost int) {
	if b.Subject.Name == "" {
		b.Subject.Name = cmp.Or(b.Name, "unnamed")
	}
	b.Name = cmp.Or(b.Name, b.Subject.Name)
	for i := range b.Components {
		settleComponent(&b.Components[i])
	}
	assignRefs(b)
	slices.SortFunc(b.Components, func(x, y Component) int { return strings.Compare(x.Ref, y.Ref) })
	slices.SortFunc(b.Repositories, func(x, y Subject) int { return strings.Compare(x.Ref, y.Ref) })
	known := map[string]bool{b.Subject.Ref: true}
	for _, r := range b.Repositories {
		known[r.Ref] = true
	}
	for _, c := range b.Components {
		known[c.Ref] = true
	}
	connect := func(self string, refs *[]string) {
		for _, r := range *refs {
			if !known[r] {
				lost++
			}
		}
		*refs = edges(*refs, self, known)
	}
	connect(b.Subject.Ref, &b.Subject.DependsOn)
	for i := range b.Repositories {
		connect(b.Repositories[i].Ref, &b.Repositories[i].DependsOn)
	}
	for i := range b.Components {
		connect(b.Components[i].Ref, &b.Components[i].DependsOn)
	}
	return lost
}

// settleComponent fills what follows from other fields and sorts the rest.
func settleComponent(c *Component) {
	if c.PURL.Name != "" {
		if c.PURL.Version == "" {
			c.PURL.Version = c.Version
		}
		c.Name, c.Version = c.PURL.FullName(), c.PURL.Version
	}
	c.Name = cmp.Or(c.Name, "unnamed")
	if c.Kind == "library" {
		c.Kind = ""
	}
	c.Requirements = sortedSet(c.Requirements)
	c.CPEs = sortedSet(c.CPEs)
	c.Hashes = slices.Clone(c.Hashes)
	slices.SortFunc(c.Hashes, func(x, y Hash) int {
		return cmp.Or(strings.Compare(x.Algorithm, y.Algorithm), strings.Compare(x.Value, y.Value))
	})
	c.Hashes = slices.Compact(c.Hashes)
	c.Manifests = slices.Clone(c.Manifests)
	slices.SortFunc(c.Manifests, func(x, y Manifest) int {
		return cmp.Or(strings.Compare(x.Repository, y.Repository), strings.Compare(x.Path, y.Path), x.Line-y.Line)
	})
	c.Manifests = slices.Compact(c.Manifests)
}

// assignRefs gives every element a ref of its own. The purl is the ref of the
// first component that has it.
func assignRefs(b *BOM) {
	taken := map[string]bool{"": true}
	next := map[string]int{} // the number to try for a ref that many wish for
	claim := func(wishes ...string) string {
		for _, w := range wishes {
			if !taken[w] {
				taken[w] = true
				return w
			}
		}
		base := wishes[len(wishes)-1]
		for n := max(2, next[base]); ; n++ {
			next[base] = n + 1
			if r := base + "~" + strconv.Itoa(n); !taken[r] {
				taken[r] = true
				return r
			}
		}
	}
	b.Subject.Ref = claim(b.Subject.Ref, "subject:"+b.Subject.Name)
	for i := range b.Repositories {
		r := &b.Repositories[i]
		r.Ref = claim(r.Ref, "repository:"+r.Name)
	}
	for i := range b.Components {
		c := &b.Components[i]
		wish := c.Name + "@" + c.Version
		if c.PURL.Name != "" {
			wish = c.PURL.String()
		}
		c.Ref = claim(c.Ref, wish)
	}
}

// edges sorts refs and drops those that lead nowhere or back.
func edges(refs []string, self string, known map[string]bool) []string {
	var out []string
	for _, r := range refs {
		if known[r] && r != self {
			out = append(out, r)
		}
	}
	return sortedSet(out)
}

// sortedSet is s sorted, without repetition and empty entries; nil when nothing
// is left. s itself stays as it was.
func sortedSet(s []string) []string {
	out := slices.DeleteFunc(slices.Clone(s), func(x string) bool { return x == "" })
	if len(out) == 0 {
		return nil
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// contentSerial is a UUID (RFC 9562, version 8) from what the document says,
// its time aside.
func contentSerial(b BOM) string {
	b.Created, b.Serial = time.Time{}, ""
	h := sha256.New()
	enc := json.NewEncoder(h)
	components := b.Components
	b.Components = nil
	_ = enc.Encode(b) // a hash takes every write, and these types always encode
	for i := range components {
		_ = enc.Encode(&components[i])
	}
	sum := h.Sum(nil)[:16]
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	x := hex.EncodeToString(sum)
	return "urn:uuid:" + x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}
