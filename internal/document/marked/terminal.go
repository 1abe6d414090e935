package marked

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Options of the terminal form.
type Options struct {
	Color bool
	// All shows every line; otherwise stretches without marks are left out.
	All bool
}

// palette are backgrounds that can be told apart; the text on them is black.
var palette = []int{43, 46, 42, 45, 44, 41}

// context is how many lines are shown before and after a mark.
const context = 2

// Terminal writes the document for people who read a terminal.
func Terminal(w io.Writer, d *Document, o Options) error {
	d.Marks = d.Marks[:min(len(d.Marks), MaxMarks)]
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, clean(d.Title))
	for _, f := range d.Facts {
		fmt.Fprintf(out, "  %s: %s\n", clean(f[0]), clean(f[1]))
	}
	for i, m := range d.Marks {
		fmt.Fprintf(out, "  %s %s: %s\n", paint(fmt.Sprintf("[%d]", i+1), i+1, o.Color), clean(m.Label), clean(m.Detail))
	}
	lines := d.lines()
	show := visible(lines, o.All)
	skipped := 0
	if len(lines) > 0 {
		fmt.Fprintln(out)
	}
	for i, l := range lines {
		if !show[i] {
			skipped++
			continue
		}
		writeSkipped(out, skipped)
		skipped = 0
		writeLine(out, l, o.Color)
	}
	writeSkipped(out, skipped)
	return out.Flush()
}

func visible(lines []line, all bool) []bool {
	show := make([]bool, len(lines))
	for i, l := range lines {
		if all {
			show[i] = true
		}
		if !l.marked() {
			continue
		}
		for k := max(0, i-context); k <= min(len(lines)-1, i+context); k++ {
			show[k] = true
		}
	}
	return show
}

func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}

func writeSkipped(w io.Writer, n int) {
	if n > 0 {
		fmt.Fprintf(w, "       … %s\n", lines(n))
	}
}

func writeLine(w io.Writer, l line, color bool) {
	gutter := " "
	if l.marked() {
		gutter = ">"
	}
	fmt.Fprintf(w, "%6d %s ", l.Number, gutter)
	for _, s := range l.Segments {
		if s.Mark == 0 {
			io.WriteString(w, clean(shorten(s.Text, 200)))
			continue
		}
		io.WriteString(w, paint(clean(shorten(s.Text, 2000)), s.Mark, color))
	}
	for _, n := range l.First {
		io.WriteString(w, " "+paint(fmt.Sprintf("[%d]", n), n, color))
	}
	io.WriteString(w, "\n")
}

func paint(s string, mark int, color bool) string {
	if !color || s == "" {
		return s
	}
	return fmt.Sprintf("\x1b[30;%dm%s\x1b[0m", palette[(mark-1)%len(palette)], s)
}

// shorten leaves out the middle of a long piece: minified files are one line.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most/2], "") + " … " + strings.ToValidUTF8(s[len(s)-most/2:], "")
}

// clean shows control characters, and those that reorder text, as escapes.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
			return '\uFFFD'
		}
		return r
	}, s)
}
