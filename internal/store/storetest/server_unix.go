//go:build unix

package storetest

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// supervise makes and runs a server in directory $1 with the binaries in $2
// until its standard input closes, which the end of the test binary brings
// about in any case, and then clears away.
const supervise = `
dir=$1 bin=$2
trap 'rm -rf "$dir"' EXIT
trap '' INT
cd "$dir" || exit 1
"$bin/initdb" -D "$dir/data" -U tributary -A trust -E UTF8 --locale=C -N >"$dir/log" 2>&1 || { cp "$dir/log" "$dir/failed"; read -r _; exit 1; }
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=64MB </dev/null >>"$dir/log" 2>&1 &
read -r _
kill -INT $!
wait $!
`

// lifeline is the server's standard input: the end of this process closes it.
// It is kept here so that a collection of garbage does not.
var lifeline io.WriteCloser //lint:ignore U1000 it is only held

// start starts a server and waits until it answers.
func start() (dsn string, err error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	// Not t.TempDir: the path of a socket may have 107 bytes.
	dir, err := os.MkdirTemp("/tmp", "pg")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("/bin/sh", "-c", supervise, "sh", dir, bin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		if cmd.SysProcAttr.Credential, err = ordinaryUser(); err != nil {
			return "", err
		}
		if err := os.Chown(dir, int(cmd.SysProcAttr.Credential.Uid), int(cmd.SysProcAttr.Credential.Gid)); err != nil {
			return "", err
		}
	}
	if lifeline, err = cmd.StdinPipe(); err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	q := url.Values{"host": {dir}, "user": {"tributary"}}
	return await("postgres:///postgres?"+q.Encode(), dir)
}

func await(dsn, dir string) (string, error) {
	var err error
	for range 600 {
		if err = execute(dsn, "SELECT 1"); err == nil {
			return dsn, nil
		}
		if log, e := os.ReadFile(filepath.Join(dir, "failed")); e == nil {
			return "", fmt.Errorf("initdb failed: %s", log)
		}
		time.Sleep(100 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	return "", fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, log)
}

// binaries gives the directory with initdb and postgres, the newest first.
func binaries() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(dirs, func(a, b string) int { return major(b) - major(a) })
	for _, path := range []string{"initdb", "pg_ctl"} {
		if p, err := exec.LookPath(path); err == nil {
			// A link in PATH points beside the other binaries.
			if p, err = filepath.EvalSymlinks(p); err == nil {
				dirs = append([]string{filepath.Dir(p)}, dirs...)
			}
		}
	}
	for _, d := range dirs {
		if runs(filepath.Join(d, "initdb")) && runs(filepath.Join(d, "postgres")) {
			return d, nil
		}
	}
	return "", errNoBinaries
}

func major(dir string) int {
	n, _ := strconv.Atoi(strings.Split(filepath.Base(filepath.Dir(dir)), ".")[0])
	return n
}

func runs(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// ordinaryUser is who runs the server when we are root, which PostgreSQL refuses.
func ordinaryUser() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}
