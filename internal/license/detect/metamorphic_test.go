package detect

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/license"
)

// statements are ways to name a license that must be found in whatever
// surroundings; each has the ids that are in it.
var statements = []struct{ text, ids string }{
	{"SPDX-License-Identifier: ISC", "ISC"},
	{"SPDX-License-Identifier: (MIT OR Zlib) AND CC0-1.0", "CC0-1.0 MIT Zlib"},
	{"SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note", "GPL-2.0-only Linux-syscall-note"},
	{"This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public License as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later version.", "GPL-2.0-or-later"},
	{"This library is free software; you can redistribute it and/or modify it under the terms of the GNU Lesser General Public License as published by the Free Software Foundation; either version 2.1 of the License, or (at your option) any later version.", "LGPL-2.1-or-later"},
	{`Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with the License. You may obtain a copy of the License at http://www.apache.org/licenses/LICENSE-2.0`, "Apache-2.0"},
	{"This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.", "MPL-2.0"},
	{"Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)", "BSL-1.0"},
	{"This work is licensed under the Creative Commons Attribution 4.0 International License.", "CC-BY-4.0"},
	{"This project is released under the terms of the Eclipse Public License 2.0.", "EPL-2.0"},
}

func idsOf(expressions ...string) []string {
	set := map[string]bool{}
	for _, s := range expressions {
		if e, err := license.Parse(s); err == nil {
			for _, l := range e.Leaves() {
				set[l.ID] = true
				if l.Exception != "" {
					set[l.Exception] = true
				}
			}
		}
	}
	out := make([]string, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func found(text string) []string { return idsOf(Detect([]byte(text)).Licenses...) }

func mustFind(t *rapid.T, text, ids string) {
	t.Helper()
	if d := cmp.Diff(strings.Fields(ids), found(text)); d != "" {
		t.Fatalf("%s\n%s", text, d)
	}
}

// unrelated draws text that says nothing of licenses.
func unrelated(t *rapid.T, name string) string {
	words := strings.Fields("int main return value of widget { } ( ) ; = + the color is blue when open close read buffer 42 0x1f for loop // # * matrix user table")
	var b strings.Builder
	for range rapid.IntRange(0, 120).Draw(t, name) {
		b.WriteString(rapid.SampledFrom(words).Draw(t, "word"))
		b.WriteByte(" \n"[rapid.IntRange(0, 6).Draw(t, "end")/6])
	}
	return b.String()
}

// wrap breaks a text into lines of at most a width, where there are spaces.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && len(line)+1+len(w) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}

var commentStyles = []struct{ open, each, end string }{
	{"", "", ""}, {"/*\n", " * ", "\n */"}, {"", "// ", ""}, {"", "# ", ""}, {"<!--\n", "  ", "\n-->"}, {"", ";; ", ""}, {"", "-- ", ""},
	{"", "dnl ", ""}, {"", "% ", ""}, {"\"\"\"", "", "\"\"\""}, {"(*\n", "   ", "\n*)"}, {"", "\t\t", ""}, {"", "! ", ""}, {"/**\n", "\t*\t", "\n**/"}, {"", "rem ", ""},
}

func TestUnrelatedTextKeepsTheFinding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(statements).Draw(t, "statement")
		mustFind(t, unrelated(t, "before")+"\n\n"+s.text+"\n\n"+unrelated(t, "after"), s.ids)
	})
}

func TestLayoutDoesNotChangeTheFinding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(statements).Draw(t, "statement")
		style := rapid.SampledFrom(commentStyles).Draw(t, "style")
		indent := rapid.SampledFrom([]string{"", "  ", "\t", "        "}).Draw(t, "indent")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")
		lines := []string{s.text}
		if !strings.HasPrefix(s.text, "SPDX") { // a tag is one line
			lines = wrap(s.text, rapid.IntRange(40, 200).Draw(t, "width"))
		}
		for i := range lines {
			lines[i] = indent + style.each + lines[i]
		}
		mustFind(t, strings.ReplaceAll(style.open+strings.Join(lines, "\n")+style.end+"\n", "\n", end), s.ids)
	})
}

func TestCaseDoesNotChangeTheFinding(t *testing.T) {
	for _, s := range statements {
		for _, text := range []string{strings.ToUpper(s.text), strings.ToLower(s.text)} {
			if d := cmp.Diff(strings.Fields(s.ids), found(text)); d != "" {
				t.Errorf("%s\n%s", text, d)
			}
		}
	}
}

func TestTwoFilesInOneGiveTheUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(statements).Draw(t, "first")
		b := rapid.SampledFrom(statements).Draw(t, "second")
		between := "\n\n" + strings.Repeat("int x = 1;\n", rapid.IntRange(8, 40).Draw(t, "lines between")) + "\n"
		want := strings.Fields(a.ids + " " + b.ids)
		slices.Sort(want)
		mustFind(t, a.text+between+b.text+"\n", strings.Join(slices.Compact(want), " "))
	})
}

// The license of this repository, in every layout.
func TestATextIsFoundInAnyLayout(t *testing.T) {
	b, err := os.ReadFile("../../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, c := range []struct {
		name string
		text string
	}{
		{"as it is", text}, {"in capitals", strings.ToUpper(text)}, {"in a comment", "/*\n * " + strings.ReplaceAll(text, "\n", "\n * ") + "\n */\nint x;\n"},
		{"on one line", strings.Join(strings.Fields(text), " ")}, {"narrow", strings.Join(wrap(text, 40), "\n")}, {"quoted", "> " + strings.ReplaceAll(text, "\n", "\n> ")},
		{"a third of it", text[:len(text)/3]},
	} {
		r := Detect([]byte(c.text))
		if d := cmp.Diff([]string{"Apache-2.0"}, idsOf(r.Licenses...)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// hostile are pieces that, repeated, have made other scanners slow.
var hostile = []string{"license ", "the ", "GNU General Public License version 2 or later ", "SPDX-License-Identifier: (", "MIT OR ", "see COPYING ", "Copyright (c) 2020 A, ", "((((", "<<<<", "/* */",
	"Permission is hereby granted ", "Redistribution and use in source and binary forms ", "http://", "either version 2 of the License, or ", "\n", "a", "licensed under the ", "REUSE-IgnoreStart ", "&amp;", "*/"}

// The cost is counted in bytes allocated, which is the same on every machine:
// four times the text may cost little more than four times as much.
func TestNoTextCostsMoreThanItsSize(t *testing.T) {
	for _, piece := range hostile {
		small := strings.Repeat(piece, 40_000/len(piece))
		large := strings.Repeat(piece, 160_000/len(piece))
		Detect([]byte(small)) // what is built once is built
		a, b := allocated(small), allocated(large)
		if b > 8*a+1<<20 {
			t.Errorf("%q: %d bytes for a text of 40 kB, %d for four times as much", piece, a, b)
		}
	}
}

func allocated(text string) uint64 {
	b := []byte(text)
	runtime.GC() // memory that is kept for the next file goes with the second
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Detect(b)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzDetectKeepsItsWord(f *testing.F) {
	for _, s := range statements {
		f.Add([]byte(s.text))
	}
	for _, piece := range hostile {
		f.Add([]byte(strings.Repeat(piece, 20)))
	}
	f.Add([]byte("\xff\xfeL\x00i\x00c\x00e\x00n\x00s\x00e\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := Detect(b)
		if d := cmp.Diff(r, Detect(b)); d != "" {
			t.Fatalf("another answer the second time: %s", d)
		}
		lines := strings.Count(string(b), "\n") + 1
		for _, m := range r.Matches {
			if m.FirstLine < 1 || m.LastLine < m.FirstLine || m.LastLine > lines || m.Start < 0 || m.End > len(b) || m.Start >= m.End || m.Score < 0 || m.Score > 1 {
				t.Errorf("%+v in a text of %d bytes and %d lines", m, len(b), lines)
			}
			if _, err := license.Parse(m.Expression); m.Expression != "" && err != nil || m.Expression == "" && m.RefersTo == "" {
				t.Errorf("%+v: %v", m, err)
			}
		}
		for _, s := range append(r.Licenses, r.Expression) {
			if _, err := license.Parse(s); s != "" && err != nil {
				t.Error(err)
			}
		}
		if fmt.Sprint(idsOf(r.Expression)) != fmt.Sprint(idsOf(r.Licenses...)) && len(idsOf(r.Expression)) > len(idsOf(r.Licenses...)) {
			t.Errorf("the expression %q names more than the statements %q", r.Expression, r.Licenses)
		}
	})
}
