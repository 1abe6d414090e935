// Package marked shows a text with marks in it: the places in a file that speak
// of licenses, for a terminal and as a page.
//
// It is pure: a text and its marks in, bytes out. It must never know what a mark
// means. The text is hostile: nothing of it reaches a terminal as control codes
// or a page as markup. Start reading at [Document].
package marked

import (
	"bytes"
	"sort"
	"strings"
)

// Document is a text with its marks and what is said about it.
type Document struct {
	Title string
	// Facts are said before the text, a line each: name and value.
	Facts [][2]string
	Marks []Mark
	// Text is shown as UTF-8; other bytes become replacement characters.
	Text []byte
}

// Mark is a stretch of the text. Marks may overlap; then the shorter one shows.
type Mark struct {
	Start, End int // bytes, end exclusive
	// Label is short ("MIT"), Detail says the rest.
	Label, Detail string
}

// segment is a piece of one line: mark is the number of its mark from 1, or 0.
type segment struct {
	Mark int
	Text string
}

// line is one line of the text; First lists the marks that begin in it.
type line struct {
	Number   int
	Segments []segment
	First    []int
}

func (l line) marked() bool {
	for _, s := range l.Segments {
		if s.Mark > 0 {
			return true
		}
	}
	return false
}

// maxLines bounds what is shown.
const maxLines = 200_000

// lines cuts the text at line ends and at the edges of marks.
func (d *Document) lines() []line {
	cuts := d.cuts()
	byStart := make([]int, len(d.Marks))
	for i := range byStart {
		byStart[i] = i
	}
	sort.SliceStable(byStart, func(i, j int) bool { return d.Marks[byStart[i]].Start < d.Marks[byStart[j]].Start })
	var out []line
	next := 0
	for start, number := 0, 1; start < len(d.Text) && number <= maxLines; number++ {
		end := len(d.Text)
		if i := bytes.IndexByte(d.Text[start:], '\n'); i >= 0 {
			end = start + i
		}
		l := line{Number: number}
		for at := start; at < end; {
			for next < len(cuts)-1 && cuts[next+1].at <= at {
				next++
			}
			stop, mark := end, 0
			if len(cuts) > 0 && cuts[next].at <= at {
				mark = cuts[next].mark
			}
			if next+1 < len(cuts) && cuts[next].at <= at {
				stop = min(end, cuts[next+1].at)
			} else if len(cuts) > 0 && cuts[next].at > at {
				stop = min(end, cuts[next].at)
			}
			l.Segments = append(l.Segments, segment{mark, strings.ToValidUTF8(string(d.Text[at:stop]), "\uFFFD")})
			at = stop
		}
		for len(byStart) > 0 && d.Marks[byStart[0]].Start <= end {
			l.First = append(l.First, byStart[0]+1)
			byStart = byStart[1:]
		}
		out = append(out, l)
		start = end + 1
	}
	return out
}

// cut says which mark shows from a byte on.
type cut struct{ at, mark int }

// cuts sweeps over the edges of the marks.
func (d *Document) cuts() []cut {
	var edges []int
	for _, m := range d.Marks {
		if m.Start < m.End {
			edges = append(edges, m.Start, m.End)
		}
	}
	sort.Ints(edges)
	var out []cut
	for i, at := range edges {
		if i > 0 && edges[i-1] == at {
			continue
		}
		if mark := d.shown(at); len(out) == 0 || out[len(out)-1].mark != mark {
			out = append(out, cut{at, mark})
		}
	}
	return out
}

// shown is the shortest mark over a byte, or 0.
func (d *Document) shown(at int) int {
	best, length := 0, 0
	for i, m := range d.Marks {
		if m.Start <= at && at < m.End && (best == 0 || m.End-m.Start < length) {
			best, length = i+1, m.End-m.Start
		}
	}
	return best
}

// MaxMarks bounds the marks of one document: a text of nothing but license names
// has more than anyone reads.
const MaxMarks = 2000
