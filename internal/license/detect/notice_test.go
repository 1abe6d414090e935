package detect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoticesAreReadInTheWordingsThatPeopleUse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public License as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later version.", "GPL-2.0-or-later"},
		{"licensed under the GPL version 2", "GPL-2.0-only"},
		{"Licensed under GPLv3+", "GPL-3.0-or-later"},
		{"License: GPL (>= 2)", "GPL-2.0-or-later"},
		{"It is distributed under version 2.1 or later of the GNU Lesser General Public License.", "LGPL-2.1-or-later"},
		{"under the terms of the GNU General Public License, version 2 or version 3", "GPL-2.0-only OR GPL-3.0-only"},
		{"under the terms of the GNU General Public License as published by the Free Software Foundation, either version 2 or (at your option) version 3 of the License.", "GPL-2.0-only OR GPL-3.0-only"},
		{"This code is released under the GPL.", "GPL-1.0-or-later"},
		{"released under the GNU Lesser General Public License", "LGPL-2.1-or-later"},
		{"licensed under the AGPL version 3 or any later version", "AGPL-3.0-or-later"},
		{"under the GNU Free Documentation License, Version 1.3 or any later version", "GFDL-1.3-or-later"},
		{"Use of this source code is governed by a BSD-style license that can be found in the LICENSE file.", "BSD-3-Clause"},
		{"licensed under the Simplified BSD License", "BSD-2-Clause"},
		{"Released under the MIT license", "MIT"},
		{"Licensed under the Apache License, Version 2.0", "Apache-2.0"},
		{"subject to the terms of the Mozilla Public License, v. 2.0", "MPL-2.0"},
		{"This work is licensed under a Creative Commons Attribution-ShareAlike 3.0 Unported License", "CC-BY-SA-3.0"},
		{"distributed under the same terms as Perl itself", "Artistic-1.0-Perl OR GPL-1.0-or-later"},
		{"See https://www.apache.org/licenses/LICENSE-2.0 for the license.", "Apache-2.0"},
		{"see http://creativecommons.org/licenses/by-nc/4.0/legalcode", "CC-BY-NC-4.0"},
		{"https://www.gnu.org/licenses/old-licenses/lgpl-2.1.html", "LGPL-2.1-only"},
		{"MODULE_LICENSE(\"Dual BSD/GPL\");", "BSD-3-Clause OR GPL-2.0-only"},
		{"@license MIT", "MIT"},
		{"\"license\": \"ISC\",", "ISC"},
		// choices and sums
		{"Dual licensed under the MIT and GPLv2 licenses.", "GPL-2.0-only OR MIT"},
		{"This is licensed under the MIT license or the Apache License 2.0, at your option.", "Apache-2.0 OR MIT"},
		{"The code is under the MIT license.\n\nThe documentation is licensed under the Creative Commons Attribution 4.0 license.", "CC-BY-4.0 AND MIT"},
		// exceptions
		{"Licensed under the GNU General Public License version 2, with the Classpath exception.", "GPL-2.0-only WITH Classpath-exception-2.0"},
		{"Licensed under the Apache License v2.0 with LLVM Exceptions.", "Apache-2.0 WITH LLVM-exception"},
		// what is no license
		{"This is not GPL.", ""},
		{"If you combine or link the Software with software that is licensed under the GPLv2 then see below.", ""},
		{"The output was computed via Tcl and MIT.", ""},
		{"On any system where pip is available:\n- Python 2: 'pip2 install x'\n", ""},
		{"libcurl is used in GPL licensed environments.", ""},
		{"Documentation updated to the GFDL 1.2.", ""},
		{"docs/FTL.TXT\ndocs/GPLv2.TXT\n# licensed elsewhere\n", ""},
		{"edited under license terms with lgpl2gpl.sed", ""},
		{"# Require the license to be the latest GPL.\nsc_version:\n\thalt='version 3 [^3]'\n", "GPL-1.0-or-later"},
		{"@cindex Lesser General Public License\n@item Lesser General Public License\nThis document says more than that, in many words that follow here.\nand so on, and so on, in more and more words of it\nand in yet more words of it, until there are enough of them.\n", ""},
		{"See RFC 1952 at http://www.ietf.org/rfc/rfc1952.txt", ""},
		{"This font is licensed under the SIL Open Font License, Version 1.1.", "OFL-1.1"},
		{"printf(\"it under the terms of the GNU General Public License as published by\\n\"\n\"the Free Software Foundation; either version 3 of the License, or\\n\"\n\"(at your option) any later version.\\n\");", "GPL-3.0-or-later"},
		{"This software is not licensed under the GPL.", ""},
		{"The MIT license is compatible with the GPL version 3.", "MIT"},
		{"We talked to people at MIT and at Apache about BSD sockets.", ""},
		{"Copy COPYING.GPL and LICENSE_BSD to the directory.", ""},
		{"var gplCount = gpl(2) + lgpl(3)", ""},
	} {
		if got := Detect([]byte(c.text)).Expression; got != c.want {
			t.Errorf("%q\n got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestAListOfLicensesIsNoStatement(t *testing.T) {
	list := `const ids = ["AFL-1.1", "Apache-2.0", "BSD-3-Clause", "CDDL-1.0", "EPL-2.0", "GPL-3.0", "LGPL-2.1", "MPL-2.0", "OSL-3.0"]`
	if got := Detect([]byte(list)).Expression; got != "" {
		t.Errorf("a list of ids is taken for %q", got)
	}
}

func TestPointersToFilesAreReported(t *testing.T) {
	r := Detect([]byte("/* Copyright 2020 A. Author. See the file COPYING for conditions of use.\n * Portions: see licenses/LICENSE-zlib.txt */"))
	var got []string
	for _, m := range r.Matches {
		if m.Kind == "reference" {
			got = append(got, m.RefersTo)
			if m.Expression != "" {
				t.Errorf("a pointer to %s has the expression %s", m.RefersTo, m.Expression)
			}
		}
	}
	if diff := cmp.Diff([]string{"COPYING", "licenses/LICENSE-zlib.txt"}, got); diff != "" {
		t.Error(diff)
	}
}

const houseLicense = `The House License

Permission is granted to the tenants of the house to use, copy, modify and distribute copies of
this software and its documentation within the house, provided that the above copyright notice and this
permission notice appear in all copies, and that no fee is charged for redistribution. Guests may use the
software for the time of their stay, but may not modify it or grant any sublicense. The landlord provides the software
"as is" without warranty of any kind and shall not be liable for any damages arising out of the use of this software.
The terms and conditions herein end with the lease.`

func TestATextThatReadsLikeALicenseIsNamedByItsWords(t *testing.T) {
	a := Detect([]byte(houseLicense))
	if len(a.Matches) != 1 || a.Matches[0].Kind != "unknown" || !strings.HasPrefix(a.Expression, UnknownPrefix) {
		t.Fatalf("got %+v", a)
	}
	wrapped := "/*\n * " + strings.ReplaceAll(strings.ReplaceAll(houseLicense, "\n", " "), ". ", ".\n * ") + "\n */"
	if b := Detect([]byte(wrapped)); b.Expression != a.Expression {
		t.Errorf("wrapped otherwise it is %s, not %s", b.Expression, a.Expression)
	}
}

func TestEncodingsAreFolded(t *testing.T) {
	text := "Distributed under the GNU General Public License, version 3 only – voilà."
	utf16le := []byte{0xFF, 0xFE}
	utf16be := []byte{0xFE, 0xFF}
	var latin1 []byte
	for _, c := range text {
		utf16le = append(utf16le, byte(c), byte(c>>8))
		utf16be = append(utf16be, byte(c>>8), byte(c))
		if c < 256 {
			latin1 = append(latin1, byte(c))
		}
	}
	for name, b := range map[string][]byte{"UTF-8": []byte(text), "UTF-16LE": utf16le, "UTF-16BE": utf16be, "Latin-1": latin1, "RTF": []byte(`{\rtf1\ansi {\b Distributed} under the \i GNU\i0  General Public License,\par version 3 only}`)} {
		if got := Detect(b).Expression; got != "GPL-3.0-only" {
			t.Errorf("%s: %q", name, got)
		}
	}
}
