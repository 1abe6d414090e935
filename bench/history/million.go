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

// A store with a million commits: 50 repositories of 20,000 commits by 2,000
// authors each, of whom half are in several repositories.
const (
	repositories = 50
	commits      = 20_000
	authors      = 2_000
)

func measureMillion(program string, runs int) error {
	dir, err := os.MkdirTemp("", "million-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "store.db")
	if err := fillMillion(file); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("\n%d commits in %d repositories, store of %d MB\n\n| command | CPU ms |\n|---|---|\n", repositories*commits, repositories, info.Size()>>20)
	for _, c := range []string{"version", "contributions --by domain", "contributions --by email", "contributions --by person", "contributions --by org", "contributions --by upstream",
		"contributions --by upstream --since 2025-01-01", "contributions --by person -o jsonl"} {
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

func fillMillion(file string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 4, authors-1)
	for repo := range repositories {
		u := store.HistoryUpdate{History: contribution.History{Repository: fmt.Sprintf("git.example.com/owner/repository-%d", repo), Location: fmt.Sprintf("/mirrors/%d", repo),
			Branch: "main", Tips: []string{"tip"}, Roots: []string{fmt.Sprint("root", repo)}, Commits: commits, MinedAt: time.Now()}}
		for a := range authors {
			n := a
			if a%2 == 1 {
				n = repo*authors + a
			}
			u.History.People = append(u.History.People, people.Identity{Name: fmt.Sprintf("Author Number%d", n), Email: fmt.Sprintf("author%d@company%d.example.com", n, n%300)})
		}
		at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).Unix()
		for done := 0; done < commits; {
			b := contribution.Block{IDSize: 20}
			for ; b.Len() < 4096 && done < commits; done++ {
				at -= r.Int64N(30_000)
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
