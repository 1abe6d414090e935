// Command portfolio measures questions to a large store: it fills one with 50
// repositories of 2,000 usages each and prints the CPU time of where-used and of
// the report over everything.
//
//	go run ./bench/portfolio -tributary ./tributary
//
// CPU time is user and system time of the process; of five runs the least
// counts. The share of the program's own start is shown apart.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store"
)

const (
	repositories = 50
	usages       = 2000
)

func main() {
	log.SetFlags(0)
	binary := flag.String("tributary", "./tributary", "the program to measure")
	flag.Parse()
	dir, err := os.MkdirTemp("", "portfolio-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db := filepath.Join(dir, "store.db")
	if err := fill(db); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d repositories, %d usages\n\n| command | CPU ms |\n|---|---|\n", repositories, repositories*usages)
	for _, c := range [][]string{{"version"}, {"where-used", "package-8"}, {"where-used", "shared"}, {"where-used", "pack*-78"}, {"report"}, {"report", "-o", "json"}} {
		fmt.Printf("| tributary %s | %d |\n", join(c), least(*binary, db, c).Milliseconds())
	}
}

func join(args []string) string {
	s := ""
	for i, a := range args {
		if i > 0 {
			s += " "
		}
		s += a
	}
	return s
}

func least(binary, db string, args []string) time.Duration {
	best := time.Hour
	for range 5 {
		cmd := exec.Command(binary, append(args, "--db", db)...)
		cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
		if err := cmd.Run(); err != nil {
			log.Fatalf("%v: %v", args, err)
		}
		best = min(best, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	return best
}

// fill makes repositories that share half of their packages; every one uses
// "shared". Licenses are those that real lockfiles have most.
func fill(file string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	licenses := []string{"MIT", "MIT", "MIT", "ISC", "Apache-2.0", "BSD-3-Clause", "(MIT OR Apache-2.0)", "GPL-3.0-only", ""}
	for r := range repositories {
		unit := inventory.Unit{Reader: "npm-lock/1", Manifest: "package-lock.json", Blob: fmt.Sprintf("%040d", r)}
		for i := range usages {
			name := fmt.Sprintf("package-%d", i)
			if i%2 == 1 {
				name = fmt.Sprintf("own-%d-%d", r, i)
			}
			if i == 0 {
				name = "shared"
			}
			u := inventory.Usage{Component: inventory.NewPURL("npm", name, fmt.Sprintf("1.%d.0", i%7)), Manifest: unit.Manifest, Line: i + 1,
				Relation: inventory.Transitive, Scope: inventory.Scopes[i%3*2], License: licenses[i%len(licenses)], Chain: []string{"pkg:npm/shared@1.0.0"}}
			if i%20 == 0 {
				u.Relation, u.Chain = inventory.Direct, nil
			}
			unit.Usages = append(unit.Usages, u)
		}
		snap := inventory.Snapshot{Repository: inventory.Repository{Name: fmt.Sprintf("example.com/repository-%d", r), Kind: "git"},
			Commit: fmt.Sprintf("%040d", r), Revision: "HEAD", ScannedAt: time.Now(), Scanner: "bench", Units: []inventory.Unit{unit}}
		if _, err := db.SaveSnapshot(ctx, snap, true); err != nil {
			return err
		}
	}
	return nil
}
