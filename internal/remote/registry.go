package remote

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// Registries asks the registry of a package's kind.
type Registries struct {
	Client *Client
	Npm    Npmrc
	Go     GoEnv
	Netrc  map[string]Credentials
	// Bases are addresses in place of the public ones, by kind ("pypi"); for mirrors
	// and tests.
	Bases map[string]string
	// GoGet begins the address of a Go module's own server, "https://"; "" leaves
	// these alone.
	GoGet string
	// Order compares versions of a kind of package; nil leaves them in the order of
	// their text.
	Order func(kind, a, b string) int
}

// Question is what is asked of one package.
type Question struct {
	Package inventory.PURL // its version does not matter
	// Used are versions of which more is wanted than registries tell of all.
	Used []string
	// Licensed are those of them whose license is wanted even if that costs further
	// requests.
	Licensed []string
	// LatestLicense asks for that of the latest version in the same way.
	LatestLicense bool
}

// licensed lists the versions whose license is wanted.
func (q *Question) licensed(latest string) []string {
	if !q.LatestLicense || latest == "" || slices.Contains(q.Licensed, latest) {
		return q.Licensed
	}
	return append(slices.Clone(q.Licensed), latest)
}

// Answer is what a registry told.
type Answer struct {
	Listing upstream.Listing
	// Texts are license files by version, where the registry gives away packages'
	// files one by one.
	Texts map[string][]Text
	// partial says that versions may lack, so that the highest of those that were
	// heard of need not be the latest.
	partial bool
}

// Text is a license or notice file of a package.
type Text struct {
	Name string // path in the package
	Data []byte
}

// Sources that can be asked: a package's own registry, or a collection.
const (
	FromRegistry   = "registry"
	FromDepsDev    = "deps.dev"
	FromEcosystems = "ecosyste.ms"
)

// told are the names of those who tell, as [upstream.Listing] has them.
var told = []string{npmName, goName, pypiName, cratesName, mavenName, gemsName, nugetName, packagistName, hexName, pubName, depsDevName, ecosystemsName}

// Names of those who tell.
const (
	npmName        = "npm registry"
	goName         = "Go module proxy"
	pypiName       = "PyPI"
	cratesName     = "crates.io"
	mavenName      = "Maven repository"
	gemsName       = "RubyGems"
	nugetName      = "NuGet"
	packagistName  = "Packagist"
	hexName        = "hex.pm"
	pubName        = "pub.dev"
	depsDevName    = "deps.dev"
	ecosystemsName = "ecosyste.ms"
)

// Told says whether a fact comes from here: it names one of these as its source.
func Told(source string) bool { return slices.Contains(told, source) }

// Errors of what is not asked at all.
var (
	// ErrNoRegistry says that no registry is known for a package.
	ErrNoRegistry = errors.New("no registry is known for this kind of package")
	// ErrPrivate says that a name is private and none but its own host may hear it.
	ErrPrivate = errors.New("a private package: no public registry is asked")
)

// Kinds are the package types of purl that a registry is known for.
var Kinds = []string{"cargo", "composer", "gem", "golang", "hex", "maven", "npm", "nuget", "pub", "pypi"}

// Ask gives what a source tells of a package. An answer with an error may still
// hold a part.
func (r *Registries) Ask(ctx context.Context, source string, q Question) (Answer, error) {
	q.Package = q.Package.WithoutVersion()
	if bad := badName(q.Package); bad != "" {
		return Answer{}, fmt.Errorf("%q is no name that a registry could have", clean(q.Package.FullName(), 100))
	}
	var a Answer
	var err error
	switch {
	case source == FromDepsDev:
		a, err = r.depsDev(ctx, q)
	case source == FromEcosystems:
		a, err = r.ecosystems(ctx, q)
	default:
		a, err = r.own(ctx, q)
	}
	if err != nil {
		return a, err
	}
	a.Listing.Package = q.Package
	r.finish(&a.Listing, a.partial)
	return a, nil
}

func (r *Registries) own(ctx context.Context, q Question) (Answer, error) {
	switch q.Package.Type {
	case "npm":
		return r.npm(ctx, q)
	case "golang":
		return r.golang(ctx, q)
	case "pypi":
		return r.pypi(ctx, q)
	case "cargo":
		return r.one(ctx, "cargo", "/api/v1/crates/"+q.Package.Name, ParseCrates)
	case "maven":
		return r.maven(ctx, q)
	case "gem":
		return r.one(ctx, "gem", "/api/v1/versions/"+q.Package.Name+".json", ParseGems)
	case "nuget":
		return r.nuget(ctx, q)
	case "composer":
		return r.one(ctx, "composer", "/p2/"+strings.ToLower(q.Package.FullName())+".json", ParsePackagist)
	case "hex":
		return r.one(ctx, "hex", "/api/packages/"+q.Package.Name, ParseHex)
	case "pub":
		return r.one(ctx, "pub", "/api/packages/"+q.Package.Name, ParsePub)
	}
	return Answer{}, ErrNoRegistry
}

// public are the addresses of registries; .npmrc and GOPROXY tell the others.
var public = map[string]string{
	"pypi": "https://pypi.org", "cargo": "https://crates.io", "maven": "https://repo1.maven.org/maven2", "gem": "https://rubygems.org",
	"composer": "https://repo.packagist.org", "hex": "https://hex.pm", "pub": "https://pub.dev",
	"nuget": "https://api.nuget.org/v3/registration5-gz-semver2", FromDepsDev: "https://api.deps.dev", FromEcosystems: "https://packages.ecosyste.ms",
}

func (r *Registries) base(kind string) string {
	return strings.TrimRight(cmp.Or(r.Bases[kind], public[kind]), "/")
}

// Host is where a question about a kind of package goes; "" when that depends on
// its name.
func (r *Registries) Host(kind string) string {
	u, err := url.Parse(r.base(kind))
	if err != nil {
		return ""
	}
	return u.Host
}

// one asks the only question that a registry needs.
func (r *Registries) one(ctx context.Context, kind, path string, parse func([]byte) (upstream.Listing, error)) (Answer, error) {
	l, at, err := fetch(ctx, r, kind, path, "", parse)
	l.Observed = at
	return Answer{Listing: l}, err
}

// fetch asks one question of a kind's registry and reads the reply.
func fetch[T any](ctx context.Context, r *Registries, kind, path, accept string, parse func([]byte) (T, error)) (out T, asked time.Time, err error) {
	return fetchFrom(ctx, r, Request{URL: r.base(kind) + path, Auth: r.credentials(r.base(kind)), Accept: accept}, parse)
}

func fetchFrom[T any](ctx context.Context, r *Registries, q Request, parse func([]byte) (T, error)) (out T, asked time.Time, err error) {
	q.Check = func(b []byte) error {
		var err error
		out, err = parse(b)
		return err
	}
	reply, err := r.Client.Get(ctx, q)
	return out, reply.Asked, err
}

// credentials are those of .netrc for the host of an address.
func (r *Registries) credentials(address string) Credentials {
	u, err := url.Parse(address)
	if err != nil {
		return Credentials{}
	}
	return r.Netrc[u.Hostname()]
}

// badName refuses names that would make another address of the one that is meant.
func badName(p inventory.PURL) string {
	full := p.Namespace + "/" + p.Name
	for segment := range strings.SplitSeq(strings.TrimPrefix(full, "/"), "/") {
		if segment == "" || segment == "." || segment == ".." {
			return full
		}
	}
	if len(full) > 500 || strings.ContainsAny(full, "?#%\\ \t\r\n\x00") || strings.ContainsFunc(full, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return full
	}
	return ""
}

// Bounds of what one listing may hold.
const (
	maxVersions = 50_000
	maxNote     = 1000
	maxLicense  = 4000
	maxAddress  = 1000
)

// finish brings a listing into its form: versions sorted and bounded, texts
// cleaned, the latest found where nobody tells.
func (r *Registries) finish(l *upstream.Listing, partial bool) {
	kind := l.Package.Type
	for _, s := range []*string{&l.Repository, &l.Homepage, &l.Issues, &l.Directory} {
		*s = clean(*s, maxAddress)
	}
	l.Deprecated = clean(l.Deprecated, maxNote)
	if len(l.Versions) > maxVersions {
		l.Doubts = append(l.Doubts, fmt.Sprintf("%d versions are listed, %d are kept", len(l.Versions), maxVersions))
		l.Versions = l.Versions[len(l.Versions)-maxVersions:]
	}
	for i := range l.Versions {
		v := &l.Versions[i]
		v.Version, v.License = clean(v.Version, 200), clean(v.License, maxLicense)
		v.Deprecated, v.Yanked = clean(v.Deprecated, maxNote), clean(v.Yanked, maxNote)
		v.Pre = v.Pre || upstream.IsPrerelease(kind, v.Version)
	}
	slices.SortStableFunc(l.Versions, func(a, b upstream.Release) int {
		if r.Order != nil {
			return cmp.Or(r.Order(kind, a.Version, b.Version), cmp.Compare(a.Version, b.Version))
		}
		return cmp.Compare(a.Version, b.Version)
	})
	l.Versions = slices.CompactFunc(l.Versions, func(a, b upstream.Release) bool { return a.Version == b.Version })
	if told := l.Find(l.Latest); !partial && (told == nil || told.Pre || told.Yanked != "") {
		l.Latest = cmp.Or(upstream.LatestStable(l.Versions), l.Latest)
	}
	if l.Owners == 0 {
		l.Owners = len(l.Maintainers)
	}
}

// clean makes a text of others valid, one that can be kept, and not too long.
func clean(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if s = strings.TrimSpace(s); len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// hashed gives accounts of a registry as short hashes: enough to tell that they
// changed, and no list of people.
func hashed(registry string, names []string) []string {
	if names == nil {
		return nil
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		if n = strings.ToLower(strings.TrimSpace(n)); n != "" {
			sum := sha256.Sum256([]byte(registry + "\x00" + n))
			out = append(out, hex.EncodeToString(sum[:6]))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// when reads a time in any of the forms that registries use.
func when(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05 MST", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 && t.Year() < 3000 {
			return t.UTC()
		}
	}
	return time.Time{}
}

// errNotData is what a login page or a proxy's message gives.
func errNotData(b []byte) error {
	head := strings.TrimSpace(string(b[:min(len(b), 200)]))
	switch {
	case head == "":
		return errors.New("the answer is empty")
	case head[0] == '<':
		return errors.New("it answers with a web page where data was asked for: is a proxy or a login in the way?")
	}
	return errors.New("the answer is not what the registry's documentation says")
}
