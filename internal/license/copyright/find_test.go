package copyright

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestStatementsAreFoundAndNormalized(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Copyright (c) 2020 Ada Lovelace. All rights reserved.", "Copyright 2020 Ada Lovelace"},
		{"/* Copyright © 2019-21 Foo, Inc. */", "Copyright 2019-2021 Foo, Inc."},
		{"# SPDX-FileCopyrightText: 2020 Ada <ada@example.com>", "Copyright 2020 Ada <ada@example.com>"},
		{"// SPDX-FileCopyrightText: © 2020 Ada", "Copyright 2020 Ada"},
		{"// SPDX-FileCopyrightText: Ada and friends", "Copyright Ada and friends"},
		{"// SPDX-SnippetCopyrightText: 2022 Bob", "Copyright 2022 Bob"},
		{" * Copyright (C) 1991, 1992, 1993,\n *   1994 Free Software Foundation, Inc.\n *", "Copyright 1991, 1992, 1993, 1994 Free Software Foundation, Inc."},
		{"Copyright (c) 2010\n  The Regents of the University.  All rights reserved.", "Copyright 2010 The Regents of the University"},
		{" * Copyright (c) 1991, 1992, 1996, 1997, 1998, 2000, 2001 Free Software\n * Foundation, Inc.  All rights reserved.",
			"Copyright 1991, 1992, 1996, 1997, 1998, 2000, 2001 Free Software Foundation, Inc."},
		{"Copyright The Example Authors.", "Copyright The Example Authors"},
		{"/*! lib v3 | (c) Open Foundation and other contributors | example.org/license */", "Copyright Open Foundation and other contributors"},
		{"printf(\"foo 1.0, Copyright (C) 1999 Joe Doe\\n\");", "Copyright 1999 Joe Doe"},
		{"Copyright 1999 A Corp, Copyright 2001 B Ltd.", "Copyright 1999 A Corp|Copyright 2001 B Ltd."},
		{"Portions Copyright (c) 2001 X Y", "Copyright 2001 X Y"},
		{"This software is copyrighted by the Regents of the University, Sun Systems, Inc.,", "Copyright the Regents of the University, Sun Systems, Inc."},
		{"Copyright (c) 2012 ada", "Copyright 2012 ada"},
		{"Copyright Ada Lovelace 2020", "Copyright Ada Lovelace 2020"},
		{"\xa9 2003 M\xfcller", "Copyright 2003 Müller"},
		{"Copyright &copy; 2020 <a href=\"https://x.org\">Foo</a>", "Copyright 2020 Foo"},
		{"<Copyright>Copyright (c) Foo 2021</Copyright>", "Copyright Foo 2021"},
		{"Copyright 2014 Foo Inc. Licensed under the Apache License", "Copyright 2014 Foo Inc."},
		{"Copyright 2016-present Foo", "Copyright 2016-present Foo"},
		{"Copyright 2016 to 2018, Foo", "Copyright 2016-2018 Foo"},
		{"Copyright: 2000, Joe", "Copyright 2000 Joe"},
		{"Copyright 2004 (C) Tor Doe", "Copyright 2004 Tor Doe"},
		{"Copyright (C) 1991-2, RSA Security, Inc.", "Copyright 1991-1992 RSA Security, Inc."},
		{"Copyright (C) 2011 Foo <foo@x.org>.", "Copyright 2011 Foo <foo@x.org>"},
		{"const copyright = 'Copyright 2020 Foo';", "Copyright 2020 Foo"},
		{"Copyright 2020", "Copyright 2020"},
		{"* Copyright (c) 2010 A B\n *               2011 C D\n * foo", "Copyright 2010 A B|Copyright 2011 C D"},
		{"Copyright 2020 Ada\nCopyright (c) 2020 Ada\n", "Copyright 2020 Ada"},
	} {
		if got := strings.Join(Find([]byte(c.in), nil), "|"); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestSpeakingOfCopyrightIsNoStatement(t *testing.T) {
	for _, in := range []string{
		"Copyright [yyyy] [name of copyright owner]", "Copyright (C) <year>  <name of author>", "Copyright (C) 19yy <name of author>",
		"Copyright (c) {{ year }}, {{ organization }}", "Copyright (c) <year> <copyright holders>", "Copyright %s %s",
		"the above copyright notice and this permission notice", "NEITHER THE COPYRIGHT HOLDERS NOR ANY", "Copyright Act of 1976", "copyrightable work",
		"(c) You must cause any modified files", "  (c) The Licensor may", "(c) Individual Use", "Copyright and License", "COPYRIGHT LAW", "Copyright Any copyright or neighboring rights",
		"if (c) return 2000;", "x := y{e.Copyrights, Matches: []row{}}", "Copyright: Foo(Bar)", "f(c) 12", "The GNU Copyright License", "binary \xa9\xff\xfe\xa9\x80 A\xa9B",
		"Copyright (C) 1989, 1991 Free Software Foundation, Inc.\n 51 Street\n Everyone is permitted to copy and distribute verbatim copies\n of this license document",
	} {
		if got := Find([]byte(in), nil); got != nil {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestSkippedPlacesSayNothing(t *testing.T) {
	b := []byte("Copyright 2020 Ada\n\nCopyright 2021 Bob\n")
	if got := Find(b, func(at int) bool { return at < 10 }); len(got) != 1 || got[0] != "Copyright 2021 Bob" {
		t.Errorf("%q", got)
	}
}

// What comments and line ends surround a statement does not change it.
func TestStatementsStayTheSameInAnyComment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(1970, 2049).Draw(t, "year")
		holder := rapid.SampledFrom([]string{"Ada Lovelace", "Foo, Inc.", "The Bar Authors", "B. Baz <b@example.com>", "Müller GmbH"}).Draw(t, "holder")
		sign := rapid.SampledFrom([]string{"Copyright", "Copyright (c)", "(C)", "©", "Copyright ©", "COPYRIGHT (C)", "&copy;", "Portions Copyright (C)"}).Draw(t, "sign")
		open := rapid.SampledFrom([]string{"", "// ", "# ", " * ", "/* ", "<!-- ", "dnl ", "; ", "\t-- ", "REM ", "%% ", ".\\\" "}).Draw(t, "open")
		end := rapid.SampledFrom([]string{"", ".", " */", " -->", "\r", ". All rights reserved.", "; all rights reserved"}).Draw(t, "end")
		y := string(rune('0'+year/1000)) + string(rune('0'+year/100%10)) + string(rune('0'+year/10%10)) + string(rune('0'+year%10))
		in := "int x;\n" + open + sign + " " + y + " " + holder + end + "\nint y;\n"
		want := "Copyright " + y + " " + holder
		if got := Find([]byte(in), nil); len(got) != 1 || got[0] != want {
			t.Fatalf("%q: %q, want %q", in, got, want)
		}
	})
}

func FuzzFind(f *testing.F) {
	f.Add([]byte("Copyright (c) 2020 Ada\n(c) 1999-2000, 03\xa9 \\(co &copy; SPDX-FileCopyrightText: x"))
	f.Add([]byte("/* Copyright 1999,\r\n * 2000 Foo\r\n * 2001 Bar */"))
	f.Fuzz(func(t *testing.T, b []byte) {
		seen := map[string]bool{}
		for _, c := range Find(b, nil) {
			if !strings.HasPrefix(c, "Copyright ") || len(c) > maxLength || !utf8.ValidString(c) || seen[c] {
				t.Errorf("%q", c)
			}
			if strings.IndexFunc(c, unicode.IsControl) >= 0 {
				t.Errorf("control characters in %q", c)
			}
			seen[c] = true
		}
	})
}

// The scanner goes over the text once for each word, whatever the text.
func TestNoPlaceIsLookedAtTwice(t *testing.T) {
	b := bytes.Repeat([]byte("Copyright (c) © copyright &copy; "), 200)
	s := cueScanner{b: b}
	last := -1
	for n := 0; ; n++ {
		at, ok := s.next(last + 1)
		if !ok {
			if want := 6 * 200; n != want { // the sign is two bytes, of which the second is one too
				t.Errorf("%d places, want %d", n, want)
			}
			return
		}
		if at <= last {
			t.Fatalf("place %d after %d", at, last)
		}
		last = at
	}
}
