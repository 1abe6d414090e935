package source

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// cleanEnv is the environment without any GIT_ setting, and with those that
// keep git from asking, paging, translating, or reading settings of the system.
// Versions of git that don't know GIT_NO_LAZY_FETCH are kept from fetching what
// is missing, by a program that the repository names, as no protocol is allowed.
func cleanEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GIT_") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			env = append(env, kv)
		}
	}
	return append(env, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0", "GIT_ATTR_NOSYSTEM=1")
}

// run gives a command's output, or its own words about what went wrong.
func run(cmd *exec.Cmd) ([]byte, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := gitFailed(cmd, &errs, cmd.Run())
	return out.Bytes(), err
}

// eachEntry runs git and hands out its answer entry by entry, each without the
// zero byte that ends it: the list of a large repository is never held whole.
func eachEntry(cmd *exec.Cmd, f func(entry string)) error {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := StartReading(cmd)
	if err != nil {
		return gitFailed(cmd, &errs, err)
	}
	defer out.Close()
	for in := bufio.NewReaderSize(out, 64<<10); ; {
		entry, err := in.ReadString(0)
		if err != nil {
			break // the end, or git's own failure, which Wait tells
		}
		f(entry[:len(entry)-1])
	}
	return gitFailed(cmd, &errs, cmd.Wait())
}

// gitFailed says in git's own words why a command failed.
func gitFailed(cmd *exec.Cmd, errs *bytes.Buffer, err error) error {
	if err == nil {
		return nil
	}
	words := strings.TrimSpace(errs.String())
	if words == "" {
		return fmt.Errorf("git %s: %w", gitVerb(cmd.Args), err)
	}
	for _, kv := range cmd.Env {
		// A directory of our own, which tells nobody anything.
		if dir, ok := strings.CutPrefix(kv, "GIT_DIR="); ok && strings.Contains(dir, privateDir) {
			words = strings.ReplaceAll(words, "not a git repository: '"+dir+"'", "its HEAD or another of its own files is damaged")
		}
	}
	if len(words) > 300 {
		words = words[:300] + "…"
	}
	return fmt.Errorf("git %s: %s", gitVerb(cmd.Args), words)
}

func gitVerb(args []string) string {
	for i := 1; i < len(args); i++ {
		if args[i] == "-c" {
			i++
			continue
		}
		return args[i]
	}
	return ""
}
