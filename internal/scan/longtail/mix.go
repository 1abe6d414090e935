package longtail

import (
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// Mix of Elixir: mix.lock is a map of terms, mix.exs a program, of which the
// lists of dependencies are read and nothing is run. Formats: hexdocs.pm/mix,
// "mix deps", and hexpm/hex, lib/hex/mix.ex (lock entries).

// mixDep is a dependency as a mix.exs states it.
type mixDep struct {
	app, requirement string
	scope            inventory.Scope
	git              string
	own              bool
	line             int
}

// readMixLock reads mix.lock. What each package needs stands in it; what is
// direct tells the mix.exs beside it, and those of the apps of an umbrella.
func readMixLock(t *text) {
	start := strings.Index(string(t.data), "%{")
	if start < 0 {
		t.problem(0, "malformed", `has no map of packages ("%%{"); "mix deps.get" writes one`)
		return
	}
	p := elixir{s: string(t.data), line: 1}
	for p.pos < start {
		p.next()
	}
	var graph manifest.Graph
	index := map[string]int{}
	var entries []term
	for _, e := range p.plain(0).items {
		u, ok := mixLocked(e)
		if !ok {
			t.problem(e.line, "malformed", "%q is no locked package: {:hex, …} or {:git, …} is expected", e.key)
			continue
		}
		if _, twice := index[e.key]; !twice {
			index[e.key] = graph.Add(u)
			entries = append(entries, e)
		}
	}
	for _, e := range entries {
		for _, need := range e.at(5).items {
			scope := inventory.Runtime
			if need.at(2).get("optional").text == "true" {
				scope = inventory.Optional
			}
			if to, ok := index[need.at(0).text]; ok && need.kind == tuple {
				graph.Need(index[e.key], to, scope)
			}
		}
	}
	for _, d := range mixRoots(t.fsys, path.Dir(t.path)) {
		if to, ok := index[d.app]; ok && !d.own {
			graph.Root(to, d.scope, d.requirement)
		}
	}
	for _, u := range graph.Usages() {
		t.use(u)
	}
}

// mixLocked is {:hex, :name, "version", …} or {:git, "address", "commit", …}.
func mixLocked(e term) (inventory.Usage, bool) {
	u := inventory.Usage{Line: e.line}
	version := e.at(2).text
	if e.kind != tuple || e.key == "" || version == "" {
		return u, false
	}
	switch e.at(0).text {
	case "hex":
		name := e.at(1).text
		if organization, ok := strings.CutPrefix(e.at(6).text, "hexpm:"); ok {
			name = organization + "/" + name
		}
		u.Component = inventory.NewPURL("hex", name, version)
		return u, e.at(1).text != ""
	case "git":
		u.Component = inventory.NewPURL("hex", e.key, version)
		u.Note = "from git " + e.at(1).text
		return u, true
	}
	return u, false
}

// mixRoots are the dependencies of the project in a directory: its own and, in
// an umbrella, those of its apps.
func mixRoots(fsys manifest.FS, dir string) []mixDep {
	data, err := fsys.ReadFile(path.Join(dir, "mix.exs"))
	if err != nil || len(data) > maxText {
		return nil
	}
	out := mixDeps(string(data))
	if m := mixAppsPath().FindStringSubmatch(string(data)); m != nil {
		for _, file := range fsys.Glob(path.Join(manifest.GlobEscape(dir), manifest.GlobEscape(m[1]), "*", "mix.exs")) {
			if data, err := fsys.ReadFile(file); err == nil && len(data) <= maxText {
				out = append(out, mixDeps(string(data))...)
			}
		}
	}
	return out
}

var (
	mixAppsPath = pattern.Lazy(`\bapps_path:\s*"([^"]+)"`)
	mixLockfile = pattern.Lazy(`\blockfile:\s*"([^"]+)"`)
	mixApp      = pattern.Lazy(`\bapp:\s*:([a-z][a-z0-9_]*)`)
	// a function such as deps, or the list itself, and what may begin behind it
	mixList = pattern.Lazy(`^(\s*)(?:defp?\s+\w*deps\w*\b|deps:\s*\[)`)
	mixNext = pattern.Lazy(`^(\s*)(?:defp?|defmodule|end|@\w+)\b`)
	// {:name, …
	mixTuple = pattern.Lazy(`\{\s*:"?[a-z]\w*"?\s*,`)
	mixExact = pattern.Lazy(`^(?:==\s*)?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$`)
)

// readMixExs reads the mix.exs of a project that no lockfile covers.
func readMixExs(t *text) {
	dir := path.Dir(t.path)
	if m := mixApp().FindStringSubmatch(string(t.data)); m != nil {
		t.out.Own = append(t.out.Own, inventory.NewPURL("hex", m[1], "").String())
	}
	if t.fsys.Exists(path.Join(dir, "mix.lock")) {
		return
	}
	if m := mixLockfile().FindStringSubmatch(string(t.data)); m != nil && !path.IsAbs(m[1]) {
		if lock := path.Join(dir, m[1]); lock != ".." && !strings.HasPrefix(lock, "../") && t.fsys.Exists(lock) {
			return
		}
	}
	seen := map[string]bool{}
	for _, d := range mixDeps(string(t.data)) {
		if d.own || seen[d.app] {
			continue
		}
		seen[d.app] = true
		u := inventory.Usage{Component: inventory.NewPURL("hex", d.app, ""), Requirement: d.requirement, Line: d.line, Relation: inventory.Direct, Scope: d.scope}
		if d.git != "" {
			u.Note = "from git " + d.git
		} else if m := mixExact().FindStringSubmatch(d.requirement); m != nil {
			u.Component.Version = m[1]
		}
		t.use(u)
	}
}

// mixDeps are the tuples in functions that are named after dependencies.
func mixDeps(source string) (out []mixDep) {
	indent, inside := "", false
	line, from := 0, 0
	for rest := source; rest != ""; {
		var text string
		text, rest, _ = strings.Cut(rest, "\n")
		line++
		at := len(source) - len(rest)
		if m := mixNext().FindStringSubmatch(text); m != nil && len(m[1]) <= len(indent) {
			inside = false
		}
		if m := mixList().FindStringSubmatch(text); m != nil {
			indent, inside = m[1], true
		}
		if !inside || at <= from {
			continue
		}
		lineStart := at - len(text) - 1
		if rest == "" && !strings.HasSuffix(source, "\n") {
			lineStart++
		}
		comment := strings.IndexByte(text, '#')
		for _, m := range mixTuple().FindAllStringIndex(text, -1) {
			p := elixir{s: source, pos: lineStart + m[0], line: line}
			if p.pos < from || comment >= 0 && comment < m[0] {
				continue
			}
			if d, ok := mixDepOf(p.plain(0)); ok {
				d.line = line
				out = append(out, d)
			}
			from = p.pos
		}
	}
	return out
}

// mixDepOf reads {:name, "requirement", options}; either may be left out.
func mixDepOf(v term) (mixDep, bool) {
	d := mixDep{app: v.at(0).text}
	options := term{}
	for _, it := range v.items[min(1, len(v.items)):] {
		switch {
		case it.key != "":
			options.items = append(options.items, it) // {:name, only: :test}
		case it.kind == text_:
			d.requirement = it.text
		case it.kind == list:
			options.items = append(options.items, it.items...)
		}
	}
	d.own = options.get("path").kind != other || options.get("in_umbrella").text == "true"
	for _, kind := range []string{"git", "github"} {
		if where := options.get(kind).text; where != "" {
			d.git = where
			if kind == "github" {
				d.git = "https://github.com/" + where
			}
			for _, at := range []string{"tag", "ref", "branch"} {
				if s := options.get(at).text; s != "" && d.requirement == "" {
					d.requirement = s
				}
			}
		}
	}
	d.scope = mixScope(options)
	return d, v.at(0).kind == atom && d.app != "" && len(v.items) > 1
}

// mixScope: only says in which environments a dependency is there (:prod among
// them unless it says otherwise), runtime: false that it is not started.
func mixScope(options term) inventory.Scope {
	var envs []string
	only := options.get("only")
	for _, e := range append([]term{only}, only.items...) {
		if e.kind == atom {
			envs = append(envs, e.text)
		}
	}
	switch {
	case len(envs) > 0 && !slices.Contains(envs, "prod"):
		if len(envs) == 1 && envs[0] == "test" {
			return inventory.Test
		}
		return inventory.Dev
	case options.get("optional").text == "true":
		return inventory.Optional
	case options.get("runtime").text == "false":
		return inventory.Build
	}
	return inventory.Runtime
}
