package remote

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
)

const goGetPage = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><link rel=stylesheet href=x>
<META NAME="go-import" CONTENT="go.acme.example/other git https://git.example/other">
<meta name="go-import" content="go.acme.example/tool mod https://proxy.example">
<meta name="go-import" content="go.acme.example/tool git https://github.com/acme/tool">
</head><body><meta name="go-import" content="go.acme.example/late git https://git.example/late">nothing &nbsp; here</body></html>`

func TestAModulesServerTellsItsRepository(t *testing.T) {
	for module, want := range map[string]goImport{
		"go.acme.example/tool":        {"go.acme.example/tool", "https://github.com/acme/tool"},
		"go.acme.example/tool/sub/v2": {"go.acme.example/tool", "https://github.com/acme/tool"},
		"go.acme.example/toolbox":     {},
		"go.acme.example/late":        {},
	} {
		if got, ok := parseGoImport([]byte(goGetPage), module); got != want || ok != (want != goImport{}) {
			t.Errorf("%s: %+v", module, got)
		}
	}
}

func TestAModulesServerIsAskedWhereNothingElseTells(t *testing.T) {
	var asked []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		switch {
		case strings.HasSuffix(r.URL.Path, "/@v/list"):
			fmt.Fprintln(w, "v1.0.0")
		case strings.HasSuffix(r.URL.Path, ".mod"):
			fmt.Fprintln(w, "module go.acme.example/tool")
		case strings.HasSuffix(r.URL.Path, ".info"):
			fmt.Fprint(w, `{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}`)
		case r.URL.RawQuery == "go-get=1":
			fmt.Fprint(w, goGetPage)
		}
	})
	ask := func(path, goGet string) string {
		c, _ := client(t)
		r := &Registries{Client: c, Go: GoEnv{Proxy: s.URL + ",direct"}, GoGet: goGet}
		asked = nil
		a, err := r.Ask(t.Context(), FromRegistry, Question{Package: inventory.NewPURL("golang", path, "")})
		if err != nil {
			t.Fatal(err)
		}
		return a.Listing.Repository + " " + a.Listing.Directory
	}
	if got := ask("go.acme.example/tool/sub", s.URL+"/get/"); got != "https://github.com/acme/tool sub" {
		t.Errorf("%q after %q", got, asked)
	}
	for _, path := range []string{"github.com/acme/tool", "golang.org/x/text", "10.0.0.1/tool"} {
		if got := ask(path, s.URL+"/get/"); strings.Contains(strings.Join(asked, " "), "go-get") {
			t.Errorf("%s: its server was asked: %q %q", path, got, asked)
		}
	}
	if ask("go.acme.example/tool", ""); strings.Contains(strings.Join(asked, " "), "go-get") {
		t.Errorf("without direct in GOPROXY: %q", asked)
	}
}

func FuzzParseGoImport(f *testing.F) {
	f.Add([]byte(goGetPage), "go.acme.example/tool")
	f.Fuzz(func(t *testing.T, page []byte, module string) {
		if got, ok := parseGoImport(page, module); ok && (got.prefix != module && !strings.HasPrefix(module, got.prefix+"/") || got.repository == "") {
			t.Errorf("%+v", got)
		}
	})
}
