// Command history measures what mining histories costs, beside git's own
// commands and beside other tools, on real repositories; and what questions to
// a store with a million commits cost.
//
//	go run ./bench/history -tributary ./tributary [-peers] [-million] REPOSITORY…
//
// CPU time is user and system time of the process and its children; of several
// runs the least counts. git writes to the null device. gitinspector and
// git-quick-stats are measured with -peers where they are in the PATH.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	binary := flag.String("tributary", "./tributary", "the program to measure")
	runs := flag.Int("runs", 3, "runs of each; the least counts")
	peers := flag.Bool("peers", false, "measure gitinspector and git-quick-stats too (minutes)")
	lines := flag.Bool("lines", false, "measure the pass over lines too")
	million := flag.Bool("million", false, "measure questions to a store with a million commits")
	flag.Parse()
	abs, err := filepath.Abs(*binary)
	if err != nil {
		log.Fatal(err)
	}
	if flag.NArg() > 0 {
		fmt.Println("| repository | commits | what | CPU s | ratio |\n|---|---|---|---|---|")
	}
	for _, repo := range flag.Args() {
		b := &bench{binary: abs, runs: *runs, lines: *lines, peers: *peers}
		if err := b.measure(repo); err != nil {
			log.Fatalf("%s: %v", repo, err)
		}
	}
	if *million {
		if err := measureMillion(abs, *runs); err != nil {
			log.Fatal(err)
		}
	}
}

type bench struct {
	binary, dir  string
	repo         string
	name         string
	commits      int
	runs         int
	lines, peers bool
}

func (b *bench) measure(repo string) (err error) {
	if b.dir, err = os.MkdirTemp("", "history-*"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.repo, err = gitDir(repo); err != nil {
		return err
	}
	b.name = filepath.Base(repo)
	if b.name == "repo" {
		b.name = filepath.Base(filepath.Dir(repo))
	}
	out, err := b.git("rev-list", "--count", "HEAD")
	if err != nil {
		return err
	}
	if b.commits, err = strconv.Atoi(out); err != nil {
		return err
	}
	raw, fresh := b.least([]string{"git", "--git-dir=" + b.repo, "log", "--raw", "--no-renames", "--format=%H %an %ae %at", "HEAD"},
		[]string{b.binary, "--db", b.db(), "history", "-q", b.repo})
	b.row("git log --raw --no-renames", raw, raw)
	b.row("tributary history, all", fresh, raw)
	if err := b.second(); err != nil {
		return err
	}
	if b.lines {
		numstat, lined := b.least([]string{"git", "--git-dir=" + b.repo, "log", "--numstat", "--no-renames", "--format=%H %an %ae %at", "HEAD"},
			[]string{b.binary, "--db", b.db(), "history", "--lines", "-q", b.repo})
		b.row("git log --numstat --no-renames", numstat, numstat)
		b.row("tributary history --lines, all", lined, numstat)
	}
	if b.peers {
		b.others(fresh)
	}
	return nil
}

func (b *bench) db() string { return filepath.Join(b.dir, "store.db") }

func (b *bench) forget() {
	for _, end := range []string{"", "-wal", "-shm"} {
		os.Remove(b.db() + end)
	}
}

func (b *bench) row(what string, cpu, against time.Duration) {
	fmt.Printf("| %s | %d | %s | %.2f | %.2f |\n", b.name, b.commits, what, cpu.Seconds(), cpu.Seconds()/against.Seconds())
}

// second measures a run behind one that knew all but some hundred commits: a
// git directory of its own, whose HEAD moves.
func (b *bench) second() error {
	dir := filepath.Join(b.dir, "moving")
	if err := os.MkdirAll(filepath.Join(dir, "refs"), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join(b.repo, "objects"), filepath.Join(dir, "objects")); err != nil {
		return err
	}
	head, err := b.git("rev-parse", "HEAD")
	if err != nil {
		return err
	}
	before, n := head, 0
	for back := 1; n < 100; back++ {
		if before, err = b.git("rev-parse", fmt.Sprintf("%s~%d", head, back)); err != nil {
			return err
		}
		count, err := b.git("rev-list", "--count", before+".."+head)
		if err != nil {
			return err
		}
		if n, err = strconv.Atoi(count); err != nil {
			return err
		}
	}
	at := func(id string) {
		if err := os.WriteFile(filepath.Join(dir, "HEAD"), []byte(id+"\n"), 0o644); err != nil {
			log.Fatal(err)
		}
	}
	prepare := func() {
		b.forget()
		at(before)
		if out, err := exec.Command(b.binary, "--db", b.db(), "history", "-q", dir).CombinedOutput(); err != nil {
			log.Fatalf("%v: %s", err, out)
		}
		at(head)
	}
	cpu := time.Hour
	for range b.runs {
		prepare()
		cpu = min(cpu, b.run([]string{b.binary, "--db", b.db(), "history", "-q", dir}))
	}
	fmt.Printf("| %s | %d | tributary history, %d new | %.3f | |\n", b.name, b.commits, n, cpu.Seconds())
	return nil
}

// others measures other tools on a clone without its files, where they allow it.
func (b *bench) others(ours time.Duration) {
	tree := filepath.Join(b.dir, "tree")
	if out, err := exec.Command("git", "clone", "-q", "--shared", b.repo, tree).CombinedOutput(); err != nil {
		log.Printf("%s: not all files can be checked out for other tools: %s", b.name, out)
	}
	for _, c := range []struct {
		name string
		args []string
		env  []string
	}{
		{"gitinspector", []string{"gitinspector", "--format=text", "--grading=false", "--file-types=**", tree}, nil},
		{"git-quick-stats -T", []string{"git-quick-stats", "-T"}, []string{"_GIT_LIMIT=100000", "_GIT_SINCE=1970-01-02"}},
	} {
		if _, err := exec.LookPath(c.args[0]); err != nil {
			continue
		}
		cmd := exec.Command(c.args[0], c.args[1:]...)
		cmd.Dir, cmd.Env = tree, append(append(os.Environ(), "TERM=dumb"), c.env...)
		cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
		if err := cmd.Run(); err != nil {
			log.Printf("%s: %v", c.name, err)
		}
		cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		fmt.Printf("| %s | %d | %s | %.2f | tributary is %.0f× faster |\n", b.name, b.commits, c.name, cpu.Seconds(), cpu.Seconds()/ours.Seconds())
	}
}

// least runs git's command and ours in turn, each several times, ours without a
// store, and gives the least CPU time of each: in turn, because what else the
// machine does weighs on both. A command that fails is said: git ends where an
// object is missing, and its time is then of no use.
func (b *bench) least(theirs, ours []string) (git, tributary time.Duration) {
	git, tributary = time.Hour, time.Hour
	for range b.runs {
		git = min(git, b.run(theirs))
		b.forget()
		tributary = min(tributary, b.run(ours))
	}
	return git, tributary
}

func (b *bench) run(args []string) time.Duration {
	cmd := exec.Command(args[0], args[1:]...)
	if err := cmd.Run(); err != nil {
		log.Printf("%s: %s ended with %v", b.name, strings.Join(args, " "), err)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func (b *bench) git(args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"--git-dir=" + b.repo}, args...)...).Output()
	return strings.TrimSpace(string(out)), err
}

func gitDir(repo string) (string, error) {
	abs, err := filepath.Abs(repo)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(abs, ".git")); err == nil {
		return filepath.Join(abs, ".git"), nil
	}
	return abs, nil
}
