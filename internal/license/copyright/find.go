package copyright

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what is looked at and kept of copyright statements.
const (
	maxStatements     = 1000
	maxLength         = 300    // bytes of one statement
	maxTries          = 20_000 // places that look like a statement, of one file
	maxStatementLines = 4      // over which one statement may go
)

// Find collects the statements of a text: normalized to "Copyright", years and
// holder, distinct, in order of appearance. Those at offsets that skip names are
// left out; skip may be nil.
func Find(b []byte, skip func(at int) bool) []string {
	var out []string
	seen := map[string]bool{}
	cues := cueScanner{b: b}
	resume := 0
	for tries := 0; tries < maxTries && len(out) < maxStatements; tries++ {
		at, ok := cues.next(resume)
		if !ok {
			break
		}
		resume = at + 1
		if skip != nil && skip(at) {
			continue
		}
		found, end := statementAt(b, at)
		resume = max(resume, end)
		for _, c := range found {
			if !seen[c] && len(out) < maxStatements {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// cueWords open statements; the case that they are searched in is all that is
// written by hand.
var cueWords = [][]byte{[]byte("opyright"), []byte("OPYRIGHT"), []byte("(c)"), []byte("(C)"), []byte("\xc2\xa9"), []byte("\xa9"), []byte("&copy;"), []byte("&#169;"), []byte(`\(co`)}

// cueScanner finds the next cue; it goes over the text once for each word.
type cueScanner struct {
	b    []byte
	at   [9]int // where the word is next; -1 before the first search, len(b) for nowhere
	made bool
}

func (s *cueScanner) next(from int) (int, bool) {
	best := len(s.b)
	for i, w := range cueWords {
		if s.made && s.at[i] >= from {
			best = min(best, s.at[i])
			continue
		}
		after := from
		if i < 2 {
			after = min(from+1, len(s.b)) // the words are without their first letter
		}
		if j := bytes.Index(s.b[after:], w); j < 0 {
			s.at[i] = len(s.b)
		} else if s.at[i] = after + j; i < 2 {
			s.at[i]--
		}
		best = min(best, s.at[i])
	}
	s.made = true
	return best, best < len(s.b)
}

// statementAt reads the statements that begin at a cue: those on its line, and
// what continues them on the next lines. end is where to go on.
func statementAt(b []byte, at int) (found []string, end int) {
	before := beforeCue(b, at)
	lines := lineReader{b: b}
	text := decodeLine(lines.from(at))
	m, ok := readMarks(text)
	if b[at] == 0xa9 && (at > 0 && b[at-1] == 0xc2 || !startsWithYear(m.rest)) {
		return nil, at + 1 // the sign in Latin-1; in other encodings the byte is anything
	}
	if !ok && strings.HasPrefix(strings.ToLower(text), tagTail) && isTag(before) {
		m, before, ok = readTag(text[len(tagTail):]), "", true
	}
	if !ok || !mayStand(before, m) {
		return nil, min(at+max(m.bytes, 1), max(lines.at, at+1))
	}
	rest := m.rest
	for {
		years, after := readYears(rest)
		holder, next := readHolder(after)
		// What a line leaves open the next one goes on with.
		for n := 1; n < maxStatementLines && next == ""; n++ {
			more, ok := lines.peek()
			if !ok || !open(years, holder, after) && !lines.wraps(after, holder, more) {
				break
			}
			lines.next()
			joined := strings.TrimRight(rest, " \t-") + " " + more
			rest = joined
			years, after = readYears(rest)
			holder, next = readHolder(after)
		}
		if c, ok := statement(m, years, holder); ok && !verbatimOnly(b, lines.at) {
			found = append(found, c)
		}
		if next == "" {
			break
		}
		if m, ok = readMarks(next); !ok {
			break
		}
		rest = m.rest
	}
	// A line of years and a holder under a statement is one too.
	for len(found) > 0 && len(found) < 50 {
		more, ok := lines.peek()
		if !ok {
			break
		}
		years, after := readYears(more)
		if years == "" {
			break
		}
		holder, next := readHolder(after)
		c, ok := statement(marks{word: true, sign: true}, years, holder)
		if holder == "" || next != "" || !ok {
			break
		}
		found = append(found, c)
		lines.next()
	}
	if len(found) == 0 {
		return nil, min(at+max(m.bytes, 1), max(lines.at, at+1)) // what follows may be one
	}
	return found, max(lines.at, at+1)
}

// open says whether a statement goes on: years without a holder, or a list
// whose last member is to come.
func open(years, holder, after string) bool {
	switch t := strings.TrimRight(after, " \t"); {
	case holder == "":
		return years != "" && t == ""
	case strings.HasSuffix(t, ","), strings.HasSuffix(t, " and"), strings.HasSuffix(t, " &"), strings.HasSuffix(t, " by"):
		return true
	}
	return false
}

// wrapped is from how many columns on a line may have been broken within a name.
const wrapped = 60

// wraps says whether a holder goes on in the next line: the line is full, the
// holder reaches its end, and a short rest of a name follows.
func (l *lineReader) wraps(after, holder, more string) bool {
	after = strings.TrimRight(after, " \t")
	if holder == "" || len(l.line()) < wrapped || !strings.HasSuffix(after, holder) {
		return false
	}
	rest, next := readHolder(more)
	words := strings.Fields(rest)
	if len(words) == 0 || len(words) > 5 || next != "" || notAName[strings.ToLower(strings.Trim(words[0], ":,."))] || isProse(rest, false) && words[0] != "of" && words[0] != "and" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(words[0])
	return unicode.IsUpper(r) || len(words) > 1 && (words[0] == "and" || words[0] == "of" || words[0] == "for")
}

// notAName are words that begin the line after a statement, and no part of it.
var notAName = wordSet("written author authors created modified contributed portions original file version derived adapted ported based maintained date name description project package module title note history changes converted rewritten url web email e-mail license licence source by revision id rcs copying")

// statement puts the parts together, if they are one.
func statement(m marks, years, holder string) (string, bool) {
	switch {
	case holder == "" && years == "":
		return "", false
	case holder == "":
		if !m.word && !m.sign {
			return "", false
		}
	case isTemplate(holder), strings.HasPrefix(strings.ToLower(holder), "copyright"), years == "" && strings.Contains(strings.ToLower(holder), "copyright"):
		return "", false
	case m.tag:
	case years == "" && !isName(holder, m):
		return "", false
	case years != "" && isProse(holder, true):
		return "", false
	}
	c := "Copyright"
	if years != "" {
		c += " " + years
	}
	if holder != "" {
		c += " " + holder
	}
	if len(c) > maxLength {
		c = c[:maxLength]
		if i := strings.LastIndexByte(c, ' '); i > 40 {
			c = c[:i]
		}
		c = strings.TrimRight(strings.ToValidUTF8(c, ""), " ,;-")
	}
	return c, true
}

// verbatimOnly says whether the statement is that of a license's own text:
// "Everyone is permitted to copy and distribute verbatim copies of this license".
func verbatimOnly(b []byte, at int) bool {
	window := b[at:min(len(b), at+400)]
	if !bytes.Contains(window, []byte("erbatim")) && !bytes.Contains(window, []byte("ERBATIM")) {
		return false
	}
	next := strings.Join(strings.Fields(strings.ToLower(string(window))), " ")
	i := strings.Index(next, "verbatim copies")
	return i >= 0 && i < 160 && (strings.Contains(next[:i], "permitted") || strings.Contains(next[:i], "allowed"))
}

// tagTail is the end of SPDX-FileCopyrightText and SPDX-SnippetCopyrightText
// (REUSE), whose value is a statement with or without a sign.
const tagTail = "copyrighttext"

func isTag(before string) bool {
	return strings.HasSuffix(before, "SPDX-File") || strings.HasSuffix(before, "SPDX-Snippet")
}

func readTag(value string) marks {
	value = strings.TrimLeft(value, " \t:=\"'")
	m, ok := readMarks(value)
	if !ok {
		m = marks{rest: value}
	}
	m.word, m.sign, m.by, m.upper, m.tag = true, true, true, true, true
	return m
}

// marks are the words and signs that open a statement.
type marks struct {
	word   bool // "Copyright"
	upper  bool // that word begins with a capital
	sign   bool // (c), ©
	letter bool // that sign is "(c)"
	by     bool // "by"
	tag    bool // all that follows is the statement
	bytes  int
	rest   string // what follows
}

// readMarks reads "Copyright (c)", "© Copyright", "(C)", "Copyrighted by" and
// their like at the beginning of s.
func readMarks(s string) (m marks, ok bool) {
	rest := s
	for n := 0; n < 6; n++ {
		rest = strings.TrimLeft(rest, " \t:")
		if word, ok := cutCopyright(rest); ok {
			m.word, m.upper, rest = true, m.upper || rest[0] == 'C', word
		} else if word, ok := cutSign(rest); ok {
			m.sign, m.letter, rest = true, rest[0] == '(', word
		} else if word, ok := cutFold(rest, "by"); ok && m.word && strings.HasPrefix(word, " ") {
			m.by, rest = true, word
		} else {
			break
		}
	}
	m.bytes = len(s) - len(rest)
	if !m.word && !m.sign {
		return m, false
	}
	m.rest = strings.TrimLeft(rest, " \t:,-–—\"'")
	return m, true
}

// cutCopyright takes the word in its forms, where it is a word.
func cutCopyright(s string) (rest string, ok bool) {
	for _, word := range []string{"copyrighted", "copyrights", "copyright"} {
		if rest, ok = cutFold(s, word); ok {
			r, _ := utf8.DecodeRuneInString(rest)
			return rest, !unicode.IsLetter(r) && r != '_'
		}
	}
	return s, false
}

func cutFold(s, word string) (string, bool) {
	if len(s) < len(word) || !strings.EqualFold(s[:len(word)], word) {
		return s, false
	}
	return s[len(word):], true
}

func cutSign(s string) (string, bool) {
	for _, sign := range []string{"(c)", "(C)", "( c )", "©", "(©)", "&copy;", "&#169;", `\(co`, "{c}", "@copyright{}", `\textcopyright`} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return rest, true
		}
	}
	return s, false
}

// mayStand says whether a statement may begin after these words of its line. A
// year or a sign right behind the word makes it one wherever it stands, but for
// the enumeration "(c)".
func mayStand(before string, m marks) bool {
	year := startsWithYear(m.rest)
	if r, _ := utf8.DecodeLastRuneInString(before); unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '$' {
		if !strings.HasSuffix(before, "\\n") && !(m.sign && !m.word && year) {
			return false // inside a word or a name
		}
	}
	words := strings.Fields(before)
	switch {
	case year:
		return true
	case m.word && m.sign, m.word && m.by:
		return len(words) == 0 || !lawBefore[strings.ToLower(strings.Trim(words[len(words)-1], `"'(,`))]
	case strings.HasSuffix(before, "."):
		return false // a field in code
	case m.word:
		// Without sign and year: only as the beginning of a line or a text.
		return m.upper && (len(words) == 0 || strings.ContainsAny(before[len(before)-1:], "\"'>") || strings.HasSuffix(strings.TrimRight(before, " "), "."))
	}
	return len(words) > 0 || !m.letter // "(c)" opens paragraphs
}

// lawBefore are words after which "copyright (c)" is spoken of, not stated.
var lawBefore = wordSet("the this above following no any a an its their retain such your")

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}
