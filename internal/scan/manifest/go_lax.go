package manifest

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"golang.org/x/mod/modfile"
)

// goMaxRounds bounds how often a broken go.mod is parsed again.
const goMaxRounds = 12

// goMaxBytes bounds go.mod, go.work and modules.txt; the largest real ones have
// a tenth of it.
const goMaxBytes = 4 << 20

// goBadLine is a line that the parser refused.
type goBadLine struct {
	line int
	text string
}

// parseGoMod parses as strictly as the go command, and where that fails without
// the lines that are wrong: a merge conflict or a directive of a later Go must
// not hide the rest.
func parseGoMod(p string, data []byte) (*modfile.File, []goBadLine, []inventory.Problem) {
	return goParse(p, data, func(b []byte) (*modfile.File, error) { return modfile.Parse(p, b, nil) })
}

func parseGoWork(p string, data []byte) (*modfile.WorkFile, []inventory.Problem) {
	f, _, problems := goParse(p, data, func(b []byte) (*modfile.WorkFile, error) { return modfile.ParseWork(p, b, nil) })
	return f, problems
}

func goParse[F any](p string, data []byte, parse func([]byte) (*F, error)) (*F, []goBadLine, []inventory.Problem) {
	var problems []inventory.Problem
	var bad []goBadLine
	if len(data) > goMaxBytes {
		return nil, nil, []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 4 MiB; not read"}}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	f, err := parse(data)
	if err == nil {
		return f, nil, nil
	}
	lines := bytes.Split(data, []byte("\n"))
	for range goMaxRounds {
		before := len(problems)
		for _, e := range goErrors(err) {
			n := e.Pos.Line
			if strings.Contains(e.Error(), "unterminated block") {
				problems = append(problems, inventory.Problem{Path: p, Line: n, Kind: "malformed",
					Message: "the block is not closed: the file may be truncated; what could be read is listed"})
				lines = append(lines, []byte(")"))
				continue
			}
			if n < 1 || n > len(lines) || lines[n-1] == nil {
				continue
			}
			text := strings.TrimSpace(string(lines[n-1]))
			lines[n-1] = nil
			bad = append(bad, goBadLine{n, text})
			problems = append(problems, goProblem(p, n, text, e.Err))
		}
		if len(problems) == before {
			break // nothing to take out any more
		}
		if f, err = parse(bytes.Join(lines, []byte("\n"))); err == nil {
			break
		}
	}
	slices.SortStableFunc(problems, func(a, b inventory.Problem) int { return a.Line - b.Line })
	problems = limitProblems(p, problems)
	if err == nil {
		return f, bad, problems
	}
	return nil, bad, append(problems, inventory.Problem{Path: p, Kind: "malformed", Message: err.Error()})
}

func goErrors(err error) modfile.ErrorList {
	var list modfile.ErrorList
	if errors.As(err, &list) {
		return list
	}
	var one *modfile.Error
	if errors.As(err, &one) {
		return modfile.ErrorList{*one}
	}
	return nil
}

func goProblem(p string, line int, text string, err error) inventory.Problem {
	problem := inventory.Problem{Path: p, Line: line, Kind: goBadKind(text), Message: err.Error() + "; the line is left out"}
	if problem.Kind == "merge conflict" {
		problem.Message = "a merge conflict was left in the file; of two versions the first is taken; resolve it"
	}
	return problem
}

func goBadKind(text string) string {
	if jsConflict(text) != 0 {
		return "merge conflict"
	}
	return "malformed"
}

// goSalvage reads "[require] path version" from a line that the parser refused,
// such as a require of a branch.
func goSalvage(text string) (modulePath, requirement string, indirect, ok bool) {
	code, comment, _ := strings.Cut(text, "//")
	fields := strings.Fields(code)
	if len(fields) == 3 && fields[0] == "require" {
		fields = fields[1:]
	}
	if len(fields) != 2 || !strings.Contains(fields[0], ".") || !strings.Contains(fields[0], "/") ||
		strings.ContainsAny(fields[0]+fields[1], "()=<>\"'`,;|") {
		return "", "", false, false
	}
	return fields[0], fields[1], strings.HasPrefix(strings.TrimSpace(comment), "indirect"), true
}
