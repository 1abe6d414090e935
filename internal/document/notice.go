package document

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// NoticeFormat is a form of a notice file.
type NoticeFormat string

// The forms of a notice file.
const (
	NoticeText     NoticeFormat = "text"
	NoticeHTML     NoticeFormat = "html"
	NoticeMarkdown NoticeFormat = "markdown"
)

// NoticeFormats lists the forms in the order in which help texts show them.
var NoticeFormats = []NoticeFormat{NoticeText, NoticeHTML, NoticeMarkdown}

// NoticeItem is one component that is delivered.
type NoticeItem struct {
	// Name and Version as people write them; PURL where it has one.
	Name, Version, PURL string
	// License is the expression that holds; empty when unknown.
	License string
	// Elected is the branch of License that was chosen; empty when nothing had
	// to be chosen.
	Elected string
	// Texts are the license and notice files that came with the component. A
	// license of the expression that none of them carries is printed from the
	// SPDX list.
	Texts      []NoticeFile
	Copyrights []string
}

// NoticeFile is a license or notice text as it came with a component.
type NoticeFile struct {
	Text string
	// License is the expression that was found in it; empty for notices and for
	// what was not recognized.
	License string
	// File says where it lies, for people.
	File string
}

// noticeDoc is a notice ready to be written in any form.
type noticeDoc struct {
	Title     string
	Groups    []noticeGroup
	Attention []noticeLine
}

// noticeGroup is one license text and all components that come under it.
type noticeGroup struct {
	Heading string
	Anchor  string
	Text    string
	Items   []noticeLine
}

type noticeLine struct {
	Component  string // name and version
	PURL       string
	License    string // with the elected branch
	Copyrights []string
	Why        string // what needs attention
}

// Notice writes the attributions for items: each license text once with the
// components under it, and the copyright lines of each component. Components
// without a license, or with one whose text is not at hand, stand in a section
// of their own at the end. The order does not depend on that of items.
func Notice(w io.Writer, title string, items []NoticeItem, f NoticeFormat) error {
	d := noticeOf(title, items)
	switch f {
	case NoticeText:
		return d.writeText(w)
	case NoticeMarkdown:
		return d.writeMarkdown(w)
	case NoticeHTML:
		return noticeTemplate().Execute(w, d)
	}
	return fmt.Errorf("notice format %q is not known; choose one of text, html, markdown", f)
}

func noticeOf(title string, items []NoticeItem) noticeDoc {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b NoticeItem) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Version, b.Version), strings.Compare(a.PURL, b.PURL))
	})
	d := noticeDoc{Title: oneLine(cmp.Or(title, "Third-party notices"))}
	groups := map[string]*noticeGroup{}
	for i := range items {
		d.item(&items[i], groups)
	}
	for _, g := range groups {
		d.Groups = append(d.Groups, *g)
	}
	slices.SortFunc(d.Groups, func(a, b noticeGroup) int {
		return cmp.Or(strings.Compare(a.Heading, b.Heading), strings.Compare(a.Anchor, b.Anchor))
	})
	return d
}

func (d *noticeDoc) item(it *NoticeItem, groups map[string]*noticeGroup) {
	line := noticeLine{Component: oneLine(it.Name + " " + it.Version), PURL: oneLine(it.PURL), License: oneLine(it.License)}
	for _, c := range it.Copyrights {
		line.Copyrights = append(line.Copyrights, oneLine(c))
	}
	line.Copyrights = slices.Compact(line.Copyrights)
	if it.Elected != "" && it.Elected != it.License {
		line.License += " (" + oneLine(it.Elected) + " was chosen)"
	}
	texts, why := noticeTexts(it)
	for _, t := range texts {
		sum := sha256.Sum256([]byte(sameText(t.Text)))
		key := hex.EncodeToString(sum[:])
		g := groups[key]
		if g == nil {
			g = &noticeGroup{Heading: cmp.Or(oneLine(t.License), "Notices"), Anchor: "t-" + key[:12],
				Text: strings.Trim(neutral(strings.ReplaceAll(t.Text, "\r\n", "\n"), true), "\n")}
			groups[key] = g
		}
		if n := len(g.Items); n == 0 || g.Items[n-1].Component != line.Component || g.Items[n-1].PURL != line.PURL {
			g.Items = append(g.Items, line)
		}
	}
	if why != "" {
		line.Why = why
		d.Attention = append(d.Attention, line)
	}
}

// sameText is the text without the differences in white space that make no
// other text of it.
func sameText(s string) string { return strings.Join(strings.Fields(s), " ") }

// noticeTexts gives the texts that are owed for it: what came with it, and from
// the SPDX list what its license names beyond. Why says what is missing.
func noticeTexts(it *NoticeItem) (texts []NoticeFile, why string) {
	covered := map[string]bool{}
	for _, t := range it.Texts {
		if strings.TrimSpace(t.Text) == "" {
			continue
		}
		texts = append(texts, t)
		if e, err := license.Parse(t.License); err == nil {
			for _, l := range e.Leaves() {
				covered[l.ID], covered[l.Exception] = true, true
			}
		}
	}
	expr := cmp.Or(it.Elected, it.License)
	if expr == "" || expr == license.NoAssertion {
		return texts, "no license is known"
	}
	e, err := license.Parse(expr)
	if err != nil {
		if len(texts) > 0 {
			return texts, "the license is not an SPDX expression; the texts that came with it are above"
		}
		return nil, "the license is not an SPDX expression, and no text came with it"
	}
	var missing []string
	blank := false
	for _, l := range e.Leaves() {
		for _, id := range []string{l.ID, l.Exception} {
			if id == "" || covered[id] {
				continue
			}
			covered[id] = true
			if text, ok := license.Text(id); ok {
				blank = blank || blankCopyright().MatchString(text)
				texts = append(texts, NoticeFile{Text: text, License: id})
			} else {
				missing = append(missing, id)
			}
		}
	}
	switch {
	case len(missing) > 0:
		why = "no text at hand for " + strings.Join(missing, ", ")
	case blank && len(it.Copyrights) == 0:
		why = "the standard text of the license is printed, but it must carry the holder's copyright line, which is not known"
	}
	return texts, why
}

// blankCopyright finds a copyright line whose year or holder is to be filled in.
var blankCopyright = pattern.Lazy(`(?im)^\W*copyright\b.*[\[<{](year|yyyy|owner|name|fullname|copyright)`)

const noticeRule = "================================================================================"

func (d noticeDoc) writeText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\n%s\n", strings.ToUpper(d.Title), noticeRule)
	for _, g := range d.Groups {
		fmt.Fprintf(b, "\n%s\n\n", g.Heading)
		fmt.Fprint(b, "This text applies to:\n\n")
		for _, it := range g.Items {
			fmt.Fprintf(b, "  - %s%s\n", it.Component, inBrackets(it.License))
			for _, c := range it.Copyrights {
				fmt.Fprintf(b, "      %s\n", c)
			}
		}
		fmt.Fprintf(b, "\n%s\n\n%s\n", g.Text, noticeRule)
	}
	if len(d.Attention) > 0 {
		fmt.Fprint(b, "\nNEEDS ATTENTION\n\n")
		for _, it := range d.Attention {
			fmt.Fprintf(b, "  - %s%s: %s\n", it.Component, inBrackets(it.License), it.Why)
			for _, c := range it.Copyrights {
				fmt.Fprintf(b, "      %s\n", c)
			}
		}
	}
	return b.Flush()
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " [" + s + "]"
}
