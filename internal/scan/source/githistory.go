package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// errNoGit says that a source is a tree of files only.
var errNoGit = errors.New("is not a git repository, so it has no history")

// ObjectCommand prepares a git command that reads objects, and nothing else of
// the scanned repository: no setting, hook, attribute, replacement or graft of
// it is in force. Only where a shallow clone was cut off is told to git. The
// command takes ids, not names.
func (s *Source) ObjectCommand(ctx context.Context, args ...string) (*exec.Cmd, error) {
	if s.git == nil {
		return nil, errNoGit
	}
	cmd := s.git.object(ctx, args...)
	if shallow := filepath.Join(s.git.common, "shallow"); exists(shallow) {
		cmd.Env = append(cmd.Env, "GIT_SHALLOW_FILE="+shallow)
	}
	return cmd, nil
}

// RefCommand prepares a git command that reads references; see [Source.ObjectCommand].
func (s *Source) RefCommand(ctx context.Context, args ...string) (*exec.Cmd, error) {
	if s.git == nil {
		return nil, errNoGit
	}
	return s.git.refs(ctx, args...)
}

// Run gives a command's output, or git's own words about what went wrong.
func Run(cmd *exec.Cmd) ([]byte, error) { return run(cmd) }

// Odd is what a repository says of its history beside the commits themselves.
type Odd struct {
	// Shallow lists the commits at which a shallow clone was cut off.
	Shallow []string
	// Grafts counts the lines of info/grafts, Replaced those of refs/replace.
	Grafts, Replaced int
	// Partial says that a clone was made without all objects.
	Partial bool
}

// maxShallow bounds the list of a shallow clone's ends, in bytes.
const maxShallow = 64 << 20

// Oddities reads what there is of shallow ends, grafts and replacements.
func (s *Source) Oddities(ctx context.Context) (Odd, error) {
	if s.git == nil {
		return Odd{}, errNoGit
	}
	var o Odd
	b, err := readBounded(filepath.Join(s.git.common, "shallow"), maxShallow)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return o, fmt.Errorf("cannot read where its history was cut off: %w", err)
	}
	for _, line := range strings.Fields(string(b)) {
		if fullID().MatchString(line) {
			o.Shallow = append(o.Shallow, line)
		}
	}
	if b, err := readBounded(filepath.Join(s.git.common, "info", "grafts"), maxShallow); err == nil {
		for _, line := range bytes.Split(b, []byte("\n")) {
			if len(line) > 0 && line[0] != '#' {
				o.Grafts++
			}
		}
	}
	packs, _ := filepath.Glob(filepath.Join(s.git.common, "objects", "pack", "*.promisor"))
	o.Partial = len(packs) > 0
	cmd, err := s.git.refs(ctx, "for-each-ref", "--format=x", "refs/replace")
	if err != nil {
		return o, err
	}
	out, err := run(cmd)
	o.Replaced = bytes.Count(out, []byte("x"))
	return o, err
}

// IsURL says whether an argument names a remote repository.
func IsURL(arg string) bool {
	_, _, ok := parseURL(arg)
	return ok
}

// EachEntry runs git with -z and hands out its answer entry by entry, without
// holding all of it.
func EachEntry(cmd *exec.Cmd, f func(entry string)) error { return eachEntry(cmd, f) }
