package remote

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// maxParents bounds how far licenses are looked for in parents of a project.
const maxParents = 6

// maven asks for a project's list of versions, and for the project file of each
// version whose license is wanted, of the latest too: these tell license and
// repository, themselves or by their parents. Nobody tells dates.
func (r *Registries) maven(ctx context.Context, q Question) (Answer, error) {
	dir := "/" + strings.ReplaceAll(q.Package.Namespace, ".", "/") + "/" + q.Package.Name
	a, err := r.one(ctx, "maven", dir+"/maven-metadata.xml", ParseMaven)
	if err != nil {
		return a, err
	}
	l := &a.Listing
	for _, v := range q.licensed(a.Listing.Latest) {
		have := l.Find(v)
		if have == nil {
			continue
		}
		pom, err := r.pom(ctx, q.Package.Namespace, q.Package.Name, v)
		if err != nil {
			l.Doubts = append(l.Doubts, "the license of "+v+" could not be had: "+err.Error())
			continue
		}
		have.License = pom.license()
		l.Repository, l.Homepage, l.Issues = cmp.Or(pom.SCM.URL, pom.SCM.Connection, l.Repository), cmp.Or(pom.URL, l.Homepage), cmp.Or(pom.Issues.URL, l.Issues)
	}
	return a, ctx.Err()
}

// pom is what is read of a project file (maven.apache.org/pom.html).
type pom struct {
	Parent struct {
		Group    string `xml:"groupId"`
		Artifact string `xml:"artifactId"`
		Version  string `xml:"version"`
	} `xml:"parent"`
	URL      string `xml:"url"`
	Licenses []struct {
		Name string `xml:"name"`
		URL  string `xml:"url"`
	} `xml:"licenses>license"`
	SCM struct {
		URL        string `xml:"url"`
		Connection string `xml:"connection"`
	} `xml:"scm"`
	Issues struct {
		URL string `xml:"url"`
	} `xml:"issueManagement"`
}

func (p *pom) license() string {
	var all []string
	for _, l := range p.Licenses {
		if s := strings.TrimSpace(cmp.Or(strings.TrimSpace(l.Name), l.URL)); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(slices.Compact(all), " OR ")
}

// pom reads a project file with what it inherits.
func (r *Registries) pom(ctx context.Context, group, artifact, version string) (pom, error) {
	var out pom
	for range maxParents {
		if group == "" || artifact == "" || badVersion(version) || badVersion(group) || badVersion(artifact) || strings.Contains(version+group+artifact, "${") {
			return out, nil
		}
		path := "/" + strings.ReplaceAll(group, ".", "/") + "/" + artifact + "/" + version + "/" + artifact + "-" + version + ".pom"
		base := r.base("maven")
		p, _, err := fetchFrom(ctx, r, Request{URL: base + path, Auth: r.credentials(base), Immutable: !strings.HasSuffix(version, "-SNAPSHOT")}, parsePom)
		if err != nil {
			if len(out.Licenses) > 0 || out.SCM.URL != "" {
				return out, nil // the parent is not told, the project itself is
			}
			return out, err
		}
		if len(out.Licenses) == 0 {
			out.Licenses = p.Licenses
		}
		for _, x := range []struct{ at, more *string }{{&out.SCM.URL, &p.SCM.URL}, {&out.SCM.Connection, &p.SCM.Connection}, {&out.URL, &p.URL}, {&out.Issues.URL, &p.Issues.URL}} {
			if *x.at == "" && !strings.Contains(*x.more, "${") {
				*x.at = strings.TrimSpace(*x.more)
			}
		}
		if len(out.Licenses) > 0 {
			return out, nil
		}
		group, artifact, version = strings.TrimSpace(p.Parent.Group), strings.TrimSpace(p.Parent.Artifact), strings.TrimSpace(p.Parent.Version)
	}
	return out, nil
}

func parsePom(b []byte) (p pom, err error) {
	if err := readXML(b, "project", &p); err != nil {
		return p, err
	}
	return p, nil
}

// readXML reads a document whose outermost element has a name.
func readXML(b []byte, root string, into any) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "us-ascii") || strings.EqualFold(label, "iso-8859-1") {
			return in, nil // what is read of it is ASCII; the rest is cleaned
		}
		return nil, errors.New("unknown character set")
	}
	for {
		t, err := d.Token()
		if err != nil {
			return errNotData(b)
		}
		if start, ok := t.(xml.StartElement); ok {
			if start.Name.Local != root || d.DecodeElement(into, &start) != nil {
				return errNotXML(b, start.Name.Local)
			}
			return nil
		}
	}
}

func errNotXML(b []byte, root string) error {
	if strings.EqualFold(root, "html") {
		return errNotData([]byte("<"))
	}
	return errors.New("the answer is not what the registry's documentation says")
}

// ParseMaven reads maven-metadata.xml (maven.apache.org/repositories/metadata.html).
// It tells one date, that of the last change.
func ParseMaven(b []byte) (upstream.Listing, error) {
	var d struct {
		Versioning struct {
			Latest   string   `xml:"latest"`
			Release  string   `xml:"release"`
			Updated  string   `xml:"lastUpdated"`
			Versions []string `xml:"versions>version"`
		} `xml:"versioning"`
	}
	if err := readXML(b, "metadata", &d); err != nil {
		return upstream.Listing{}, err
	}
	out := upstream.Listing{Source: mavenName, Latest: cmp.Or(d.Versioning.Release, d.Versioning.Latest)}
	updated, _ := time.Parse("20060102150405", d.Versioning.Updated) // zero when not told
	for i, v := range d.Versioning.Versions {
		one := upstream.Release{Version: strings.TrimSpace(v), InstallScript: upstream.No}
		if i == len(d.Versioning.Versions)-1 && one.Version == out.Latest {
			one.Published = updated // the file changes when a version is added
		}
		out.Versions = append(out.Versions, one)
	}
	return out, nil
}
