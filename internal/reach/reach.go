package reach

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/vuln/scan"
)

// States of a finding, the strongest first. A module that is required only is
// in the build list; an imported package is compiled in; called code can run.
const (
	Called     = "called"
	Imported   = "imported"
	Required   = "required"
	NotReached = "not reached"
)

// Finding is what the analysis found for one advisory.
type Finding struct {
	Advisory string
	State    string
	// Stack is the call stack for Called, outermost first; the import or the
	// module otherwise.
	Stack []string
}

// Result is the analysis of one module.
type Result struct {
	// GoVersion is the release whose standard library was analyzed.
	GoVersion string
	Findings  []Finding
}

// Database writes advisories in the OSV format into a new directory, in the flat
// form that the analysis reads, and gives its name; remove it when done.
func Database(advisories map[string][]byte) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "tributary-osv-"); err != nil {
		return "", err
	}
	for id, raw := range advisories {
		if id != filepath.Base(id) || strings.HasPrefix(id, ".") {
			continue // no name for a file
		}
		if err := os.WriteFile(filepath.Join(dir, id+".json"), raw, 0o600); err != nil {
			os.RemoveAll(dir)
			return "", err
		}
	}
	return dir, nil
}

// ErrNoCode is of a module without Go code of its own: there is nothing that
// could call anything.
var ErrNoCode = errors.New("no Go code: not analyzed")

// hasCode says whether a module holds a Go file that the go command would build:
// none of other modules inside, of vendored ones, or that it passes over.
func hasCode(dir string) bool {
	found := errors.New("found")
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // the analysis says what it can't read
		}
		name := d.Name()
		odd := strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
		if !d.IsDir() {
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !odd {
				return found
			}
			return nil
		}
		if p == dir {
			return nil
		}
		if odd || name == "vendor" || name == "testdata" {
			return fs.SkipDir
		}
		if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil {
			return fs.SkipDir
		}
		return nil
	})
	return errors.Is(err, found)
}

// Module analyzes the packages of the module in a directory against the
// advisories in another.
func Module(ctx context.Context, dir, database string) (Result, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return Result{}, errors.New("the go command is not installed; reachability needs it to load packages")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Result{}, err
	}
	if !hasCode(abs) {
		return Result{}, ErrNoCode
	}
	var out, messages bytes.Buffer
	c := scan.Command(ctx, "-db", "file://"+filepath.ToSlash(database), "-format", "json", "-C", abs, "./...")
	// Offline, with the toolchain at hand, and nothing of go.mod changed.
	c.Env = append(os.Environ(), "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=readonly", "GOWORK=off", "GO111MODULE=on")
	if _, err := os.Stat(filepath.Join(abs, "vendor", "modules.txt")); err == nil {
		c.Env = append(c.Env, "GOFLAGS=-mod=vendor")
	}
	c.Stdout, c.Stderr, c.Stdin = &out, &messages, strings.NewReader("")
	if err := c.Start(); err != nil {
		return Result{}, err
	}
	if err := c.Wait(); err != nil {
		return Result{}, explain(err, messages.String())
	}
	return parse(&out)
}

// explain adds what a person can do.
func explain(err error, messages string) error {
	text := strings.TrimSpace(err.Error() + "\n" + messages)
	if strings.Contains(text, "GOPROXY=off") || strings.Contains(text, "module lookup disabled") || strings.Contains(text, "cannot find module") || strings.Contains(text, "missing go.sum entry") {
		return fmt.Errorf("modules are missing on this machine or in go.sum; run \"go mod download\" in it first: %s", firstLines(text, 3))
	}
	if strings.Contains(text, "GOTOOLCHAIN=local") {
		return fmt.Errorf("the go command here is older than the module asks for; install a newer one: %s", firstLines(text, 3))
	}
	return errors.New(firstLines(text, 6))
}

func firstLines(s string, n int) string {
	lines := strings.Split(s, "\n")
	if len(lines) > n {
		lines = append(lines[:n], "…")
	}
	return strings.Join(lines, " / ")
}

// The messages of the analysis (golang.org/x/vuln/internal/govulncheck,
// protocol v1.0.0), as far as they are read.

type message struct {
	Config *struct {
		GoVersion string `json:"go_version"`
	} `json:"config"`
	Finding *finding `json:"finding"`
}

type finding struct {
	OSV   string  `json:"osv"`
	Trace []frame `json:"trace"`
}

type frame struct {
	Module   string `json:"module"`
	Version  string `json:"version"`
	Package  string `json:"package"`
	Function string `json:"function"`
	Receiver string `json:"receiver"`
	Position *struct {
		Filename string `json:"filename"`
		Line     int    `json:"line"`
	} `json:"position"`
}

// parse reads the stream of messages; of several findings for one advisory the
// strongest with the shortest trace counts.
func parse(in io.Reader) (Result, error) {
	var r Result
	best := map[string]*finding{}
	var order []string
	dec := json.NewDecoder(in)
	for {
		var m message
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return r, fmt.Errorf("the answer of the analysis: %w", err)
		}
		if m.Config != nil {
			r.GoVersion = m.Config.GoVersion
		}
		f := m.Finding
		if f == nil || f.OSV == "" || len(f.Trace) == 0 {
			continue
		}
		old, ok := best[f.OSV]
		if !ok {
			order = append(order, f.OSV)
		}
		if !ok || f.rank() < old.rank() || f.rank() == old.rank() && len(f.Trace) < len(old.Trace) {
			best[f.OSV] = f
		}
	}
	for _, id := range order {
		f := best[id]
		r.Findings = append(r.Findings, Finding{Advisory: id, State: f.state(), Stack: f.stack()})
	}
	return r, nil
}

func (f *finding) state() string { return [...]string{Called, Imported, Required}[f.rank()] }

func (f *finding) rank() int {
	switch top := f.Trace[0]; {
	case top.Function != "":
		return 0
	case top.Package != "":
		return 1
	}
	return 2
}

// maxStack bounds the evidence: what is left out of the middle says so.
const maxStack = 30

// stack turns the trace, which begins with the affected symbol, into a call
// stack that begins with our own code.
func (f *finding) stack() []string {
	var out []string
	for i := len(f.Trace) - 1; i >= 0; i-- {
		out = append(out, f.Trace[i].text())
	}
	if len(out) > maxStack {
		out = append(append(out[:maxStack/2:maxStack/2], fmt.Sprintf("… %d calls …", len(out)-maxStack)), out[len(out)-maxStack/2:]...)
	}
	return out
}

func (f *frame) text() string {
	name := f.Package
	switch {
	case f.Function != "" && f.Receiver != "":
		name += "." + strings.TrimPrefix(f.Receiver, "*") + "." + f.Function
	case f.Function != "":
		name += "." + f.Function
	case name == "":
		name = f.Module + "@" + f.Version
	}
	if f.Position != nil && f.Position.Filename != "" {
		name += fmt.Sprintf(" (%s:%d)", f.Position.Filename, f.Position.Line)
	}
	return name
}
