package license

import (
	"strings"
	"testing"
)

func TestUnderstandReadsWhatManifestsSay(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		// SPDX, kept to or nearly
		{"MIT", "MIT"}, {"(MIT OR Apache-2.0)", "MIT OR Apache-2.0"}, {"apache-2.0", "Apache-2.0"}, {"GPL-2.0", "GPL-2.0-only"},
		// names
		{"Apache 2.0", "Apache-2.0"}, {"Apache License 2.0", "Apache-2.0"}, {"Apache License, Version 2.0", "Apache-2.0"}, {"Apache2", "Apache-2.0"},
		{"The MIT License (MIT)", "MIT"}, {"MIT License", "MIT"}, {"Expat", "MIT"}, {"MIT/X11", "MIT"}, {"ISC License", "ISC"}, {"New BSD License", "BSD-3-Clause"},
		{"BSD 3-Clause \"New\" or \"Revised\" License", "BSD-3-Clause"}, {"Simplified BSD", "BSD-2-Clause"}, {"3-Clause BSD License", "BSD-3-Clause"},
		{"The BSD 3-Clause License", "BSD-3-Clause"}, {"BSD-3", "BSD-3-Clause"}, {"BSD3", "BSD-3-Clause"}, {"BSD_3_clause + file LICENSE", "BSD-3-Clause"},
		{"MIT + file LICENSE", "MIT"}, {"The Unlicense", "Unlicense"}, {"Public Domain", "LicenseRef-public-domain"}, {"CC0", "CC0-1.0"},
		{"Mozilla Public License 2.0", "MPL-2.0"}, {"Mozilla Public License, v. 2.0", "MPL-2.0"}, {"MPL 2.0", "MPL-2.0"}, {"MPLv2.0", "MPL-2.0"},
		{"Boost Software License - Version 1.0", "BSL-1.0"}, {"zlib/libpng License", "Zlib"}, {"Python Software Foundation License", "PSF-2.0"},
		{"WTFPL", "WTFPL"}, {"Artistic License 2.0", "Artistic-2.0"}, {"perl_5", "Artistic-1.0-Perl OR GPL-1.0-or-later"}, {"apache_2_0", "Apache-2.0"}, {"lgpl_2_1", "LGPL-2.1-only"},
		// the GNU family
		{"GPLv2", "GPL-2.0-only"}, {"GPLv2+", "GPL-2.0-or-later"}, {"GPLv3", "GPL-3.0-only"}, {"GPL-3", "GPL-3.0-only"}, {"GPL-3+", "GPL-3.0-or-later"},
		{"GPL v3 or later", "GPL-3.0-or-later"}, {"GNU GPL v2 or later", "GPL-2.0-or-later"}, {"GPL (>= 2)", "GPL-2.0-or-later"}, {"GPL-2 | GPL-3", "GPL-2.0-only OR GPL-3.0-only"},
		{"GNU General Public License v3 (GPLv3)", "GPL-3.0-only"}, {"GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"},
		{"GNU General Public License, version 2", "GPL-2.0-only"}, {"GNU Lesser General Public License v2.1", "LGPL-2.1-only"}, {"LGPL-2.1+", "LGPL-2.1-or-later"},
		{"LGPLv3+", "LGPL-3.0-or-later"}, {"LGPL (>= 2.1)", "LGPL-2.1-or-later"}, {"GNU Lesser General Public License, version 3 or any later version", "LGPL-3.0-or-later"},
		{"AGPLv3", "AGPL-3.0-only"}, {"GNU AGPLv3", "AGPL-3.0-only"}, {"GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"}, {"agpl-3", "AGPL-3.0-only"},
		{"GPL-2+ with OpenSSL exception", "!"}, {"GPLv2 with Classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"},
		{"GPL2 w/ CPE", "GPL-2.0-only WITH Classpath-exception-2.0"}, {"Apache 2.0 with LLVM exceptions", "Apache-2.0 WITH LLVM-exception"},
		// joined
		{"MIT/Apache-2.0", "MIT OR Apache-2.0"}, {"MIT / Apache 2.0", "MIT OR Apache-2.0"}, {"Apache 2.0 and MIT", "Apache-2.0 AND MIT"}, {"Apache-2.0 or MIT License", "Apache-2.0 OR MIT"},
		{"GPLv2+ and LGPLv2+", "GPL-2.0-or-later AND LGPL-2.0-or-later"}, {"(Apache 2.0 or MIT) and BSD-3-Clause", "(Apache-2.0 OR MIT) AND BSD-3-Clause"},
		{"MIT, ISC", "MIT AND ISC"}, {"Artistic-2.0 or GPL-1+", "Artistic-2.0 OR GPL-1.0-or-later"}, {"GPLv2 or later or MIT", "GPL-2.0-or-later OR MIT"},
		// Maven
		{"The Apache Software License, Version 2.0", "Apache-2.0"}, {"Eclipse Public License - v 1.0", "EPL-1.0"}, {"Eclipse Public License v2.0", "EPL-2.0"},
		{"EPL 2.0", "EPL-2.0"}, {"EDL 1.0", "BSD-3-Clause"}, {"Eclipse Distribution License - v 1.0", "BSD-3-Clause"}, {"Bouncy Castle Licence", "MIT"},
		{"CDDL + GPLv2 with classpath exception", "CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0"},
		{"COMMON DEVELOPMENT AND DISTRIBUTION LICENSE (CDDL) Version 1.0", "CDDL-1.0"},
		{"The GNU General Public License (GPL), Version 2, With Classpath Exception", "GPL-2.0-only WITH Classpath-exception-2.0"},
		{"Public Domain, per Creative Commons CC0", "CC0-1.0"}, {"LGPL, version 2.1", "LGPL-2.1-only"}, {"MPL 2.0 or EPL 1.0", "MPL-2.0 OR EPL-1.0"},
		// addresses
		{"http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"}, {"https://opensource.org/licenses/MIT", "MIT"}, {"http://www.opensource.org/licenses/mit-license.php", "MIT"},
		{"https://licenses.nuget.org/MIT", "MIT"}, {"https://licenses.nuget.org/Apache-2.0%20OR%20MIT", "Apache-2.0 OR MIT"}, {"https://spdx.org/licenses/BSD-3-Clause.html", "BSD-3-Clause"},
		{"https://www.gnu.org/licenses/old-licenses/lgpl-2.1.en.html", "LGPL-2.1-only"}, {"https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-SA-4.0"},
		{"http://www.eclipse.org/legal/epl-v10.html", "EPL-1.0"}, {"https://www.mozilla.org/en-US/MPL/2.0/", "MPL-2.0"},
		// npm and Python
		{`{"type": "MIT", "url": "https://example.org"}`, "MIT"}, {`[{"type":"MIT"},{"type":"Apache-2.0"}]`, "MIT OR Apache-2.0"}, {"UNLICENSED", "NONE"},
		{"License :: OSI Approved :: MIT License", "MIT"}, {"License :: OSI Approved :: Apache Software License", "Apache-2.0"},
		{"License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"},
		{"License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"}, {"License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"},
		{"License :: OSI Approved :: ISC License (ISCL)", "ISC"}, {"License :: OSI Approved :: The Unlicense (Unlicense)", "Unlicense"},
		{"License :: Other/Proprietary License", "LicenseRef-Proprietary"}, {"License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"},
		{"License :: OSI Approved :: MIT License\nLicense :: OSI Approved :: Apache Software License", "Apache-2.0 AND MIT"},
		{"License :: OSI Approved :: University of Illinois/NCSA Open Source License", "NCSA"}, {"License :: OSI Approved :: European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"},
		{"License :: OSI Approved :: Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"}, {"License :: OSI Approved :: CEA CNRS Inria Logiciel Libre License, version 2.1 (CeCILL-2.1)", "CECILL-2.1"},
		// not to be guessed
		{"BSD", "!BSD-2-Clause, BSD-3-Clause"}, {"BSD License", "!BSD-2-Clause"}, {"License :: OSI Approved :: BSD License", "!BSD-2-Clause"}, {"GPL", "!GPL-2.0-only"}, {"LGPL", "!LGPL-2.1"},
		{"GNU LGPL", "!LGPL-2.1"}, {"License :: OSI Approved", "!names no license"}, {"SEE LICENSE IN LICENSE.md", "!LICENSE.md"}, {"MIT OR BSD", "!BSD-2-Clause"},
		{"", "!nothing is said"}, {"Acme Widgets License 7", "!no name of a license that is known"}, {"https://example.org/license", "!not known"}, {"Artistic", "!Artistic-2.0"},
		{"MPL", "!MPL-2.0"}, {"Creative Commons", "!Creative Commons"}, {"other", "!names no license"}, {"https://www.gnu.org/copyleft/gpl.html", "!ambiguous"},
		{strings.Repeat("Permission is hereby granted. ", 200), "!too long"},
	} {
		e, note, ok := Understand(c.in)
		if want, refused := strings.CutPrefix(c.want, "!"); refused {
			if ok || !strings.Contains(note, want) {
				t.Errorf("Understand(%q) = %q, %q, %v; want no answer and a note with %q", clip(c.in), e, note, ok, want)
			}
			continue
		}
		if !ok || e.String() != c.want {
			t.Errorf("Understand(%q) = %q, %q, %v; want %q", c.in, e, note, ok, c.want)
		}
	}
}

func TestEveryIDAndNameOfTheListIsUnderstood(t *testing.T) {
	var lost []string
	for _, id := range IDs() {
		if e, _, ok := Understand(id); !ok || e.String() != id {
			t.Errorf("the id %s is understood as %q", id, e)
		}
		i, _ := Lookup(id)
		if e, _, ok := Understand(i.Name); ok && e.Leaf.ID != id && e.Leaf.ID != "" {
			if want, _ := Parse(id); want.String() != e.String() {
				lost = append(lost, i.Name+" -> "+e.String()+" not "+id)
			}
		}
	}
	// Names that two licenses share, or that say more or less than the id.
	if len(lost) > 12 {
		t.Errorf("%d names are understood as another license:\n%s", len(lost), strings.Join(lost, "\n"))
	}
}

func TestEveryAliasHasAnExpressionOrCandidates(t *testing.T) {
	for f := range rows(aliasTable) {
		if f[1] == "?" {
			if f[2] == "" {
				t.Errorf("%s: an ambiguous name needs a note", f[0])
			}
			continue
		}
		if e, err := Parse(f[1]); err != nil || e.String() != f[1] {
			t.Errorf("%s: %q is not canonical: %v", f[0], f[1], err)
		}
	}
	for addr, expr := range licenseURLs {
		if _, err := Parse(expr); err != nil || foldURL(addr) != addr {
			t.Errorf("%s: %s: %v", addr, expr, err)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{"MIT/Apache-2.0", "GPL (>= 2)", "License :: OSI Approved :: MIT License", `{"type":"MIT"}`, "((a or b) and c)/d+e", "https://licenses.nuget.org/%4d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, note, ok := Understand(s)
		if !ok {
			if note == "" || !e.IsZero() {
				t.Fatalf("%q: no answer must come with a note and without an expression, got %q", s, e)
			}
			return
		}
		if _, err := Parse(e.String()); err != nil {
			t.Fatalf("%q is understood as %q, which is no expression: %v", s, e, err)
		}
	})
}
