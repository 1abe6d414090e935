package detect

import (
	"unicode"
	"unicode/utf8"
)

// token is one word of a file. Letters and digits part into tokens of their own
// ("GPLv2" is gpl, v, 2), as do single characters of scripts that write no
// spaces.
type token struct {
	id         uint16 // place in the vocabulary; 0 for a word that it lacks
	flags      uint8
	start, end uint32 // byte offsets, end exclusive
}

// What stands before a token.
const (
	lineBefore  uint8 = 1 << iota // it is the first of its line
	stopBefore                    // a full stop, or what ends a thought, then space
	blankBefore                   // an empty line
)

// Word hashes are FNV-1a over the folded bytes.
const (
	hashSeed  uint64 = 14695981039346656037
	hashPrime uint64 = 1099511628211
)

func hashWord(s string) uint64 {
	h := hashSeed
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * hashPrime
	}
	return h
}

// Classes of bytes for the tokenizer.
const (
	other = iota
	lower
	upper
	digit
	high // part of a rune beyond ASCII
)

var class = func() (t [256]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		t[c] = lower
		t[c-'a'+'A'] = upper
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = digit
	}
	for c := 0x80; c < 256; c++ {
		t[c] = high
	}
	return t
}()

// scanner walks over the bytes of a file and hands out words, with comment
// marks, markup, escapes and list numbers left out.
type scanner struct {
	b     []byte
	at    int
	flags uint8
}

// tokenize appends the words of b to dst, each looked up in v.
func tokenize(dst []token, b []byte, v *vocabulary) []token {
	s := scanner{b: b, flags: lineBefore}
	for {
		h, start, end, ok := s.next()
		if !ok {
			return dst
		}
		if end < len(b) && b[end] == '-' {
			if whole, to := s.hyphenated(h, end); to > 0 && v.id(whole) != 0 {
				h, end, s.at = whole, to, to
			}
		}
		dst = append(dst, token{id: v.id(h), flags: s.flags, start: uint32(start), end: uint32(end)})
		s.flags = 0
	}
}

// next finds the next word: its hash and its place.
func (s *scanner) next() (h uint64, start, end int, ok bool) {
	b := s.b
	for s.at < len(b) {
		c := b[s.at]
		switch class[c] {
		case lower, upper:
			start = s.at
			if s.flags&lineBefore != 0 && s.leader() {
				continue
			}
			h, i := hashSeed, start
			for i < len(b) {
				c := b[i]
				if k := class[c]; k == lower {
					h = (h ^ uint64(c)) * hashPrime
				} else if k == upper {
					h = (h ^ uint64(c+'a'-'A')) * hashPrime
				} else if k == high {
					n, w := s.fold(i)
					if n == 0 || w {
						break
					}
					for _, x := range foldedRune(b, i, n) {
						h = (h ^ uint64(x)) * hashPrime
					}
					i += n
					continue
				} else {
					break
				}
				i++
			}
			s.at = i
			return h, start, i, true
		case digit:
			start = s.at
			if s.flags&lineBefore != 0 && s.number() {
				continue
			}
			h, i := hashSeed, start
			for i < len(b) && class[b[i]] == digit {
				h = (h ^ uint64(b[i])) * hashPrime
				i++
			}
			s.at = i
			return h, start, i, true
		case high:
			n, whole := s.fold(s.at)
			if n == 0 {
				s.at += max(1, runeLen(b, s.at))
				continue
			}
			start = s.at
			h, i := hashSeed, start
			for i < len(b) {
				c := b[i]
				k := class[c]
				switch {
				case k == lower:
					h = (h ^ uint64(c)) * hashPrime
					i++
					continue
				case k == upper:
					h = (h ^ uint64(c+'a'-'A')) * hashPrime
					i++
					continue
				case k == high:
					if n, w := s.fold(i); n > 0 && (!w || i == start) {
						for _, x := range foldedRune(b, i, n) {
							h = (h ^ uint64(x)) * hashPrime
						}
						i += n
						if !whole {
							continue
						}
					}
				}
				break
			}
			s.at = i
			return h, start, i, true
		default:
			s.gap(c)
		}
	}
	return 0, 0, 0, false
}

// hyphenated puts together a word that is parted at the end of a line, and says
// where it ends; 0 when it is not parted.
func (s *scanner) hyphenated(h uint64, at int) (uint64, int) {
	b := s.b
	i, line := at+1, false
	for i < len(b) && i < at+40 && class[b[i]] == other {
		line = line || b[i] == '\n'
		i++
	}
	if !line || i == len(b) || class[b[i]] != lower {
		return 0, 0
	}
	for i < len(b) && class[b[i]] == lower {
		h = (h ^ uint64(b[i])) * hashPrime
		i++
	}
	return h, i
}

// gap steps over what is between words and notes what it means.
func (s *scanner) gap(c byte) {
	b := s.b
	switch c {
	case '\n', '\r':
		if c == '\r' && s.at+1 < len(b) && b[s.at+1] == '\n' {
			s.at++
			return
		}
		if s.flags&lineBefore != 0 {
			s.flags |= blankBefore | stopBefore
		}
		s.flags |= lineBefore
		s.at++
		s.macro()
	case '.', '!', '?':
		// At the beginning of a line it begins a comment of Fortran.
		ofComment := c == '!' && s.flags&lineBefore != 0
		if !ofComment && (s.at+1 == len(b) || b[s.at+1] <= ' ' || b[s.at+1] == '"' || b[s.at+1] == '<' || b[s.at+1] == ')') {
			s.flags |= stopBefore
		}
		s.at++
	case '<':
		s.at += markup(b[s.at:])
	case '&':
		s.at += entity(b[s.at:])
	case '\\':
		s.escape()
	default:
		s.at++
	}
}

// escape steps over "\n", "\t" and "\"" in strings and over font changes of
// roff ("\fB").
func (s *scanner) escape() {
	b := s.b
	s.at++
	if s.at == len(b) {
		return
	}
	switch b[s.at] {
	case 'n':
		if s.flags&lineBefore != 0 {
			s.flags |= blankBefore | stopBefore
		}
		s.flags |= lineBefore
		s.at++
		s.at += restOfLine(b[s.at:])
	case 't', 'r':
		s.at++
	case 'f':
		if s.at+1 < len(b) && (b[s.at+1] == 'B' || b[s.at+1] == 'I' || b[s.at+1] == 'R' || b[s.at+1] == 'P') {
			s.at += 2
		}
	}
}

// restOfLine is what follows an escaped line end in a line of source, with that
// line's own end: the same line ends twice. It is 0 where there are more words.
func restOfLine(b []byte) int {
	for i, c := range b[:min(len(b), 40)] {
		switch c {
		case '\n':
			return i + 1
		case ' ', '\t', '\r', '"', '\'', ',', ';', ')', '+', '.', '\\':
		default:
			return 0
		}
		if c == '\\' && i+1 < len(b) && b[i+1] != '\n' && b[i+1] != '\r' {
			return 0 // another escape
		}
	}
	return 0
}

// macro steps over a request of roff at the beginning of a line (".PP").
func (s *scanner) macro() {
	b := s.b[s.at:]
	if len(b) < 3 || b[0] != '.' || class[b[1]] != upper && class[b[1]] != lower {
		return
	}
	n := 2
	if class[b[2]] == upper || class[b[2]] == lower {
		n = 3
	}
	if n == len(b) || b[n] == ' ' || b[n] == '\n' || b[n] == '\r' {
		s.at += n
	}
}

// leader steps over a word that only marks a line as a comment ("dnl", "REM",
// the C of Fortran in the first column) and over the letter of a list ("a)").
func (s *scanner) leader() bool {
	b := s.b[s.at:]
	first := s.at == 0 || s.b[s.at-1] == '\n'
	word := 0
	for word < len(b) && word < 5 && (class[b[word]] == lower || class[b[word]] == upper) {
		word++
	}
	end := word == len(b) || b[word] == ' ' || b[word] == '\t' || b[word] == '\n' || b[word] == '\r'
	switch {
	case word == 3 && end && (hasPrefixFold(b, "dnl") || hasPrefixFold(b, "rem")):
		s.at += word
		return true
	case word == 1 && first && end && (b[0] == 'C' || b[0] == 'c') && word < len(b) && b[word] != '\n':
		s.at += word
		return true
	case word > 0 && word <= 4 && word+1 < len(b) && (b[word] == ')' || b[word] == '.' && word == 1) && b[word+1] <= ' ' && (word == 1 || roman(b[:word])):
		s.at += word
		s.flags &^= lineBefore
		return true
	}
	return false
}

func roman(b []byte) bool {
	for _, c := range b {
		if c|0x20 != 'i' && c|0x20 != 'v' && c|0x20 != 'x' {
			return false
		}
	}
	return true
}

// number steps over the number of a list at the beginning of a line ("1.", "2)").
func (s *scanner) number() bool {
	b := s.b[s.at:]
	n := 0
	for n < len(b) && n < 3 && class[b[n]] == digit {
		n++
	}
	if n < 3 && n+1 < len(b) && (b[n] == '.' || b[n] == ')') && b[n+1] <= ' ' {
		s.at += n
		s.flags &^= lineBefore
		return true
	}
	return false
}

// maxMarkup bounds a tag of HTML.
const maxMarkup = 400

// markup is the length of the tag at the beginning of b, 1 when it is none.
func markup(b []byte) int {
	i := 1
	if i < len(b) && b[i] == '/' {
		i++
	}
	if i < len(b) && b[i] == '!' {
		if len(b) > 3 && b[2] == '-' && b[3] == '-' {
			return 4
		}
		return 2
	}
	name := i
	h := hashSeed
	for i < len(b) && i-name < 12 && (class[b[i]] == lower || class[b[i]] == upper || class[b[i]] == digit) {
		h = (h ^ uint64(b[i]|0x20)) * hashPrime
		i++
	}
	if i == name || !markupNames[h] {
		return 1
	}
	for ; i < len(b) && i < maxMarkup; i++ {
		if b[i] == '>' {
			return i + 1
		}
		if b[i] == '<' {
			return 1
		}
	}
	return 1
}

var markupNames = func() map[uint64]bool {
	m := map[uint64]bool{}
	for _, n := range []string{
		"a", "abbr", "address", "article", "b", "big", "blockquote", "body", "br", "center", "cite", "code", "dd", "div", "dl", "dt", "em", "font", "footer",
		"h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i", "img", "kbd", "li", "link", "meta", "nav", "ol", "p", "pre", "q", "s", "samp", "section",
		"small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "title", "tr", "tt", "u", "ul", "var", "wbr",
		"para", "simpara", "ulink", "emphasis", "itemizedlist", "orderedlist", "listitem", "literal", "quote", "sect1", "sect2", "note", "comment", "text", "description", "name", "url", "license", "licenses",
	} {
		m[hashFolded(n)] = true
	}
	return m
}()

// hashFolded is the hash that markup makes of a name: digits too have bit 5 set
// already.
func hashFolded(s string) uint64 {
	h := hashSeed
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i]|0x20)) * hashPrime
	}
	return h
}

// entity is the length of the character reference at the beginning of b, 1 when
// it is none.
func entity(b []byte) int {
	i := 1
	if i < len(b) && b[i] == '#' {
		i++
	}
	for start := i; i < len(b) && i-start < 8 && class[b[i]] != other && class[b[i]] != high; i++ {
	}
	if i > 1 && i < len(b) && b[i] == ';' {
		return i + 1
	}
	return 1
}

func runeLen(b []byte, i int) int {
	_, n := utf8.DecodeRune(b[i:])
	return n
}

// fold says how many bytes of a rune beyond ASCII at i belong to a word, 0 when
// it is no letter, and whether it is a word of its own. A byte that is no UTF-8
// is taken as Latin-1.
func (s *scanner) fold(i int) (n int, whole bool) {
	r, n := utf8.DecodeRune(s.b[i:])
	if r == utf8.RuneError && n <= 1 {
		r = rune(s.b[i])
		if r < 0xC0 || r == 0xD7 || r == 0xF7 {
			return 0, false
		}
		return 1, false
	}
	if r >= 0x2E80 && unicode.IsLetter(r) {
		return n, true
	}
	if unicode.IsLetter(r) || unicode.IsMark(r) {
		return n, false
	}
	return 0, false
}

// foldedRune gives the bytes that stand for the rune at i in a hash.
func foldedRune(b []byte, i, n int) []byte {
	r, _ := utf8.DecodeRune(b[i:])
	if r == utf8.RuneError && n == 1 {
		r = rune(b[i])
	}
	var buf [4]byte
	return buf[:utf8.EncodeRune(buf[:], unicode.ToLower(r))]
}

// hasPrefixFold compares with a prefix in lower case.
func hasPrefixFold(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}
