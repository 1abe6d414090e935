package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// bundlerReaders reads RubyGems: Bundler's lockfiles with the Gemfile and the
// gemspecs beside them, and Gemfile and *.gemspec where no lockfile covers them.
// Gemfiles and gemspecs are programs; they are read line by line and never run.
// Format: bundler.io/man/gemfile.5.html, guides.rubygems.org/specification-reference.
func bundlerReaders() []Reader {
	lock := func(p string) bool {
		base := path.Base(p)
		return (base == "Gemfile.lock" || base == "gems.locked" || strings.HasSuffix(base, ".gemfile.lock")) && !bundlerVendored(p)
	}
	gemfile := func(p string) bool {
		base := path.Base(p)
		return (base == "Gemfile" || base == "gems.rb" || strings.HasSuffix(base, ".gemfile")) && !bundlerVendored(p)
	}
	return []Reader{
		{Name: "bundler-lock", Version: 1, Match: lock, Read: readBundlerLock},
		{Name: "bundler-gemfile", Version: 1, Match: gemfile, Read: readGemfile},
		{Name: "bundler-gemspec", Version: 1, Match: func(p string) bool {
			return strings.HasSuffix(p, ".gemspec") && path.Base(p) != ".gemspec" && !bundlerVendored(p)
		}, Read: readGemspec},
	}
}

// bundlerVendored says whether a path lies in gems that Bundler installed.
func bundlerVendored(p string) bool {
	return strings.HasPrefix(p, "vendor/bundle/") || strings.Contains(p, "/vendor/bundle/")
}

// bundlerMaxBytes bounds lockfiles, Gemfiles and gemspecs.
const bundlerMaxBytes = 8 << 20

// bundlerLockOf names the lockfile that belongs to a Gemfile.
func bundlerLockOf(gemfile string) string {
	if path.Base(gemfile) == "gems.rb" {
		return path.Join(path.Dir(gemfile), "gems.locked")
	}
	return gemfile + ".lock"
}

// bundlerGemfileOf is the inverse of bundlerLockOf.
func bundlerGemfileOf(lock string) string {
	if path.Base(lock) == "gems.locked" {
		return path.Join(path.Dir(lock), "gems.rb")
	}
	return strings.TrimSuffix(lock, ".lock")
}

// bundlerScopes maps the groups that people use to scopes. A group of another
// name may well be loaded in production, so it counts as runtime.
var bundlerScopes = map[string]inventory.Scope{
	"development": inventory.Dev, "dev": inventory.Dev, "doc": inventory.Dev, "docs": inventory.Dev,
	"documentation": inventory.Dev, "lint": inventory.Dev, "rubocop": inventory.Dev, "tools": inventory.Dev,
	"ci": inventory.Dev, "debug": inventory.Dev, "profile": inventory.Dev, "benchmark": inventory.Dev,
	"test": inventory.Test, "tests": inventory.Test, "spec": inventory.Test, "cucumber": inventory.Test,
}

// bundlerScope gives the strongest scope of a gem's groups; none is the default
// group.
func bundlerScope(groups []string, optional bool) inventory.Scope {
	if len(groups) == 0 {
		return inventory.Runtime
	}
	best := inventory.Test
	for _, g := range groups {
		s, known := bundlerScopes[strings.ToLower(g)]
		if !known {
			s = inventory.Runtime
			if optional {
				s = inventory.Optional
			}
		}
		if s.Rank() < best.Rank() {
			best = s
		}
	}
	return best
}
