package document

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

func (in *intake) spdxJSON(b []byte) error {
	in.bom.Source.Format = SPDXJSON
	w, err := in.walkJSON(b)
	if err != nil {
		return err
	}
	var doc spdxDocument
	var files []string
	err = w.object(func(key string) error {
		switch key {
		case "spdxVersion":
			return w.value(&doc.SPDXVersion, key)
		case "name":
			return w.value(&doc.Name, key)
		case "documentNamespace":
			return w.value(&doc.DocumentNamespace, key)
		case "comment":
			return w.value(&doc.Comment, key)
		case "creationInfo":
			return w.value(&doc.CreationInfo, key)
		case "documentDescribes":
			return w.value(&doc.DocumentDescribes, key)
		case "hasExtractedLicensingInfos":
			return w.array(func() error { return appendValue(w, &doc.Extracted, key) })
		case "relationships":
			return w.array(func() error { return appendValue(w, &doc.Relationships, key) })
		case "files":
			return w.array(func() error {
				var f struct{ SPDXID string }
				err := w.value(&f, key)
				files = append(files, f.SPDXID)
				return err
			})
		case "packages":
			return w.array(func() error {
				p := spdxPackage{line: w.line()}
				err := w.value(&p, "package")
				if err == nil {
					doc.Packages = append(doc.Packages, p)
				}
				return err
			})
		}
		return w.skip()
	})
	in.spdxDocument(&doc, files)
	return w.stopped(err)
}

func appendValue[T any](w *jsonWalker, list *[]T, what string) error {
	var v T
	err := w.value(&v, what)
	if err == nil {
		*list = append(*list, v)
	}
	return err
}

// spdxDocument takes in a document of either form; files are the ids of the
// files that it lists, which are no components.
func (in *intake) spdxDocument(d *spdxDocument, files []string) {
	b := &in.bom
	b.Source.Version = strings.TrimPrefix(d.SPDXVersion, "SPDX-")
	b.Name, b.Serial = d.Name, d.DocumentNamespace
	if d.CreationInfo.Created != "" {
		if t := in.time(d.CreationInfo.Created); t.Unix() != 0 {
			b.Created = t
		}
	}
	properties(d.Comment, func(name, value string) {
		if name == propEdition {
			b.Version, _ = strconv.Atoi(value)
		}
	})
	for _, c := range d.CreationInfo.Creators {
		in.creator(c)
	}
	extracted := map[string]spdxExtracted{}
	for _, e := range d.Extracted {
		extracted[e.ID] = e
		if rawLicenseRef(e.Text) != e.ID {
			text := e.Text
			if text == noText {
				text = ""
			}
			b.Texts = append(b.Texts, LicenseText{e.ID, e.Name, text})
		}
	}
	roots := described(d)
	for _, f := range files {
		if f != "" {
			in.index[f] = ignoredRef
		}
		if roots[f] {
			in.index[f] = subjectRef
		}
	}
	for i := range d.Packages {
		in.spdxPackage(&d.Packages[i], roots, extracted)
	}
	in.spdxRelationships(d)
}

// ignoredRef stands in intake.index for elements that are no components: files.
const ignoredRef = -1 << 40

// described gives the ids of what the document is about.
func described(d *spdxDocument) map[string]bool {
	roots := setOf(d.DocumentDescribes...)
	for _, r := range d.Relationships {
		switch {
		case r.Type == "DESCRIBES" && r.From == spdxDocumentID:
			roots[r.To] = true
		case r.Type == "DESCRIBED_BY" && r.To == spdxDocumentID:
			roots[r.From] = true
		}
	}
	return roots
}

var (
	toolVersion  = pattern.Lazy(`^(.*?)-([v\d\[].*)$`)
	trailingMail = pattern.Lazy(`^(.*?)\s*\(([^()]*)\)$`)
)

func (in *intake) creator(s string) {
	kind, rest, _ := strings.Cut(s, ":")
	rest = strings.TrimSpace(rest)
	switch {
	case s == anonymous:
	case strings.TrimSpace(kind) == "Tool":
		var t Tool
		if i := strings.LastIndexByte(rest, '/'); i > 0 {
			t.Vendor, rest = rest[:i], rest[i+1:]
		}
		t.Name = rest
		if m := toolVersion().FindStringSubmatch(rest); m != nil {
			t.Name, t.Version = m[1], m[2]
		}
		in.bom.Tools = append(in.bom.Tools, t)
	default:
		if p := partyOfSPDX(s); !p.IsZero() {
			in.bom.Authors = append(in.bom.Authors, p)
		}
	}
}

// partyOfSPDX reads "Organization: Name (mail)".
func partyOfSPDX(s string) Party {
	kind, rest, ok := strings.Cut(s, ":")
	rest = strings.TrimSpace(rest)
	if !ok || rest == "" || rest == spdxNoAssertion {
		return Party{}
	}
	p := Party{Name: rest, Organization: strings.TrimSpace(kind) == "Organization"}
	if m := trailingMail().FindStringSubmatch(rest); m != nil {
		p.Name, p.Email = m[1], m[2]
	}
	return p
}

func (in *intake) spdxPackage(p *spdxPackage, roots map[string]bool, extracted map[string]spdxExtracted) {
	if p.Name == "" && len(p.ExternalRefs) == 0 {
		in.problem(p.line, "malformed", "a package without a name is left out")
		return
	}
	c := Component{Name: p.Name, Version: knownVersion(p.Version), Kind: kindOfSPDX(p.Purpose), Line: p.line,
		Supplier: partyOfSPDX(p.Supplier), Publisher: partyOfSPDX(p.Originator).Name}
	for _, r := range p.ExternalRefs {
		switch r.Type {
		case "purl":
			if c.PURL.Name == "" {
				c.PURL = in.purl(r.Locator, p.line)
			}
		case "cpe22Type", "cpe23Type":
			c.CPEs = append(c.CPEs, r.Locator)
		}
	}
	c.Licenses.Declared = spdxStatement(p.Declared, extracted)
	c.Licenses.Concluded = spdxStatement(p.Concluded, extracted)
	if p.Copyright != spdxNoAssertion && p.Copyright != spdxNone {
		c.Copyright = splitLines(p.Copyright)
	}
	for _, sum := range p.Checksums {
		c.Hashes = append(c.Hashes, Hash{algorithmOfSPDX(sum.Algorithm), sum.Value})
	}
	commit, repository := "", false
	properties(p.Comment, func(name, value string) {
		switch {
		case name == propCommit:
			commit = value
		case name == propKind && value == "repository":
			repository = true
		default:
			c.property(name, value)
		}
	})
	if len(c.Manifests) == 0 {
		c.Manifests = manifestsOfSource(p.SourceInfo)
	}
	switch isSubject := roots[p.SPDXID] && !in.taken(subjectRef); {
	case isSubject || repository || roots[p.SPDXID]:
		s := Subject{Name: p.Name, Version: p.Version, PURL: c.PURL, Commit: commit, License: c.Licenses.Best(), Supplier: c.Supplier}
		if isSubject {
			s.Ref = "subject:" + s.Name
			in.bom.Subject, in.index[p.SPDXID] = s, subjectRef
			return
		}
		s.Ref = "repository:" + s.Name
		in.index[p.SPDXID] = subjectRef - 1 - len(in.bom.Repositories)
		in.bom.Repositories = append(in.bom.Repositories, s)
	default:
		in.add(p.SPDXID, c)
	}
}

func (in *intake) taken(target int) bool {
	return target == subjectRef && in.bom.Subject.Ref != ""
}

func kindOfSPDX(purpose string) string {
	purpose = strings.ReplaceAll(purpose, "-", "_")
	if purpose == "LIBRARY" || purpose == "" {
		return ""
	}
	for kind, p := range spdxPurposes {
		if p == purpose {
			return kind
		}
	}
	switch purpose {
	case "SOURCE", "ARCHIVE", "INSTALL":
		return "" // ways to deliver a package
	}
	return strings.ToLower(purpose)
}

func algorithmOfSPDX(a string) string {
	for name, spdx := range spdxAlgorithms {
		if spdx == a {
			return name
		}
	}
	return a
}

// sourceInfoPaths are the words in which syft and trivy name the files that
// prove a package.
var sourceInfoPaths = pattern.Lazy(`^(?:acquired package info from .*?: |package found in: )(.+)$`)

func manifestsOfSource(info string) []Manifest {
	m := sourceInfoPaths().FindStringSubmatch(info)
	if m == nil {
		return nil
	}
	var out []Manifest
	for _, path := range strings.Split(m[1], ", ") {
		out = append(out, Manifest{Path: strings.TrimLeft(path, "/")})
	}
	return out
}

// spdxStatement reads a license field. A lone LicenseRef whose text is a few
// words is what some metadata said: the words are the statement.
func spdxStatement(s string, extracted map[string]spdxExtracted) string {
	s = strings.TrimSpace(s)
	if s == "" || s == spdxNoAssertion {
		return ""
	}
	e, ok := extracted[s]
	switch {
	case !ok:
		return expressionOrRaw(s)
	case rawLicenseRef(e.Text) == s:
		return e.Text
	}
	words := e.Text
	if words == "" || words == spdxNoAssertion || words == noText {
		return expressionOrRaw(s)
	}
	if e.Name != "" && (strings.EqualFold(e.Name, words)) && len(words) <= 200 && !strings.Contains(words, "\n") {
		return words
	}
	return expressionOrRaw(s)
}

// spdxRelationships reads who needs whom. Of CONTAINS only what a manifest
// listed as an application contains is a need; a root that contains everything
// tells nothing.
func (in *intake) spdxRelationships(d *spdxDocument) {
	for _, r := range d.Relationships {
		from, to, scope := r.From, r.To, inventory.Scope("")
		switch kind := strings.ToUpper(r.Type); kind {
		case "DEPENDS_ON", "DYNAMIC_LINK", "STATIC_LINK":
		case "DEPENDENCY_OF", "RUNTIME_DEPENDENCY_OF":
			from, to = to, from
		case "CONTAINS":
			if !in.contains(from, to) {
				continue
			}
		default:
			scope = scopeOfRelationship(kind)
			if scope == "" {
				continue
			}
			from, to = to, from
		}
		if in.index[from] == ignoredRef || in.index[to] == ignoredRef || to == spdxNone || to == spdxNoAssertion {
			continue
		}
		in.edges = append(in.edges, [2]string{from, to})
		if i, ok := in.index[to]; ok && i >= 0 && scope != "" {
			c := &in.bom.Components[i]
			c.Scope = inventory.Scope(cmp.Or(string(c.Scope), string(scope)))
		}
	}
}

func scopeOfRelationship(kind string) inventory.Scope {
	for scope, k := range scopeRelationships {
		if k == kind {
			return scope
		}
	}
	switch kind {
	case "DEV_TOOL_OF":
		return inventory.Dev
	case "BUILD_TOOL_OF":
		return inventory.Build
	case "TEST_TOOL_OF":
		return inventory.Test
	}
	return ""
}

// contains says whether "from CONTAINS to" is a need: of a subject, what is no
// package itself (its repositories, its manifests); of a manifest that a tool
// lists as an application, its packages.
func (in *intake) contains(from, to string) bool {
	f, okFrom := in.index[from]
	t, okTo := in.index[to]
	if !okFrom || !okTo || t == ignoredRef || f == ignoredRef || t == subjectRef {
		return false
	}
	if f == subjectRef {
		return t < 0 || in.lists(t)
	}
	return f >= 0 && in.lists(f)
}

// lists is true for a component that stands for a manifest.
func (in *intake) lists(i int) bool {
	c := &in.bom.Components[i]
	return c.PURL.Name == "" && c.Kind == "application"
}
