package remote

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// recorded answers by path, and lists what was asked for; "$URL" in a reply is
// the server's own address.
func recorded(t *testing.T, kind string, replies map[string]string) (*Registries, *[]string) {
	t.Helper()
	var asked []string
	self := ""
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		reply, ok := replies[r.URL.RequestURI()]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, strings.ReplaceAll(reply, "$URL", self))
	})
	self = s.URL
	c, _ := client(t)
	return &Registries{Client: c, Bases: map[string]string{kind: s.URL}}, &asked
}

func ask(t *testing.T, r *Registries, source, purl string, used ...string) upstream.Listing {
	t.Helper()
	p, err := inventory.ParsePURL(purl)
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.Ask(t.Context(), source, Question{Package: p, Used: used, Licensed: used})
	if err != nil {
		t.Fatal(err)
	}
	return a.Listing
}

func TestPyPIIsAskedAgainForLicensesOfOtherVersionsInUse(t *testing.T) {
	r, asked := recorded(t, "pypi", map[string]string{
		"/pypi/left/json":     `{"info":{"version":"2.0","license":"MIT"},"releases":{"1.0":[{"upload_time_iso_8601":"2020-01-01T00:00:00Z"}],"2.0":[{"upload_time_iso_8601":"2021-01-01T00:00:00Z"}]}}`,
		"/pypi/left/1.0/json": `{"info":{"version":"1.0","license":null,"license_expression":"GPL-3.0-only"},"urls":[{"upload_time_iso_8601":"2020-01-01T00:00:00Z"}]}`,
	})
	l := ask(t, r, FromRegistry, "pkg:pypi/left", "1.0", "2.0", "9.9")
	if l.Find("1.0").License != "GPL-3.0-only" || l.Find("2.0").License != "MIT" {
		t.Errorf("%+v", l.Versions)
	}
	if d := cmp.Diff([]string{"/pypi/left/json", "/pypi/left/1.0/json"}, *asked); d != "" {
		t.Error(d)
	}
}

func TestMavenProjectsInheritTheirLicense(t *testing.T) {
	r, asked := recorded(t, "maven", map[string]string{
		"/org/acme/left/maven-metadata.xml":         `<metadata><versioning><release>1.1</release><versions><version>1.0</version><version>1.1</version></versions></versioning></metadata>`,
		"/org/acme/left/1.0/left-1.0.pom":           `<project xmlns="http://maven.apache.org/POM/4.0.0"><parent><groupId>org.acme</groupId><artifactId>parent</artifactId><version>7</version></parent><scm><url>https://git.example.com/left</url></scm></project>`,
		"/org/acme/parent/7/parent-7.pom":           `<project><parent><groupId>org.acme</groupId><artifactId>grandparent</artifactId><version>1</version></parent><licenses/></project>`,
		"/org/acme/grandparent/1/grandparent-1.pom": `<?xml version="1.0" encoding="ISO-8859-1"?><project><licenses><license><name>Apache License, Version 2.0</name></license></licenses><scm><url>https://git.example.com/other</url></scm><url>https://acme.example/${project.artifactId}</url></project>`,
	})
	l := ask(t, r, FromRegistry, "pkg:maven/org.acme/left", "1.0")
	if l.Find("1.0").License != "Apache License, Version 2.0" || l.Repository != "https://git.example.com/left" || l.Homepage != "" || l.Latest != "1.1" {
		t.Errorf("%+v", l)
	}
	if len(*asked) != 4 {
		t.Errorf("%v", *asked)
	}
}

func TestMavenParentsThatGoInCirclesEnd(t *testing.T) {
	r, asked := recorded(t, "maven", map[string]string{
		"/a/b/maven-metadata.xml": `<metadata><versioning><versions><version>1</version></versions></versioning></metadata>`,
		"/a/b/1/b-1.pom":          `<project><parent><groupId>a</groupId><artifactId>b</artifactId><version>1</version></parent></project>`,
	})
	if l := ask(t, r, FromRegistry, "pkg:maven/a/b", "1"); l.Find("1").License != "" {
		t.Errorf("%+v", l)
	}
	if len(*asked) != 2 { // a project file is asked for once
		t.Errorf("%d requests", len(*asked))
	}
}

func TestNuGetPagesAreFetchedFromTheRegistryAlone(t *testing.T) {
	page := func(v string) string {
		return `{"items":[{"catalogEntry":{"version":"` + v + `","published":"2020-03-04T00:00:00Z","licenseExpression":"MIT"}}]}`
	}
	r, asked := recorded(t, "nuget", map[string]string{
		"/left.pad/index.json":  `{"items":[{"@id":"$URL/left.pad/page/1.json","lower":"1.0.0","upper":"1.9.0"},{"@id":"https://evil.example/page.json","lower":"2.0.0","upper":"2.9.0"},{"@id":"$URL/left.pad/page/3.json"}]}`,
		"/left.pad/page/1.json": page("1.0.0"),
	})
	l := ask(t, r, FromRegistry, "pkg:nuget/Left.Pad")
	if l.Find("1.0.0") == nil || l.Find("1.0.0").License != "MIT" || len(l.Doubts) != 2 {
		t.Errorf("%+v", l)
	}
	if l.Latest != "" {
		t.Errorf("the latest is %s, and not all versions are known", l.Latest)
	}
	if len(*asked) != 3 {
		t.Errorf("%v", *asked)
	}
}

func TestCollectionsAreAskedForPackagesOfAnyKind(t *testing.T) {
	r, asked := recorded(t, FromDepsDev, map[string]string{
		"/v3/systems/maven/packages/org.acme:left":              `{"versions":[{"versionKey":{"version":"1.0"},"publishedAt":"2020-01-01T00:00:00Z","isDefault":true}]}`,
		"/v3/systems/maven/packages/org.acme:left/versions/1.0": `{"versionKey":{"version":"1.0"},"licenses":["MIT","non-standard"],"links":[{"label":"SOURCE_REPO","url":"https://git.example.com/left"}]}`,
	})
	l := ask(t, r, FromDepsDev, "pkg:maven/org.acme/left", "1.0")
	if l.Find("1.0").License != "MIT" || l.Repository != "https://git.example.com/left" || l.Source != "deps.dev" || len(*asked) != 2 {
		t.Errorf("%+v %v", l, *asked)
	}
	name := "/api/v1/registries/npmjs.org/packages/" + url.PathEscape("@acme/left")
	r, asked = recorded(t, FromEcosystems, map[string]string{
		name:                             `{"name":"@acme/left","latest_release_number":"1.1.0","repo_metadata":{"archived":true}}`,
		name + "/versions?per_page=1000": `[{"number":"1.0.0","published_at":"2020-01-01T00:00:00Z","licenses":"MIT"},{"number":"1.1.0","status":"removed"}]`,
	})
	l = ask(t, r, FromEcosystems, "pkg:npm/%40acme/left")
	if l.Archived != upstream.Yes || l.Latest != "1.0.0" || l.Find("1.1.0").Yanked != "removed" || len(*asked) != 2 {
		t.Errorf("%+v %v", l, *asked)
	}
}

func TestNamesThatSettingsSendElsewhereAreKeptFromCollections(t *testing.T) {
	r, asked := recorded(t, FromDepsDev, nil)
	r.Npm.ParseNpmrc([]byte("@acme:registry=https://npm.acme.example/\n"), func(string) string { return "" })
	r.Bases["pypi"] = "https://pip.acme.example"
	for _, p := range []inventory.PURL{inventory.NewPURL("npm", "@acme/secret", ""), inventory.NewPURL("pypi", "secret", "")} {
		if _, err := r.Ask(t.Context(), FromDepsDev, Question{Package: p}); err == nil || !strings.Contains(err.Error(), "private") {
			t.Errorf("%v: %v", p, err)
		}
	}
	if len(*asked) != 0 {
		t.Errorf("%v", *asked)
	}
}

func TestCratesAreAskedOneASecond(t *testing.T) {
	c, slept := client(t)
	c.HTTP = roundTrip(func(r *http.Request) *http.Response {
		w := httptest.NewRecorder()
		fmt.Fprint(w, readings["crates.io"].reply)
		return w.Result()
	})
	r := &Registries{Client: c}
	for _, name := range []string{"a", "b", "c"} {
		if _, err := r.Ask(t.Context(), FromRegistry, Question{Package: inventory.PURL{Type: "cargo", Name: name}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(*slept) != 2 || (*slept)[0] != crawlers["crates.io"] {
		t.Errorf("between three questions it slept %v", *slept)
	}
}

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func TestAnAnswerAboutAnotherPackageIsNone(t *testing.T) {
	r, _ := recorded(t, "npm", map[string]string{"/left": `{"name":"right","versions":{"1.0.0":{"license":"MIT"}}}`, "/Case": `{"name":"case","versions":{"1.0.0":{"license":"MIT"}}}`})
	if _, err := r.Ask(t.Context(), FromRegistry, Question{Package: inventory.NewPURL("npm", "left", "")}); err == nil || !strings.Contains(err.Error(), "about another package, right") {
		t.Errorf("%v", err)
	}
	if _, err := r.Ask(t.Context(), FromRegistry, Question{Package: inventory.NewPURL("npm", "Case", "")}); err != nil {
		t.Errorf("another case is the same name: %v", err)
	}
}
