package detect

import "testing"

func TestFieldsOfManifestsAreStatements(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[package]\nname = \"x\"\nlicense = \"MIT OR Apache-2.0\"\n", "Apache-2.0 OR MIT"},
		{`{"name":"x","license":"(MIT OR GPL-2.0-or-later)"}`, "GPL-2.0-or-later OR MIT"},
		{`{"licenses":[{"type":"MIT","url":"http://x"},{"type":"Apache-2.0"}]}`, "Apache-2.0 OR MIT"},
		{"{\n \"license\": [\"LGPL-2.1-only\", \"GPL-3.0-or-later\"]\n}", "GPL-3.0-or-later OR LGPL-2.1-only"},
		{"  s.license = { :type => 'MIT', :file => 'LICENSE' }\n", "MIT"},
		{"  spec.licenses = [\"MIT\", \"Ruby\"]\n", "MIT AND Ruby"},
		{`<metadata><license type="expression">MIT</license></metadata>`, "MIT"},
		{"<PackageLicenseExpression>Apache-2.0 OR MIT</PackageLicenseExpression>", "Apache-2.0 OR MIT"},
		{"<license><name>Apache License, Version 2.0</name></license>", "Apache-2.0"},
		{"<license>see the web site</license>", ""},
		{"name: x\nlicense: BSD3\n", "BSD-3-Clause"},
		{"License: GPL (>= 2)\n", "GPL-2.0-or-later"},
		{"license: {\"licenses\":[{\"type\":\"no such thing\"}]}", ""},
	} {
		if got := Detect([]byte(c.text)).Expression; got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTheLicenseOfALaterDayIsNotThatOfToday(t *testing.T) {
	for _, change := range []string{"MPL 2.0", "Mozilla Public License 2.0", "Apache License, Version 2.0", "GPL version 2 or later"} {
		text := "Business Source License 1.1\n\nParameters\n\nLicensed Work:  Widget 1.0\nChange Date:    Four years from the date it is published.\nChange License: " + change +
			"\n\nFor information about alternative licensing arrangements for the Licensed Work, please contact us.\n\nNotice\n\nBusiness Source License 1.1\n"
		if got := Detect([]byte(text)).Expression; got != "BUSL-1.1" {
			t.Errorf("%s: %q", change, got)
		}
	}
}
