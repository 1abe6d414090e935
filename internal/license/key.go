package license

import (
	"strings"
)

// key folds the many spellings of a license's name into one: lower case, no
// punctuation, letters split from digits, "2.0" as "2", known long names as
// their short form, no word twice, no word that says nothing.
func key(s string) string {
	s = foldPhrases(words(s))
	seen := map[string]bool{}
	var out []string
	for _, w := range strings.Fields(s) {
		if noise[w] || seen[w] {
			continue
		}
		seen[w] = true
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

var noise = set("the license licence licenses licensed licencing licensing under version versions v ver vs software terms of a an file published by as inc see project agreement conditions and-conditions text full")

// words lower-cases, and splits at everything but letters, digits and the dots
// inside numbers; "+" becomes the word "orlater".
func words(s string) string {
	var b strings.Builder
	var last byte // class of the previous character: l letter, d digit, s other
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case 'a' <= c && c <= 'z' || c >= 0x80:
			if last == 'd' {
				b.WriteByte(' ')
			}
			b.WriteByte(c)
			last = 'l'
		case '0' <= c && c <= '9':
			if last == 'l' {
				b.WriteByte(' ')
			}
			b.WriteByte(c)
			last = 'd'
		case (c == '.' || c == '_') && last == 'd' && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9':
			b.WriteByte('.')
		case c == '+' && last == 'd':
			b.WriteString(" orlater ")
			last = 's'
		case c == '\'':
		default:
			b.WriteByte(' ')
			last = 's'
		}
	}
	fs := strings.Fields(b.String())
	for i, w := range fs {
		fs[i] = shortNumber(w)
	}
	return strings.Join(fs, " ")
}

// shortNumber drops the ".0" at the end of a version number.
func shortNumber(w string) string {
	if w == "" || w[0] < '0' || w[0] > '9' {
		return w
	}
	for strings.HasSuffix(w, ".0") {
		w = strings.TrimSuffix(w, ".0")
	}
	return w
}

// phrases are rewritten before single words are judged, longest first.
var phrases = [][2]string{
	{"at your option any later version", "orlater"},
	{"or at your option any later version", "orlater"},
	{"at your option any later", "orlater"},
	{"or any later version", "orlater"}, {"or any later", "orlater"}, {"and any later version", "orlater"},
	{"or later version", "orlater"}, {"or later versions", "orlater"}, {"and later versions", "orlater"}, {"any later version", "orlater"},
	{"or later", "orlater"}, {"and later", "orlater"}, {"or newer", "orlater"}, {"or above", "orlater"}, {"or higher", "orlater"},
	{"or greater", "orlater"}, {"or any newer", "orlater"}, {"and above", "orlater"}, {"or any", "orlater"}, {"orlater version", "orlater"}, {"and newer", "orlater"},
	{"gnu affero general public", "agpl"}, {"affero general public", "agpl"}, {"affero gpl", "agpl"}, {"gnu affero gpl", "agpl"},
	{"gnu library or lesser general public", "lgpl"}, {"gnu lesser general public", "lgpl"}, {"gnu library general public", "lgpl"},
	{"lesser general public", "lgpl"}, {"library general public", "lgpl"}, {"gnu lesser public", "lgpl"}, {"lesser gpl", "lgpl"}, {"gnu lesser gpl", "lgpl"},
	{"lesser gnu public", "lgpl"}, {"gnu lesser", "lgpl"},
	{"gnu general public", "gpl"}, {"general public", "gpl"}, {"gnu public", "gpl"}, {"gnu gpl", "gpl"}, {"gnu lgpl", "lgpl"}, {"gnu agpl", "agpl"},
	{"gnu free documentation", "gfdl"}, {"gnu fdl", "gfdl"}, {"gpl v", "gpl"}, {"lgpl v", "lgpl"}, {"agpl v", "agpl"},
	{"gplv", "gpl"}, {"lgplv", "lgpl"}, {"agplv", "agpl"}, {"mplv", "mpl"}, {"eplv", "epl"}, {"aslv", "asl"}, {"bsdl", "bsd"},
	{"mozilla public", "mpl"}, {"eclipse public", "epl"}, {"common development and distribution", "cddl"},
	{"european union public", "eupl"}, {"creative commons attribution", "cc by"}, {"creative commons", "cc"}, {"share alike", "sa"},
	{"sharealike", "sa"}, {"non commercial", "nc"}, {"noncommercial", "nc"}, {"no derivatives", "nd"}, {"noderivatives", "nd"}, {"noderivs", "nd"},
	{"academic free", "afl"}, {"microsoft public", "ms pl"}, {"microsoft reciprocal", "ms rl"}, {"zope public", "zpl"},
	{"common public", "cpl"}, {"sil open font", "ofl"}, {"open font", "ofl"}, {"sil ofl", "ofl"}, {"berkeley software distribution", "bsd"},
	{"apache foundation", "apache"}, {"apache org", "apache"}, {"clauses", "clause"}, {"clause s", "clause"}, {"two clause", "2 clause"},
	{"three clause", "3 clause"}, {"four clause", "4 clause"}, {"gpl compatible", "gplcompatible"},
}

func foldPhrases(s string) string {
	s = " " + s + " "
	s = strings.NewReplacer(" the ", " ", " license ", " ", " licence ", " ", " version ", " ", " v ", " ").Replace(s)
	s = strings.NewReplacer(" the ", " ", " license ", " ", " licence ", " ", " version ", " ", " v ", " ").Replace(s)
	for range 2 { // "gnu agplv 3" becomes "gnu agpl 3", then "agpl 3"
		for _, p := range phrases {
			if strings.Contains(s, " "+p[0]+" ") {
				s = strings.ReplaceAll(s, " "+p[0]+" ", " "+p[1]+" ")
			}
		}
	}
	return s
}
