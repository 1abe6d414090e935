package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// parseGemspec reads the name and the dependencies of a gemspec.
func parseGemspec(p string, data []byte) (name string, deps []rubyGem, problems []inventory.Problem) {
	name = strings.TrimSuffix(path.Base(p), ".gemspec")
	for _, s := range rubyStatements(data) {
		if jsConflict(s.text) == '<' && len(problems) < jsMaxFaults {
			problems = append(problems, inventory.Problem{Path: p, Line: s.line, Kind: "merge conflict", Message: jsConflictMessage})
		}
		if m := specNameSet().FindStringSubmatch(s.text); m != nil {
			if all := rubyStrings(m[1]); len(all) == 1 && gemName(all[0]) {
				name = all[0]
			}
		}
		m := specCall().FindStringSubmatch(s.text)
		if m == nil {
			continue
		}
		positional, _ := rubySplitOptions(m[2])
		first, rest, _ := strings.Cut(positional, ",")
		all := rubyStrings(first)
		if len(all) == 0 || !gemName(all[0]) {
			if len(problems) < jsMaxFaults {
				problems = append(problems, inventory.Problem{Path: p, Line: s.line, Kind: "not understood",
					Message: fmt.Sprintf("the name of the gem is computed: %.100q; it is not listed", s.text)})
			}
			continue
		}
		dep := rubyGem{name: all[0], file: p, line: s.line, scope: inventory.Runtime, requirement: strings.Join(rubyStrings(rest), ", ")}
		if m[1] == "development_" {
			dep.scope = inventory.Dev
		}
		if rest = strings.Trim(rest, " )"); dep.requirement == "" && rest != "" {
			dep.requirement, dep.note = rest, "the requirement is computed"
		}
		deps = append(deps, dep)
	}
	return name, deps, problems
}

// readGemspec reads the requirements of a gemspec that no lockfile covers.
func readGemspec(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > bundlerMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 8 MiB; not read"}}}, nil
	}
	name, deps, problems := parseGemspec(p, data)
	out := Result{}
	if gemName(name) {
		out.Own = []string{inventory.NewPURL("gem", name, "").String()}
	}
	if bundlerCovered(fsys, p, name) {
		return out, nil
	}
	out.Problems = problems
	var g Graph
	for _, dep := range deps {
		if dep.name == name || gemSibling(fsys, path.Dir(p), dep.name) {
			continue
		}
		g.Add(dep.usage())
	}
	out.Usages = g.Usages()
	return out, nil
}

// gemSibling says whether a gem's own gemspec lies where repositories of several
// gems have them: beside, in a directory of its name, or in one beside ours.
func gemSibling(fsys FS, dir, gem string) bool {
	file := gem + ".gemspec"
	return fsys.Exists(path.Join(dir, file)) || fsys.Exists(path.Join(dir, gem, file)) || dir != "." && fsys.Exists(path.Join(path.Dir(dir), gem, file))
}
