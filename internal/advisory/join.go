package advisory

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// Info is what is shown of a record, without its ranges.
type Info struct {
	Number    int64 // under which the record is kept
	ID        string
	Names     []string // other names of the same vulnerability
	Kind      Kind
	Note      string
	Summary   string
	Severity  Severity
	Published time.Time
	Modified  time.Time
	Withdrawn time.Time
}

// NewInfo is the short form of a record. A record that was derived from exactly
// one other (a distribution's entry for a CVE) is another name of it; one that
// was derived from several (a distribution's bulletin) is not.
func NewInfo(number int64, r *Record) Info {
	names := r.Aliases
	if len(r.Upstream) == 1 && !slices.Contains(names, r.Upstream[0]) && r.Upstream[0] != r.ID {
		names = append(slices.Clone(names), r.Upstream[0])
	}
	return Info{number, r.ID, names, r.Kind, r.Note, r.Summary, r.Severity, r.Published, r.Modified, r.Withdrawn}
}

// Group is one vulnerability with the matches that tell of it.
type Group struct {
	*Vulnerable
	Matches []Match // by record id; the first is not always the one shown
}

// Joiner makes vulnerabilities of matches: records that share a name are one,
// through any number of others, so that cycles and one-sided aliases do no
// harm. Equal sets of records share one result.
type Joiner struct {
	infos map[int64]*Info
	made  map[string]*Vulnerable
}

// NewJoiner takes the records that may occur in matches.
func NewJoiner(infos map[int64]*Info) *Joiner {
	return &Joiner{infos: infos, made: map[string]*Vulnerable{}}
}

// Join groups the matches of one package version, sorted by id. Withdrawn
// records are counted and left out.
func (j *Joiner) Join(matches []Match) (groups []Group, withdrawn int) {
	var live []Match
	for _, m := range matches {
		switch info := j.infos[m.Record]; {
		case info == nil: // taken out between two readings
		case !info.Withdrawn.IsZero():
			withdrawn++
		default:
			live = append(live, m)
		}
	}
	for _, members := range j.components(live) {
		slices.SortFunc(members, func(a, b Match) int { return strings.Compare(j.infos[a.Record].ID, j.infos[b.Record].ID) })
		groups = append(groups, Group{j.vulnerable(members), members})
	}
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.ID, b.ID) })
	return groups, withdrawn
}

// components parts matches into sets that are connected by names.
func (j *Joiner) components(matches []Match) [][]Match {
	switch len(matches) {
	case 0:
		return nil
	case 1:
		return [][]Match{{matches[0]}}
	}
	parent := make([]int, len(matches))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	owner := map[string]int{}
	for i, m := range matches {
		info := j.infos[m.Record]
		for n := range len(info.Names) + 1 {
			name := info.ID
			if n > 0 {
				name = info.Names[n-1]
			}
			if other, taken := owner[name]; taken {
				parent[find(i)] = find(other)
			} else {
				owner[name] = i
			}
		}
	}
	at := map[int]int{}
	var out [][]Match
	for i, m := range matches {
		root := find(i)
		n, ok := at[root]
		if !ok {
			n = len(out)
			at[root] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], m)
	}
	return out
}

func (j *Joiner) vulnerable(members []Match) *Vulnerable {
	key := make([]byte, 0, 8*len(members))
	for _, m := range members {
		key = binary.LittleEndian.AppendUint64(key, uint64(m.Record))
	}
	if v, ok := j.made[string(key)]; ok {
		return v
	}
	v := &Vulnerable{Kind: Informational, Severity: unknownSeverity}
	names := map[string]bool{}
	var first *Info
	for _, m := range members {
		info := j.infos[m.Record]
		if first == nil || homeRank(info.ID) < homeRank(first.ID) {
			first = info
		}
		v.Records = append(v.Records, info.ID)
		names[info.ID] = true
		for _, n := range info.Names {
			names[n] = true
		}
		v.add(info)
	}
	v.ID = first.ID
	delete(names, v.ID)
	for n := range names {
		v.Aliases = append(v.Aliases, n)
	}
	slices.Sort(v.Aliases)
	if first.Summary != "" {
		v.Summary = first.Summary
	}
	j.made[string(key)] = v
	return v
}

// add joins what one more record tells. The graver kind holds: what one source
// calls a notice and another a vulnerability is a vulnerability.
func (v *Vulnerable) add(info *Info) {
	switch {
	case info.Kind == Malware || v.Kind == Malware:
		v.Kind = Malware
	case info.Kind == Vulnerability:
		v.Kind = Vulnerability
	}
	if v.Note == "" {
		v.Note = info.Note
	}
	if v.Summary == "" {
		v.Summary = info.Summary
	}
	v.Severity = Worse(v.Severity, info.Severity)
	if v.Published.IsZero() || !info.Published.IsZero() && info.Published.Before(v.Published) {
		v.Published = info.Published
	}
	if info.Modified.After(v.Modified) {
		v.Modified = info.Modified
	}
}

// homes are prefixes of ids in the order in which they are shown: what names
// malware, the ecosystems' own databases, GitHub's, then all others.
var homes = []string{"MAL-", "GO-", "RUSTSEC-", "PYSEC-", "RSEC-", "HSEC-", "JLSEC-", "EEF-", "OCAML-", "DEBIAN-", "ALPINE-", "UBUNTU-", "GHSA-", "CVE-"}

func homeRank(id string) int {
	for i, p := range homes {
		if strings.HasPrefix(id, p) {
			return i
		}
	}
	return len(homes)
}

// Names lists the id and all aliases.
func (v *Vulnerable) Names() []string { return append([]string{v.ID}, v.Aliases...) }
