package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/store"
)

// million is a store with a million commits.
type million struct{ repositories, commits, authors int }

// millions are 50 repositories of 20,000 commits by 2,000 authors each, of whom
// half are in several repositories; and one repository with all of them.
var millions = []million{{50, 20_000, 2_000}, {1, 1_000_000, 30_000}}

// questions are asked of each store.
var questions = []string{"version", "contributions --by domain", "contributions --by email", "contributions --by person", "contributions --by org", "contributions --by upstream",
	"contributions --by upstream --since 2025-01-01", "contributions --by person -o jsonl", "health git.example.com/owner/repository-0",
	"health git.example.com/owner/repository-0 -o json --quarters 8 --window 1825d", "health"}

func measureMillion(program string, runs int) error {
	for _, m := range millions {
		if err := m.measure(program, runs); err != nil {
			return err
		}
	}
	return nil
}

func (m million) measure(program string, runs int) error {
	dir, err := os.MkdirTemp("", "million-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "store.db")
	if err := m.fill(file); err != nil {
		return err
	}
	if err := fillPeople(program, file); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("\n%d commits in %d repositories, store of %d MB\n\n| command | CPU ms |\n|---|---|\n", m.repositories*m.commits, m.repositories, info.Size()>>20)
	for _, c := range questions {
		best := time.Hour
		for range runs {
			cmd := exec.Command(program, append(strings.Fields(c), "-q", "--db", file)...)
			cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
			if err := cmd.Run(); err != nil {
				return err
			}
			best = min(best, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		}
		fmt.Printf("| tributary %s | %d |\n", c, best.Milliseconds())
	}
	return nil
}

func (m million) fill(file string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 4, uint64(m.authors-1))
	for repo := range m.repositories {
		u := store.HistoryUpdate{History: contribution.History{Repository: fmt.Sprintf("git.example.com/owner/repository-%d", repo), Location: fmt.Sprintf("/mirrors/%d", repo),
			Branch: "main", Tips: []string{"tip"}, Roots: []string{fmt.Sprint("root", repo)}, Commits: m.commits, MinedAt: time.Now()}}
		for a := range m.authors {
			n := a
			if a%2 == 1 {
				n = repo*m.authors + a
			}
			u.History.People = append(u.History.People, people.Identity{Name: fmt.Sprintf("Author Number%d", n), Email: fmt.Sprintf("author%d@company%d.example.com", n, n%300)})
		}
		at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Unix()
		gap := int64(600_000_000 / m.commits) // some ten years
		for done := 0; done < m.commits; {
			b := contribution.Block{IDSize: 20}
			for ; b.Len() < 4096 && done < m.commits; done++ {
				at -= r.Int64N(gap)
				who := uint32(zipf.Uint64())
				id := binary.BigEndian.AppendUint64(make([]byte, 0, 20), r.Uint64())
				b.IDs = append(b.IDs, append(binary.BigEndian.AppendUint64(id, r.Uint64()), 0, 0, byte(repo), 0)...)
				b.Author, b.Committer = append(b.Author, who), append(b.Committer, who)
				b.Authored, b.Committed = append(b.Authored, at-r.Int64N(90_000)), append(b.Committed, at)
				b.AuthorZone, b.CommitterZone = append(b.AuthorZone, 120), append(b.CommitterZone, 0)
				b.Parents = append(b.Parents, uint16(1+r.IntN(5)/4))
				if r.IntN(4) == 0 {
					b.Trailers = append(b.Trailers, contribution.TrailerRef{Commit: uint32(b.Len() - 1), Kind: contribution.Reviewed.Code(), Who: uint32(zipf.Uint64())})
				}
			}
			u.Blocks = append(u.Blocks, b)
		}
		if _, err := db.SaveHistory(ctx, store.HistoryRef{}, u); err != nil {
			return err
		}
	}
	return nil
}
