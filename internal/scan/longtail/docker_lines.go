package longtail

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// instruction is one of a Dockerfile, its continued lines joined.
type instruction struct {
	word string // upper case
	rest string
	line int // 1-based, of its first line
}

var (
	escapeDirective = pattern.Lazy("(?i)^#\\s*escape\\s*=\\s*`")
	heredoc         = pattern.Lazy(`(?:^|\s)\d*<<(-?)["']?([A-Za-z_][A-Za-z0-9_.]*)["']?(?:\s|$)`)
)

// instructions parts a Dockerfile: comments are dropped, also inside continued
// lines, and so are here-documents, whose lines may look like instructions.
func instructions(s string) []instruction {
	lines := strings.Split(s, "\n")
	escape := `\`
	for _, line := range lines {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			break
		}
		if escapeDirective().MatchString(strings.TrimSpace(line)) {
			escape = "`"
		}
	}
	var out []instruction
	for i := 0; i < len(lines); i++ {
		start, joined := i, strings.Builder{}
		for ; i < len(lines); i++ {
			line := strings.TrimSpace(lines[i])
			if line == "" && joined.Len() == 0 || strings.HasPrefix(line, "#") {
				if joined.Len() == 0 {
					break
				}
				continue
			}
			cut, more := strings.CutSuffix(line, escape)
			joined.WriteString(cut)
			if !more {
				break
			}
			joined.WriteByte(' ')
		}
		word, rest, _ := strings.Cut(strings.ReplaceAll(joined.String(), "\t", " "), " ")
		if word == "" {
			continue
		}
		in := instruction{strings.ToUpper(word), strings.TrimSpace(rest), start + 1}
		out = append(out, in)
		if in.word == "RUN" || in.word == "COPY" || in.word == "ADD" {
			i = afterHeredocs(in.rest, lines, i)
		}
	}
	return out
}

// afterHeredocs gives the last line of the here-documents that an instruction
// opens.
func afterHeredocs(rest string, lines []string, i int) int {
	for _, m := range heredoc().FindAllStringSubmatch(rest, -1) {
		for i++; i < len(lines); i++ {
			line := strings.TrimSuffix(lines[i], "\r")
			if m[1] == "-" {
				line = strings.TrimLeft(line, "\t")
			}
			if line == m[2] {
				break
			}
		}
	}
	return i
}

var variable = pattern.Lazy(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])([^{}]*))?\})`)

// maxExpanded bounds what variables that hold variables may grow to.
const maxExpanded = 4096

// expand puts in variables; one that is not known stays as "${NAME}".
func expand(s string, args map[string]string) string {
	out := variable().ReplaceAllStringFunc(s, func(ref string) string {
		m := variable().FindStringSubmatch(ref)
		name := m[1] + m[2]
		value, known := args[name]
		switch {
		case strings.HasSuffix(m[3], "-") && value == "":
			return expandPlain(m[4], args)
		case strings.HasSuffix(m[3], "+"):
			if value == "" {
				return ""
			}
			return expandPlain(m[4], args)
		case !known || value == "":
			return "${" + name + "}"
		}
		return value
	})
	if len(out) > maxExpanded {
		return s
	}
	return out
}

// expandPlain puts in the variables of a default, which has no defaults itself.
func expandPlain(s string, args map[string]string) string {
	return variable().ReplaceAllStringFunc(s, func(ref string) string {
		m := variable().FindStringSubmatch(ref)
		if value := args[m[1]+m[2]]; value != "" {
			return value
		}
		return "${" + m[1] + m[2] + "}"
	})
}
