package upstream

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestAddressesOfRepositoriesInTheFormsThatPeopleWrite(t *testing.T) {
	for in, want := range map[string]string{
		"https://github.com/acme/left":                               "github.com/acme/left",
		"git+https://github.com/acme/left.git":                       "github.com/acme/left",
		"git://github.com/acme/left.git#v1.2":                        "github.com/acme/left",
		"git+ssh://git@github.com/acme/left.git":                     "github.com/acme/left",
		"git+ssh://git@github.com:acme/left.git":                     "github.com/acme/left",
		"ssh://git@git.acme.example:2222/team/left.git":              "git.acme.example/team/left",
		"git@github.com:acme/left.git":                               "github.com/acme/left",
		"git@gitlab.com:group/sub/left.git":                          "gitlab.com/group/sub/left",
		"acme/left":                                                  "github.com/acme/left",
		"acme/left#main":                                             "github.com/acme/left",
		"github:acme/left":                                           "github.com/acme/left",
		"gitlab:acme/left":                                           "gitlab.com/acme/left",
		"bitbucket:acme/left":                                        "bitbucket.org/acme/left",
		"http://www.github.com/acme/left/":                           "github.com/acme/left",
		"HTTPS://GitHub.com/Acme/Left":                               "github.com/Acme/Left",
		"github.com/acme/left":                                       "github.com/acme/left",
		"//github.com/acme/left":                                     "github.com/acme/left",
		"https://user:secret@github.com/acme/left":                   "github.com/acme/left",
		"https://github.com/acme/mono/tree/main/packages/left":       "github.com/acme/mono packages/left",
		"https://github.com/acme/left/issues":                        "github.com/acme/left",
		"https://github.com/acme/left#readme":                        "github.com/acme/left",
		"https://gitlab.com/group/sub/left/-/tree/main/a":            "gitlab.com/group/sub/left a",
		"https://gitlab.com/group/left/issues":                       "gitlab.com/group/left",
		"https://gitlab.gnome.example/g/left.git/":                   "gitlab.gnome.example/g/left",
		"https://codeberg.org/acme/left/src/branch/main/lib":         "codeberg.org/acme/left lib",
		"https://bitbucket.org/acme/left/src/master/":                "bitbucket.org/acme/left",
		"scm:git:https://github.com/acme/left.git":                   "github.com/acme/left",
		"scm:git:git@github.com:acme/left.git":                       "github.com/acme/left",
		"scm:git:git://github.com/acme/left.git":                     "github.com/acme/left",
		"scm:git:ssh://git@github.com/acme/left":                     "github.com/acme/left",
		"scm:git:https://gitbox.apache.org/repos/asf/commons-io.git": "github.com/apache/commons-io",
		"https://gitbox.apache.org/repos/asf?p=commons-io.git":       "github.com/apache/commons-io",
		"https://git.sr.ht/~acme/left":                               "git.sr.ht/~acme/left",
		"https://go.googlesource.com/text":                           "go.googlesource.com/text",
		"https://git.acme.example/left.git":                          "git.acme.example/left",
	} {
		got, ok := Parse(in)
		text := strings.TrimSpace(got.Name + " " + got.Directory)
		if !ok || text != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, text, ok, want)
		}
	}
}

func TestWhatIsNoAddressOfARepository(t *testing.T) {
	for _, in := range []string{"", " ", "left", "gist:11081aaa281", "https://gist.github.com/acme/1", "https://www.npmjs.com/package/left", "https://github.com/acme",
		"https://github.com/sponsors/acme", "https://github.com/", "javascript:alert(1)", "https://example.com/a/b", "file:///etc/passwd", "https://", "git+", "scm:", "git:", "///",
		"https://github.com/../x", "<https://github.com/a/b>", "https://gitlab.com/only", "svn:http://svn.acme.example/left/trunk", strings.Repeat("a/", 3000),
		"https://github.com/a%2f..%2fb/c%00d", "@acme/left", "./left", "../left", "/srv/git/left"} {
		if got, ok := Parse(in); ok {
			t.Errorf("Parse(%.60q) = %+v, want none", in, got)
		}
	}
}

func TestSpellingsOfOneRepositoryHaveOneKey(t *testing.T) {
	for _, same := range [][]string{
		{"github.com/Azure/SDK", "github.com/azure/sdk", "www.github.com/azure/sdk"},
		{"github.com/golang/text", "go.googlesource.com/text"},
		{"github.com/apache/maven", "gitbox.apache.org/repos/asf/maven.git"},
	} {
		for _, other := range same[1:] {
			if Key(other) != Key(same[0]) {
				t.Errorf("Key(%q) = %q, Key(%q) = %q", same[0], Key(same[0]), other, Key(other))
			}
		}
	}
	if Key("git.acme.example/A") == Key("git.acme.example/a") {
		t.Error("a server that nobody knows may tell names apart by case")
	}
	if got := Key("/srv/Git/left"); got != "/srv/Git/left" {
		t.Errorf("Key of a path = %q", got)
	}
}

func TestPackagesThatNameTheirRepository(t *testing.T) {
	var none Mapper
	for in, want := range map[string]string{
		"pkg:golang/github.com/Acme/left@v1.2.0":                                   "github.com/Acme/left certain",
		"pkg:golang/github.com/acme/left/v2@v2.0.0":                                "github.com/acme/left certain",
		"pkg:golang/github.com/acme/mono/sdk/go/v3":                                "github.com/acme/mono sdk/go certain",
		"pkg:golang/gitlab.com/acme/left":                                          "gitlab.com/acme/left certain",
		"pkg:golang/gitlab.com/acme/sub/left/v2":                                   "gitlab.com/acme/sub/left low",
		"pkg:golang/git.acme.example/team/left.git/sub":                            "git.acme.example/team/left sub certain",
		"pkg:golang/gopkg.in/yaml.v3@v3.0.1":                                       "github.com/go-yaml/yaml certain",
		"pkg:golang/gopkg.in/natefinch/lumberjack.v2":                              "github.com/natefinch/lumberjack certain",
		"pkg:golang/golang.org/x/text":                                             "github.com/golang/text high",
		"pkg:golang/golang.org/x/tools/gopls":                                      "github.com/golang/tools gopls high",
		"pkg:golang/k8s.io/client-go@v0.30.0":                                      "github.com/kubernetes/client-go high",
		"pkg:golang/k8s.io/klog/v2":                                                "github.com/kubernetes/klog high",
		"pkg:golang/sigs.k8s.io/yaml":                                              "github.com/kubernetes-sigs/yaml high",
		"pkg:golang/google.golang.org/grpc":                                        "github.com/grpc/grpc-go high",
		"pkg:golang/google.golang.org/genproto/googleapis/rpc":                     "github.com/googleapis/go-genproto googleapis/rpc high",
		"pkg:golang/go.opentelemetry.io/otel/sdk":                                  "github.com/open-telemetry/opentelemetry-go sdk high",
		"pkg:golang/cloud.google.com/go/storage":                                   "github.com/googleapis/google-cloud-go storage high",
		"pkg:golang/stdlib@1.26.0":                                                 "github.com/golang/go certain",
		"pkg:golang/vanity.example/left":                                           "",
		"pkg:github/actions/checkout@v4":                                           "github.com/actions/checkout certain",
		"pkg:githubactions/acme/actions/setup@v1":                                  "github.com/acme/actions setup certain",
		"pkg:swift/github.com/apple/swift-nio":                                     "github.com/apple/swift-nio certain",
		"pkg:bitbucket/acme/left":                                                  "bitbucket.org/acme/left certain",
		"pkg:gitlab/group/sub/left":                                                "gitlab.com/group/sub/left certain",
		"pkg:terraform/terraform-aws-modules/vpc/aws":                              "github.com/terraform-aws-modules/terraform-aws-vpc high",
		"pkg:maven/org.springframework.boot/spring-boot":                           "github.com/spring-projects/spring-boot high",
		"pkg:maven/org.springframework/spring-core":                                "github.com/spring-projects/spring-framework high",
		"pkg:maven/com.fasterxml.jackson.core/jackson-databind":                    "github.com/FasterXML/jackson-databind high",
		"pkg:maven/com.github.acme/left":                                           "github.com/acme/left low",
		"pkg:maven/com.acme/left":                                                  "",
		"pkg:npm/%40types/node":                                                    "github.com/DefinitelyTyped/DefinitelyTyped types/node high",
		"pkg:npm/left":                                                             "",
		"pkg:docker/library/redis":                                                 "",
		"pkg:generic/left@1?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Facme%2Fleft%40": "github.com/acme/left certain",
		"pkg:composer/acme/left":                                                   "github.com/acme/left low",
		"pkg:composer/laravel/framework":                                           "github.com/laravel/framework high",
	} {
		p, err := inventory.ParsePURL(in)
		if err != nil {
			t.Fatal(err)
		}
		got, text := none.Map(p), ""
		if got.Mapped() {
			text = strings.Join(strings.Fields(got.Repository.Name+" "+got.Repository.Directory+" "+string(got.Confidence)), " ")
		}
		if text != want {
			t.Errorf("%s: got %q, want %q", in, text, want)
		}
		if got.Source == "" || got.Package != p.WithoutVersion() {
			t.Errorf("%s: no source, or another package: %+v", in, got)
		}
	}
}

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func TestSourcesAreAskedInTheOrderOfWhatTheyCanKnow(t *testing.T) {
	npm := func(name string) inventory.PURL { return inventory.NewPURL("npm", name, "1.0.0") }
	golang := func(name string) inventory.PURL { return inventory.NewPURL("golang", name, "v1.0.0") }
	m := NewMapper(
		[]Override{
			{Match: func(p inventory.PURL) bool { return p.Name == "ours" }, Repository: "https://git.acme.example/ours.git", Source: "upstreams.yaml:3:5"},
			{Match: func(p inventory.PURL) bool { return p.Name == "inner" }, Source: "upstreams.yaml:9:5"},
		},
		[]Metadata{
			{Package: npm("left"), Repository: "git+https://github.com/acme/left-old.git", Source: "npm registry", Observed: day},
			{Package: npm("left"), Repository: "git+https://github.com/acme/left.git", Directory: "packages/left/", Source: "npm registry", Observed: day.AddDate(0, 0, 1)},
			{Package: npm("page"), Homepage: "https://acme.example/page", Issues: "https://github.com/acme/page/issues", Source: "npm registry"},
			{Package: npm("site"), Homepage: "https://acme.example/some/site"},
			{Package: npm("ours"), Repository: "acme/not-this"},
			{Package: npm("declared"), Repository: "acme/declared"},
			{Package: npm("react"), Repository: "acme/fork-of-react", Source: "npm registry"},
		},
		[]GoImport{
			{Prefix: "vanity.example", VCS: "git", Repository: "https://github.com/acme/root", Observed: day},
			{Prefix: "vanity.example/left", VCS: "git", Repository: "https://github.com/acme/left-go", Observed: day},
			{Prefix: "vanity.example/proxied", VCS: "mod", Repository: "https://proxy.example"},
			{Prefix: "k8s.io/api", VCS: "git", Repository: "https://github.com/kubernetes/api", Observed: day},
		},
		[]Own{{npm("declared"), "github.com/acme/somewhere-else", ""}, {npm("seen"), "github.com/acme/fork", "packages/seen"}, {npm("seen"), "github.com/acme/seen", ""}},
	)
	type answer struct{ Repository, Directory, Confidence, Source string }
	got := map[string]answer{}
	for _, p := range []inventory.PURL{npm("ours"), npm("inner"), npm("left"), npm("page"), npm("site"), npm("declared"), npm("react"), npm("seen"),
		golang("vanity.example/left/v2/sub"), golang("vanity.example/right"), golang("vanity.example/proxied"), golang("k8s.io/api")} {
		a := m.Map(p)
		got[p.Name+" "+p.Namespace] = answer{a.Repository.Name, a.Repository.Directory, string(a.Confidence), a.Source}
	}
	want := map[string]answer{
		"ours ":                      {"git.acme.example/ours", "", "certain", "upstreams.yaml:3:5"},
		"inner ":                     {"", "", "none", "upstreams.yaml:9:5 says that there is no upstream"},
		"left ":                      {"github.com/acme/left", "packages/left", "high", "npm registry, repository"},
		"page ":                      {"github.com/acme/page", "", "medium", "npm registry, issues"},
		"site ":                      {"", "", "none", `no registry metadata at hand ("tributary refresh" asks for it), and the name does not tell`},
		"declared ":                  {"github.com/acme/declared", "", "high", "package metadata, repository"},
		"react ":                     {"github.com/acme/fork-of-react", "", "high", "npm registry, repository"},
		"seen ":                      {"github.com/acme/seen", "", "medium", "github.com/acme/seen declares a package of this name"},
		"sub vanity.example/left/v2": {"github.com/acme/left-go", "v2/sub", "certain", "go-import answer for vanity.example/left"},
		"right vanity.example":       {"github.com/acme/root", "right", "certain", "go-import answer for vanity.example"},
		"proxied vanity.example":     {"github.com/acme/root", "proxied", "certain", "go-import answer for vanity.example"},
		"api k8s.io":                 {"github.com/kubernetes/api", "", "certain", "go-import answer for k8s.io/api"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMirrorsAreFoundByRemoteAndByRootCommit(t *testing.T) {
	mirrors := []Mirror{
		{Name: "/mirrors/left.git", Remotes: []string{"git@github.com:Acme/Left.git"}, Roots: []string{"aaa", "a2"}},
		{Name: "git.example.com/corp/left-fork", Roots: []string{"aaa", "a2", "f"}},
		{Name: "github.com/acme/right", Roots: []string{"bbb"}},
		{Name: "github.com/acme/took-right-in", Roots: []string{"ccc", "bbb"}},
		{Name: "/src/shallow"},
		{Name: "/src/other-shallow"},
	}
	got := MatchMirrors([]string{"github.com/acme/left", "github.com/acme/right", "github.com/acme/absent"}, mirrors)
	want := map[string][]Match{
		"github.com/acme/left":  {{"/mirrors/left.git", "remote"}, {"git.example.com/corp/left-fork", "root commit"}},
		"github.com/acme/right": {{"github.com/acme/right", "remote"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCopiesWithoutARemoteAreKnownByTheirOwnPackages(t *testing.T) {
	golang := func(name string) inventory.PURL { return inventory.NewPURL("golang", name, "") }
	got := Aliases(NewMapper(nil, nil, nil, nil), []Own{
		{golang("github.com/acme/left"), "/mirrors/left.git", ""}, {golang("github.com/acme/left/sdk"), "/mirrors/left.git", "sdk"}, {golang("github.com/other/x"), "/mirrors/left.git", "x"},
		{golang("github.com/acme/a"), "/mirrors/undecided", ""}, {golang("github.com/acme/b"), "/mirrors/undecided", ""},
		{inventory.NewPURL("npm", "private", ""), "/src/app", ""},
		{golang("github.com/acme/fork-of"), "git.example.com/acme/has-a-remote", ""},
	})
	if diff := cmp.Diff(map[string]string{"/mirrors/left.git": "github.com/acme/left"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsParsedIsParsedAgainTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom([]string{"github.com", "gitlab.com", "git.acme.example", "codeberg.org"}).Draw(t, "host")
		word := rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,8}`)
		form := rapid.SampledFrom([]string{"https://%s/%s", "git+https://%s/%s.git", "git@%s:%s.git", "scm:git:git://%s/%s", "ssh://git@%s/%s.git"}).Draw(t, "form")
		path := word.Draw(t, "owner") + "/x" + word.Draw(t, "name")
		text := strings.Replace(strings.Replace(form, "%s", host, 1), "%s", path, 1)
		got, ok := Parse(text)
		if !ok || got.Name != host+"/"+path {
			t.Fatalf("Parse(%q) = %+v, %v", text, got, ok)
		}
		if again, ok := Parse("https://" + got.Name); !ok || again != got {
			t.Fatalf("%q became %+v, then %+v, %v", text, got, again, ok)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"git+ssh://git@github.com:a/b.git#x", "scm:git:git@h.example:/a/b", "a/b", "gitlab:a/b/c", "https://gitbox.apache.org/repos/asf?p=a.git"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		repo, ok := Parse(s)
		if !ok {
			return
		}
		if repo.Name == "" || strings.ContainsAny(repo.Name, " \x00<>\"") || strings.Contains(repo.Name, "//") {
			t.Fatalf("Parse(%q) = %q", s, repo.Name)
		}
		if Key(repo.Name) != Key(Key(repo.Name)) {
			t.Fatalf("the key of %q is not stable: %q, %q", repo.Name, Key(repo.Name), Key(Key(repo.Name)))
		}
	})
}

func FuzzMap(f *testing.F) {
	for _, s := range []string{"pkg:golang/gopkg.in/a.v1", "pkg:golang/k8s.io", "pkg:githubactions/a/b/c", "pkg:maven/com.github.a/b", "pkg:x/a?vcs_url=git%2Bhttps:%2F%2Fh.example%2Fb"} {
		f.Add(s)
	}
	var m Mapper
	f.Fuzz(func(t *testing.T, s string) {
		p, err := inventory.ParsePURL(s)
		if err != nil {
			return
		}
		if got := m.Map(p); got.Mapped() == (got.Confidence == None) || got.Source == "" {
			t.Fatalf("%s: %+v", s, got)
		}
	})
}

func TestWhatIsKnownOfProjectsIsFoundWhateverTheSpelling(t *testing.T) {
	for repo, want := range map[string]string{"github.com/Facebook/React": "framework", "github.com/postgres/postgres": "database", "github.com/pyca/cryptography": "cryptography",
		"go.googlesource.com/crypto": "cryptography", "github.com/golang/go": "language", "github.com/acme/left": ""} {
		if got := ClassOf(repo); got != want {
			t.Errorf("class of %s = %q, want %q", repo, got, want)
		}
		if want != "" && !DeepClass(want) {
			t.Errorf("%s is no deep class", want)
		}
	}
	for repo, want := range map[string]string{"github.com/Apache/Maven": "Apache Software Foundation", "gitbox.apache.org/repos/asf/maven.git": "Apache Software Foundation",
		"github.com/prometheus/prometheus": "Cloud Native Computing Foundation", "gitlab.gnome.org/GNOME/gtk": "GNOME Foundation", "github.com/acme/left": "", "gitlab.com/apache/x": ""} {
		if got := FoundationOf(repo); got != want {
			t.Errorf("foundation of %s = %q, want %q", repo, got, want)
		}
	}
	for name := range classes {
		if Key(name) != name {
			t.Errorf("%s is no key and would never be found", name)
		}
	}
}

func TestTablesHoldAddressesOnly(t *testing.T) {
	for _, table := range []map[string]string{vanity, mavenGroups, npmScopes, names} {
		for from, to := range table {
			name := strings.ReplaceAll(to, "*", "x")
			if repo, ok := Parse("https://" + name); !ok || repo.Name != name {
				t.Errorf("%s leads to %q, which is no repository", from, to)
			}
		}
	}
}
