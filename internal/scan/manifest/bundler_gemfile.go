package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// rubyBlockState is one open "do" or "if" of a Gemfile.
type rubyBlockState struct {
	groups    []string
	optional  bool
	path, git string
}

// gemfile is a Gemfile while it is read.
type gemfile struct {
	fsys     FS
	root     string
	files    map[string]bool
	gems     []rubyGem
	gemspecs []string
	problems []inventory.Problem
}

// loadGemfile reads a Gemfile and those that it names by eval_gemfile. Found is
// false where there is none.
func loadGemfile(fsys FS, p string) (gems []rubyGem, problems []inventory.Problem, gemspecs []string, found bool) {
	g := &gemfile{fsys: fsys, root: p, files: map[string]bool{}}
	found = g.load(p)
	return g.gems, g.problems, g.gemspecs, found
}

func (g *gemfile) load(p string) bool {
	if g.files[p] || len(g.files) >= rubyMaxFiles {
		return true
	}
	data, err := g.fsys.ReadFile(p)
	if err != nil {
		return false
	}
	if len(data) > bundlerMaxBytes {
		g.problems = append(g.problems, inventory.Problem{Path: p, Kind: "too large", Message: "larger than 8 MiB; not read"})
		return true
	}
	g.files[p] = true
	var blocks []rubyBlockState
	for _, s := range rubyStatements(data) {
		switch {
		case jsConflict(s.text) != 0:
			if s.text[0] == '<' {
				g.problem(p, s.line, "merge conflict", jsConflictMessage)
			}
			continue
		case rubyEnd().MatchString(s.text):
			if len(blocks) > 0 {
				blocks = blocks[:len(blocks)-1]
			}
			continue
		case strings.HasPrefix(s.text, "gem ") || strings.HasPrefix(s.text, "gem("):
			g.gem(p, s, blocks)
			continue
		case strings.HasPrefix(s.text, "gemspec"):
			g.gemspec(p, s.text)
		case strings.HasPrefix(s.text, "eval_gemfile"):
			g.include(p, s)
		}
		if (rubyBlock().MatchString(s.text) || rubyOpener().MatchString(s.text)) && !strings.HasSuffix(s.text, " end") && len(blocks) < rubyMaxDepth {
			blocks = append(blocks, rubyOpen(s.text))
		}
	}
	return true
}

func (g *gemfile) problem(p string, line int, kind, message string) {
	if len(g.problems) < jsMaxFaults {
		g.problems = append(g.problems, inventory.Problem{Path: p, Line: line, Kind: kind, Message: message})
	}
}

// rubyOpen reads the head of a block: group, path, git; others say nothing.
func rubyOpen(text string) rubyBlockState {
	word, rest, _ := strings.Cut(text, " ")
	word, inside, _ := strings.Cut(word, "(")
	rest = rubyBlock().ReplaceAllString(inside+" "+rest, "")
	var b rubyBlockState
	switch word {
	case "group", "groups":
		args := rest
		if i := rubyOption().FindStringIndex(rest); i != nil {
			args = rest[:i[0]]
			b.optional = rubyOptionValue(rest, "optional") == "true"
		}
		b.groups = rubyWords(args)
	case "path":
		b.path = strings.Join(rubyStrings(rest), "")
		if b.path == "" {
			b.path = "."
		}
	case "git", "github":
		if all := rubyStrings(rest); len(all) > 0 {
			b.git = rubyGit(word, all[0])
		}
	}
	return b
}

func rubyGit(kind, where string) string {
	switch kind {
	case "github", "gitlab", "bitbucket":
		if strings.Contains(where, "://") {
			return where
		}
		if !strings.Contains(where, "/") {
			where += "/" + where
		}
		host := map[string]string{"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}[kind]
		return "https://" + host + "/" + where
	case "gist":
		return "https://gist.github.com/" + where + ".git"
	}
	return where
}

// gem reads one call of gem.
func (g *gemfile) gem(p string, s rubyStatement, blocks []rubyBlockState) {
	args := ""
	if m := gemCall().FindStringSubmatch(s.text); m != nil {
		args = m[1]
	}
	positional, options := rubySplitOptions(args)
	all := rubyStrings(positional)
	if len(all) == 0 || !gemName(all[0]) || strings.IndexAny(strings.TrimSpace(positional), `"'%`) != 0 {
		g.problem(p, s.line, "not understood", fmt.Sprintf("the name of the gem is computed: %.100q; it is not listed unless a lockfile has it", s.text))
		return
	}
	dep := rubyGem{name: all[0], requirement: strings.Join(all[1:], ", "), file: p, line: s.line}
	var groups []string
	optional := false
	for _, b := range blocks {
		groups = append(groups, b.groups...)
		optional = optional || b.optional
		if b.path != "" {
			dep.path = b.path
		}
		if b.git != "" {
			dep.git = b.git
		}
	}
	groups = append(groups, rubyWords(rubyOptionValue(options, "group", "groups"))...)
	dep.scope = bundlerScope(groups, optional)
	if v := rubyOptionValue(options, "path"); v != "" {
		dep.path = rubyUnquote(v)
	}
	for _, kind := range []string{"git", "github", "gitlab", "bitbucket", "gist"} {
		if v := rubyOptionValue(options, kind); v != "" {
			dep.git = rubyGit(kind, rubyUnquote(v))
		}
	}
	if v := rubyOptionValue(options, "ref"); v != "" && dep.git != "" {
		dep.git += "#" + rubyUnquote(v)
	}
	if v := rubyOptionValue(options, "platforms", "platform"); v != "" {
		dep.note = "only for platform " + strings.Join(rubyWords(v), ", ")
	}
	g.gems = append(g.gems, dep)
}

// rubySplitOptions parts the arguments of a call into those before the first
// option and the options, modifiers cut off.
func rubySplitOptions(args string) (positional, options string) {
	positional = args
	if i := rubyOption().FindStringIndex(args); i != nil {
		positional, options = args[:i[0]], args[i[0]:]
	}
	if i := rubyModifier().FindStringIndex(positional); i != nil {
		positional = positional[:i[0]]
	}
	return positional, options
}

// gemspec notes which gemspecs the Gemfile takes its dependencies from.
func (g *gemfile) gemspec(p, text string) {
	dir := path.Dir(p)
	if v := rubyUnquote(rubyOptionValue(text, "path")); v != "" {
		var ok bool
		if dir, ok = pathWithin(dir, v); !ok {
			return
		}
	}
	name := rubyUnquote(rubyOptionValue(text, "name"))
	if name == "" {
		name = "*"
	}
	g.gemspecs = append(g.gemspecs, g.fsys.Glob(path.Join(dir, name+".gemspec"))...)
}

// include follows eval_gemfile where its path is a literal in the repository.
func (g *gemfile) include(p string, s rubyStatement) {
	all := rubyStrings(s.text)
	if len(all) > 0 {
		if q, ok := pathWithin(path.Dir(p), all[0]); ok && g.load(q) {
			return
		}
	}
	g.problem(p, s.line, "not understood", fmt.Sprintf("the file of %.100q is not known; its gems are not listed unless a lockfile has them", s.text))
}

// readGemfile reads the requirements of a Gemfile without a lockfile.
func readGemfile(fsys FS, p string) (Result, error) {
	if _, err := fsys.ReadFile(p); err != nil {
		return Result{}, err
	}
	gems, problems, _, _ := loadGemfile(fsys, p)
	if fsys.Exists(bundlerLockOf(p)) {
		var own []inventory.Problem
		for _, q := range problems {
			if q.Kind != "not understood" { // the lockfile has the answer
				own = append(own, q)
			}
		}
		return Result{Problems: own}, nil
	}
	out := Result{Problems: problems}
	var g Graph
	for _, dep := range gems {
		if dep.path != "" {
			out.Own = append(out.Own, inventory.NewPURL("gem", dep.name, "").String())
			continue
		}
		g.Add(dep.usage())
	}
	out.Usages = g.Usages()
	return out, nil
}

// usage makes a requirement of a dependency.
func (r rubyGem) usage() inventory.Usage {
	version := ""
	if m := gemExact().FindStringSubmatch(r.requirement); m != nil && r.git == "" {
		version = m[1]
	}
	u := inventory.Usage{Component: inventory.NewPURL("gem", r.name, version), Requirement: r.requirement,
		Manifest: r.file, Line: r.line, Relation: inventory.Direct, Scope: r.scope, Note: r.note}
	if u.Requirement == "" {
		u.Requirement = ">= 0"
	}
	if r.git != "" {
		u.Component = withQualifier(u.Component, "vcs_url", gitLocation(r.git))
	}
	if r.name == "bundler" {
		u.Scope = inventory.Provided
	}
	return u
}
