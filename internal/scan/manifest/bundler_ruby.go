package manifest

import (
	"regexp"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// rubyGem is one dependency as a Gemfile or a gemspec states it.
type rubyGem struct {
	name, requirement string
	scope             inventory.Scope
	path, git         string
	file              string
	line              int
	note              string
}

const (
	rubyMaxJoin  = 60  // lines of one call
	rubyMaxDepth = 200 // open blocks
	rubyMaxFiles = 8   // files that eval_gemfile leads to
)

var (
	rubyString   = pattern.Lazy(`"([^"]*)"|'([^']*)'|%[qQ][<({\[]([^>)}\]]*)[>)}\]]`)
	rubyOption   = pattern.Lazy(`(?:^|[,({\s])(?::"?\w+"?\s*=>|["']\w+["']\s*=>|\w+:(?:\s|$))`)
	rubyModifier = pattern.Lazy(`\s(?:if|unless)\s`)
	rubyBlock    = pattern.Lazy(`\bdo\s*(?:\|[^|]*\|)?\s*$`)
	rubyOpener   = pattern.Lazy(`^(?:if|unless|case|begin|def|class|module|while|until|for)\b|=\s*(?:if|unless|case|begin)\b`)
	rubyEnd      = pattern.Lazy(`^end\b`)
	gemCall      = pattern.Lazy(`^gem(?:\s+|\s*\()(.*)$`)
	specCall     = pattern.Lazy(`\.add_(runtime_|development_)?dependency\b\s*\(?\s*(.*)$`)
	specNameSet  = pattern.Lazy(`\.name\s*=\s*(.*)$`)
	gemExact     = pattern.Lazy(`^(?:=\s*)?(\d+(?:\.[0-9A-Za-z]+){2,})$`)
)

// rubyOptionValue gives what stands behind "key:" or ":key =>".
func rubyOptionValue(options string, keys ...string) string {
	for _, key := range keys {
		re := rubyOptionValues()[key]
		if m := re.FindStringSubmatch(options); m != nil {
			return m[1]
		}
	}
	return ""
}

var rubyOptionValues = sync.OnceValue(func() map[string]*regexp.Regexp {
	out := map[string]*regexp.Regexp{}
	for _, key := range []string{"group", "groups", "path", "git", "github", "gitlab", "bitbucket", "gist", "ref", "branch", "tag", "platform", "platforms", "optional", "name"} {
		out[key] = regexp.MustCompile(`(?:^|[\s,({])(?::` + key + `\s*=>|` + key + `:)\s*(\[[^\]]*\]|%[iw][\[(][^\])]*[\])]|"[^"]*"|'[^']*'|:?\w+)`)
	}
	return out
})

// rubyWords gives the names in ":a", "[:a, 'b']" or "%i[a b]".
func rubyWords(s string) []string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "%i"), "%w")
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(":[](),\"' \t", r) })
}

func rubyUnquote(s string) string { return strings.Trim(s, `"'`) }

// rubyStrings gives the string literals of a text.
func rubyStrings(s string) []string {
	var out []string
	for _, m := range rubyString().FindAllStringSubmatch(s, -1) {
		out = append(out, m[1]+m[2]+m[3])
	}
	return out
}

// rubyStatement is a logical line: calls may go on after a comma.
type rubyStatement struct {
	text string
	line int
}

// rubyStatements splits a program into logical lines without comments.
func rubyStatements(data []byte) []rubyStatement {
	var out []rubyStatement
	n, joined := 0, 0
	skip := false
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		if strings.HasPrefix(line, "=begin") || strings.HasPrefix(line, "=end") {
			skip = strings.HasPrefix(line, "=begin")
			continue
		}
		if strings.HasPrefix(line, "__END__") {
			break
		}
		text := strings.TrimSpace(rubyUncomment(line))
		if skip || text == "" || len(text) > 1<<16 {
			continue
		}
		if last := len(out) - 1; last >= 0 && joined < rubyMaxJoin && rubyGoesOn(out[last].text) {
			out[last].text += " " + text
			joined++
			continue
		}
		joined = 0
		out = append(out, rubyStatement{text, n})
	}
	return out
}

func rubyGoesOn(s string) bool {
	return strings.HasSuffix(s, ",") || strings.HasSuffix(s, "=>") || strings.HasSuffix(s, "(") || strings.HasSuffix(s, `\`)
}

// rubyUncomment cuts a line at a "#" that is not in a string.
func rubyUncomment(s string) string {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			return s[:i]
		}
	}
	return s
}
