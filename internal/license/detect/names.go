package detect

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// family is a license with all its versions as people name it.
type family struct {
	name     string
	versions map[string]string // "2.0" to the SPDX id; of GNU licenses without -only
	bare     string            // what a name without version stands for; "" for nothing
	gnu      bool              // versions have "only" and "or later"
}

// phrase is a name of a family or of a single license.
type phrase struct {
	words []uint16
	fam   *family
	expr  string // of a single license
	// weak names count only where the words around speak of licensing ("MIT").
	weak bool
	// sure phrases count wherever they stand.
	sure bool
	// except names an exception in place of a license.
	except string
}

// names finds phrases by their first word, longest first.
type names struct {
	byFirst map[uint16][]phrase
	begins  []bool // by id: some phrase begins with it
	// families by name.
	families map[string]*family
}

// familyTable: family, what it is called, the meaning of a name without version.
// The versions are those of the SPDX list whose ids begin with the first field.
// A trailing "?" marks a weak name, "!" one that needs no word of licensing
// beside it; the license "-" is none.
var familyTable = `
GPL|GPL-1.0-or-later|gnu general public license|gnu public license|gnu general public|gpl|gnu gpl|general public license|gnu general license|gnu general purpose license|gnu copyleft|gnu license?|gnu gplv|linux gpl
LGPL|LGPL-2.0-or-later|gnu library general public license|library general public license|lgpl|gnu lgpl|gnu library public license|library gpl|library gnu general public license|gnu library or lesser general public license|gnu lesser or library general public license|gnu library gpl|gnu library license|gnu library lesser general public license
LGPL/lesser|LGPL-2.1-or-later|gnu lesser general public license|lesser general public license|gnu lesser public license|lesser gpl|lesser gnu general public license|lesser gnu public license|gnu lesser gpl|gnu lesser license|gnu lesser general license
AGPL|AGPL-3.0-only|gnu affero general public license|affero general public license|agpl|gnu agpl|affero gpl|gnu affero gpl|affero public license|gnu affero public license|gnu affero license
GFDL|GFDL-1.1-or-later|gnu free documentation license|free documentation license|gfdl|gnu fdl|fdl|gnu documentation license
Apache|Apache-2.0|apache license|apache software license|apache public license|asl|apache open source license|apache software foundation license|alv|apache?|apache foundation license|apache?
MPL||mozilla public license|mpl|mozilla license
EPL|EPL-1.0|eclipse public license|epl?|eclipse license
CPL|CPL-1.0|common public license|cpl?|ibm common public license
IPL|IPL-1.0|ibm public license|ipl?
CDDL|CDDL-1.0|common development and distribution license|cddl|common development distribution license
AFL||academic free license|afl
OSL||open software license|osl
Artistic|Artistic-1.0-Perl|artistic license|artistic?|perl artistic license
APSL||apple public source license|apsl
CECILL|CECILL-2.0|cecill|cecill license|cecill free software license agreement
EUPL|EUPL-1.2|european union public license|eupl
ZPL||zope public license|zpl
PHP|PHP-3.01|php license|php?
OFL|OFL-1.1|sil open font license|open font license|ofl|sil ofl
LPPL|LPPL-1.3c|latex project public license|lppl
NPL||netscape public license|npl
QPL|QPL-1.0|q public license|qt public license|qpl
Python|Python-2.0|python license|python?
W3C|W3C|w3c software notice and license|w3c license|w3c software license|w3c?
OLDAP||openldap public license|openldap license
LPL||lucent public license
RPL||reciprocal public license|rpl
MS-PL|MS-PL|microsoft public license|ms pl|mspl
MS-RL|MS-RL|microsoft reciprocal license|ms rl
Zlib|Zlib|zlib license|zlib libpng license|zlib libpng?|zlib?
ISC|ISC|isc license|isc?|isc open source license
BSL|BSL-1.0|boost software license|boost license|boost?
BUSL|BUSL-1.1|business source license|busl
CC0|CC0-1.0|cc0|cc zero|creative commons zero|creative commons cc0|creative commons public domain dedication|cc0 public domain dedication
CC-BY||creative commons attribution license|creative commons attribution|cc by|creative commons by
CC-BY-SA||creative commons attribution share alike license|creative commons attribution share alike|creative commons attribution sharealike license|creative commons attribution sharealike|cc by sa|creative commons by sa|cc sa by
CC-BY-NC||creative commons attribution non commercial|creative commons attribution noncommercial|cc by nc
CC-BY-ND||creative commons attribution no derivatives|creative commons attribution no derivs|creative commons attribution noderivs|creative commons attribution noderivatives|cc by nd
CC-BY-NC-SA||creative commons attribution non commercial share alike|creative commons attribution noncommercial sharealike|creative commons attribution noncommercial share alike|cc by nc sa
CC-BY-NC-ND||creative commons attribution non commercial no derivatives|creative commons attribution noncommercial no derivs|creative commons attribution noncommercial noderivs|creative commons attribution noncommercial noderivatives|cc by nc nd
ODbL|ODbL-1.0|open database license|odbl
SISSL|SISSL|sun industry standards source license|sissl
SPL|SPL-1.0|sun public license
SGI-B||sgi free software license b|sgi free software b license
Ruby|Ruby|ruby license|ruby s license|ruby?
Unlicense|Unlicense|unlicense|the unlicense
WTFPL|WTFPL|wtfpl|do what the fuck you want to public license|do what the f ck you want to public license|do wtf you want to public license|do what the fuck you want to
SSPL|SSPL-1.0|server side public license|sspl
UPL|UPL-1.0|universal permissive license
NCSA|NCSA|university of illinois ncsa open source license|ncsa open source license|university of illinois open source license|university of illinois?|ncsa?|uiuc?
PostgreSQL|PostgreSQL|postgresql license|postgresql?|postgres license
OpenSSL|OpenSSL|openssl license|openssl?
BlueOak|BlueOak-1.0.0|blue oak model license
CAL|CAL-1.0|cryptographic autonomy license
MulanPSL|MulanPSL-2.0|mulan psl|mulan permissive software license|mulanpsl|mulan
ECL|ECL-2.0|educational community license
Beerware|Beerware|beer ware license|beerware license|beerware|beer ware|beer license
Vim|Vim|vim license|vim?
Sleepycat|Sleepycat|sleepycat license|sleepycat public license
ImageMagick|ImageMagick|imagemagick license
FTL|FTL|freetype license|freetype project license|ftl?
IJG|IJG|independent jpeg group license|ijg?
TCL|TCL|tcl license|tcl tk license|tcl?
Elastic|Elastic-2.0|elastic license
`

// singleTable: names without versions.
var singleTable = `
LLGPL|lisp lesser general public license|llgpl|lisp lgpl
CECILL-B|cecill b|cecill b license
CECILL-C|cecill c|cecill c license
GPL-2.0-only|licencing details see kernel base copying!|part of the linux kernel this file is gpl!
MIT OR GPL-2.0-only|dual mit gpl
BSD-3-Clause OR GPL-2.0-only|dual bsd gpl
MPL-1.1 OR GPL-2.0-only|dual mpl gpl
MPL-1.1 OR GPL-2.0-or-later OR LGPL-2.1-or-later|mozilla tri license|mozilla org tri license|mpl tri license
MIT|mit license|mit x11 license|x11 mit license|expat license|mit expat license|mit?|mit x11?|expat?|mit style?|mit open source license|mit x license|mit public license|massachusetts institute of technology license
X11|x11 license|x consortium license|x11?
BSD-3-Clause|bsd?|bsd license|bsd style?|bsd like?|berkeley license|new bsd|new bsd license|modified bsd|modified bsd license|revised bsd|revised bsd license|bsd 3|bsd 3 clause|bsd 3 clause license|3 clause bsd|3 clause bsd license|three clause bsd|three clause bsd license|bsd three clause|bsd new|3 clauses bsd|bsd 3 clauses|bsd 3 clause new or revised license|new style bsd|newbsd|3bsd|bsd3|berkeley software distribution license|modified berkeley software distribution license|bsd unix license|eclipse distribution license|edl v 1 0
BSD-2-Clause|bsd 2|bsd 2 clause|bsd 2 clause license|2 clause bsd|2 clause bsd license|two clause bsd|two clause bsd license|bsd two clause|simplified bsd|simplified bsd license|bsd simplified|freebsd license|2 clauses bsd|bsd 2 clauses|2 term bsd|two term bsd|bsd2
BSD-4-Clause|bsd 4 clause|4 clause bsd|four clause bsd|original bsd|original bsd license|old bsd license|old style bsd|bsd original|bsd 4 clause license|4 clause bsd license
BSD-3-Clause-Clear|clear bsd|clear bsd license|bsd clear
0BSD|zero clause bsd|0 clause bsd|bsd zero clause|bsd 0 clause|zero clause bsd license|free public license 1 0 0
Python-2.0|licensed to psf under a contributor agreement!
PSF-2.0|python software foundation license|psf license|psf?|psfl?
ICU|icu license
curl|curl license
Libpng|libpng license|libpng?
Zlib|copyright notice in zlib h!
Libpng|copyright notice in png h!|disclaimer and license in png h!|license in png h!
IJG|part of the independent jpeg group s software!
Apache-2.0|product includes software developed by the apache software foundation!|product includes software developed at the apache software foundation!
ICU|same license as icu!
BSD-3-Clause|hsqldb license
-|gnu gettext is covered by the gnu general public license|software that is released under the gpl the others|mean that we re distributing python under the gpl|gettext library is covered by the gnu library general public license|gettext library is covered by the gnu lesser general public license|gettext package is covered by the gnu general public license|gettext package package is covered by the gnu general public license|not available under the gnu general public license or the gnu library general public license|not available under the gnu general public license or the gnu lesser general public license|dedicated to the public domain under the cc0 public domain dedication|mozilla public license 1 1 can be found
Fair|fair license
FSFAP|license allpermissive!
GPL-2.0-only|gnuv 2 general public license!
HPND|historical permission notice and disclaimer|historical permission notice
Artistic-1.0-Perl OR GPL-1.0-or-later|same terms as perl|same terms as the perl|same terms as perl itself|same license as perl|same licenses as perl|same terms and conditions as perl|perl license|perl 5 license|same terms of perl itself|like perl itself?|same as perl?|perl itself?
JSON|the json license
NTP|ntp license
Spencer-94|henry spencer license
SMLNJ|smlnj license|sml nj license
LicenseRef-public-domain|placed in the public domain|put in the public domain|released into the public domain|released to the public domain|is in the public domain|are in the public domain|placed into the public domain|been placed in the public domain|hereby placed in the public domain|donated to the public domain|dedicated to the public domain|dedicate any and all copyright interest in this software to the public domain|in the public domain and|public domain software|this code is public domain|this file is public domain|this program is public domain|this software is public domain|released as public domain|in public domain|license public domain|licensed public domain
`

// exceptionTable: names of exceptions, which follow WITH, and short wordings
// that only they have.
var exceptionTable = `
Classpath-exception-2.0|classpath exception|class path exception|gnu classpath exception|cp exception|link this library with independent modules to produce an executable
LLVM-exception|llvm exception|llvm exceptions
Linux-syscall-note|linux syscall note|linux syscall exception|cover user programs that use kernel services by normal system calls
GCC-exception-3.1|gcc runtime library exception|gcc runtime exception
GCC-exception-2.0|unlimited permission to link the compiled version of this file into combinations with other programs|unlimited permission to link the compiled version of this file with other programs|gcc linking exception|gcc exception
Autoconf-exception-generic|configuration script generated by autoconf
Autoconf-exception-2.0|autoconf exception
Font-exception-2.0|font exception|font embedding exception|create a document which uses this font
Bison-exception-2.2|bison exception|part or all of the bison parser skeleton
Bison-exception-1.24|this file is copied by bison into a bison output file
Libtool-exception|libtool exception|program or library that is built using gnu libtool|part of a program that uses gnu libtool
OCaml-LGPL-linking-exception|ocaml linking exception|ocaml lgpl linking exception
WxWindows-exception-3.1|wxwindows library license|wxwindows license|wxwidgets license|wxwindows library exception|wxwindows exception
FLTK-exception|fltk exception
eCos-exception-2.0|ecos exception|if other files instantiate templates or use macros or inline functions from this file
Universal-FOSS-exception-1.0|universal foss exception
Swift-exception|swift runtime library exception
Qwt-exception-1.0|qwt license
GPL-CC-1.0|gpl cooperation commitment
GNU-compiler-exception|compiled with gcc to produce an executable
GNAT-exception|if other files instantiate generics from this unit|instantiate generics from this unit
RRDtool-FLOSS-exception-2.0|rrdtool floss license exception|floss license exception
Classpath-exception-2.0|classpath linking exception
u-boot-exception-2.0|u boot exception
`

var versionInID = pattern.Lazy(`^(\d+(?:\.\d+)*[a-z]?)(-only|-or-later|-International)?$`)

// makeNames numbers the names' words, adding to the vocabulary those that no
// text has.
func makeNames(v *vocabulary) *names {
	n := &names{byFirst: map[uint16][]phrase{}, families: map[string]*family{}}
	add := func(text string, p phrase) {
		if w, ok := strings.CutSuffix(text, "?"); ok {
			text, p.weak = w, true
		}
		if w, ok := strings.CutSuffix(text, "!"); ok {
			text, p.sure = w, true
		}
		sc := scanner{b: []byte(text)}
		for {
			h, _, _, ok := sc.next()
			if !ok {
				break
			}
			p.words = append(p.words, v.add(h))
		}
		if len(p.words) == 0 {
			return
		}
		list := n.byFirst[p.words[0]]
		at := len(list)
		for i, q := range list {
			if len(p.words) > len(q.words) {
				at = i
				break
			}
			if sameIDs(p.words, q.words) {
				return
			}
		}
		list = append(list, phrase{})
		copy(list[at+1:], list[at:])
		list[at] = p
		n.byFirst[p.words[0]] = list
	}
	ids := license.IDs()
	for f := range tableRows(familyTable) {
		name, _, _ := strings.Cut(f[0], "/") // what follows "/" tells rows of one family apart
		fam := &family{name: name, bare: f[1], versions: versionsOf(name, ids)}
		n.families[f[0]] = fam
		fam.gnu = name == "GPL" || name == "LGPL" || name == "AGPL" || name == "GFDL"
		for _, name := range f[2:] {
			add(name, phrase{fam: fam})
			if abbreviated(name) {
				add(strings.TrimSuffix(name, "?")+"v", phrase{fam: fam, weak: strings.HasSuffix(name, "?")}) // "GPLv2"
			}
		}
	}
	for f := range tableRows(singleTable) {
		for _, name := range f[1:] {
			add(name, phrase{expr: f[0]})
		}
	}
	for f := range tableRows(exceptionTable) {
		for _, name := range f[1:] {
			add(name, phrase{except: f[0]})
		}
	}
	for _, id := range ids {
		m := abbreviation().FindStringSubmatch(id)
		if m == nil || n.families[m[1]] != nil || isGNUName(id) {
			continue
		}
		fam := &family{name: m[1], versions: versionsOf(m[1], ids)}
		n.families[m[1]] = fam
		add(strings.ToLower(m[1])+"?", phrase{fam: fam})
		add(strings.ToLower(m[1])+"v?", phrase{fam: fam})
	}
	for _, fam := range listedFamilies(ids) {
		n.families[fam.name] = fam
		add(fam.name, phrase{fam: fam})
	}
	n.begins = make([]bool, v.n+1)
	for id := range n.byFirst {
		n.begins[id] = true
	}
	return n
}

// abbreviation matches ids such as CPAL-1.0.
var abbreviation = pattern.Lazy(`^([A-Z][A-Za-z]*[A-Z][A-Za-z]*)-\d`)

var versionInName = pattern.Lazy(`^(.*?)[ ,]+(?:version |v\.? ?)?(\d+(?:\.\d+)*[a-z]?)( universal| international| unported)?$`)

// listedFamilies makes families of the full names in the SPDX list that speak
// of a license.
func listedFamilies(ids []string) []*family {
	var out []*family
	byName := map[string]*family{}
	for _, id := range ids {
		info, _ := license.Lookup(id)
		name := strings.ToLower(info.Name)
		if i := strings.IndexAny(name, "(\""); i > 0 {
			name = strings.TrimSpace(name[:i])
		}
		version := ""
		if m := versionInName().FindStringSubmatch(name); m != nil {
			name, version = m[1], m[2]
		}
		if len(strings.Fields(name)) < 3 || !strings.Contains(name, "licen") || isGNUName(id) {
			continue
		}
		f := byName[name]
		if f == nil {
			f = &family{name: name, versions: map[string]string{}, bare: id}
			byName[name] = f
			out = append(out, f)
		} else if version != "" && f.versions[version] != "" {
			continue
		} else {
			f.bare = ""
		}
		if version != "" {
			f.versions[version] = id
		}
	}
	return out
}

// abbreviated says whether a name ends in an abbreviation that takes a "v".
func abbreviated(name string) bool {
	name = strings.TrimSuffix(name, "?")
	last := name[strings.LastIndexByte(name, ' ')+1:]
	return len(last) <= 5 && last != "by" && last != "sa" && last != "nd" && last != "nc" && last != "to" && last != "public"
}

func isGNUName(id string) bool {
	return strings.HasPrefix(id, "GPL-") || strings.HasPrefix(id, "LGPL-") || strings.HasPrefix(id, "AGPL-") || strings.HasPrefix(id, "GFDL-")
}

func sameIDs(a, b []uint16) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func tableRows(table string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			if line = strings.TrimSpace(line); line != "" && !yield(strings.Split(line, "|")) {
				return
			}
		}
	}
}

// versionsOf lists the versions of a family among the ids of the SPDX list.
func versionsOf(name string, ids []string) map[string]string {
	m := map[string]string{}
	for _, id := range ids {
		rest, ok := strings.CutPrefix(id, name+"-")
		if !ok {
			continue
		}
		if p := versionInID().FindStringSubmatch(rest); p != nil {
			if isGNUName(id) {
				m[p[1]] = strings.TrimSuffix(strings.TrimSuffix(id, "-only"), "-or-later")
			} else {
				m[p[1]] = id
			}
		}
	}
	return m
}

// version finds the id of a version as it is written: "2" is "2.0" too.
func (f *family) version(v string) (string, bool) {
	for _, try := range []string{v, v + ".0", strings.TrimSuffix(v, ".0")} {
		if id, ok := f.versions[try]; ok {
			return id, true
		}
	}
	if strings.Count(v, ".") == 2 { // 2.0.0
		return f.version(v[:strings.LastIndexByte(v, '.')])
	}
	return "", false
}

// find returns the longest phrase that begins at token i.
func (n *names) find(toks []token, i int) (*phrase, int) {
	list := n.byFirst[toks[i].id]
next:
	for k := range list {
		p := &list[k]
		if i+len(p.words) > len(toks) {
			continue
		}
		for j, w := range p.words {
			if toks[i+j].id != w || j > 0 && toks[i+j].flags&blankBefore != 0 {
				continue next
			}
		}
		return p, len(p.words)
	}
	return nil, 0
}
