package manifest

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

var setupKey = pattern.Lazy(`\b(install_requires|tests_require|setup_requires|extras_require)\s*=\s*`)

var setupCall = pattern.Lazy(`(?m)^[^#\n]*\bsetup\s*\(`)

// readSetupPy reads the literal lists of a setup.py; it is never run. What is
// computed is said to be unknown.
func readSetupPy(fsys FS, p string) (Result, error) {
	data, tooLarge, err := readBounded(fsys, p, 1<<20)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	src := string(decodeText(data))
	var out Result
	if !setupCall().MatchString(src) {
		return out, nil // a module that happens to have the name
	}
	for _, m := range setupKey().FindAllStringSubmatchIndex(src, -1) {
		if at := strings.LastIndexByte(src[:m[0]], '\n'); strings.Contains(src[at+1:m[0]], "#") {
			continue
		}
		key := src[m[2]:m[3]]
		line := 1 + strings.Count(src[:m[0]], "\n")
		items, ok := pythonLiteral(src[m[1]:])
		if !ok {
			out.Problems = append(out.Problems, inventory.Problem{Path: p, Line: line, Kind: "not understood",
				Message: "setup.py computes " + key + ", which would have to be run to be known; it was not. A lockfile or pyproject.toml tells"})
		}
		scope := map[string]inventory.Scope{"install_requires": inventory.Runtime, "tests_require": inventory.Test, "setup_requires": inventory.Build, "extras_require": inventory.Optional}[key]
		for _, it := range items {
			if req, ok := parsePEP508(it.text); ok && !it.isKey {
				out.Usages = append(out.Usages, req.usage(p, line+it.line, scope))
			}
		}
	}
	return out, nil
}

type pythonItem struct {
	text  string
	line  int // lines after the start
	isKey bool
}

// pythonLiteral reads the strings of a list, tuple or dictionary of such that
// starts src; ok is false when there is something else in it.
func pythonLiteral(src string) (items []pythonItem, ok bool) {
	if src == "" || !strings.ContainsRune("[({", rune(src[0])) {
		return nil, false
	}
	depth, line := 0, 0
	ok = true
	for i := 0; i < len(src) && i < 1<<16; i++ {
		switch c := src[i]; c {
		case '[', '(', '{':
			depth++
		case ']', ')', '}':
			if depth--; depth == 0 {
				return items, ok
			}
		case '\n':
			line++
		case '#':
			for i+1 < len(src) && src[i+1] != '\n' {
				i++
			}
		case '"', '\'':
			end := i + 1
			for end < len(src) && src[end] != c && src[end] != '\n' {
				end++
			}
			if end == len(src) || src[end] == '\n' {
				return items, false
			}
			rest := strings.TrimLeft(src[end+1:], " \t")
			items = append(items, pythonItem{src[i+1 : end], line, strings.HasPrefix(rest, ":")})
			i = end
		case ' ', '\t', '\r', ',', ':':
		default:
			ok = false
		}
	}
	return items, false
}
