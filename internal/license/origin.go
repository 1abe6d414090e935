package license

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// understandClassifiers reads the trove classifiers of Python packages, one or
// several. Nothing in them says that one may choose, so they are joined by AND.
func understandClassifiers(s string) (Expr, string, bool) {
	var es []Expr
	var notes []string
	general := ""
	for _, line := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == ';' }) {
		parts := strings.Split(line, "::")
		name := strings.Trim(parts[len(parts)-1], " \t\r\"',")
		if !strings.Contains(parts[0], "License") {
			continue
		}
		if len(parts) < 2 || name == "OSI Approved" {
			general = line
			continue
		}
		e, note, ok := understandFree(name, 0)
		if !ok {
			return Expr{}, note, false
		}
		es = append(es, e)
		if note != "" {
			notes = append(notes, note)
		}
	}
	if len(es) == 0 {
		return Expr{}, fmt.Sprintf("the classifier %q names no license", clip(strings.TrimSpace(general))), false
	}
	e := And(es...).Normalize()
	if e.Op == OpAnd {
		notes = append(notes, "several classifiers; taken as AND, to be safe")
	}
	return e, strings.Join(notes, "; "), true
}

// understandJSON reads npm's old forms: {"type": "MIT"} and a list of these, of
// which one may be chosen.
func understandJSON(s string) (Expr, string, bool) {
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return Expr{}, "looks like JSON but is not", false
	}
	names := jsonNames(v)
	if len(names) == 0 {
		return Expr{}, "the JSON value names no license", false
	}
	var es []Expr
	var notes []string
	for _, n := range names {
		e, note, ok := understandFree(n, 0)
		if !ok {
			return Expr{}, note, false
		}
		es = append(es, e)
		if note != "" {
			notes = append(notes, note)
		}
	}
	if len(es) > 1 {
		notes = append(notes, "a list of licenses; taken as OR")
	}
	return Or(es...), strings.Join(notes, "; "), true
}

func jsonNames(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case map[string]any:
		for _, k := range []string{"type", "name", "license", "id", "url", "text"} {
			if s, ok := v[k].(string); ok && s != "" {
				return []string{s}
			}
		}
	case []any:
		var out []string
		for _, e := range v {
			if _, nested := e.([]any); nested {
				return nil
			}
			out = append(out, jsonNames(e)...)
		}
		return out
	}
	return nil
}

func isURL(s string) bool {
	low := strings.ToLower(s)
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "www.")
}

// licenseURLs maps the addresses that manifests give, without scheme, "www.",
// file extension and closing slash, in lower case.
var licenseURLs = map[string]string{
	"apache.org/licenses/license-1.0":                          "Apache-1.0",
	"apache.org/licenses/license-1.1":                          "Apache-1.1",
	"apache.org/licenses/license-2.0":                          "Apache-2.0",
	"apache.org/license/license-2.0":                           "Apache-2.0",
	"apache.org/licenses/apache-2.0":                           "Apache-2.0",
	"apache.org/licenses":                                      "Apache-2.0",
	"repository.jboss.org/licenses/apache-2.0":                 "Apache-2.0",
	"repository.jboss.org/licenses/lgpl-2.1":                   "LGPL-2.1-only",
	"eclipse.org/legal/epl-v10":                                "EPL-1.0",
	"eclipse.org/org/documents/epl-v10":                        "EPL-1.0",
	"eclipse.org/legal/epl-1.0":                                "EPL-1.0",
	"eclipse.org/legal/epl-2.0":                                "EPL-2.0",
	"eclipse.org/legal/epl-v20":                                "EPL-2.0",
	"eclipse.org/org/documents/epl-2.0":                        "EPL-2.0",
	"eclipse.org/org/documents/epl-2.0/epl-2.0":                "EPL-2.0",
	"eclipse.org/org/documents/edl-v10":                        "BSD-3-Clause",
	"eclipse.org/legal/edl-v10":                                "BSD-3-Clause",
	"mozilla.org/mpl/2.0":                                      "MPL-2.0",
	"mozilla.org/en-us/mpl/2.0":                                "MPL-2.0",
	"mozilla.org/mpl/mpl-1.1":                                  "MPL-1.1",
	"mozilla.org/mpl/mpl-2.0":                                  "MPL-2.0",
	"gnu.org/licenses/gpl-2.0":                                 "GPL-2.0-only",
	"gnu.org/licenses/old-licenses/gpl-2.0":                    "GPL-2.0-only",
	"gnu.org/licenses/gpl-3.0":                                 "GPL-3.0-only",
	"gnu.org/licenses/lgpl-2.1":                                "LGPL-2.1-only",
	"gnu.org/licenses/old-licenses/lgpl-2.1":                   "LGPL-2.1-only",
	"gnu.org/licenses/old-licenses/lgpl-2.0":                   "LGPL-2.0-only",
	"gnu.org/licenses/lgpl-3.0":                                "LGPL-3.0-only",
	"gnu.org/licenses/agpl-3.0":                                "AGPL-3.0-only",
	"gnu.org/software/classpath/license":                       "GPL-2.0-or-later WITH Classpath-exception-2.0",
	"openjdk.java.net/legal/gplv2+ce":                          "GPL-2.0-only WITH Classpath-exception-2.0",
	"openjdk.org/legal/gplv2+ce":                               "GPL-2.0-only WITH Classpath-exception-2.0",
	"glassfish.java.net/public/cddl+gpl_1_1":                   "CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0",
	"glassfish.java.net/nonav/public/cddl+gpl":                 "CDDL-1.1 OR GPL-2.0-only WITH Classpath-exception-2.0",
	"glassfish.dev.java.net/nonav/public/cddl+gpl":             "CDDL-1.0 OR GPL-2.0-only WITH Classpath-exception-2.0",
	"glassfish.dev.java.net/public/cddlv1.0":                   "CDDL-1.0",
	"sun.com/cddl/cddl":                                        "CDDL-1.0",
	"opensource.org/licenses/mit-license":                      "MIT",
	"opensource.org/licenses/bsd-3-clause":                     "BSD-3-Clause",
	"opensource.org/licenses/apache2.0":                        "Apache-2.0",
	"opensource.org/licenses/isc-license":                      "ISC",
	"opensource.org/licenses/cddl1":                            "CDDL-1.0",
	"opensource.org/licenses/mozilla1.1":                       "MPL-1.1",
	"json.org/license":                                         "JSON",
	"unlicense.org":                                            "Unlicense",
	"unlicense.org/unlicense":                                  "Unlicense",
	"wtfpl.net":                                                "WTFPL",
	"sam.zoy.org/wtfpl":                                        "WTFPL",
	"boost.org/license_1_0":                                    "BSL-1.0",
	"boost.org/users/license":                                  "BSL-1.0",
	"bouncycastle.org/licence":                                 "MIT",
	"jquery.org/license":                                       "MIT",
	"jquery.com/license":                                       "MIT",
	"zlib.net/zlib_license":                                    "Zlib",
	"golang.org/license":                                       "BSD-3-Clause",
	"postgresql.org/about/licence":                             "PostgreSQL",
	"php.net/license/3_01":                                     "PHP-3.01",
	"elastic.co/licensing/elastic-license":                     "Elastic-2.0",
	"mongodb.com/licensing/server-side-public-license":         "SSPL-1.0",
	"mariadb.com/bsl11":                                        "BUSL-1.1",
	"scripts.sil.org/ofl":                                      "OFL-1.1",
	"openfontlicense.org":                                      "OFL-1.1",
	"oss.oracle.com/licenses/upl":                              "UPL-1.0",
	"go.microsoft.com/fwlink/?linkid=329770":                   "LicenseRef-Proprietary",
	"dotnet.microsoft.com/dotnet_library_license":              "LicenseRef-Proprietary",
	"dotnet.microsoft.com/en-us/dotnet_library_license":        "LicenseRef-Proprietary",
	"microsoft.com/web/webpi/eula/net_library_eula_enu":        "LicenseRef-Proprietary",
	"oracle.com/downloads/licenses/oracle-free-license":        "LicenseRef-Proprietary",
	"creativecommons.org/publicdomain/zero/1.0":                "CC0-1.0",
	"creativecommons.org/publicdomain/zero/1.0/legalcode":      "CC0-1.0",
	"creativecommons.org/licenses/publicdomain":                "CC-PDDC",
	"creativecommons.org/publicdomain/mark/1.0":                "CC-PDM-1.0",
	"w3.org/consortium/legal/copyright-software-19980720":      "W3C-19980720",
	"w3.org/consortium/legal/2002/copyright-software-20021231": "W3C",
}

// understandURL reads the address of a license.
func understandURL(s string) (Expr, string, bool) {
	addr := foldURL(s)
	if id, ok := licenseURLs[addr]; ok {
		e, err := parsePlain(id)
		return e, fmt.Sprintf("by its address %s", clip(s)), err == nil
	}
	host, rest, _ := strings.Cut(addr, "/")
	switch host {
	case "licenses.nuget.org", "spdx.org", "opensource.org", "choosealicense.com", "directory.fsf.org", "tldrlegal.com", "raw.spdx.org", "gnu.org":
		last := rest[strings.LastIndex(rest, "/")+1:]
		last = strings.TrimPrefix(last, "license:")
		if un, err := url.PathUnescape(last); err == nil {
			last = un
		}
		if isURL(last) || last == "" {
			break
		}
		if e, err := parsePlain(last); err == nil {
			return e, fmt.Sprintf("by its address %s", clip(s)), true
		}
		if e, note, ok, known := named(strings.ReplaceAll(last, "_", " ")); known {
			return e, note, ok
		}
	case "creativecommons.org":
		if e, ok := creativeCommons(rest); ok {
			return e, fmt.Sprintf("by its address %s", clip(s)), true
		}
	}
	return Expr{}, fmt.Sprintf("the address %s is not known; read what is there", clip(s)), false
}

func foldURL(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "http://"), "https://")
	s = strings.TrimPrefix(s, "www.")
	s, _, _ = strings.Cut(s, "#")
	s = strings.TrimRight(s, "/")
	for _, ext := range []string{".txt", ".html", ".htm", ".php", ".md", ".en"} {
		s = strings.TrimSuffix(s, ext)
	}
	return strings.TrimRight(s, "/")
}

// creativeCommons reads licenses/by-sa/3.0[/xx].
func creativeCommons(rest string) (Expr, bool) {
	parts := strings.Split(rest, "/")
	if len(parts) < 3 || parts[0] != "licenses" {
		return Expr{}, false
	}
	e, err := parsePlain("CC-" + parts[1] + "-" + parts[2])
	return e, err == nil
}
