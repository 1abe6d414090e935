package license

import (
	"slices"
	"strings"
)

// families lists the published versions of licenses, oldest first, for what
// "or any later version" may stand for. A family ends where the steward's
// promise ends.
var families = [][]string{
	{"GPL-1.0-only", "GPL-2.0-only", "GPL-3.0-only"},
	{"LGPL-2.0-only", "LGPL-2.1-only", "LGPL-3.0-only"},
	{"AGPL-1.0-only", "AGPL-3.0-only"}, // by version 2 of the Affero license, which permits version 3 of the GNU one
	{"GFDL-1.1-only", "GFDL-1.2-only", "GFDL-1.3-only"},
	{"GFDL-1.1-invariants-only", "GFDL-1.2-invariants-only", "GFDL-1.3-invariants-only"},
	{"GFDL-1.1-no-invariants-only", "GFDL-1.2-no-invariants-only", "GFDL-1.3-no-invariants-only"},
	{"AFL-1.1", "AFL-1.2", "AFL-2.0", "AFL-2.1", "AFL-3.0"},
	{"Apache-1.0", "Apache-1.1", "Apache-2.0"},
	{"APSL-1.0", "APSL-1.1", "APSL-1.2", "APSL-2.0"},
	{"Artistic-1.0", "Artistic-2.0"},
	{"CDDL-1.0", "CDDL-1.1"},
	{"CECILL-1.0", "CECILL-1.1", "CECILL-2.0", "CECILL-2.1"},
	{"CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0"},
	{"CC-BY-SA-1.0", "CC-BY-SA-2.0", "CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0"},
	{"CC-BY-NC-1.0", "CC-BY-NC-2.0", "CC-BY-NC-2.5", "CC-BY-NC-3.0", "CC-BY-NC-4.0"},
	{"CC-BY-ND-1.0", "CC-BY-ND-2.0", "CC-BY-ND-2.5", "CC-BY-ND-3.0", "CC-BY-ND-4.0"},
	{"CC-BY-NC-SA-1.0", "CC-BY-NC-SA-2.0", "CC-BY-NC-SA-2.5", "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0"},
	{"CC-BY-NC-ND-1.0", "CC-BY-NC-ND-2.0", "CC-BY-NC-ND-2.5", "CC-BY-NC-ND-3.0", "CC-BY-NC-ND-4.0"},
	{"ECL-1.0", "ECL-2.0"},
	{"EFL-1.0", "EFL-2.0"},
	{"EPL-1.0", "EPL-2.0"},
	{"EUPL-1.0", "EUPL-1.1", "EUPL-1.2"},
	{"LAL-1.2", "LAL-1.3"},
	{"LPL-1.0", "LPL-1.02"},
	{"LPPL-1.0", "LPPL-1.1", "LPPL-1.2", "LPPL-1.3a", "LPPL-1.3c"},
	{"MPL-1.0", "MPL-1.1", "MPL-2.0"},
	{"MulanPSL-1.0", "MulanPSL-2.0"},
	{"NPL-1.0", "NPL-1.1"},
	{"OFL-1.0", "OFL-1.1"},
	{"OSL-1.0", "OSL-1.1", "OSL-2.0", "OSL-2.1", "OSL-3.0"},
	{"PHP-3.0", "PHP-3.01"},
	{"RPL-1.1", "RPL-1.5"},
	{"SGI-B-1.0", "SGI-B-1.1", "SGI-B-2.0"},
	{"YPL-1.0", "YPL-1.1"},
	{"ZPL-1.1", "ZPL-2.0", "ZPL-2.1"},
	{"Zimbra-1.3", "Zimbra-1.4"},
}

// Later lists the licenses that l may be read as: itself, and when it says "or
// later" each published later version, oldest first, with the same exception.
// The result never says "or later".
func (l Leaf) Later() []Leaf {
	id, later := l.ID, l.OrLater
	if base, ok := strings.CutSuffix(id, "-or-later"); ok && isGNU(id) {
		id, later = base+"-only", true
	}
	if !later {
		return []Leaf{l}
	}
	for _, f := range families {
		if i := slices.Index(f, id); i >= 0 {
			var out []Leaf
			for _, v := range f[i:] {
				out = append(out, Leaf{ID: v, Exception: l.Exception})
			}
			return out
		}
	}
	return []Leaf{{ID: id, Exception: l.Exception}}
}
