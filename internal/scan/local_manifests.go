package scan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// npm looks into node_modules beside the manifest and above it, and into pnpm's
// virtual store; only the same version counts.
func (f *finder) npm(id string, u inventory.Usage) {
	if f.workTree == "" {
		return
	}
	root := f.root(f.workTree)
	if root == nil {
		return
	}
	name := u.Component.FullName()
	flat := strings.ReplaceAll(name, "/", "+")
	for dir := path.Dir(u.Manifest); ; dir = path.Dir(dir) {
		modules := path.Join(dir, "node_modules")
		for _, at := range []string{path.Join(modules, name), path.Join(modules, ".pnpm", flat+"@"+u.Component.Version, "node_modules", name)} {
			if f.npmCopy(id, root, at, u.Component.Version) {
				return
			}
		}
		if dir == "." || dir == "/" {
			return
		}
	}
}

func (f *finder) npmCopy(id string, root *os.Root, at, version string) bool {
	b := readIn(root, path.Join(at, "package.json"))
	if b == nil {
		return false
	}
	var m struct {
		Version  string          `json:"version"`
		License  json.RawMessage `json:"license"`
		Licenses json.RawMessage `json:"licenses"`
	}
	if json.Unmarshal(b, &m) != nil || m.Version != version {
		return false
	}
	raw := npmLicense(m.License)
	if raw == "" {
		raw = npmLicense(m.Licenses)
	}
	f.declare(id, raw, path.Join(at, "package.json"), "node_modules")
	f.texts(id, f.workTree, at, "node_modules")
	return true
}

// npmLicense reads the license field in all the forms that were ever allowed: a
// string, an object with a type, a list of either (of which one may choose).
func npmLicense(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var o struct {
		Type string `json:"type"`
		Name string `json:"name"`
	}
	if json.Unmarshal(raw, &o) == nil {
		if o.Type == "" {
			return o.Name
		}
		return o.Type
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) > 20 {
		return ""
	}
	var all []string
	for _, e := range list {
		if len(e) > 0 && e[0] == '[' {
			continue
		}
		if s := npmLicense(e); s != "" {
			all = append(all, s)
		}
	}
	if len(all) > 1 {
		return "(" + strings.Join(all, " OR ") + ")"
	}
	return strings.Join(all, "")
}

// crate looks into cargo's registry sources.
func (f *finder) crate(id string, u inventory.Usage) {
	if f.places.CargoHome == "" {
		return
	}
	if f.cargo == nil {
		f.cargo, _ = filepath.Glob(filepath.Join(f.places.CargoHome, "registry", "src", "*"))
		f.cargo = append(f.cargo, "") // looked up, even if none
	}
	at := u.Component.Name + "-" + u.Component.Version
	for _, src := range f.cargo {
		if src == "" || !filepath.IsLocal(at) {
			continue
		}
		root := f.root(src)
		if root == nil {
			continue
		}
		b := readIn(root, path.Join(at, "Cargo.toml"))
		if b == nil {
			continue
		}
		var m struct {
			Package struct {
				License string `toml:"license"`
			} `toml:"package"`
		}
		if license.DecodeTOML(b, &m) == nil {
			f.declare(id, m.Package.License, path.Join(at, "Cargo.toml"), "cargo registry")
		}
		f.texts(id, src, at, "cargo registry")
		return
	}
}

// python looks into virtual environments beside the manifest.
func (f *finder) python(id string, u inventory.Usage) {
	if f.workTree == "" {
		return
	}
	dir := path.Dir(u.Manifest)
	if f.sites == nil {
		f.sites = map[string][]string{}
	}
	sites, ok := f.sites[dir]
	if !ok {
		for _, venv := range []string{".venv", "venv", "env"} {
			found, _ := filepath.Glob(filepath.Join(f.workTree, filepath.FromSlash(dir), venv, "lib", "python*", "site-packages"))
			sites = append(sites, found...)
		}
		f.sites[dir] = sites
	}
	for _, site := range sites {
		root := f.root(site)
		if root == nil {
			continue
		}
		for _, name := range []string{u.Component.Name, strings.ReplaceAll(u.Component.Name, "-", "_")} {
			info := name + "-" + u.Component.Version + ".dist-info"
			if b := readIn(root, path.Join(info, "METADATA")); b != nil {
				f.declare(id, pythonLicense(b), path.Join(info, "METADATA"), "site-packages")
				f.texts(id, site, info, "site-packages")
				f.texts(id, site, path.Join(info, "licenses"), "site-packages")
				return
			}
		}
	}
}

// pythonLicense reads core metadata: License-Expression (PEP 639) wins over
// License, that over the classifiers.
func pythonLicense(metadata []byte) string {
	var free, classifier string
	sc := bufio.NewScanner(bytes.NewReader(metadata))
	for sc.Scan() && sc.Text() != "" {
		key, value, _ := strings.Cut(sc.Text(), ": ")
		switch key {
		case "License-Expression":
			return value
		case "License":
			free = value
		case "Classifier":
			if strings.HasPrefix(value, "License ::") {
				classifier = value
			}
		}
	}
	if free == "" || strings.EqualFold(free, "UNKNOWN") || len(free) > 100 {
		return classifier
	}
	return free
}

// mavenPom reads the pom in the local repository.
func (f *finder) mavenPom(id string, u inventory.Usage) {
	c := u.Component
	at := path.Join(strings.ReplaceAll(c.Namespace, ".", "/"), c.Name, c.Version, c.Name+"-"+c.Version+".pom")
	if f.places.Maven == "" || !filepath.IsLocal(at) {
		return
	}
	root := f.root(f.places.Maven)
	if root == nil {
		return
	}
	var pom struct {
		Licenses []struct {
			Name string `xml:"name"`
			URL  string `xml:"url"`
		} `xml:"licenses>license"`
	}
	b := readIn(root, at)
	if b == nil || xml.Unmarshal(b, &pom) != nil {
		return
	}
	// Several licenses in a pom mean a choice (maven.apache.org/pom.html#Licenses
	// leaves it open; by custom dual licensing is meant); each is its own fact,
	// so that the conclusion treats them with care.
	for _, l := range pom.Licenses {
		if l.Name == "" {
			l.Name = l.URL
		}
		f.declare(id, l.Name, at, "maven repository")
	}
}

// nuspec reads the package description in NuGet's global packages folder.
func (f *finder) nuspec(id string, u inventory.Usage) {
	name, version := strings.ToLower(u.Component.Name), strings.ToLower(u.Component.Version)
	at := path.Join(name, version, name+".nuspec")
	if f.places.NuGet == "" || !filepath.IsLocal(at) {
		return
	}
	root := f.root(f.places.NuGet)
	if root == nil {
		return
	}
	var spec struct {
		License struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"metadata>license"`
		URL string `xml:"metadata>licenseUrl"`
	}
	b := readIn(root, at)
	if b == nil || xml.Unmarshal(b, &spec) != nil {
		return
	}
	switch {
	case spec.License.Type == "expression":
		f.declare(id, spec.License.Text, at, "nuget packages")
	case spec.License.Type == "":
		f.declare(id, spec.URL, at, "nuget packages")
	}
	f.texts(id, f.places.NuGet, path.Join(name, version), "nuget packages")
}
