package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// packages are source packages of different languages, ages and licenses whose
// copyright file is machine-readable.
var packages = strings.Fields(`zlib bzip2 xz-utils zstd lz4 libpng1.6 libjpeg-turbo tiff giflib libwebp freetype fontconfig
	expat libxml2 jansson json-c yajl libyaml curl wget nghttp2 libssh2 gnutls28 nettle libsodium libgcrypt20
	sqlite3 lmdb leveldb snappy re2 pcre2 grep sed gawk less nano htop tmux jq ripgrep
	python-requests jinja2 ruby-rack node-semver golang-github-spf13-cobra rust-regex libtest-simple-perl haskell-aeson
	mosquitto redis nginx libevent libuv1 openssh`)

// fetch downloads and unpacks what is missing and lists the packages that are
// there.
func fetch(dir string, names []string) ([]string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var missing, have []string
	for _, n := range names {
		if _, err := os.Stat(filepath.Join(dir, "src", n)); err == nil {
			have = append(have, n)
		} else {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return have, nil
	}
	apt, err := newApt(dir)
	if err != nil {
		return nil, err
	}
	for _, n := range missing {
		if err := apt.get(n); err != nil {
			log.Printf("%s is left out: %v", n, err)
			continue
		}
		have = append(have, n)
	}
	return have, nil
}

// apt is apt-get with lists of its own.
type apt struct {
	dir     string
	options []string
}

func newApt(dir string) (*apt, error) {
	a := &apt{dir: dir}
	for _, d := range []string{"lists/partial", "cache/archives/partial", "src", "download"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, err
		}
	}
	source := filepath.Join(dir, "sources.list")
	mirror := "http://deb.debian.org/debian"
	if m := os.Getenv("DEBIAN_MIRROR"); m != "" {
		mirror = m
	}
	if err := os.WriteFile(source, []byte("deb-src "+mirror+" bookworm main\n"), 0o644); err != nil {
		return nil, err
	}
	for k, v := range map[string]string{"Dir::Etc::sourcelist": source, "Dir::Etc::sourceparts": "-", "Dir::State::lists": filepath.Join(dir, "lists"),
		"Dir::Cache": filepath.Join(dir, "cache"), "APT::Sandbox::User": "root", "Acquire::http::Timeout": "20", "Acquire::Retries": "1"} {
		a.options = append(a.options, "-o", k+"="+v)
	}
	return a, a.run(dir, append([]string{"-q", "update"}, a.options...)...)
}

func (a *apt) run(dir string, args ...string) error {
	cmd := exec.Command("apt-get", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get: %w: %s", err, last(out))
	}
	return nil
}

func last(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// get downloads one source package and unpacks it: the original first, then
// debian/ over it. Nothing of it is run.
func (a *apt) get(name string) error {
	into := filepath.Join(a.dir, "download", name)
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	if err := a.run(into, append([]string{"-q", "source", "--download-only"}, append(a.options, name)...)...); err != nil {
		return err
	}
	tmp := filepath.Join(a.dir, "src", ".unpacking")
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	tars, err := filepath.Glob(filepath.Join(into, "*.tar.*"))
	if err != nil {
		return err
	}
	for _, debian := range []bool{false, true} {
		for _, t := range tars {
			if strings.HasSuffix(t, ".asc") || strings.Contains(t, ".debian.tar.") != debian || strings.Contains(t, ".orig-") {
				continue
			}
			args := []string{"--no-same-owner", "-xf", t, "-C", tmp}
			if !debian {
				args = append(args, "--strip-components=1")
			}
			if out, err := exec.Command("tar", args...).CombinedOutput(); err != nil {
				return fmt.Errorf("tar: %w: %s", err, last(out))
			}
		}
	}
	return os.Rename(tmp, filepath.Join(a.dir, "src", name))
}
