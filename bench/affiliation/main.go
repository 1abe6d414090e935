// Command affiliation compares for whom the commits of a year were made by our
// commands with a plain count by files of CNCF gitdm, and tells why they differ.
//
//	go run ./bench/affiliation -tributary ./tributary -repo DIR -since 2022-01-01 -until 2022-12-31 FILE…
//
// The plain count knows nothing of ours: git log without merges, and each
// author's address looked up in the files as they stand.
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
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
	program := flag.String("tributary", "./tributary", "the program to compare")
	repo := flag.String("repo", "", "git directory of the project")
	since := flag.String("since", "2022-01-01", "first day")
	until := flag.String("until", "2022-12-31", "last day")
	most := flag.Int("most", 15, "how many companies to list")
	flag.Parse()
	if *repo == "" || flag.NArg() == 0 {
		log.Fatal("say -repo DIR and files of gitdm")
	}
	abs, err := filepath.Abs(*program)
	if err == nil {
		err = compare(abs, *repo, *since, *until, *most, flag.Args())
	}
	if err != nil {
		log.Fatal(err)
	}
}

func compare(program, repo, since, until string, most int, files []string) error {
	dir, err := os.MkdirTemp("", "affiliation-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	list, err := readFiles(files)
	if err != nil {
		return err
	}
	commits, err := readCommits(repo, since, until)
	if err != nil {
		return err
	}
	theirs := map[string]int{}
	for _, c := range commits {
		theirs[list.employer(c.raw, c.at)]++
	}
	us := &ours{program: program, db: filepath.Join(dir, "store.db"), shown: map[string]*shown{}}
	if err := us.fill(repo, files); err != nil {
		return err
	}
	counted, err := us.count(since, until)
	if err != nil {
		return err
	}
	why, sum, err := explain(list, us, commits)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s to %s: %d commits without merges\n\n", filepath.Base(strings.TrimSuffix(repo, "/repo")), since, until, len(commits))
	write(theirs, counted, len(commits), most)
	fmt.Println("\nCommits that count for another company than by the file, by reason:")
	for _, r := range slices.SortedFunc(keys(why), func(a, b string) int { return cmp.Or(why[b]-why[a], strings.Compare(a, b)) }) {
		fmt.Printf("- %d: %s\n", why[r], r)
	}
	for org, n := range sum {
		if counted[org] != n {
			return fmt.Errorf("not explained: %s has %d commits by our commands, %d by commit", org, counted[org], n)
		}
		delete(counted, org)
	}
	if len(counted) > 0 {
		return fmt.Errorf("not explained: %v", counted)
	}
	fmt.Println("\nThe reasons explain every difference.")
	return nil
}

func keys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func write(theirs, ours map[string]int, all, most int) {
	ourAll := 0
	for _, n := range ours {
		ourAll += n
	}
	names := map[string]int{}
	for org, n := range theirs {
		names[org] = n
	}
	for org, n := range ours {
		names[org] = max(names[org], n)
	}
	fmt.Printf("| company | by the file | share | ours | share |\n|---|---|---|---|---|\n")
	for i, org := range slices.SortedFunc(keys(names), func(a, b string) int { return cmp.Or(names[b]-names[a], strings.Compare(a, b)) }) {
		if i == most {
			fmt.Printf("| and %d more | | | | |\n", len(names)-most)
			break
		}
		fmt.Printf("| %s | %d | %.1f %% | %d | %.1f %% |\n", org, theirs[org], 100*float64(theirs[org])/float64(all), ours[org], 100*float64(ours[org])/float64(ourAll))
	}
	fmt.Printf("| all | %d | | %d | |\n", all, ourAll)
}

// commit is one commit of the year.
type commit struct {
	raw, mapped      string // addresses of the author, as written and by .mailmap
	rawName, mapName string
	at               time.Time
}

func readCommits(repo, since, until string) ([]commit, error) {
	first, err := time.Parse(time.DateOnly, since)
	if err != nil {
		return nil, err
	}
	last, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return nil, err
	}
	out, err := exec.Command("git", "--git-dir="+repo, "-c", "mailmap.blob=HEAD:.mailmap", "log", "--no-merges", "--format=%ct%x00%ae%x00%aE%x00%an%x00%aN", "HEAD").Output()
	if err != nil {
		return nil, fmt.Errorf("git log: %w", err)
	}
	var commits []commit
	for _, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		f := strings.Split(line, "\x00")
		var sec int64
		if _, err := fmt.Sscan(f[0], &sec); err != nil || len(f) != 5 {
			return nil, fmt.Errorf("git log wrote %q", line)
		}
		at := time.Unix(sec, 0).UTC()
		if !at.Before(first) && at.Before(last.AddDate(0, 0, 1)) {
			commits = append(commits, commit{f[1], f[2], f[3], f[4], at})
		}
	}
	return commits, nil
}

// ours asks our commands.
type ours struct {
	program, db string
	shown       map[string]*shown
}

func (u *ours) run(args ...string) ([]byte, error) {
	cmd := exec.Command(u.program, append(args, "--db", u.db, "-q")...)
	cmd.Stderr = os.Stderr
	cmd.Dir = os.TempDir() // without the program of a working directory
	return cmd.Output()
}

func (u *ours) fill(repo string, files []string) error {
	repo, err := filepath.Abs(repo)
	if err != nil {
		return err
	}
	if _, err := u.run("history", repo); err != nil {
		return err
	}
	args := []string{"people", "import", "gitdm", "--name", "cncf"}
	for _, f := range files {
		abs, err := filepath.Abs(f)
		if err != nil {
			return err
		}
		args = append(args, abs)
	}
	_, err = u.run(args...)
	return err
}

func (u *ours) count(since, until string) (map[string]int, error) {
	out, err := u.run("contributions", "--by", "org", "--since", since, "--until", until, "-o", "jsonl")
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var row struct {
			Key     string
			Commits int
		}
		if err := dec.Decode(&row); err != nil {
			return nil, err
		}
		if row.Commits > 0 {
			counts[row.Key] = row.Commits
		}
	}
	return counts, nil
}

// shown is what "people show" says of an address.
type shown struct {
	Known, Bot bool
	Person     *struct {
		Identities []string
		Employment []struct{ Org, Basis string }
	}
	Counts []struct {
		Address, Org, From, Until, Basis string
	}
}

func (u *ours) show(name, email string) (*shown, error) {
	who := email
	if name != "" {
		who = name + " <" + email + ">"
	}
	if s, ok := u.shown[who]; ok {
		return s, nil
	}
	out, err := u.run("people", "show", who, "-o", "json")
	if err != nil {
		return nil, fmt.Errorf("people show %s: %w", who, err)
	}
	s := &shown{}
	u.shown[who] = s
	return s, json.Unmarshal(out, s)
}
