package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMavenScopesAndPlaceholdersAreUnderstood(t *testing.T) {
	dep := func(name, version, scope string) string {
		return "<dependency><groupId>org.x</groupId><artifactId>" + name + "</artifactId><version>" + version + "</version><scope>" + scope + "</scope></dependency>\n"
	}
	fsys := MapFS{"pom.xml": []byte("<project><modelVersion>4.0.0</modelVersion><groupId>org.own</groupId><artifactId>app</artifactId><version>1</version><dependencies>\n" +
		dep("a", "1.0", "test-only") + dep("b", "1.0", "compile-only") + dep("c", "1.0", "test-runtime") + dep("d", "@tool.version@", "compile") +
		"</dependencies></project>")}
	got := map[string]string{}
	for _, r := range Readers() {
		if r.Match("pom.xml") {
			res, err := r.Read(fsys, "pom.xml")
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range res.Usages {
				got[u.Component.Name+"@"+u.Component.Version] = string(u.Scope)
			}
		}
	}
	want := map[string]string{"a@1.0": "test", "b@1.0": "provided", "c@1.0": "test", "d@": "runtime"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
