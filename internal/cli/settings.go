package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/tributary-oss/tributary/internal/store"
)

// settings are what every command shares: where things lie, how answers are
// written. Each has a flag, some an environment variable; nothing else is read.
type settings struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string

	db      string // --db, TRIBUTARY_DB
	program string // --program, TRIBUTARY_PROGRAM
	format  string // -o
	file    string // --file
	asOf    string // --as-of
	color   string // --color
	quiet   bool
	verbose bool
	jobs    int
}

func (s *settings) addGlobalFlags(f *pflag.FlagSet) {
	f.StringVar(&s.db, "db", "", "store: a file, or postgres://… (default $TRIBUTARY_DB, or tributary/tributary.db in the XDG data directory)")
	f.StringVar(&s.program, "program", "", "directory of the program files (default $TRIBUTARY_PROGRAM, or .tributary where it exists)")
	f.StringVarP(&s.format, "output", "o", "", "form of the answer; each command lists its own")
	f.StringVar(&s.file, "file", "", "write the answer to this file instead of standard output")
	f.StringVar(&s.color, "color", "auto", "colors: auto, always, never")
	f.BoolVarP(&s.quiet, "quiet", "q", false, "no progress and no messages")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "list everything, not only what comes first")
	f.IntVarP(&s.jobs, "jobs", "j", runtime.NumCPU(), "how many repositories and files are read at once")
}

// checkGlobalFlags refuses what no command can make sense of.
func (s *settings) checkGlobalFlags(c *cobra.Command) error {
	if s.jobs < 1 {
		return wrongUse("", "-j takes a number from 1 on, not %d", s.jobs)
	}
	if s.format != "" && len(formsOf(c)) == 0 {
		return wrongUse("", "%s has one form only: leave out -o", c.CommandPath())
	}
	_, err := s.colored()
	return err
}

// form is what -o names of the forms that a command offers; the first of them
// is the default.
func (s *settings) form(c *cobra.Command) (string, error) {
	offered := formsOf(c)
	if s.format == "" {
		return offered[0], nil
	}
	for _, f := range offered {
		if s.format == f {
			return f, nil
		}
	}
	return "", wrongUse("", "there is no form %q here; -o takes %s", s.format, strings.Join(offered, ", "))
}

// write gives the command a place to write its answer: standard output, or a
// file that appears only when it is whole.
func (s *settings) write(answer func(io.Writer) error) error {
	if s.file == "" || s.file == "-" {
		return answer(s.stdout)
	}
	if at, err := os.Stat(s.file); err == nil && !at.Mode().IsRegular() && !at.IsDir() {
		return writeThrough(s.file, answer)
	}
	return replaceFile(s.file, answer)
}

// replaceFile writes a file that appears, or takes the place of another, only
// when it is whole.
func replaceFile(name string, answer func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // what a link names is replaced, not the link
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".tributary-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	defer os.Remove(tmp.Name())
	if err := answer(tmp); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		tmp.Close()
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	if err := os.Rename(tmp.Name(), name); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err))
	}
	return nil
}

// writeThrough writes to a device or a pipe, which must not be replaced by a file.
func writeThrough(name string, answer func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	if err := answer(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	return nil
}

// say writes a message for people, on standard error.
func (s *settings) say(format string, args ...any) {
	if !s.quiet {
		fmt.Fprintf(s.stderr, format+"\n", args...)
	}
}

// dsn is where the store lies.
func (s *settings) dsn() (string, error) {
	for _, v := range []string{s.db, s.getenv("TRIBUTARY_DB")} {
		if v != "" {
			return v, nil
		}
	}
	dir := s.getenv("XDG_DATA_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("there is no home directory for the store; name one with --db FILE: %w", err)
		}
		dir = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(dir, "tributary", "tributary.db"), nil
}

func (s *settings) cacheDir() string {
	if dir := s.getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "tributary")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".cache", "tributary")
	}
	return filepath.Join(os.TempDir(), "tributary-cache")
}

func (s *settings) openStore(ctx context.Context) (*store.DB, error) {
	dsn, err := s.dsn()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, dsn)
}

// colored says whether the answer goes to a terminal that wants colors
// (no-color.org).
func (s *settings) colored() (bool, error) {
	switch s.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return s.file == "" && s.getenv("NO_COLOR") == "" && s.getenv("TERM") != "dumb" && isTerminal(s.stdout), nil
	}
	return false, wrongUse("", "--color takes auto, always or never, not %q", s.color)
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the terminal's, or 100 where there is none.
func (s *settings) width() int {
	if f, ok := s.stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 40 {
			return min(w, 140)
		}
	}
	return 100
}

// now is the time of this run; SOURCE_DATE_EPOCH (reproducible-builds.org)
// fixes it, so that the same input gives the same bytes.
func (s *settings) now() (time.Time, error) {
	if v := s.getenv("SOURCE_DATE_EPOCH"); v != "" {
		sec, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return time.Time{}, wrongUse("", "SOURCE_DATE_EPOCH is %q, which is not a number of seconds", v)
		}
		return time.Unix(sec, 0).UTC(), nil
	}
	return time.Now().UTC(), nil
}

// asOfDate reads --as-of: a day stands for its last moment.
func (s *settings) asOfDate(now time.Time) (time.Time, error) {
	if s.asOf == "" {
		return now, nil
	}
	if t, err := time.Parse(time.DateOnly, s.asOf); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Millisecond), nil
	}
	t, err := time.Parse(time.RFC3339, s.asOf)
	if err != nil {
		return t, wrongUse("", "--as-of %q is not a date; write 2026-03-31 or 2026-03-31T12:00:00Z", s.asOf)
	}
	return t.UTC(), nil
}

// programFiles reads the program directory: explicit, from the environment, or
// .tributary in the working directory; nil when there is none.
func (s *settings) programFiles() (files map[string][]byte, dir string, err error) {
	dir, asked := s.program, s.program != ""
	if dir == "" {
		dir, asked = s.getenv("TRIBUTARY_PROGRAM"), s.getenv("TRIBUTARY_PROGRAM") != ""
	}
	if dir == "" {
		dir = ".tributary"
	}
	files, err = readProgram(dir)
	if err != nil && !asked && errors.Is(err, os.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, dir, fmt.Errorf("cannot read the program in %s: %w", dir, err)
	}
	return files, dir, nil
}

// maxProgramFile bounds one program file.
const maxProgramFile = 4 << 20

func readProgram(dir string) (map[string][]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	files := map[string][]byte{}
	for _, pattern := range []string{"*.yaml", "*.yml", "courses/*.md", "lifecycles/*.json"} {
		names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, full := range names {
			rel, err := filepath.Rel(dir, full)
			if err != nil {
				return nil, err
			}
			f, err := root.Open(rel)
			if err != nil {
				return nil, err
			}
			b, err := io.ReadAll(io.LimitReader(f, maxProgramFile+1))
			f.Close()
			if err != nil {
				return nil, err
			}
			files[filepath.ToSlash(rel)] = b
		}
	}
	return files, nil
}
