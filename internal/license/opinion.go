package license

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/opinions.tsv
var opinionTable string

// loadOpinions gives, by license id, the judgments of others that differ from
// ours, in words.
var loadOpinions = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for f := range rows(opinionTable) {
		word, ids, _ := strings.Cut(f[1], ":")
		for _, id := range strings.Fields(ids) {
			s := f[0] + " says " + word + " (" + f[2] + ")"
			if m[id] != "" {
				s = m[id] + "; " + s
			}
			m[id] = s
		}
	}
	return m
})

// otherOpinions returns the judgments of other sources that differ from ours.
func otherOpinions(id string) (string, bool) {
	s, ok := loadOpinions()[id]
	return s, ok
}
