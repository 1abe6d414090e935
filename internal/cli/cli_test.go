package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tributary": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestCommandsDoWhatTheirTranscriptsSay runs testdata/script/*.txt: what a user
// types, and what must come of it.
func TestCommandsDoWhatTheirTranscriptsSay(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("git is not installed; make test installs it")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Setup:               setupScript,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "commit": commit, "on": on, "same": same, "repeat": repeat, "capture": capture, "serve": serve,
		},
	})
}

// setupScript gives each script a machine of its own: nothing of the home
// directory, caches or git settings of who runs the test shows through.
func setupScript(e *testscript.Env) error {
	w := e.WorkDir
	for _, dir := range []string{"home", "tmp"} {
		if err := os.Mkdir(filepath.Join(w, dir), 0o755); err != nil {
			return err
		}
	}
	for k, v := range map[string]string{
		"HOME": filepath.Join(w, "home"), "TMPDIR": filepath.Join(w, "tmp"),
		"XDG_DATA_HOME": filepath.Join(w, "home", "data"), "XDG_CACHE_HOME": filepath.Join(w, "home", "cache"),
		"TRIBUTARY_DB": filepath.Join(w, "home", "tributary.db"), "TRIBUTARY_PROGRAM": "", "NO_COLOR": "",
		"GOPATH": filepath.Join(w, "home", "go"), "GOMODCACHE": "", "CARGO_HOME": "", "NUGET_PACKAGES": "",
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
		"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
		"GIT_AUTHOR_DATE": "2026-01-05T10:00:00Z", "GIT_COMMITTER_DATE": "2026-01-05T10:00:00Z",
		"SOURCE_DATE_EPOCH": strconv.FormatInt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Unix(), 10),
	} {
		e.Setenv(k, v)
	}
	return nil
}

// exits CODE COMMAND… runs a command that must end with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v ended with exit code %d, not %d\n%s%s", args[1:], got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// commit DIR [MESSAGE] commits all of a directory, and makes it a repository of
// the branch main where it is none.
func commit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: commit DIR [MESSAGE]")
	}
	dir, message := args[0], "change"
	if len(args) > 1 {
		message = args[1]
	}
	if _, err := os.Stat(ts.MkAbs(filepath.Join(dir, ".git"))); err != nil {
		ts.Check(ts.Exec("git", "init", "-q", "-b", "main", dir))
		ts.Check(ts.Exec("git", "-C", dir, "remote", "add", "origin", "https://git.example.com/acme/"+filepath.Base(dir)+".git"))
	}
	ts.Check(ts.Exec("git", "-C", dir, "add", "-A"))
	ts.Check(ts.Exec("git", "-C", dir, "commit", "-q", "--allow-empty", "-m", message))
}

// on DATE moves the clock of the commands that follow to noon of a day.
func on(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: on 2026-03-31")
	}
	day, err := time.Parse(time.DateOnly, args[0])
	ts.Check(err)
	ts.Setenv("SOURCE_DATE_EPOCH", strconv.FormatInt(day.Add(12*time.Hour).Unix(), 10))
}

// same FILE FILE compares bytes.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] same FILE FILE")
	}
	if equal := ts.ReadFile(args[0]) == ts.ReadFile(args[1]); equal == neg {
		ts.Fatalf("%s and %s: equal is %v", args[0], args[1], equal)
	}
}

// repeat FILE BEFORE N PIECE AFTER writes a file that would be too large for a
// script.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: repeat FILE BEFORE N PIECE AFTER")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = f.WriteString(args[1])
	for range n {
		if err == nil {
			_, err = f.WriteString(args[3])
		}
	}
	if err == nil {
		_, err = f.WriteString(args[4])
	}
	ts.Check(errors.Join(err, f.Close()))
}

// capture NAME PATTERN keeps what a pattern finds on standard output as $NAME.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATTERN")
	}
	found := regexp.MustCompile(args[1]).FindString(ts.ReadFile("stdout"))
	if found == "" {
		ts.Fatalf("nothing matches %s", args[1])
	}
	ts.Setenv(args[0], found)
}
