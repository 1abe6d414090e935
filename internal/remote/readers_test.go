package remote

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

const npmReply = `{"name":"left","dist-tags":{"latest":"1.1.0"},
"repository":{"type":"git","url":"git+https://github.com/acme/left.git","directory":"packages/left"},"homepage":"https://left.example","bugs":{"url":"https://left.example/bugs"},
"maintainers":[{"name":"ada"},{"name":"bob"}],
"time":{"created":"2020-01-01T00:00:00Z","1.0.0":"2020-01-01T00:00:00.000Z","1.1.0":"2021-01-01T00:00:00.000Z","2.0.0-rc.1":"2022-01-01T00:00:00.000Z"},
"versions":{"1.0.0":{"license":"MIT","scripts":{"test":"x"},"maintainers":[{"name":"Ada"}]},
"1.1.0":{"license":{"type":"Apache-2.0"},"deprecated":"use right","scripts":{"postinstall":"node x"},"maintainers":["ada <a@x>","bob <b@x>"]},
"2.0.0-rc.1":{"licenses":[{"type":"MIT"},{"type":"ISC"}]}}}`

func TestNpmDocumentsAreRead(t *testing.T) {
	l, err := ParseNpm([]byte(npmReply))
	if err != nil {
		t.Fatal(err)
	}
	(&Registries{}).finish(&l, false)
	ada, both := hashed("npm", []string{"ada"}), hashed("npm", []string{"ada", "bob"})
	want := upstream.Listing{Source: "npm registry", Latest: "1.1.0", Deprecated: "use right", Repository: "git+https://github.com/acme/left.git", Directory: "packages/left",
		Homepage: "https://left.example", Issues: "https://left.example/bugs", Maintainers: both, Owners: 2, Versions: []upstream.Release{
			{Version: "1.0.0", Published: when("2020-01-01"), License: "MIT", InstallScript: upstream.No, Maintainers: ada},
			{Version: "1.1.0", Published: when("2021-01-01"), License: "Apache-2.0", Deprecated: "use right", InstallScript: upstream.Yes, Maintainers: both},
			{Version: "2.0.0-rc.1", Published: when("2022-01-01"), License: "MIT OR ISC", InstallScript: upstream.No, Pre: true},
		}}
	if d := cmp.Diff(want, l); d != "" {
		t.Error(d)
	}
	if len(both) != 2 || strings.Contains(strings.Join(both, " "), "ada") {
		t.Errorf("accounts are kept as %v", both)
	}
}

func TestMirrorsOfNpmMayLeaveOutWhatTheyLike(t *testing.T) {
	l, err := ParseNpm([]byte(`{"versions":{"1.0.0":{},"2.0.0-beta":{"deprecated":false}},"dist-tags":{"latest":"2.0.0-beta"}}`))
	if err != nil {
		t.Fatal(err)
	}
	(&Registries{}).finish(&l, false)
	want := upstream.Listing{Source: "npm registry", Latest: "1.0.0", Versions: []upstream.Release{{Version: "1.0.0"}, {Version: "2.0.0-beta", Pre: true}}}
	if d := cmp.Diff(want, l); d != "" {
		t.Error("nobody told the rest:", d)
	}
	gone, err := ParseNpm([]byte(`{"name":"left","time":{"unpublished":{"time":"2020-01-01T00:00:00Z"}}}`))
	if err != nil || len(gone.Doubts) != 1 {
		t.Errorf("a package that was unpublished: %+v, %v", gone, err)
	}
}

// reading is one registry's form with what must come out of it.
type reading struct {
	kind  string
	parse func([]byte) (upstream.Listing, error)
	reply string
	want  upstream.Listing
}

var readings = map[string]reading{
	"PyPI": {"pypi", ParsePyPI, `{"info":{"version":"2.0","license":"BSD-3-Clause","home_page":"https://b.example","project_urls":{"Source Code":"https://github.com/a/b","Bug Tracker":"https://github.com/a/b/issues"},
		"classifiers":["License :: OSI Approved :: BSD License"]},"project_status":{"status":"archived"},"ownership":{"roles":[{"user":"ada","role":"Owner"}]},
		"releases":{"1.0":[{"upload_time_iso_8601":"2020-02-03T04:05:06.7Z","yanked":true,"yanked_reason":"bad"}],"1.1":[{"upload_time_iso_8601":"2020-03-03T00:00:00Z","yanked":true},{"upload_time_iso_8601":"2020-03-02T00:00:00Z"}],
		"2.0":[{"upload_time_iso_8601":"2021-01-01T00:00:00Z"}],"3.0rc1":[{"upload_time_iso_8601":"2022-01-01T00:00:00Z"}],"0.1":[]}}`,
		upstream.Listing{Source: "PyPI", Latest: "2.0", Archived: upstream.Yes, Repository: "https://github.com/a/b", Homepage: "https://b.example", Issues: "https://github.com/a/b/issues",
			Maintainers: hashed("pypi", []string{"ada"}), Owners: 1, Versions: []upstream.Release{
				{Version: "0.1", Yanked: "all its files were deleted"},
				{Version: "1.0", Published: when("2020-02-03T04:05:06.7Z"), Yanked: "bad"}, {Version: "1.1", Published: when("2020-03-02")},
				{Version: "2.0", Published: when("2021-01-01"), License: "BSD-3-Clause"}, {Version: "3.0rc1", Published: when("2022-01-01"), Pre: true}}}},
	"crates.io": {"cargo", ParseCrates, `{"crate":{"repository":"https://github.com/a/c","max_stable_version":"1.2.0","downloads":7},
		"versions":[{"num":"1.2.0","license":"MIT/Apache-2.0","created_at":"2023-05-06T00:00:00Z"},{"num":"1.1.0","yanked":true,"created_at":"2023-01-01T00:00:00Z"}]}`,
		upstream.Listing{Source: "crates.io", Latest: "1.2.0", Repository: "https://github.com/a/c", Downloads: 7, Versions: []upstream.Release{
			{Version: "1.1.0", Published: when("2023-01-01"), Yanked: "yanked"}, {Version: "1.2.0", Published: when("2023-05-06"), License: "MIT/Apache-2.0"}}}},
	"Maven": {"maven", ParseMaven, `<?xml version="1.0"?><metadata><versioning><release>2.1</release><lastUpdated>20240102030405</lastUpdated><versions><version>1.0</version><version>2.0-beta1</version><version>2.1</version></versions></versioning></metadata>`,
		upstream.Listing{Source: "Maven repository", Latest: "2.1", Versions: []upstream.Release{{Version: "1.0", InstallScript: upstream.No},
			{Version: "2.0-beta1", InstallScript: upstream.No, Pre: true}, {Version: "2.1", InstallScript: upstream.No, Published: when("2024-01-02T03:04:05Z")}}}},
	"RubyGems": {"gem", ParseGems, `[{"number":"3.0","created_at":"2024-01-02T00:00:00Z","licenses":["MIT","Ruby"],"metadata":{"source_code_uri":"https://github.com/a/g"}},{"number":"3.0","platform":"java"},
		{"number":"2.0","created_at":"2023-01-02T00:00:00Z","licenses":null},{"number":"4.0.pre","prerelease":true}]`,
		upstream.Listing{Source: "RubyGems", Latest: "3.0", Repository: "https://github.com/a/g", Versions: []upstream.Release{
			{Version: "2.0", Published: when("2023-01-02")}, {Version: "3.0", Published: when("2024-01-02"), License: "MIT OR Ruby"}, {Version: "4.0.pre", Pre: true}}}},
	"NuGet": {"nuget", ParseNuGet, `{"items":[{"items":[{"catalogEntry":{"version":"1.0.0","published":"1900-01-01T00:00:00Z","listed":false}},
		{"catalogEntry":{"version":"1.1.0","published":"2020-03-04T00:00:00Z","licenseExpression":"MIT","projectUrl":"https://github.com/a/n"}},
		{"catalogEntry":{"version":"1.2.0","published":"2021-03-04T00:00:00Z","licenseUrl":"https://licenses.nuget.org/Apache-2.0","deprecation":{"reasons":["Legacy"]}}}]}]}`,
		upstream.Listing{Source: "NuGet", Latest: "1.1.0", Homepage: "https://github.com/a/n", Versions: []upstream.Release{{Version: "1.0.0", Yanked: "unlisted"},
			{Version: "1.1.0", Published: when("2020-03-04"), License: "MIT"}, {Version: "1.2.0", Published: when("2021-03-04"), License: "Apache-2.0", Deprecated: "Legacy"}}}},
	"Packagist": {"composer", ParsePackagist, `{"minified":"composer/2.0","packages":{"acme/left":[
		{"version":"v2.0.0","time":"2022-01-01T00:00:00+00:00","license":["MIT","GPL-2.0-only"],"homepage":"https://left.example","source":{"url":"https://github.com/acme/left.git"},"abandoned":"acme/right"},
		{"version":"v1.0.0","time":"2021-01-01T00:00:00+00:00","homepage":"__unset"},{"version":"v1.0.0-beta1","license":"__unset","time":17},{"license":[]}]}}`,
		upstream.Listing{Source: "Packagist", Latest: "v2.0.0", Deprecated: "abandoned; use acme/right", Repository: "https://github.com/acme/left.git", Homepage: "https://left.example", Versions: []upstream.Release{
			{Version: "v1.0.0", Published: when("2021-01-01"), License: "MIT OR GPL-2.0-only"}, {Version: "v1.0.0-beta1", Pre: true},
			{Version: "v2.0.0", Published: when("2022-01-01"), License: "MIT OR GPL-2.0-only"}}}},
	"hex.pm": {"hex", ParseHex, `{"name":"left","latest_stable_version":"1.1.0","meta":{"licenses":["MIT"],"links":{"GitHub":"https://github.com/acme/left"}},"owners":[{"username":"ada"}],
		"retirements":{"1.0.0":{"reason":"security","message":null}},"releases":[{"version":"1.1.0","inserted_at":"2022-01-01T00:00:00.000000Z"},{"version":"1.0.0","inserted_at":"2021-01-01T00:00:00Z"}]}`,
		upstream.Listing{Source: "hex.pm", Latest: "1.1.0", Repository: "https://github.com/acme/left", Maintainers: hashed("hex", []string{"ada"}), Owners: 1, Versions: []upstream.Release{
			{Version: "1.0.0", Published: when("2021-01-01"), Yanked: "security"}, {Version: "1.1.0", Published: when("2022-01-01"), License: "MIT"}}}},
	"pub.dev": {"pub", ParsePub, `{"name":"left","isDiscontinued":true,"replacedBy":"right","latest":{"version":"1.1.0","pubspec":{"repository":"https://github.com/acme/left","homepage":7}},
		"versions":[{"version":"1.0.0","published":"2021-01-01T00:00:00.000Z","retracted":true},{"version":"1.1.0","published":"2022-01-01T00:00:00Z"}]}`,
		upstream.Listing{Source: "pub.dev", Latest: "1.1.0", Deprecated: "discontinued; use right", Repository: "https://github.com/acme/left", Versions: []upstream.Release{
			{Version: "1.0.0", Published: when("2021-01-01"), Yanked: "retracted", InstallScript: upstream.No}, {Version: "1.1.0", Published: when("2022-01-01"), InstallScript: upstream.No}}}},
	"deps.dev": {"npm", ParseDepsDev, `{"versions":[{"versionKey":{"version":"4.0.0"},"publishedAt":"2022-02-02T00:00:00Z","isDefault":true},{"versionKey":{"version":"3.0.0"},"isDeprecated":true}]}`,
		upstream.Listing{Source: "deps.dev", Latest: "4.0.0", Versions: []upstream.Release{{Version: "3.0.0", Deprecated: "deprecated"}, {Version: "4.0.0", Published: when("2022-02-02")}}}},
	"ecosyste.ms": {"npm", ParseEcosystems, `{"name":"e","latest_release_number":"5.0.0","repository_url":"https://github.com/a/e","licenses":"ISC","latest_release_published_at":"2025-01-01T00:00:00Z",
		"status":"removed","repo_metadata":{"archived":false},"downloads":12,"dependent_packages_count":3,"maintainers":[{"login":"ada"},{"login":"bob"}]}`,
		upstream.Listing{Source: "ecosyste.ms", Latest: "5.0.0", Deprecated: "removed", Archived: upstream.No, Repository: "https://github.com/a/e", Maintainers: hashed("ecosyste.ms", []string{"ada", "bob"}), Owners: 2,
			Downloads: 12, Dependents: 3, Versions: []upstream.Release{{Version: "5.0.0", Published: when("2025-01-01"), License: "ISC"}}}},
}

func TestRegistriesAreReadInTheirDocumentedForms(t *testing.T) {
	for name, c := range readings {
		l, err := c.parse([]byte(c.reply))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		l.Package = inventory.PURL{Type: c.kind}
		(&Registries{}).finish(&l, false)
		l.Package = inventory.PURL{}
		if d := cmp.Diff(c.want, l); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		for bad, words := range map[string]string{"<html><body>please log in": "web page", "": "empty", "{\"versions\": 3": "documentation", "\x1f\x8b\x08": "documentation"} {
			if _, err := c.parse([]byte(bad)); err == nil || !strings.Contains(err.Error(), words) && name != "Maven" {
				t.Errorf("%s: %q gives %v", name, bad, err)
			}
		}
	}
}

func TestWhatOthersWroteIsCleanedAndBounded(t *testing.T) {
	l := upstream.Listing{Package: inventory.PURL{Type: "npm"}, Deprecated: "a\x1b[31mb\x00" + strings.Repeat("é", 2000), Versions: []upstream.Release{{Version: "1.0.0"}, {Version: "1.0.0"}}}
	(&Registries{}).finish(&l, false)
	if strings.ContainsAny(l.Deprecated, "\x1b\x00") || len(l.Deprecated) > maxNote+10 || len(l.Versions) != 1 {
		t.Errorf("%q, %d versions", l.Deprecated[:20], len(l.Versions))
	}
}

func FuzzReplies(f *testing.F) {
	f.Add([]byte(npmReply))
	for _, r := range readings {
		f.Add([]byte(r.reply))
	}
	f.Add([]byte("<metadata><versioning>"))
	f.Add([]byte("machine a login b password c //h/:_authToken=x @s:registry=y"))
	f.Fuzz(func(t *testing.T, b []byte) {
		parsers := []func([]byte) (upstream.Listing, error){ParseNpm}
		for _, r := range readings {
			parsers = append(parsers, r.parse)
		}
		for _, parse := range parsers {
			if l, err := parse(b); err == nil {
				(&Registries{}).finish(&l, false)
			}
		}
		parsePom(b)
		parseInfo(b)
		parseNuGetPage(b)
		ParseEcosystemsVersions(b)
		ParseNetrc(b)
		var n Npmrc
		n.ParseNpmrc(b, func(string) string { return "" })
		n.registryFor(string(b))
		goMod(b, &upstream.Listing{Versions: []upstream.Release{{Version: "v1.0.0"}}})
	})
}
