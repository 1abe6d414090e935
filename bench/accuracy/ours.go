package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// ours is tributary's inventory of one repository, arranged for questions.
type ours struct {
	commit       string
	tree         source.Tree
	packages     map[pkg][]inventory.Usage // with a version
	requirements map[pkg][]inventory.Usage // without one; the key has none either
	own          map[pkg]bool              // first-party packages, some with their versions
	read         map[string]bool           // manifests that were read
	problems     []inventory.Problem
	names        map[string]bool // package.json files, "name@version"
	projects     map[string]bool // POM files, "group:artifact"
	content      map[string][]byte
}

// inventoryOf scans HEAD of a repository as "tributary inventory" does.
func inventoryOf(repo string) (*ours, error) {
	ctx := context.Background()
	sources, err := source.Open(ctx, repo, source.Options{})
	if err != nil {
		return nil, err
	}
	if len(sources) != 1 {
		return nil, fmt.Errorf("%d repositories instead of one", len(sources))
	}
	snap, err := scan.Scan(ctx, sources[0], scan.Cache{}, scan.Options{}, time.Time{})
	if err != nil {
		return nil, err
	}
	o := &ours{commit: snap.Commit, tree: sources[0].Tree, packages: map[pkg][]inventory.Usage{}, requirements: map[pkg][]inventory.Usage{}, own: map[pkg]bool{}, read: map[string]bool{}}
	for _, unit := range snap.Units {
		o.read[unit.Manifest] = true
		o.problems = append(o.problems, unit.Problems...)
		for _, own := range unit.Own {
			if p, err := inventory.ParsePURL(own); err == nil {
				o.own[named(p)] = true
			}
		}
		for _, u := range unit.Usages {
			p := named(u.Component)
			switch {
			case !compared[p.ecosystem]:
			case p.version == "":
				o.requirements[p] = append(o.requirements[p], u)
			default:
				o.packages[p] = append(o.packages[p], u)
			}
		}
	}
	return o, nil
}

// file gives a file of the repository as evidence, nil when there is none.
func (o *ours) file(p string) []byte {
	b, ok := o.content[p]
	if !ok {
		var err error
		if b, err = o.tree.ReadFile(p); err != nil {
			b = nil
		}
		if o.content == nil {
			o.content = map[string][]byte{}
		}
		o.content[p] = b
	}
	return b
}

// named gives "name@version" of all package.json files of the tree.
func (o *ours) named() map[string]bool {
	if o.names == nil {
		o.names = map[string]bool{}
		for _, f := range o.tree.Files() {
			if path.Base(f.Path) == "package.json" {
				var doc struct{ Name, Version string }
				if json.Unmarshal(o.file(f.Path), &doc) == nil {
					o.names[doc.Name+"@"+doc.Version] = true
				}
			}
		}
	}
	return o.names
}

// poms gives "group:artifact" of all projects in XML files of the tree, and
// "artifact:artifact" where the group is inherited.
func (o *ours) poms() map[string]bool {
	if o.projects != nil {
		return o.projects
	}
	o.projects = map[string]bool{}
	for _, f := range o.tree.Files() {
		if ext := path.Ext(f.Path); ext != ".xml" && ext != ".pom" {
			continue
		}
		var doc struct {
			XMLName    xml.Name
			GroupID    string `xml:"groupId"`
			ArtifactID string `xml:"artifactId"`
			Parent     struct {
				GroupID string `xml:"groupId"`
			} `xml:"parent"`
		}
		if xml.Unmarshal(o.file(f.Path), &doc) != nil || doc.XMLName.Local != "project" {
			continue
		}
		group, artifact := strings.TrimSpace(doc.GroupID), strings.TrimSpace(doc.ArtifactID)
		o.projects[group+":"+artifact] = true
		o.projects[strings.TrimSpace(doc.Parent.GroupID)+":"+artifact] = true
		o.projects[artifact+":"+artifact] = true
	}
	return o.projects
}
