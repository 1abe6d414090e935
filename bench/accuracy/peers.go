package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// entry and record are how answers are kept.
type entry struct{ Ecosystem, Name, Version, File string }

type record struct {
	Failed  string
	Entries []entry
}

func recordFile(dir string, r row, peer string) string {
	return filepath.Join(dir, strings.ReplaceAll(r.repo, "/", "+")+"@"+r.commit+"."+peer+".json")
}

// recall gives the answer of an earlier run on the same commit.
func recall(dir string, r row, peer string) (answer, bool) {
	a := answer{packages: map[pkg][]string{}}
	b, err := os.ReadFile(recordFile(dir, r, peer))
	var kept record
	if dir == "" || err != nil || json.Unmarshal(b, &kept) != nil {
		return a, false
	}
	for _, e := range kept.Entries {
		p := pkg{e.Ecosystem, e.Name, e.Version}
		a.packages[p] = append(a.packages[p], e.File)
	}
	a.failed = kept.Failed
	return a, true
}

func (a answer) keep(dir string, r row, peer string) {
	if dir == "" {
		return
	}
	out := record{Failed: a.failed}
	for p, files := range a.packages {
		for _, f := range files {
			out.Entries = append(out.Entries, entry{p.ecosystem, p.name, p.version, f})
		}
	}
	if b, err := json.Marshal(out); err == nil {
		_ = os.WriteFile(recordFile(dir, r, peer), b, 0o644) // without it the next run is only slower
	}
}

// named is a package as the comparison knows it: Go versions without "v",
// Python names normalized.
func named(p inventory.PURL) pkg {
	version := p.Version
	switch p.Type {
	case "golang":
		version = strings.TrimPrefix(version, "v")
		if p.Subpath != "" {
			p.Name += "/" + p.Subpath
		}
	case "pypi":
		p.Name = inventory.NewPURL("pypi", p.Name, "").Name
	}
	return pkg{p.Ecosystem(), p.FullName(), version}
}

func (a answer) add(p pkg, file string) {
	if compared[p.ecosystem] {
		a.packages[p] = append(a.packages[p], strings.TrimPrefix(filepath.ToSlash(file), "/"))
	}
}

func (a answer) addPURL(s, file string) {
	if p, err := inventory.ParsePURL(s); err == nil {
		a.add(named(p), file)
	}
}

// run gives the standard output of a tool as JSON. Some end with an exit code
// of their own although they have answered, so the output counts.
func run(dir string, into any, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SYFT_CHECK_FOR_APP_UPDATE=false", "SYFT_JAVASCRIPT_INCLUDE_DEV_DEPENDENCIES=true", "SYFT_GOLANG_USE_PACKAGES_LIB=false")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); out.Len() == 0 && err != nil {
		last := strings.TrimSpace(errs.String())
		return fmt.Errorf("%w: %s", err, last[strings.LastIndexByte(last, '\n')+1:])
	}
	return json.Unmarshal(out.Bytes(), into)
}

// osvScanner runs without call analysis, which would build the code to see what
// is reachable.
func osvScanner(tree string) (answer, error) {
	a := answer{packages: map[pkg][]string{}}
	var doc struct {
		Results []struct {
			Source   struct{ Path string }
			Packages []struct {
				Package struct{ Name, Version, Ecosystem string }
			}
		}
	}
	err := run(tree, &doc, "osv-scanner", "scan", "source", "-r", "--all-packages", "--format", "json", "--offline", "--no-ignore", "--no-call-analysis=all", ".")
	if err != nil && strings.Contains(err.Error(), "No package sources found") {
		return a, nil
	}
	for _, r := range doc.Results {
		file := r.Source.Path
		if rel, err := filepath.Rel(tree, file); err == nil && filepath.IsAbs(file) {
			file = rel
		}
		for _, p := range r.Packages {
			q := pkg{p.Package.Ecosystem, p.Package.Name, p.Package.Version}
			if q.ecosystem == "PyPI" {
				q.name = inventory.NewPURL("pypi", q.name, "").Name
			}
			a.add(q, file)
		}
	}
	return a, err
}

// syft runs without the Go toolchain, which it would call where one is
// installed and which would fetch modules.
func syft(tree string) (answer, error) {
	a := answer{packages: map[pkg][]string{}}
	var doc struct {
		Artifacts []struct {
			PURL      string
			Locations []struct{ Path string }
		}
	}
	err := run(tree, &doc, "syft", "dir:.", "-q", "-o", "syft-json")
	for _, p := range doc.Artifacts {
		for _, l := range p.Locations {
			a.addPURL(p.PURL, l.Path)
		}
	}
	return a, err
}

// trivy lists packages without its vulnerability database only with another
// scanner on.
func trivy(tree string) (answer, error) {
	a := answer{packages: map[pkg][]string{}}
	var doc struct {
		Results []struct {
			Target   string
			Packages []struct {
				Identifier struct{ PURL string }
				FilePath   string
			}
		}
	}
	err := run(tree, &doc, "trivy", "fs", "--quiet", "--offline-scan", "--include-dev-deps", "--scanners", "license", "--list-all-pkgs", "--format", "json", ".")
	for _, r := range doc.Results {
		for _, p := range r.Packages {
			file := p.FilePath
			if file == "" {
				file = r.Target
			}
			a.addPURL(p.Identifier.PURL, file)
		}
	}
	return a, err
}
