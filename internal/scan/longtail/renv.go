package longtail

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

type rPackage struct {
	Package, Version, Source, Repository, License string
	RemoteType, RemoteUsername, RemoteRepo        string
	RemoteSha                                     string
}

// readRenv reads renv.lock of R
// (rstudio.github.io/renv/reference/lockfiles.html). "Repository" is whatever
// name the user's mirror of CRAN has.
func readRenv(t *text) {
	var file struct {
		Packages object
	}
	if !t.json(&file) {
		return
	}
	lines := finder{data: t.data}
	for _, m := range file.Packages {
		line := lines.of(m.raw, `"Package"`)
		var p rPackage
		if err := json.Unmarshal(m.raw, &p); err != nil {
			t.problem(line, "malformed", "package %q was not read: %v", m.key, err)
			continue
		}
		p.Package = cmp.Or(p.Package, m.key)
		if p.Package == "" {
			t.problem(line, "malformed", "a package has no name")
			continue
		}
		u := inventory.Usage{Line: line, Relation: inventory.RelationUnknown, Scope: inventory.Runtime, License: p.License}
		u.Component, u.Note = p.component()
		t.use(u)
	}
}

func (p rPackage) component() (c inventory.PURL, note string) {
	source := strings.ToLower(p.Source)
	if source == "bioconductor" && p.Repository != "" && !strings.HasPrefix(strings.ToLower(p.Repository), "bioc") {
		source = "repository" // renv writes so for packages of CRAN that Bioconductor needs
	}
	switch source {
	case "bioconductor":
		return inventory.PURL{Type: "bioconductor", Name: p.Package, Version: p.Version}, ""
	case "github", "gitlab", "bitbucket":
		if p.RemoteUsername != "" && p.RemoteRepo != "" {
			return inventory.PURL{Type: source, Namespace: p.RemoteUsername, Name: p.RemoteRepo, Version: cmp.Or(p.RemoteSha, p.Version)},
				"the R package " + p.Package + " " + p.Version
		}
	case "repository", "cran", "":
		return inventory.PURL{Type: "cran", Name: p.Package, Version: p.Version}, ""
	}
	return inventory.PURL{Type: "generic", Name: p.Package, Version: p.Version}, "an R package from the source " + p.Source
}
