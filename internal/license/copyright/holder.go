package copyright

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// readHolder reads the holder at the beginning of s: up to what ends it. next is
// the rest when that begins another statement, else "".
func readHolder(s string) (holder, next string) {
	if i := nextMarks(s); i >= 0 {
		s, next = s[:i], s[i:]
	}
	s = untagged(s)
	s = s[:holderEnd(s)]
	s = strings.Join(strings.Fields(s), " ")
	return trimHolder(s), next
}

// nextMarks is where another statement begins in s, or -1.
func nextMarks(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case 'C', 'c', '(', '&', 0xc2:
			if s[i-1] != ' ' && s[i-1] != ';' && s[i-1] != ',' && s[i-1] != '/' {
				continue
			}
			if m, ok := readMarks(s[i:]); ok && (startsWithYear(m.rest) || m.word && m.sign) {
				return i
			}
		}
	}
	return -1
}

// untagged takes out markup, but for addresses in angle brackets.
func untagged(s string) string {
	if !strings.ContainsAny(s, "<&\\") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '<' {
			b.WriteByte(s[i])
			continue
		}
		end := strings.IndexByte(s[i:], '>')
		if end < 0 {
			b.WriteString(s[i:])
			break
		}
		if tag := s[i : i+end+1]; strings.Contains(tag, "@") || strings.Contains(tag, "://") && !strings.ContainsAny(tag, "= ") || strings.Contains(tag, " at ") {
			b.WriteString(tag)
		}
		i += end
	}
	return references.Replace(b.String())
}

// references are those of HTML that stand in names.
var references = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&nbsp;", " ", "&#39;", "'")

// stops end a holder, in lower case; a stop that is a word must stand as one.
var stops = []string{"all rights", "all right reserved", "alle rechte", "tous droits", "todos los derechos", "licensed ", "licensed under", "licensed to", "license:", "licence:", "license -", "permission ", "released under", "distributed under",
	"under the ", "under gpl", "under mit", "under a ", "subject to ", "spdx-", "this ", "use of ", "redistribution", "you may", "you can", "is free ", "is licensed", "is distributed",
	"may be ", "for more", "for terms", "for license", "for conditions", "for details", "for the ", "please ", "see license", "see the", "see copying", "see file", "see end", "see also", "see http", "see ",
	"the source code", "unless ", "everyone ", "no warranty", "there is", "mit license", "mit licensed", "bsd license", "gpl", "dual licensed", "dual-licensed", "available under", "available at", "provided ", "as published", "with the ", "with contributions", "http://www.apache.org/licenses",
	"according to", "contact:", "@license", "@author", "@version", "author:", "authors:", "version:", "email:", "website:", "released ", "and is ", "and it is", "with reserved font", "and licensed", "except "}

// cuts end a holder wherever they stand.
var cuts = []string{"*/", "-->", "*)", "#}", "%>", "]]>", "\\n", "\\r", "\"\"\"", "'''", "|", "\\x", "{{", "}}", " -- ", "\");", "';", "\";", "\",", "',", "\"", "##", "**", "//", "${", "…", "•", "·", "\u2028", " - ", "=#", "-}"}

// holderEnd is where the holder ends in s.
func holderEnd(s string) int {
	end := len(s)
	for _, c := range cuts {
		if i := strings.Index(s[:end], c); i >= 0 && !(c == "//" && strings.HasSuffix(s[:i], ":")) {
			end = i
		}
	}
	low := strings.ToLower(s[:end])
	if len(low) != end {
		return end // letters whose lower case has another length
	}
	for _, stop := range stops {
		from := 0
		for {
			i := strings.Index(low[from:], stop)
			if i < 0 {
				break
			}
			i += from
			if i == 0 || !isWordByte(low[i-1]) {
				low = low[:i]
				break
			}
			from = i + 1
		}
	}
	return sentenceEnd(s[:len(low)])
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || isDigit(c) || c >= 0x80 || c == '_'
}

// sentenceEnd is where the first sentence ends: a period behind a word that is
// no abbreviation, and something behind it.
func sentenceEnd(s string) int {
	start := 0
	for i := 0; i+1 < len(s); i++ {
		if s[i] == ' ' || s[i] == ',' || s[i] == '(' {
			start = i + 1
		}
		if s[i] != '.' || s[i+1] != ' ' {
			continue
		}
		word := strings.ToLower(s[start:i])
		if abbreviations[word] || strings.ContainsAny(word, ".") || len(word) > 2 && word[len(word)-2] == '-' || utf8.RuneCountInString(word) < 2 {
			continue
		}
		return i
	}
	return len(s)
}

var abbreviations = wordSet("inc ltd co corp llc llp gmbh bros jr sr st dr prof mr mrs ms assoc dept univ univers intl int'l dev div incorp pty pte oy ab ag kg sa nv bv plc lab labs tech techn ing phil et al vs no vol")

// trimHolder takes off punctuation around a holder.
func trimHolder(s string) string {
	for {
		t := strings.TrimRight(s, " \t,;:*/#-–—\"'`|\\=+~_%!^&<([{$@")
		t = strings.TrimLeft(t, " \t,;:*/#-–—\"'`|\\=+~_%!^&>)]}.")
		for _, open := range []string{"()", "[]", "{}", "<>"} {
			if strings.HasSuffix(t, open[1:]) && strings.Count(t, open[1:]) > strings.Count(t, open[:1]) {
				t = t[:len(t)-1]
			}
			if strings.HasPrefix(t, open[:1]) && strings.Count(t, open[:1]) > strings.Count(t, open[1:]) {
				t = t[1:]
			}
		}
		if strings.HasSuffix(t, "..") || strings.HasSuffix(t, ".") && !endsAbbreviated(t) {
			t = t[:len(t)-1]
		}
		for _, word := range []string{" and", " by", " or", " the", " under", " is", " are", " which", " that", " -", " in", " of", " for"} {
			if len(t) > len(word) && strings.EqualFold(t[len(t)-len(word):], word) {
				t = t[:len(t)-len(word)]
			}
		}
		if t == s {
			break
		}
		s = t
	}
	if strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return ""
	}
	return s
}

// dotless are forms of companies that are written without a period.
var dotless = wordSet("llc llp gmbh ag kg oy ab sa nv bv plc lab labs vs no vol")

func endsAbbreviated(s string) bool {
	word := s[strings.LastIndexAny(s, " ,(")+1 : len(s)-1]
	if word == "" || strings.HasSuffix(word, ">") || strings.HasSuffix(word, ")") || strings.Contains(word, "@") || dotless[strings.ToLower(word)] {
		return false
	}
	return abbreviations[strings.ToLower(word)] || strings.Contains(word, ".") || utf8.RuneCountInString(word) < 2
}

// isTemplate says whether a holder is the blank of a license's template.
func isTemplate(s string) bool {
	low := strings.ToLower(s)
	for _, blank := range blanks {
		if strings.Contains(low, blank) {
			return true
		}
	}
	return strings.HasPrefix(low, "yyyy") || strings.HasPrefix(low, "xxxx") || strings.HasPrefix(s, "YEAR ") || strings.HasPrefix(low, "year ") || strings.HasPrefix(low, "dates") ||
		strings.HasPrefix(low, "19xx") || strings.HasPrefix(low, "20xx") || strings.HasPrefix(low, "19yy") || strings.HasPrefix(low, "20yy") || strings.HasPrefix(low, "$") || strings.HasPrefix(low, "%")
}

var blanks = []string{"<year", "[year", "{year", "(year", "%year", "$year", "year>", "year]", "<yyyy", "[yyyy", "{yyyy", "yyyy]", "<date", "[date", "<name", "[name", "{name", "name of author", "name of copyright", "name of the author",
	"<owner", "[owner", "<copyright", "[copyright", "{copyright", "<holder", "copyright holder>", "copyrightholder", "holdersname", "[fullname", "{fullname", "<author", "[author", "{author", "{{", "your name", "your company", "your organization", "<organization", "[organization", "{organization",
	"<insert", "[insert", "project creators here", "xxxx", "holders>", "holder]", "holders]", "%s", "%d", "name here", "<your", "[your", "<<", "{0}", "{1}", "<var", "&lt;year", "&lt;name"}

// isName says whether a holder without years looks like a name: a capital, no
// word of the law, no sentence.
func isName(s string, m marks) bool {
	words := strings.Fields(s)
	if last := strings.ToLower(strings.TrimSuffix(s, "s")); strings.HasSuffix(last, " license") || strings.HasSuffix(last, " licence") {
		return false
	}
	if strings.ContainsAny(s, "{}[]=;$") || calls(s) {
		return false // code
	}
	if len(words) == 0 || len(words) > 14 || isProse(s, false) {
		return false
	}
	capitals, allUpper := 0, true
	for i, w := range words {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "(\"'<@"))
		if unicode.IsUpper(r) || unicode.IsDigit(r) && i > 0 || r >= 0x2E80 {
			capitals++
		}
		if strings.IndexFunc(w, unicode.IsLower) >= 0 {
			allUpper = false
		}
	}
	first := strings.ToLower(strings.Trim(words[0], ".,;:\"'()"))
	switch {
	case capitals == 0:
		return strings.Contains(s, "@") && strings.Contains(s, ".")
	case !m.word && !m.by && strings.ContainsAny(s, ";(){}="):
		return false
	case !m.word && !m.by:
		// A sign alone also numbers paragraphs: "(c) The Licensor must".
		r, _ := utf8.DecodeRuneInString(words[0])
		return unicode.IsUpper(r) && !enumerated[first] && (capitals > 1 || 2*capitals >= len(words)) && len(words) > 1 && !allUpper || strings.Contains(s, "@") && capitals > 0
	case allUpper && len(words) > 5:
		return false
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(words[0], "(\"'<@"))
	return unicode.IsUpper(r) || unicode.IsDigit(r) || r >= 0x80 || first == "the" || m.sign && 2*capitals >= len(words)
}

// calls says whether there is a parenthesis right behind a word.
func calls(s string) bool {
	i := strings.IndexByte(s, '(')
	return i > 0 && s[i-1] != ' '
}

// enumerated are words that begin paragraphs numbered (c).
var enumerated = wordSet(`you your if any the a an all each no in to this that such these those for when where and or is are may must shall will not only
	accompany cause give use make distribute neither either grant subject provide include licensor licensee contributor contributors modification modifications recipient on by with as it its at under`)

// isProse says whether what stands where a holder would is the law speaking, or
// a sentence. dated says that years stand before it: then nearly all is a name.
func isProse(s string, dated bool) bool {
	words := strings.Fields(strings.ToLower(s))
	if len(words) == 0 {
		return false
	}
	first := strings.Trim(words[0], ".,;:\"'()[]<>=")
	if dated {
		return datedLaw[first]
	}
	if law[first] || strings.HasPrefix(first, "files-") || len(words) > 1 && (first == "the" || first == "a") && law[strings.Trim(words[1], ".,;:\"'")] {
		return true
	}
	verbs := 0
	for _, w := range words {
		if verbal[strings.Trim(w, ".,;:\"'()")] {
			verbs++
		}
	}
	return verbs > 0 && len(words) > 3 && verbs*6 >= len(words)
}

// law are words that follow "copyright" where it is spoken of.
var law = wordSet(`notice notices holder holders holder's holders' owner owners owner's law laws license licenses licence licences act acts and or in of for to is are was were may shall must will
	statement statements information info infringement infringements interest interests status protection date year years disclaimer disclaimers header headers text texts file files line lines
	assignment policy office treaty treaties rights right claim claims permission permissions ownership that which by with on at from as not if it its be been has have had can should would
	material materials string symbol sign tag tags field comment comments block page section terms term conditions work works symbol mark message messages check checker checks checking
	management management-information applies apply belongs belong remains remain retained reserved removed remove update updates updated change changes see below above this these those
	exception exceptions violation violations issue issues free clause clauses strike troll agent agents grant grants transfer waiver dedication registration relevant related patent patents
	trademark trademarks collective complaint complaints scanner scan detection detected statement: notice: attribution any all following faq following: file: files: credit credits list standard convention directive legend title banner
	data metadata value values key keys variable class function method type property string: null none nil true false yes unknown`)

// datedLaw are those of them that follow years too.
var datedLaw = wordSet("notice notices holder holders owner owners law laws act acts and or of for to is are was were may shall must will statement that which as not if it its be been has have can should would treaty")

// verbal are words of sentences.
var verbal = wordSet("is are was were be been must shall may can will should would has have had not if that which unless provided hereby thereof does do applies retain reproduce agree agrees")
