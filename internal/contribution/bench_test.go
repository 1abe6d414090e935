package contribution

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkMetrics is a project of a million commits by 30,000 people.
func BenchmarkMetrics(b *testing.B) {
	const commits, people = 1_000_000, 30_000
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 4, people-1)
	var actors []Actor
	for p := range uint32(people) {
		actors = append(actors, Actor{Person: p, Keys: []Stint{Always(p % 300)}})
	}
	var blocks []*Block
	at := now.Unix()
	for range commits / 4000 {
		block := &Block{IDSize: 20, IDs: make([]byte, 4000*20)}
		for range 4000 {
			at -= r.Int64N(600)
			block.Author, block.Parents = append(block.Author, uint32(zipf.Uint64())), append(block.Parents, 1)
			block.Authored, block.Committed = append(block.Authored, at), append(block.Committed, at)
		}
		blocks = append(blocks, block)
	}
	orgs := make([]Org, 300)
	o := CountOptions{Since: now.AddDate(-1, 0, 0), Until: now, Now: now.Add(time.Hour)}
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			c := NewChronicle(o)
			for _, block := range blocks {
				c.Add(block, actors, nil)
			}
		}
	})
	c := NewChronicle(o)
	for _, block := range blocks {
		c.Add(block, actors, nil)
	}
	b.Run("assess", func(b *testing.B) {
		for b.Loop() {
			Assess(&Facts{Chronicle: c, Orgs: orgs, Since: o.Since, Until: o.Until, Spans: 4})
		}
	})
}
