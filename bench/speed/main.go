// Command speed measures CPU time and peak memory of tributary beside syft,
// trivy and osv-scanner on the packages of one repository, in one run, and
// prints the ratios. Wall time is not shown: machines are noisy.
//
//	go run ./bench/speed -tributary ./tributary REPOSITORY…
//
// tributary reads the repository's objects; the others read a checked-out tree
// of the same commit (the checkout is not counted), each with its quickest
// settings for packages alone: osv-scanner without call analysis, syft without
// the Go toolchain. CPU time is user and system
// time of the process and its children; of several runs the least counts.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	binary := flag.String("tributary", "./tributary", "the program to measure")
	runs := flag.Int("runs", 3, "runs of each; the least counts")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: speed [-tributary PATH] [-runs N] REPOSITORY…")
	}
	abs, err := filepath.Abs(*binary)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("| repository | tool | CPU s | ratio to tributary | peak MiB |\n|---|---|---|---|---|")
	for _, repo := range flag.Args() {
		if err := measure(abs, repo, *runs); err != nil {
			log.Fatalf("%s: %v", repo, err)
		}
	}
}

type command struct {
	name string
	args []string
	dir  string
}

func measure(binary, repo string, runs int) error {
	tree, err := os.MkdirTemp("", "speed-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tree)
	repo, err = filepath.Abs(repo)
	if err != nil {
		return err
	}
	git := repo
	if _, err := os.Stat(filepath.Join(repo, ".git")); err == nil {
		git = filepath.Join(repo, ".git")
	}
	if err := checkout(git, tree); err != nil {
		return err
	}
	name := strings.ReplaceAll(filepath.Base(strings.TrimSuffix(repo, "/repo")), "+", "/")
	base := time.Duration(0)
	for _, c := range []command{
		{binary, []string{"inventory", "-q", "-o", "jsonl", repo}, ""},
		{"osv-scanner", []string{"scan", "source", "-r", "--all-packages", "--format", "json", "--offline", "--no-ignore", "--no-call-analysis=all", "."}, tree},
		{"trivy", []string{"fs", "--quiet", "--offline-scan", "--include-dev-deps", "--skip-db-update", "--skip-java-db-update", "--format", "cyclonedx", "."}, tree},
		{"syft", []string{"dir:.", "-q", "-o", "syft-json"}, tree},
	} {
		if _, err := exec.LookPath(c.name); err != nil {
			fmt.Printf("| %s | %s | not installed | | |\n", name, c.name)
			continue
		}
		cpu, peak := least(c, runs)
		if base == 0 {
			base = max(cpu, time.Millisecond)
		}
		fmt.Printf("| %s | %s | %.2f | %.1f | %.0f |\n", name, filepath.Base(c.name), cpu.Seconds(), cpu.Seconds()/base.Seconds(), peak)
	}
	return nil
}

// least runs a command several times and gives the least CPU time and the
// least peak memory (MiB) of the largest process.
func least(c command, runs int) (cpu time.Duration, peak float64) {
	for i := range runs {
		cmd := exec.Command(c.name, c.args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, io.Discard, io.Discard
		cmd.Env = append(os.Environ(), "SYFT_CHECK_FOR_APP_UPDATE=false", "SYFT_JAVASCRIPT_INCLUDE_DEV_DEPENDENCIES=true", "SYFT_GOLANG_USE_PACKAGES_LIB=false")
		_ = cmd.Run() // osv-scanner ends with 1 or 127 when it has no database; its packages are printed all the same
		used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		mib := float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
		if i == 0 || used < cpu {
			cpu = used
		}
		if i == 0 || mib < peak {
			peak = mib
		}
	}
	return cpu, peak
}

// checkout writes the files of HEAD into tree. Objects that are missing (a
// partial clone) leave their files out; git says so and goes on.
func checkout(gitDir, tree string) error {
	index := tree + ".index"
	defer os.Remove(index)
	for _, args := range [][]string{{"read-tree", "HEAD"}, {"--work-tree=" + tree, "checkout-index", "-a", "-f", "-q"}} {
		cmd := exec.Command("git", append([]string{"--git-dir=" + gitDir}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
		if out, err := cmd.CombinedOutput(); err != nil && args[0] == "read-tree" {
			return fmt.Errorf("git read-tree: %w: %s", err, out)
		}
	}
	return nil
}
