package scan

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"path"
	"sort"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/resolve"
	"github.com/tributary-oss/tributary/internal/pattern"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// concludeRoot fills in what speaks for the repository as a whole: license
// files and manifests in its root, and from both the primary license.
//
// With neither the primary license is unknown: no guess is made from single
// files. What it is otherwise [resolve.Primary] says.
func concludeRoot(ctx context.Context, sum *inventory.LicenseSummary, t source.Tree, found map[string]finding, cache Cache) {
	var detected []license.Expr
	for _, n := range sum.Notices {
		if path.Dir(n.Path) != "." || resolve.IsNotice(n.Path, n.Expression != "") {
			continue
		}
		fact := inventory.LicenseFact{Kind: inventory.Detected, Expression: n.Expression, Source: "license file", File: n.Path,
			TextHash: n.TextHash, Copyrights: n.Copyrights}
		if m := matchesOf(ctx, n, found, cache); len(m) > 0 {
			fact.FirstLine, fact.LastLine = m[0].FirstLine, m[len(m)-1].LastLine
		}
		if n.Expression == "" {
			fact.Raw = "license text not recognized"
		}
		sum.Files = append(sum.Files, fact)
		if e, err := license.Parse(n.Expression); err == nil && n.Expression != "" {
			detected = append(detected, e)
		}
	}
	sum.Declared = rootDeclared(t)
	var declared []license.Expr
	for _, d := range sum.Declared {
		if e, err := license.Parse(d.Expression); err == nil && d.Expression != "" {
			declared = append(declared, e)
		}
	}
	sum.Primary = resolve.Primary(declared, detected)
}

func matchesOf(ctx context.Context, n inventory.NoticeFile, found map[string]finding, cache Cache) []textMatch {
	if f, ok := found[n.Blob]; ok {
		return f.Matches
	}
	if cache.Blobs == nil || n.Blob == "" {
		return found[n.Path].Matches
	}
	known, err := cache.Blobs(ctx, detectorID(), []string{n.Blob})
	if err != nil {
		return nil // lines are evidence, not the answer
	}
	return decodeFinding(known[n.Blob]).Matches
}

// rootDeclared reads the license fields of the manifests in the root.
func rootDeclared(t source.Tree) []inventory.LicenseFact {
	var out []inventory.LicenseFact
	files := t.Files()
	for name, read := range rootManifests {
		i := sort.Search(len(files), func(i int) bool { return files[i].Path >= name })
		if i == len(files) || files[i].Path != name || files[i].Mode == source.Submodule {
			continue
		}
		b, err := t.ReadFile(name)
		if err != nil {
			continue // reported by the reader of packages
		}
		for _, raw := range read(b) {
			if raw = strings.TrimSpace(raw); raw != "" {
				fact := inventory.LicenseFact{Kind: inventory.Declared, Raw: raw, Source: name, File: name}
				if e, _, ok := license.Understand(raw); ok {
					fact.Expression = e.String()
				}
				out = append(out, fact)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].File < out[j].File || out[i].File == out[j].File && out[i].Raw < out[j].Raw
	})
	return out
}

var rootManifests = map[string]func([]byte) []string{
	"package.json":   npmDeclared,
	"composer.json":  npmDeclared, // the same field; a list means a choice
	"Cargo.toml":     cargoDeclared,
	"pyproject.toml": pyprojectDeclared,
	"pom.xml":        pomDeclared,
	"setup.cfg":      setupCfgDeclared,
}

func npmDeclared(b []byte) []string {
	var m struct {
		License  json.RawMessage `json:"license"`
		Licenses json.RawMessage `json:"licenses"`
	}
	if json.Unmarshal(b, &m) != nil {
		return nil
	}
	return []string{npmLicense(m.License), npmLicense(m.Licenses)}
}

func cargoDeclared(b []byte) []string {
	var m struct {
		Package   struct{ License any }
		Workspace struct{ Package struct{ License any } }
	}
	if license.DecodeTOML(b, &m) != nil {
		return nil
	}
	for _, v := range []any{m.Package.License, m.Workspace.Package.License} {
		if s, ok := v.(string); ok {
			return []string{s}
		}
	}
	return nil
}

func pyprojectDeclared(b []byte) []string {
	var m struct {
		Project struct {
			License     any
			Classifiers []string
		}
		Tool struct{ Poetry struct{ License string } }
	}
	if license.DecodeTOML(b, &m) != nil {
		return nil
	}
	switch v := m.Project.License.(type) {
	case string:
		return []string{v}
	case map[string]any:
		if s, ok := v["text"].(string); ok && len(s) < 100 {
			return []string{s}
		}
	}
	if m.Tool.Poetry.License != "" {
		return []string{m.Tool.Poetry.License}
	}
	for _, c := range m.Project.Classifiers {
		if strings.HasPrefix(c, "License ::") {
			return []string{c}
		}
	}
	return nil
}

func pomDeclared(b []byte) []string {
	var pom struct {
		Licenses []struct {
			Name string `xml:"name"`
			URL  string `xml:"url"`
		} `xml:"licenses>license"`
	}
	if xml.Unmarshal(b, &pom) != nil {
		return nil
	}
	var out []string
	for _, l := range pom.Licenses {
		if l.Name == "" {
			l.Name = l.URL
		}
		out = append(out, l.Name)
	}
	return out
}

var setupCfgLicense = pattern.Lazy(`(?m)^license\s*=\s*(\S.*)$`)

func setupCfgDeclared(b []byte) []string {
	if m := setupCfgLicense().FindSubmatch(b); m != nil {
		return []string{string(m[1])}
	}
	return nil
}
