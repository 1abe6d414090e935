package scan

import (
	"strings"
	"testing"

	"github.com/tributary-oss/tributary/internal/license/detect"
)

func TestWhatAFileOnlySpeaksOfPutsItUnderNothing(t *testing.T) {
	const header = "// Copyright 2024 A. B.\n// SPDX-License-Identifier: MIT\n\npackage x\n"
	body := strings.Repeat("var x int\n", 40)
	mention := "// The old parser was licensed under the GNU General Public License version 3.\n"
	isc := "/* Permission to use, copy, modify, and/or distribute this software for any\n * purpose with or without fee is hereby granted, provided that the above\n * copyright notice and this permission notice appear in all copies.\n *\n * THE SOFTWARE IS PROVIDED \"AS IS\" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH\n * REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND\n * FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,\n * INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS\n * OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER\n * TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF\n * THIS SOFTWARE. */\n"
	for _, c := range []struct{ path, text, want string }{
		{"a.go", header + body, "MIT"},
		{"a.go", header + body + mention, "MIT"},
		{"a.go", body + mention, ""},
		{"README.md", body + mention, "GPL-3.0-only"},
		{"COPYING", body + mention, "GPL-3.0-only"},
		{"ChangeLog-2009", mention, ""},
		{"news.go", mention, "GPL-3.0-only"},
		{"NEWS.md", header, "MIT"},
		{"a.c", header + body + isc, "ISC AND MIT"},
		{"a.c", "// Licensed under the MIT license or the Apache License 2.0, at your option.\n" + body + "// MIT license\n", "Apache-2.0 OR MIT"},
	} {
		f := lookAt(c.path, []byte(c.text), nil)
		if got := f.under(c.path); got != c.want {
			t.Errorf("%s %.30q…: under %q, want %q", c.path, c.text, got, c.want)
		}
		if got := decodeFinding(f.encode()).brief().under("x.go"); c.path == "a.go" && got != c.want {
			t.Errorf("%s: from the cache %q", c.path, got)
		}
	}
	if got := Granted("a.go", detect.Result{}); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
