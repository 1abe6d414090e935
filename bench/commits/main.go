// Command commits measures what a scan of the next commit costs: it scans
// successive commits of a repository into one store and prints CPU time by the
// number of changed files, beside the cost of the first scan and of a repeat.
//
//	go run ./bench/commits -tributary ./tributary -n 200 REPOSITORY
//
// CPU time is user and system time of the process and its children (git). A
// missing object in an old commit is reported by the scan and costs nothing.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	binary := flag.String("tributary", "./tributary", "the program to measure")
	n := flag.Int("n", 200, "successive commits")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: commits [-tributary PATH] [-n N] REPOSITORY")
	}
	repo := flag.Arg(0)
	commits := lines(git(repo, "rev-list", "--first-parent", "-n", fmt.Sprint(*n+1), "HEAD"))
	slices.Reverse(commits)
	dir, err := os.MkdirTemp("", "commits-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	db := filepath.Join(dir, "store.db")
	first := scan(*binary, db, repo, commits[0])
	again := scan(*binary, db, repo, commits[0])
	var costs []cost
	for i := 1; i < len(commits); i++ {
		changed := len(lines(git(repo, "diff-tree", "-r", "--name-only", commits[i-1], commits[i])))
		costs = append(costs, cost{changed, scan(*binary, db, repo, commits[i])})
	}
	fmt.Printf("%s: %d files at the first of %d commits\n\n", filepath.Base(strings.TrimSuffix(repo, "/repo")),
		len(lines(git(repo, "ls-tree", "-r", "--name-only", commits[0]))), len(commits))
	fmt.Println("| scan | commits | median CPU ms | largest CPU ms | share of the first |\n|---|---|---|---|---|")
	row("first commit", []cost{{0, first}}, first)
	row("the same commit again", []cost{{0, again}}, first)
	for _, b := range []struct {
		name     string
		from, to int
	}{{"next commit, 1 to 2 files changed", 0, 2}, {"3 to 10 files", 3, 10}, {"11 to 50 files", 11, 50}, {"more than 50 files", 51, 1 << 30}} {
		var in []cost
		for _, c := range costs {
			if c.changed >= b.from && c.changed <= b.to {
				in = append(in, c)
			}
		}
		row(b.name, in, first)
	}
	if st, err := os.Stat(db); err == nil {
		fmt.Printf("\nThe store holds all %d snapshots in %.1f MiB.\n", len(commits), float64(st.Size())/(1<<20))
	}
}

type cost struct {
	changed int
	cpu     time.Duration
}

func row(name string, in []cost, first time.Duration) {
	if len(in) == 0 {
		return
	}
	slices.SortFunc(in, func(a, b cost) int { return int(a.cpu - b.cpu) })
	mid, last := in[len(in)/2].cpu, in[len(in)-1].cpu
	fmt.Printf("| %s | %d | %d | %d | %.1f %% |\n", name, len(in), mid.Milliseconds(), last.Milliseconds(), 100*mid.Seconds()/first.Seconds())
}

func scan(binary, db, repo, rev string) time.Duration {
	cmd := exec.Command(binary, "scan", "-q", "--db", db, "--rev", rev, repo)
	cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
	if err := cmd.Run(); err != nil {
		log.Fatalf("scan of %s: %v", rev, err)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func git(repo string, args ...string) string {
	dir := repo
	if _, err := os.Stat(filepath.Join(repo, ".git")); err == nil {
		dir = filepath.Join(repo, ".git")
	}
	out, err := exec.Command("git", append([]string{"--git-dir=" + dir}, args...)...).Output()
	if err != nil {
		log.Fatalf("git %s: %v", args[0], err)
	}
	return string(out)
}

func lines(s string) []string {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
