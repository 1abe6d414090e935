package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// golang asks module proxies (go.dev/ref/mod#goproxy-protocol): the list, and of
// the latest its time and its go.mod, which says what is deprecated and
// retracted; of each version in use that is not the latest its time, unless the
// version itself tells (pseudo-versions). A license costs the end of the zip file
// and the texts in it. All but the list is asked for once in a lifetime.
func (r *Registries) golang(ctx context.Context, q Question) (Answer, error) {
	g, err := r.module(ctx, q.Package.FullName())
	if err != nil {
		return Answer{}, err
	}
	l := &g.listing
	unlisted := g.list()
	if errors.Is(unlisted, ErrDenied) && len(q.Used) > 0 {
		// Some proxies refuse lists and give versions.
		g.doubt("the list of versions", unlisted)
	} else if unlisted != nil {
		return Answer{}, unlisted
	}
	if err := g.latest(); err != nil {
		return Answer{}, err
	}
	for _, v := range q.Used {
		g.date(v)
	}
	g.date(l.Latest)
	g.whereDeveloped(q.Package)
	a := Answer{partial: unlisted != nil}
	for _, v := range q.licensed(l.Latest) {
		if !semver.IsValid(v) || ctx.Err() != nil {
			continue
		}
		texts, err := g.texts(v)
		if err != nil {
			g.doubt("the license of "+v, err)
			continue
		}
		if a.Texts == nil {
			a.Texts = map[string][]Text{}
		}
		a.Texts[v] = texts
		g.terms(v, texts)
	}
	a.Listing = *l
	if unlisted != nil && len(a.Texts) == 0 && !slices.ContainsFunc(l.Versions, func(v upstream.Release) bool { return !module.IsPseudoVersion(v.Version) }) {
		return Answer{}, unlisted // versions that tell their own time are nothing heard
	}
	return a, ctx.Err()
}

// goProxy is one module and where it is asked for.
type goProxy struct {
	r       *Registries
	ctx     context.Context
	path    string
	escaped string
	listing upstream.Listing
}

// PrivateModule says whether the settings keep a module from proxies.
func (r *Registries) PrivateModule(path string) bool {
	return module.MatchPrefixPatterns(r.Go.Private, path)
}

func (r *Registries) module(ctx context.Context, path string) (*goProxy, error) {
	if r.PrivateModule(path) {
		return nil, fmt.Errorf("%w (GOPRIVATE or GONOPROXY)", ErrPrivate)
	}
	escaped, err := module.EscapePath(path)
	if err != nil {
		return nil, fmt.Errorf("%q is no module path", clean(path, 100))
	}
	return &goProxy{r: r, ctx: ctx, path: path, escaped: escaped, listing: upstream.Listing{Source: goName}}, nil
}

func (g *goProxy) doubt(what string, err error) {
	g.listing.Doubts = append(g.listing.Doubts, what+" could not be had: "+err.Error())
}

// list reads the versions; a module without any has its latest commit.
func (g *goProxy) list() error {
	reply, err := g.get("/@v/list", false, func(b []byte) error {
		for line := range strings.Lines(string(b)) {
			if v, _, _ := strings.Cut(strings.TrimSpace(line), " "); v != "" && !semver.IsValid(v) {
				return errNotData(b)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	g.listing.Observed = reply.Asked
	for _, line := range strings.Split(string(reply.Body), "\n") {
		if v, _, _ := strings.Cut(strings.TrimSpace(line), " "); v != "" {
			g.release(v)
		}
	}
	if len(g.listing.Versions) > 0 {
		return nil
	}
	reply, err = g.get("/@latest", false, nil)
	if err != nil {
		return err
	}
	if v := g.info(reply.Body); v != "" {
		g.listing.Latest = v
	}
	return nil
}

// latest finds the version that "go get MODULE@latest" takes: the highest
// release, of versions marked +incompatible only where those that are not have no
// go.mod file; and what that version says of the module.
func (g *goProxy) latest() error {
	compatible, other := g.highest()
	top := cmp.Or(compatible, other, g.listing.Latest)
	if top == "" {
		return nil
	}
	mod, err := g.mod(top)
	if err != nil {
		if g.ctx.Err() != nil {
			return g.ctx.Err()
		}
		g.doubt("whether it is deprecated or retracted", err)
	} else if synthesized(mod) && compatible != "" && other != "" {
		top = other
	}
	g.listing.Latest = top
	goMod(mod, &g.listing)
	if now := g.listing.Find(top); now != nil && now.Yanked != "" {
		if compatible, other = g.highest(); cmp.Or(compatible, other) != "" {
			g.listing.Latest = cmp.Or(compatible, other)
		}
	}
	return nil
}

// highest gives the highest release that was not retracted, and the highest of
// those with +incompatible; prereleases where there is nothing else.
func (g *goProxy) highest() (compatible, other string) {
	for _, pre := range []bool{false, true} {
		for _, v := range g.listing.Versions {
			if v.Yanked != "" || (semver.Prerelease(v.Version) != "") != pre {
				continue
			}
			at := &compatible
			if strings.HasSuffix(v.Version, "+incompatible") {
				at = &other
			}
			if *at == "" || semver.Compare(v.Version, *at) > 0 {
				*at = v.Version
			}
		}
		if compatible != "" || other != "" {
			break
		}
	}
	return compatible, other
}

// mod gives the go.mod file of a version.
func (g *goProxy) mod(version string) ([]byte, error) {
	reply, err := g.get("/@v/"+escapeVersion(version)+".mod", true, func(b []byte) error {
		if f, err := modfile.ParseLax("go.mod", b, nil); err != nil || f.Module == nil {
			return errNotData(b)
		}
		return nil
	})
	return reply.Body, err
}

// synthesized says whether a go.mod is the one that proxies make up for versions
// that have none: a single line.
func synthesized(mod []byte) bool {
	text := strings.TrimSpace(string(mod))
	return strings.HasPrefix(text, "module ") && !strings.Contains(text, "\n")
}

// date fills in when a version was published.
func (g *goProxy) date(version string) {
	if !semver.IsValid(version) || g.ctx.Err() != nil {
		return
	}
	if have := g.listing.Find(version); have != nil && !have.Published.IsZero() {
		return
	}
	if module.IsPseudoVersion(version) {
		if at, err := module.PseudoVersionTime(version); err == nil {
			g.release(version).Published = at.UTC()
			return
		}
	}
	reply, err := g.get("/@v/"+escapeVersion(version)+".info", true, func(b []byte) error {
		if !semver.IsValid(parseInfo(b).Version) {
			return errNotData(b)
		}
		return nil
	})
	if err != nil {
		if !errors.Is(err, ErrNotFound) {
			g.doubt("the date of "+version, err)
		}
		return
	}
	g.info(reply.Body)
}

// release finds or adds a version; installing a module runs nothing of it.
func (g *goProxy) release(version string) *upstream.Release {
	if have := g.listing.Find(version); have != nil {
		return have
	}
	g.listing.Versions = append(g.listing.Versions, upstream.Release{Version: version, InstallScript: upstream.No})
	return &g.listing.Versions[len(g.listing.Versions)-1]
}

// goInfo is a version's .info file. Origin is that of go 1.20 and later.
type goInfo struct {
	Version, Time string
	Origin        struct{ VCS, URL, Subdir string }
}

func parseInfo(b []byte) (d goInfo) {
	if json.Unmarshal(b, &d) != nil {
		return goInfo{}
	}
	return d
}

// info takes what a .info file tells, and gives its version.
func (g *goProxy) info(b []byte) string {
	d := parseInfo(b)
	if !semver.IsValid(d.Version) {
		return ""
	}
	g.release(d.Version).Published = when(d.Time)
	if d.Origin.URL != "" {
		g.listing.Repository, g.listing.Directory = d.Origin.URL, d.Origin.Subdir
	}
	return d.Version
}

// goMod reads deprecation and retractions (go.dev/ref/mod#go-mod-file).
func goMod(b []byte, out *upstream.Listing) {
	f, err := modfile.ParseLax("go.mod", b, nil)
	if err != nil || f.Module == nil {
		return
	}
	out.Deprecated = f.Module.Deprecated
	for _, x := range f.Retract {
		for i := range out.Versions {
			v := &out.Versions[i]
			if semver.Compare(v.Version, x.Low) >= 0 && semver.Compare(v.Version, x.High) <= 0 {
				v.Yanked = cmp.Or(x.Rationale, "retracted")
			}
		}
	}
}

func escapeVersion(v string) string {
	if e, err := module.EscapeVersion(v); err == nil {
		return e
	}
	return v
}

// places are the proxies of GOPROXY in order, each with what ends its part:
// after "," the next one is asked only when this one does not know the thing,
// after "|" on any error. "direct" and "off" end it: nothing is fetched from
// version control here.
func (g *goProxy) places() (out []proxyPlace) {
	list := cmp.Or(g.r.Bases["golang"], g.r.Go.Proxy)
	for list != "" {
		one, sep := list, byte(',')
		if i := strings.IndexAny(list, ",|"); i >= 0 {
			one, sep, list = list[:i], list[i], list[i+1:]
		} else {
			list = ""
		}
		one = strings.TrimRight(strings.TrimSpace(one), "/")
		if one == "direct" || one == "off" {
			break
		}
		if one != "" {
			out = append(out, proxyPlace{one, sep == '|'})
		}
	}
	return out
}

type proxyPlace struct {
	address string
	onward  bool // on any error
}

var errNoProxy = errors.New("GOPROXY names no module proxy that could be asked")

// try asks the proxies in their order.
func (g *goProxy) try(ask func(address string) error) error {
	err := errNoProxy
	for _, p := range g.places() {
		if err = ask(p.address + "/" + g.escaped); err == nil || !p.onward && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return err
}

func (g *goProxy) get(rest string, immutable bool, check func([]byte) error) (reply Reply, err error) {
	err = g.try(func(address string) (err error) {
		if dir, ok := strings.CutPrefix(address, "file://"); ok {
			reply, err = g.readFile(dir+rest, check)
			return err
		}
		reply, err = g.r.Client.Get(g.ctx, Request{URL: address + rest, Auth: g.r.credentials(address), Immutable: immutable, Check: check})
		return err
	})
	return reply, err
}

// readFile asks a proxy that is a directory.
func (g *goProxy) readFile(name string, check func([]byte) error) (Reply, error) {
	st, err := os.Stat(filepath.FromSlash(name))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Reply{}, ErrNotFound
	case err != nil || !st.Mode().IsRegular() || st.Size() > maxReply:
		return Reply{}, errors.New("the directory that GOPROXY names can not be read")
	}
	f, err := os.Open(filepath.FromSlash(name))
	if err != nil {
		return Reply{}, errors.New("the directory that GOPROXY names can not be read")
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxReply))
	if err == nil && check != nil {
		err = check(b)
	}
	return Reply{Body: b, Asked: g.r.Client.now()}, err
}

// terms keeps the parameters of a clocked license in a version's texts.
func (g *goProxy) terms(version string, texts []Text) {
	for _, t := range texts {
		if c, ok := upstream.ReadTerms(string(t.Data)); ok {
			g.release(version).Terms = c
			return
		}
	}
}
