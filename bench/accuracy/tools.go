package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func newAnswer() answer {
	return answer{packages: map[pkg]bool{}, requirements: map[pkg]bool{}, fixtures: map[pkg]bool{}}
}

// add takes a package into the comparison, its name as its ecosystem has it.
func (a answer) add(ecosystem, name, version string) {
	if compared[ecosystem] {
		if ecosystem == "Go" {
			version = strings.TrimPrefix(version, "v")
		}
		if ecosystem == "PyPI" {
			name = inventory.NewPURL("pypi", name, "").Name
		}
		a.packages[pkg{ecosystem, name, version}] = true
	}
}

// output runs a tool; some end with an exit code of their own although they
// have answered, so the output counts.
func output(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if out.Len() == 0 && err != nil {
		last := strings.TrimSpace(errs.String())
		if i := strings.LastIndexByte(last, '\n'); i >= 0 {
			last = last[i+1:]
		}
		return nil, fmt.Errorf("%w: %s", err, last)
	}
	return out.Bytes(), nil
}

func tributary(binary string) func(tree, repo string) answer {
	return func(_, repo string) answer {
		a := newAnswer()
		abs, err := filepath.Abs(binary)
		if err != nil {
			a.failed = err
			return a
		}
		b, err := output("", abs, "inventory", "-q", "-o", "jsonl", repo)
		if err != nil {
			a.failed = err
			return a
		}
		lines := bufio.NewScanner(bytes.NewReader(b))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var u struct {
				Ecosystem, Name, Version string
				Fixture                  bool
			}
			if err := json.Unmarshal(lines.Bytes(), &u); err != nil {
				a.failed = err
				return a
			}
			if u.Version == "" {
				a.requirements[pkg{u.Ecosystem, u.Name, ""}] = true
				continue
			}
			a.add(u.Ecosystem, u.Name, u.Version)
			if u.Fixture {
				a.fixtures[pkg{u.Ecosystem, u.Name, strings.TrimPrefix(u.Version, "v")}] = true
			}
		}
		return a
	}
}

func osvScanner(tree, _ string) answer {
	a := newAnswer()
	// Without call analysis, which would run the Go toolchain for reachability.
	b, err := output(tree, "osv-scanner", "scan", "source", "-r", "--all-packages", "--format", "json", "--offline", "--no-ignore",
		"--no-call-analysis=all", ".")
	if err != nil {
		a.failed = err
		return a
	}
	var doc struct {
		Results []struct {
			Packages []struct {
				Package struct{ Name, Version, Ecosystem string }
			}
		}
	}
	if a.failed = json.Unmarshal(b, &doc); a.failed != nil {
		return a
	}
	for _, r := range doc.Results {
		for _, p := range r.Packages {
			a.add(p.Package.Ecosystem, p.Package.Name, p.Package.Version)
		}
	}
	return a
}

// addPURL takes a package from its purl.
func (a answer) addPURL(s string) {
	if p, err := inventory.ParsePURL(s); err == nil {
		a.add(p.Ecosystem(), p.FullName(), p.Version)
	}
}

func syft(tree, _ string) answer {
	a := newAnswer()
	os.Setenv("SYFT_CHECK_FOR_APP_UPDATE", "false")
	b, err := output(tree, "syft", "dir:.", "-q", "-o", "syft-json")
	if err != nil {
		a.failed = err
		return a
	}
	var doc struct{ Artifacts []struct{ PURL string } }
	if a.failed = json.Unmarshal(b, &doc); a.failed == nil {
		for _, p := range doc.Artifacts {
			a.addPURL(p.PURL)
		}
	}
	return a
}

func trivy(tree, _ string) answer {
	a := newAnswer()
	b, err := output(tree, "trivy", "fs", "--quiet", "--offline-scan", "--include-dev-deps", "--skip-db-update", "--skip-java-db-update",
		"--format", "cyclonedx", ".")
	if err != nil {
		a.failed = err
		return a
	}
	var doc struct{ Components []struct{ PURL string } }
	if a.failed = json.Unmarshal(b, &doc); a.failed == nil {
		for _, p := range doc.Components {
			if p.PURL != "" {
				a.addPURL(p.PURL)
			}
		}
	}
	return a
}
