package detect

import (
	"bytes"
	"strings"

	"github.com/google/licensecheck"

	"github.com/tributary-oss/tributary/internal/license"
)

// How far around the cues a known text may reach.
const (
	beforeCue = 4 << 10
	afterCue  = 48 << 10
)

// longText is the size from which a match is a license's text rather than a
// notice that refers to one.
const longText = 700

// findTexts finds known license texts and notices between the cues.
func findTexts(b []byte, first, last int, tagged, ignored []span, memo *Memo) []find {
	if onlyTags(b, first, last, tagged) {
		return nil
	}
	var all []stretch
	if memo != nil && len(tagged) == 0 && len(ignored) == 0 {
		if all = stretches(b, first, last); all != nil {
			if finds, ok := memo.recall(all); ok {
				return finds
			}
		}
	}
	from := lineStart(b, max(0, first-beforeCue))
	to := min(len(b), last+afterCue)
	cov := licensecheck.Scan(b[from:to])
	var out []find
	for _, m := range cov.Match {
		start, end := from+m.Start, from+m.End
		start = afterCopyright(b, start, end)
		if inside(tagged, start) || inside(ignored, start) || start >= end {
			continue
		}
		e, ok := expression(m.ID)
		if !ok {
			continue
		}
		f := find{expr: e, kind: "header", score: 0.9, start: start, end: end}
		switch {
		case m.IsURL:
			f.kind, f.score = "mention", 0.7
		case end-start >= longText:
			f.kind, f.score = "text", 0.95
		}
		out = append(out, f)
	}
	out = settleMentions(dropAppendices(out))
	if all != nil {
		memo.learn(all, out)
	}
	return out
}

// afterCopyright moves the start of a match beyond the copyright statements that
// precede the license: they are somebody's, the license is not.
func afterCopyright(b []byte, start, end int) int {
	for at := start; at < end; {
		line := b[at:end]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		cue, other := false, false
		for i := range line {
			if cueFirst[line[i]] && isCue(line[i:]) {
				cue = cue || isCopyrightCue(line[i:])
				other = other || !isCopyrightCue(line[i:])
			}
		}
		if other || !cue && len(bytes.Trim(line, " \t\r\n/*#;-<!>.")) > 0 {
			return at
		}
		at += len(line)
	}
	return start
}

// appendix bounds how far after a license's text the advice on how to apply it
// may begin.
const appendix = 3 << 10

// dropAppendices drops the sample notice at the end of the GNU licenses: it
// says "or later", but of the reader's program, not of this one.
func dropAppendices(fs []find) []find {
	var out []find
	textEnd := -appendix - 1
	for _, f := range fs {
		if f.kind == "text" && f.end-f.start > 5000 {
			textEnd = f.end
		} else if f.end-f.start < 2000 && f.start-textEnd < appendix && strings.HasSuffix(f.expr.String(), "-or-later") {
			continue
		}
		out = append(out, f)
	}
	return out
}

// settleMentions keeps a mention only where nothing better names the same license,
// and calls it by its public kind.
func settleMentions(fs []find) []find {
	var out []find
	for i, f := range fs {
		if f.kind == "mention" {
			named := false
			for j, g := range fs {
				if i != j && g.kind != "mention" && covers(g.expr, f.expr) {
					named = true
				}
			}
			if named {
				continue
			}
			f.kind = "header"
		}
		out = append(out, f)
	}
	return out
}

// onlyTags says whether all cues lie on the lines of tags and of copyright
// statements: the common short header, for which the search of texts is spared.
func onlyTags(b []byte, first, last int, tagged []span) bool {
	if len(tagged) == 0 {
		return false
	}
	for i := first; i <= last; i++ {
		if !cueFirst[b[i]] || !isCue(b[i:]) || inside(tagged, i) {
			continue
		}
		if hasPrefixFold(b[i:], "copyr") || hasPrefixFold(b[i:], "(c)") || hasPrefixFold(b[i:], "\xc2\xa9") || hasPrefixFold(b[i:], "spdx-") {
			continue
		}
		return false
	}
	return true
}

func lineStart(b []byte, at int) int {
	return bytes.LastIndexByte(b[:at], '\n') + 1
}

// others maps the ids of licensecheck that SPDX does not have.
var others = map[string]string{
	"Aladdin-9":                "Aladdin",
	"BSD-3-Clause-NoTrademark": "BSD-3-Clause",
	"BSD-1-Clause-Clear":       "LicenseRef-BSD-1-Clause-Clear",
	"CommonsClause":            "LicenseRef-Commons-Clause",
	"GooglePatentClause":       "",
	"GooglePatentsFile":        "",
	"GPL":                      "",
	"CC-BY-NC-SA-3.0-US":       "CC-BY-NC-SA-3.0",
}

// expression maps an id of licensecheck to SPDX.
func expression(id string) (license.Expr, bool) {
	if spdx, ok := others[id]; ok {
		id = spdx
	}
	if id == "" {
		return license.Expr{}, false
	}
	if e, err := license.Parse(id); err == nil {
		return e, true
	}
	e, err := license.Parse("LicenseRef-" + strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '-'
	}, id))
	return e, err == nil
}
