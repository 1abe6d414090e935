package detect

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tributary-oss/tributary/internal/license"
)

func TestTagsAreReadInEveryCommentStyle(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"// SPDX-License-Identifier: MIT\npackage x\n", "MIT"},
		{"/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */", "GPL-2.0-only WITH Linux-syscall-note"},
		{"# SPDX-License-Identifier: (GPL-2.0+ OR MIT)\n", "GPL-2.0-or-later OR MIT"},
		{"<!-- SPDX-License-Identifier: Apache-2.0 -->", "Apache-2.0"},
		{"-- SPDX-License-Identifier: ISC", "ISC"},
		{"(* SPDX-License-Identifier: LGPL-2.1-only *)", "LGPL-2.1-only"},
		{"{# SPDX-License-Identifier: MIT #}", "MIT"},
		{"; SPDX-License-Identifier: MIT", "MIT"},
		{"% SPDX-License-Identifier: LPPL-1.3c", "LPPL-1.3c"},
		{"REM SPDX-License-Identifier: MIT", "MIT"},
		{"x = 1 # spdx-license-identifier: mit", "MIT"},
		{" * SPDX-License-Identifier:\tBSD-2-Clause\r\n * more", "BSD-2-Clause"},
		{"// SPDX-License-Identifier: MIT OR\n//   Apache-2.0\n", "MIT OR Apache-2.0"},
		{"// SPDX-License-Identifier: (MIT OR\n//   Apache-2.0) AND ISC\n", "(MIT OR Apache-2.0) AND ISC"},
		{"// SPDX-License-Identifier: LicenseRef-Acme\n", "LicenseRef-Acme"},
		{"// SPDX-License-Identifier: MIT\n...\n// SPDX-License-Identifier: ISC\n", "ISC AND MIT"},
		{"// SPDX-License-Identifier: Apache-2.0 and some words", "Apache-2.0"},
		{"**SPDX-License-Identifier**: MIT", "MIT"},
		{strings.Repeat("x\n", 500) + "/* SPDX-License-Identifier: MIT */", "MIT"},
		{"`SPDX-License-Identifier: MIT`", "MIT"},
		{"HEAD = \"// SPDX-License-Identifier: GPL-2.0-only\\n\"", ""},
		{"\"comment\": \"SPDX-License-Identifier: MIT\"", "MIT"},
		{"fmt.Println(\"SPDX-License-Identifier: \" + id)", ""},
		{"// SPDX-License-Identifier: <id>", ""},
		{"// REUSE-IgnoreStart\n// SPDX-License-Identifier: MIT\n// REUSE-IgnoreEnd\n// SPDX-License-Identifier: ISC\n", "ISC"},
		{"\x00\x01 SPDX-License-Identifier: MIT", ""},
		{"no word of the kind", ""},
		{"", ""},
	} {
		e, want := Detect([]byte(c.in)).Expression, c.want
		if x, err := license.Parse(want); err == nil {
			want = x.Normalize().String()
		}
		if e != want {
			t.Errorf("%q: %q, want %q", c.in, e, want)
		}
	}
}

func TestALicenseFileGivesItsLicense(t *testing.T) {
	for _, id := range []string{"MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "ISC", "MPL-2.0", "EPL-2.0", "Zlib", "BSL-1.0", "Unlicense", "CC0-1.0", "GPL-3.0-only", "LGPL-2.1-only", "AGPL-3.0-only"} {
		text, ok := license.Text(id)
		if !ok {
			t.Errorf("no text of %s", id)
			continue
		}
		if got := Detect([]byte(text)).Expression; got != id {
			t.Errorf("the text of %s gives %q", id, got)
		}
	}
}

func TestANoticeGivesItsLicenseWithLines(t *testing.T) {
	src := "// Copyright 2021 The Widget Authors. All rights reserved.\n//\n" +
		"// Licensed under the Apache License, Version 2.0 (the \"License\");\n// you may not use this file except in compliance with the License.\n" +
		"// You may obtain a copy of the License at\n//\n//     http://www.apache.org/licenses/LICENSE-2.0\n\npackage widget\n"
	r := Detect([]byte(src))
	if r.Expression != "Apache-2.0" {
		t.Fatalf("expression %q", r.Expression)
	}
	if diff := cmp.Diff([]string{"Copyright 2021 The Widget Authors"}, r.Copyrights); diff != "" {
		t.Error(diff)
	}
	m := r.Matches[0]
	if m.FirstLine < 1 || m.LastLine > 7 || len(m.TextHash) != 64 || m.Score <= 0 || m.Score >= 1 {
		t.Errorf("match %+v", m)
	}
}

func TestTheTextBesideADualTagTakesNoChoiceAway(t *testing.T) {
	text, _ := license.Text("MIT")
	if got := Detect([]byte("SPDX-License-Identifier: MIT OR GPL-2.0-only\n\n" + text)).Expression; got != "GPL-2.0-only OR MIT" {
		t.Error(got)
	}
}

func TestCopyrightStatementsAreCollected(t *testing.T) {
	src := "/*\n * Copyright (C) 1999-2003, 2005 Jane Doe <jane@example.org>\n * Copyright (c) 2004 by Acme, Inc.\n" +
		" * © 2010 Zoë Ltd\n * SPDX-FileCopyrightText: 2022 Bob\n * Copyright [yyyy] [name of copyright owner]\n" +
		" * The above copyright notice must be kept by copyright holders.\n * Copyright (C) 1999-2003, 2005 Jane Doe <jane@example.org>\n */\n"
	want := []string{"Copyright 1999-2003, 2005 Jane Doe <jane@example.org>", "Copyright 2004 Acme, Inc.", "Copyright 2010 Zoë Ltd", "Copyright 2022 Bob"}
	if diff := cmp.Diff(want, Detect([]byte(src)).Copyrights); diff != "" {
		t.Error(diff)
	}
}

func TestLargeFilesAreReadAtBothEnds(t *testing.T) {
	big := "// SPDX-License-Identifier: MIT\n" + strings.Repeat("some line of data that says nothing\n", 60000) + "// SPDX-License-Identifier: ISC\n"
	r := Detect([]byte(big))
	if r.Expression != "ISC AND MIT" || len(r.Matches) != 2 || r.Matches[1].FirstLine != 60002 {
		t.Errorf("%q %+v", r.Expression, r.Matches)
	}
}

func TestDetectIsSafeForConcurrentUse(t *testing.T) {
	text, _ := license.Text("BSD-3-Clause")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := Detect([]byte(text)).Expression; got != "BSD-3-Clause" {
				t.Error(got)
			}
		})
	}
	wg.Wait()
}
