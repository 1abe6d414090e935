package manifest

import (
	"strconv"
	"strings"
)

// jsParseYarnText reads the format of yarn 1: two blanks a level, "key:" opens
// a block, "key value" is a pair, texts may be quoted. A top-level key is kept
// as written: a list of patterns ("a@^1, "@b/c@^2"").
func jsParseYarnText(b []byte) *jsDoc {
	s := strings.TrimPrefix(string(b), "\ufeff")
	d := &jsDoc{nodes: append(make([]jsNode, 0, strings.Count(s, "\n")+8), jsNode{kind: jsObject, line: 1})}
	// parents[k] is the block whose entries stand at level k, lasts[k] the last of them.
	parents, lasts := []int32{0}, []int32{0}
	skipping := false
	for line := 1; s != ""; line++ {
		var text string
		text, s, _ = strings.Cut(s, "\n")
		text = strings.TrimRight(text, " \r")
		mark := jsConflict(text)
		switch {
		case mark == '<':
			d.fault(line, "merge conflict", jsConflictMessage)
		case mark != 0:
			skipping = mark == '|'
		}
		content := strings.TrimLeft(text, " ")
		if mark != 0 || skipping || content == "" || content[0] == '#' {
			continue
		}
		level := (len(text) - len(content)) / 2
		if level >= len(parents) {
			d.fault(line, "malformed", "the indentation fits nothing above; this line was not read: %s", jsQuote(content))
			continue
		}
		parents, lasts = parents[:level+1], lasts[:level+1]
		n, ok := yarnLine(content, level == 0)
		if n.line = int32(line); !ok {
			d.fault(line, "malformed", "neither a block nor a pair; this line was not read: %s", jsQuote(content))
			continue
		}
		lasts[level] = d.append(parents[level], lasts[level], n)
		if n.kind == jsObject {
			parents, lasts = append(parents, lasts[level]), append(lasts, 0)
		}
	}
	return d
}

// yarnLine reads one line without its indentation.
func yarnLine(content string, top bool) (jsNode, bool) {
	if block, ok := strings.CutSuffix(content, ":"); ok {
		n := jsNode{key: block, kind: jsObject}
		if !top {
			n.key, _ = yarnToken(block)
		}
		return n, true
	}
	key, rest := yarnToken(content)
	rest = strings.TrimLeft(rest, " ")
	if key == "" || rest == "" || top {
		return jsNode{}, false
	}
	val, _ := yarnToken(rest)
	return jsNode{key: key, val: val, kind: jsString}, true
}

// yarnToken takes a quoted or plain word off the front of s.
func yarnToken(s string) (token, rest string) {
	if !strings.HasPrefix(s, `"`) {
		token, rest, _ = strings.Cut(s, " ")
		return token, rest
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			if t, err := strconv.Unquote(s[:i+1]); err == nil {
				return t, s[i+1:]
			}
			return s[1:i], s[i+1:]
		}
	}
	return s[1:], ""
}
