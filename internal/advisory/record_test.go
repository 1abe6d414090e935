package advisory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// understand reads a record with these fields, and gives what it says of npm's p.
func understand(t *testing.T, fields string) (Understood, string) {
	t.Helper()
	u, err := Understand([]byte(`{"id":"A-1","modified":"2026-01-01T00:00:00Z",` + fields + `}`))
	if err != nil {
		t.Fatal(err)
	}
	var says []string
	for _, c := range u.Claims {
		for _, v := range c.Claim.Intervals {
			says = append(says, v.String())
		}
		for _, v := range c.Claim.Versions {
			says = append(says, "="+v)
		}
	}
	return u, strings.Join(says, " or ")
}

func TestRangesAreEvaluatedAsTheSchemaSays(t *testing.T) {
	for name, c := range map[string]struct{ ranges, want, problem string }{
		"introduced and fixed":            {`{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.2.0"}]}`, ">=1.0.0, <1.2.0", ""},
		"from the beginning":              {`{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}`, "<1.2.0", ""},
		"never fixed":                     {`{"type":"SEMVER","events":[{"introduced":"0"}]}`, "all versions", ""},
		"last affected":                   {`{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"last_affected":"1.2.0"}]}`, "<=1.2.0", ""},
		"out of order":                    {`{"type":"SEMVER","events":[{"fixed":"2.1.0"},{"introduced":"2.0.0"},{"fixed":"1.2.0"},{"introduced":"0"}]}`, "<1.2.0 or >=2.0.0, <2.1.0", ""},
		"events in one object":            {`{"type":"SEMVER","events":[{"introduced":"1.0.0","fixed":"1.2.0"}]}`, ">=1.0.0, <1.2.0", ""},
		"fixed twice":                     {`{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"},{"fixed":"1.1.0"}]}`, "<1.0.0", ""},
		"introduced again at its fix":     {`{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"1.0.0"},{"fixed":"2.0.0"}]}`, "<1.0.0 or >=1.0.0, <2.0.0", ""},
		"limit":                           {`{"type":"SEMVER","events":[{"introduced":"0"},{"limit":"3.0.0"}]}`, "<3.0.0", ""},
		"limit beyond the fix":            {`{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"4.0.0"},{"limit":"3.0.0"}]}`, "<1.0.0", ""},
		"no limit":                        {`{"type":"SEMVER","events":[{"introduced":"0"},{"limit":"*"}]}`, "all versions", ""},
		"commits":                         {`{"type":"GIT","repo":"https://x","events":[{"introduced":"0"},{"fixed":"abc"}]}`, "", ""},
		"nothing introduced":              {`{"type":"SEMVER","events":[{"fixed":"1.0.0"}]}`, "", `a range is broken: a version is fixed before any is introduced`},
		"only a limit":                    {`{"type":"SEMVER","events":[{"limit":"1.0.0"}]}`, "", `it has no "introduced" event`},
		"ends before it starts":           {`{"type":"SEMVER","events":[{"introduced":"2.0.0"},{"fixed":"1.0.0"}]}`, ">=2.0.0", `a version is fixed before any is introduced`},
		"no version":                      {`{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"soon"}]}`, "all versions", `fixed "soon": it is no version of its ecosystem`},
		"no events":                       {`{"type":"SEMVER","events":[]}`, "", "a range has no events"},
		"unknown type":                    {`{"type":"SOMETHING","events":[{"introduced":"0"}]}`, "", `there is no range type "SOMETHING"`},
		"unknown event":                   {`{"type":"SEMVER","events":[{"invented":"0"}]}`, "", "none of introduced, fixed, last_affected, limit"},
		"a number for a version":          {`{"type":"SEMVER","events":[{"introduced":0}]}`, "", "is a number"},
		"the same start in two spellings": {`{"type":"SEMVER","events":[{"introduced":"1.0"},{"introduced":"1.0.0"},{"fixed":"v1.1.0"}]}`, ">=1.0, <v1.1.0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			u, got := understand(t, `"affected":[{"package":{"ecosystem":"npm","name":"p"},"ranges":[`+c.ranges+`]}]`)
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if c.problem == "" && len(u.Problems) > 0 || c.problem != "" && !strings.Contains(strings.Join(u.Problems, "\n"), c.problem) {
				t.Errorf("problems %q, want %q", u.Problems, c.problem)
			}
		})
	}
}

func TestListedVersionsThatARangeHoldsAreNotKeptTwice(t *testing.T) {
	_, got := understand(t, `"affected":[{"package":{"ecosystem":"PyPI","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0"},{"fixed":"2.0"}]}],"versions":["1.0","1.5","0.9","2.0","0.9","odd"]}]`)
	if want := ">=1.0, <2.0 or =0.9 or =2.0 or =odd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestKindsAreKeptApart(t *testing.T) {
	const p = `"affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":["1"]%s}]%s`
	for name, c := range map[string]struct {
		in, out string
		id      string
		want    Kind
		note    string
	}{
		"plain":                 {"", "", "A-1", Vulnerability, ""},
		"RustSec's notice":      {`,"database_specific":{"informational":"unmaintained"}`, "", "A-1", Informational, "unmaintained"},
		"RustSec without one":   {`,"database_specific":{"informational":null}`, "", "A-1", Vulnerability, ""},
		"malware by its id":     {"", "", "MAL-2026-1", Malware, ""},
		"malware by weakness":   {"", `,"database_specific":{"cwe_ids":["CWE-506"]}`, "A-1", Malware, ""},
		"another weakness":      {"", `,"database_specific":{"cwe_ids":["CWE-79"]}`, "A-1", Vulnerability, ""},
		"fields of other kinds": {`,"database_specific":[1]`, `,"database_specific":"x"`, "A-1", Vulnerability, ""},
	} {
		u, err := Understand(fmt.Appendf(nil, `{"id":%q,`+p+`}`, c.id, c.in, c.out))
		if err != nil || u.Info.Kind != c.want || u.Info.Note != c.note {
			t.Errorf("%s: %s %q, %v", name, u.Info.Kind, u.Info.Note, err)
		}
	}
}

func TestSeverityIsTheWorstThatIsTold(t *testing.T) {
	const v2, v3, v4 = "AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"
	vector := func(kind, score string) string { return fmt.Sprintf(`{"type":%q,"score":%q}`, kind, score) }
	for name, c := range map[string]struct {
		fields string
		want   Severity
	}{
		"CVSS 2":          {`"severity":[` + vector("CVSS_V2", v2) + `]`, Severity{High, 7.5, v2}},
		"CVSS 2 in marks": {`"severity":[` + vector("CVSS_V2", "("+v2+")") + `]`, Severity{High, 7.5, "(" + v2 + ")"}},
		"CVSS 3.1":        {`"severity":[` + vector("CVSS_V3", v3) + `]`, Severity{Critical, 9.8, v3}},
		"CVSS 3.0":        {`"severity":[` + vector("CVSS_V3", strings.Replace(v3, "3.1", "3.0", 1)) + `]`, Severity{Critical, 9.8, strings.Replace(v3, "3.1", "3.0", 1)}},
		"CVSS 4":          {`"severity":[` + vector("CVSS_V4", v4) + `]`, Severity{Medium, 6.9, v4}},
		"several":         {`"severity":[` + vector("CVSS_V4", v4) + "," + vector("CVSS_V3", v3) + `]`, Severity{Critical, 9.8, v3}},
		"of a package":    {`"affected":[{"package":{"ecosystem":"npm","name":"p"},"severity":[` + vector("CVSS_V3", v3) + `]}]`, Severity{Critical, 9.8, v3}},
		"RustSec's":       {`"affected":[{"package":{"ecosystem":"npm","name":"p"},"database_specific":{"cvss":"` + v3 + `"}}]`, Severity{Critical, 9.8, v3}},
		"a word":          {`"database_specific":{"severity":"MODERATE"}`, Severity{Medium, -1, ""}},
		"score over word": {`"severity":[` + vector("CVSS_V4", v4) + `],"database_specific":{"severity":"CRITICAL"}`, Severity{Medium, 6.9, v4}},
		"Ubuntu's word":   {`"severity":[` + vector("Ubuntu", "negligible") + `]`, Severity{LevelNone, -1, ""}},
		"a number":        {`"severity":[` + vector("CVSS_V3", "7.1") + `]`, Severity{High, 7.1, ""}},
		"no vector":       {`"severity":[` + vector("CVSS_V3", "CVSS:3.1/AV:X") + `]`, unknownSeverity},
		"nothing":         {`"summary":"x"`, unknownSeverity},
	} {
		if u, _ := understand(t, c.fields); u.Info.Severity != c.want {
			t.Errorf("%s: %+v, want %+v (%q)", name, u.Info.Severity, c.want, u.Problems)
		}
	}
}

func TestWhatIsNoRecordIsSaid(t *testing.T) {
	for _, text := range []string{"", "{", "null", "[]", `"x"`, "{}", `{"id":"a b"}`, `{"id":"\u001b[31m"}`, `{"id":"../x"}`, `{"id":"` + strings.Repeat("x", 200) + `"}`, strings.Repeat("[", 50_000)} {
		if r, err := ParseRecord([]byte(text)); err == nil {
			t.Errorf("%.40q passed for %+v", text, r)
		}
	}
	if _, err := ParseRecord(make([]byte, MaxRecord+1)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("%v", err)
	}
}

func TestWithdrawnWithoutATimeIsWithdrawn(t *testing.T) {
	if u, _ := understand(t, `"withdrawn":"some day"`); u.Info.Withdrawn.IsZero() || len(u.Problems) != 1 {
		t.Errorf("%+v", u)
	}
}

func infos(list ...Info) map[int64]*Info {
	out := map[int64]*Info{}
	for i := range list {
		list[i].Number = int64(i + 1)
		if list[i].Kind == "" {
			list[i].Kind = Vulnerability
		}
		out[list[i].Number] = &list[i]
	}
	return out
}

func TestRecordsThatShareANameAreOneVulnerability(t *testing.T) {
	all := infos(
		Info{ID: "GHSA-1", Names: []string{"CVE-1"}, Severity: Severity{Low, 2, "v"}, Kind: Vulnerability},
		Info{ID: "PYSEC-1", Names: []string{"CVE-1", "X"}, Severity: unknownSeverity},
		Info{ID: "Y-1", Names: []string{"X", "Y-1"}, Severity: Severity{High, 8, "w"}}, // joined through X
		Info{ID: "Z-1", Names: []string{"Z-2"}},
		Info{ID: "Z-2", Names: []string{"Z-3"}},
		Info{ID: "Z-3", Names: []string{"Z-1"}}, // a ring
		Info{ID: "N-1", Kind: Informational, Note: "notice", Names: []string{"N-2"}},
		Info{ID: "N-2", Kind: Vulnerability},
		Info{ID: "ALONE-1", Kind: Informational, Note: "unmaintained"},
	)
	var matches []Match
	for n := range int64(len(all)) {
		matches = append(matches, Match{Record: n + 1})
	}
	groups, withdrawn := NewJoiner(all).Join(matches)
	var got []string
	for _, g := range groups {
		got = append(got, fmt.Sprintf("%s %s %v %s %q", g.ID, g.Kind, g.Aliases, g.Severity.Level, g.Note))
	}
	want := []string{`ALONE-1 informational [] unknown "unmaintained"`, `N-1 vulnerability [N-2] unknown "notice"`, `PYSEC-1 vulnerability [CVE-1 GHSA-1 X Y-1] high ""`, `Z-1 vulnerability [Z-2 Z-3] unknown ""`}
	if d := cmp.Diff(want, got); d != "" || withdrawn != 0 {
		t.Error(d, withdrawn)
	}
}

// However records name each other, each is in one group, those that share a
// name are together, and the order of the matches does not matter.
func TestJoiningPartsTheMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		var list []Info
		for n := range rapid.IntRange(1, 8).Draw(t, "records") {
			list = append(list, Info{ID: fmt.Sprint("R-", n), Names: rapid.SliceOfN(rapid.OneOf(name, rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("R-", rapid.IntRange(0, 8).Draw(t, "other")) })), 0, 3).Draw(t, "names")})
		}
		all := infos(list...)
		var matches []Match
		for n := range all {
			matches = append(matches, Match{Record: n})
		}
		slices.SortFunc(matches, func(a, b Match) int { return int(a.Record - b.Record) })
		groups, _ := NewJoiner(all).Join(matches)
		shuffled := rapid.Permutation(matches).Draw(t, "order")
		again, _ := NewJoiner(all).Join(shuffled)
		if d := cmp.Diff(groups, again); d != "" {
			t.Fatal(d)
		}
		home := map[int64]int{}
		for i, g := range groups {
			for _, m := range g.Matches {
				if _, twice := home[m.Record]; twice {
					t.Fatalf("record %d is in two groups", m.Record)
				}
				home[m.Record] = i
			}
		}
		for x, a := range all {
			for y, b := range all {
				shared := slices.ContainsFunc(append([]string{a.ID}, a.Names...), func(n string) bool { return n == b.ID || slices.Contains(b.Names, n) })
				if shared && home[x] != home[y] {
					t.Fatalf("%+v and %+v are apart", a, b)
				}
			}
		}
		if len(home) != len(all) {
			t.Fatalf("%d of %d records are in a group", len(home), len(all))
		}
	})
}

func TestTheLeastUpgradeEndsAllRecords(t *testing.T) {
	claim := func(record int64, intervals ...Interval) Claim { return Claim{Record: record, Intervals: intervals} }
	a := NewAsker(Compile(Key{"npm", "p"}, []Claim{
		claim(1, Interval{Until: "1.2.0", Fix: true}, Interval{From: "2.0.0", Until: "2.1.0", Fix: true}),
		claim(2, Interval{Until: "1.3.0", Fix: true}),
		claim(3, Interval{From: "1.2.5", Until: "1.4.0", With: true}),
	}))
	for _, c := range []struct {
		version string
		records []int64
		want    []string
	}{
		{"1.0.0", []int64{1}, []string{"1.2.0", "2.1.0"}},
		{"1.0.0", []int64{1, 2}, []string{"1.3.0", "2.1.0"}},
		{"1.0.0", []int64{1, 2, 3}, []string{"2.1.0"}}, // 1.3.0 is affected by the third
		{"1.2.9", []int64{3}, nil},                     // only the last affected version is known
		{"2.0.5", []int64{1}, []string{"2.1.0"}},
		{"nonsense", []int64{1}, nil},
	} {
		if d := cmp.Diff(c.want, a.CleanUpgrades(c.version, c.records)); d != "" {
			t.Errorf("%s %v: %s", c.version, c.records, d)
		}
	}
}

func TestComponentsAreAskedUnderTheNamesOfTheirEcosystem(t *testing.T) {
	for purl, want := range map[string]string{
		"pkg:npm/%40babel/core@7.0.0":                                                 "npm @babel/core 7.0.0",
		"pkg:npm/JSONStream@1.0.0":                                                    "npm JSONStream 1.0.0",
		"pkg:golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible":              "Go github.com/Azure/go-autorest 14.2.0+incompatible",
		"pkg:golang/stdlib@go1.22.1":                                                  "Go stdlib 1.22.1",
		"pkg:golang/stdlib@1.22rc2":                                                   "Go stdlib 1.22.0-rc.2",
		"pkg:pypi/Zope.Interface@5.0":                                                 "PyPI zope-interface 5.0",
		"pkg:maven/org.slf4j/slf4j-api@1.7.36":                                        "Maven org.slf4j:slf4j-api 1.7.36",
		"pkg:cargo/serde_json@1.0.0":                                                  "crates.io serde_json 1.0.0",
		"pkg:composer/Symfony/console@v5.0.0":                                         "Packagist symfony/console v5.0.0",
		"pkg:gem/rails@7.0.0":                                                         "RubyGems rails 7.0.0",
		"pkg:nuget/Newtonsoft.Json@12.0.1":                                            "NuGet newtonsoft.json 12.0.1",
		"pkg:hex/phoenix@1.7.0":                                                       "Hex phoenix 1.7.0",
		"pkg:pub/http@1.0.0":                                                          "Pub http 1.0.0",
		"pkg:swift/github.com/Apple/swift-nio@2.0.0":                                  "SwiftURL github.com/apple/swift-nio 2.0.0",
		"pkg:conan/user/zlib@1.2.11":                                                  "ConanCenter zlib 1.2.11",
		"pkg:githubactions/actions/checkout@v4.1.0":                                   "GitHub Actions actions/checkout 4.1.0",
		"pkg:githubactions/github/codeql-action/init@v2.0.1":                          "GitHub Actions github/codeql-action 2.0.1",
		"pkg:githubactions/actions/checkout@v4":                                       Floating,
		"pkg:githubactions/actions/checkout@8f4b7f84864484a7bf31766abe9204da3cbe65b3": Floating,
		"pkg:deb/debian/libssl3@3.0.1-1?distro=debian-12&upstream=openssl":            "Debian:12 openssl 3.0.1-1",
		"pkg:deb/debian/libssl3@3.0.1-1?distro=bookworm&upstream=openssl%403.0.0-1":   "Debian:12 openssl 3.0.0-1",
		"pkg:deb/debian/curl@7.88.1?distro=debian-12.5&epoch=1":                       "Debian:12 curl 1:7.88.1",
		"pkg:deb/ubuntu/curl@7.81.0?distro=ubuntu-22.04":                              "Ubuntu:22.04 curl 7.81.0, Ubuntu:22.04:LTS curl 7.81.0",
		"pkg:deb/debian/curl@7.88.1":                                                  NoRelease,
		"pkg:apk/alpine/busybox-binsh@1.36.1-r5?distro=3.18.4&upstream=busybox":       "Alpine:v3.18 busybox 1.36.1-r5",
		"pkg:apk/alpine/busybox@1.36.1-r5?distro=alpine-3.18.4":                       "Alpine:v3.18 busybox 1.36.1-r5",
		"pkg:apk/wolfi/curl@8.0.0-r0":                                                 "Wolfi curl 8.0.0-r0",
		"pkg:rpm/rocky/curl@7.76.1-26.el9?distro=rocky-9.2&epoch=0":                   "Rocky Linux:9 curl 7.76.1-26.el9",
		"pkg:docker/nginx@1.25":                                                       NoEcosystem,
		"pkg:npm/left":                                                                Unresolved,
		"pkg:npm/left@" + strings.Repeat("1", 300):                                    BadVersion,
	} {
		p, err := inventory.ParsePURL(purl)
		if err != nil {
			t.Fatal(err)
		}
		q := Ask(p)
		got := q.Silence
		if got == "" {
			var keys []string
			for _, k := range q.Keys {
				keys = append(keys, k.Ecosystem+" "+k.Name+" "+q.Version)
			}
			got = strings.Join(keys, ", ")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", purl, got, want)
		}
	}
}

func TestAFeedOfOneReleaseTellsOfThatAlone(t *testing.T) {
	m := Mirror{Feeds: []Feed{{Kind: "osv", Ecosystems: []string{"Debian:12", "Alpine"}}, {Kind: "kev", Ecosystems: []string{"npm"}}}}
	for ecosystem, want := range map[string]bool{"Debian:12": true, "Debian:11": false, "Debian": false, "Alpine:v3.18": true, "npm": false} {
		if m.Covers(ecosystem) != want {
			t.Errorf("%s: %v", ecosystem, !want)
		}
	}
}

func TestRangesInTheProjectsOwnCountAreKept(t *testing.T) {
	u, err := Understand([]byte(`{"id":"GO-1","affected":[{"package":{"ecosystem":"Go","name":"k8s.io/x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],
		"ecosystem_specific":{"custom_ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.9.0"}]}]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := Compile(u.Claims[0].Key, []Claim{u.Claims[0].Claim})
	got, err := NewAsker(Compile(p.Key, p.Claims())).Matches("0.0.0-20260101000000-aaaaaaaaaaaa")
	if d := cmp.Diff([]Match{{Range: "all versions", Own: "<1.9.0"}}, got); d != "" || err != nil {
		t.Error(d, err)
	}
}

func TestRecordsMeetComponentsUnderOneName(t *testing.T) {
	for _, c := range [][3]string{
		{"NuGet", "Newtonsoft.Json", "newtonsoft.json"}, {"PyPI", "Zope.Interface", "zope-interface"}, {"Packagist", "Symfony/Console", "symfony/console"},
		{"SwiftURL", "https://github.com/Apple/swift-nio.git", "github.com/apple/swift-nio"}, {"SwiftURL", "git@github.com:a/b", "github.com/a/b"}, {"npm", "JSONStream", "JSONStream"},
	} {
		if got := NewKey(c[0], c[1]).Name; got != c[2] {
			t.Errorf("%s %s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
	if k := NewKey("Maven:https://repo.example.com", "a:b"); k.Ecosystem != "Maven" {
		t.Errorf("%+v", k)
	}
	if k := NewKey("Debian:12", "openssl"); k.Ecosystem != "Debian:12" || k.Base() != "Debian" {
		t.Errorf("%+v", k)
	}
}

func TestReleasesOfGoAreWrittenAsTheRecordsDo(t *testing.T) {
	for in, want := range map[string]string{"1.22": "1.22.0", "go1.22.1": "1.22.1", "1.21rc2": "1.21.0-rc.2", "go1.4beta1": "1.4.0-beta.1", "1.22.1-custom": "1.22.1", "1": "1.0.0",
		"1.19.0-0": "1.19.0-0", "1.27.0-rc.2": "1.27.0-rc.2", "go1.22.1 X:boringcrypto": "1.22.1", "": "", "tip": "", "1.2.3.4": "", "1..2": "", "default": ""} {
		if got := GoRelease(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for _, c := range []struct{ own, version, said string }{
		{"pkg:golang/a?go=1.22&line=3", "1.22.0", "go 1.22"},
		{"pkg:golang/a?go=1.22&line=3&toolchain=go1.22.4", "1.22.4", "toolchain go1.22.4"},
		{"pkg:golang/a?go=1.23&line=3&toolchain=go1.22.4", "1.23.0", "go 1.23"},
		{"pkg:golang/a", "", ""}, {"pkg:golang/a?go=tip", "", ""}, {"pkg:npm/a?go=1.22", "", ""}, {"not a purl?go=1", "", ""},
	} {
		if u, _ := Stdlib(c.own, "go.mod"); u.Component.Version != c.version || u.Requirement != c.said {
			t.Errorf("%s: %+v", c.own, u)
		}
	}
}

func TestListsOfExploitedVulnerabilities(t *testing.T) {
	list, made, bad, err := ParseKEV([]byte(`{"catalogVersion":"1","dateReleased":"2026-03-03T12:00:00.0000Z","vulnerabilities":[{"cveID":"CVE-2026-1","dateAdded":"2026-03-01","dueDate":"2026-03-22","knownRansomwareCampaignUse":"Known"},{"cveID":"x"},{"cveID":"CVE-2","dateAdded":"soon"},7]}`))
	if d := cmp.Diff([]Exploited{{"CVE-2026-1", "2026-03-01", "2026-03-22", true}}, list); d != "" || err != nil || bad < 2 || made.Format("2006-01-02") != "2026-03-03" {
		t.Error(d, bad, made, err)
	}
	scores, made, bad, err := ParseEPSS(strings.NewReader("#model_version:v1,score_date:2026-03-03T00:00:00+0000\ncve,epss,percentile\nCVE-1,0.5,0.9\nCVE-2,1.5,0.9\nhello\n"))
	if d := cmp.Diff([]EPSS{{"CVE-1", 0.5, 0.9, "2026-03-03"}}, scores); d != "" || err != nil || bad != 2 || made.Format("2006-01-02") != "2026-03-03" {
		t.Error(d, bad, made, err)
	}
	for _, text := range []string{"", "{}", "<html>", "[]"} {
		if _, _, _, err := ParseKEV([]byte(text)); err == nil {
			t.Errorf("%q passed for CISA's catalog", text)
		}
		if _, _, _, err := ParseEPSS(strings.NewReader(text)); err == nil {
			t.Errorf("%q passed for FIRST's scores", text)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"id":"A-1","modified":"2026-01-01T00:00:00Z","aliases":["A-1"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}],"affected":[{"package":{"ecosystem":"PyPI","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1!2.0a1"},{"limit":"*"}]}],"versions":["1.0+x"]}]}`), "1.0")
	f.Add([]byte(`{"id":"A-1","affected":[{"package":{"ecosystem":"Alpine:v3.1","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1_p-r0"},{"last_affected":"0x"}]}]}]}`), "1_alpha")
	f.Fuzz(func(t *testing.T, data []byte, version string) {
		u, err := Understand(data)
		if err != nil {
			return
		}
		for _, c := range u.Claims {
			p := Compile(c.Key, []Claim{c.Claim, {Record: 1, Intervals: c.Claim.Intervals}})
			if !p.Valid() {
				t.Fatalf("%+v", p)
			}
			a := NewAsker(p)
			matches, _ := a.Matches(version)
			for _, m := range matches {
				a.CleanUpgrades(version, []int64{m.Record})
			}
		}
	})
}

func FuzzLists(f *testing.F) {
	f.Add([]byte(`{"vulnerabilities":[{"cveID":"CVE-1","dateAdded":"2026-01-01"}]}`))
	f.Add([]byte("#score_date:x\nCVE-1,0.1,0.2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, _, _ = ParseKEV(data)
		_, _, _, _ = ParseEPSS(strings.NewReader(string(data)))
	})
}
