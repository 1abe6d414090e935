package cli

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/remote"
	"github.com/tributary-oss/tributary/internal/work"
)

// refreshFlags are what the command is told.
type refreshFlags struct {
	ecosystems, registries   []string
	private, public          []string
	source, licenses, maxAge string
	limit                    int
	offline                  bool
}

func newRefresh(s *settings) *cobra.Command {
	var f refreshFlags
	c := &cobra.Command{
		Use:   "refresh",
		Short: "Ask registries about the packages in use: licenses, versions and dates, deprecation, maintainers, repository",
		Long: `Refresh asks the registries of all packages in the latest scans, test data left
out, and keeps what they tell in the store, with its date. The next scan, check
and report know the licenses that manifests do not tell.

Packages that matter most are asked for first. What was asked within --max-age is
left alone, so that an interrupted run goes on where it was. Replies are cached.
Addresses, proxies and credentials come from npm's and Go's own settings
(.npmrc, GOPROXY, GOPRIVATE, .netrc; PIP_INDEX_URL), never from a scanned
repository. The names of private packages are sent to nobody: modules of
GOPRIVATE, packages of the scanned repositories themselves, other packages of their
npm scopes and Maven groups unless --public names them, and what --private names.
A scope for which .npmrc names a registry is asked for there.

--licenses says of which versions license texts are fetched where that costs
requests of its own (Go, PyPI, Maven, deps.dev): unknown, versions in use whose
license nobody tells; all, every version in use and the latest, so that a change
of license shows; none.`,
		Example: `  tributary refresh
  tributary refresh --ecosystem npm,go --max-age 7d
  tributary refresh --licenses all --limit 500
  tributary refresh --registry pypi=https://pypi.example.com --private 'pkg:npm/@acme/*'
  tributary refresh --public 'pkg:npm/@acme/*'
  tributary refresh --source deps.dev --ecosystem maven
  tributary refresh --offline -o json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.refresh(c, &f) },
	}
	c.Flags().StringSliceVar(&f.ecosystems, "ecosystem", nil, "only these: "+strings.Join(remote.Kinds, ", ")+" (default all)")
	c.Flags().StringVar(&f.source, "source", remote.FromRegistry, "whom to ask: registry (each package's own), deps.dev, ecosyste.ms")
	c.Flags().StringVar(&f.licenses, "licenses", string(work.LicensesUnknown), "of which versions license texts are fetched: unknown, all, none")
	c.Flags().StringVar(&f.maxAge, "max-age", "24h", "answers of this age are new enough (12h, 7d); 0 asks for all")
	c.Flags().IntVar(&f.limit, "limit", 0, "ask for at most so many packages (default no limit)")
	c.Flags().BoolVar(&f.offline, "offline", false, "answer from the cache alone")
	c.Flags().StringArrayVar(&f.registries, "registry", nil, "ask another address: KIND=URL (npm=https://npm.example.com); may be repeated")
	c.Flags().StringArrayVar(&f.private, "private", nil, "packages whose names are sent to nobody (pkg:npm/@acme/*); may be repeated")
	c.Flags().StringArrayVar(&f.public, "public", nil, "packages of own npm scopes and Maven groups that are asked for all the same (pkg:npm/@acme/*); may be repeated")
	return offer(c, "text", "json")
}

func (s *settings) refresh(c *cobra.Command, f *refreshFlags) error {
	form, err := s.form(c)
	if err != nil {
		return err
	}
	opts, err := f.options()
	if err != nil {
		return err
	}
	office, err := s.office(c.Context(), true)
	if err != nil {
		return err
	}
	defer office.Close()
	if opts.Registries, err = s.registries(f, opts.MaxAge, office.Now); err != nil {
		return err
	}
	if refs, err := office.Store.Latest(c.Context(), office.AsOf); err != nil || len(refs) == 0 {
		if err == nil {
			err = &exitError{exitCouldNot, fmt.Errorf("nothing was scanned yet, so no package is in use"), "Run \"tributary scan PATH…\" first."}
		}
		return err
	}
	bar := newCounter(s)
	opts.Progress = func(done, total int) { bar.show("packages", done, total) }
	r, err := office.Refresh(c.Context(), opts)
	bar.end()
	if err != nil {
		return err
	}
	if err := s.write(func(w io.Writer) error { return writeRefreshed(w, r, form, s.verbose) }); err != nil {
		return err
	}
	switch {
	case r.Interrupted:
		return &exitError{exitCouldNot, fmt.Errorf("interrupted: %s kept, %s left", plural(r.Answered, "answer was", "answers were"), count(r.Left, "package")), "Run the same command again to go on."}
	case len(r.Failed) > 0:
		return &exitError{exitCouldNot, fmt.Errorf("%s could not be asked about; all else was kept", count(len(r.Failed), "package")), "What is known of them stays; the next run asks for them again."}
	}
	return nil
}

// options reads the flags.
func (f *refreshFlags) options() (work.RefreshOptions, error) {
	out := work.RefreshOptions{Source: f.source, Limit: f.limit, Licenses: work.Licenses(f.licenses)}
	for _, name := range f.ecosystems {
		kind := registryKind(name)
		if kind == "" {
			return out, wrongUse("", "no registry is known for %q; --ecosystem takes %s", name, strings.Join(remote.Kinds, ", "))
		}
		out.Ecosystems = append(out.Ecosystems, kind)
	}
	if !slices.Contains(refreshSources, f.source) {
		return out, wrongUse("", "--source takes %s, not %q", strings.Join(refreshSources, ", "), f.source)
	}
	if !slices.Contains(refreshLicenses, f.licenses) {
		return out, wrongUse("", "--licenses takes %s, not %q", strings.Join(refreshLicenses, ", "), f.licenses)
	}
	if f.limit < 0 {
		return out, wrongUse("", "--limit takes a number from 0 on, not %d", f.limit)
	}
	var err error
	if out.Private, err = patterns("--private", f.private); err != nil {
		return out, err
	}
	if out.Public, err = patterns("--public", f.public); err != nil {
		return out, err
	}
	out.MaxAge, err = age(f.maxAge)
	return out, err
}

func patterns(flag string, texts []string) (out []program.Package, err error) {
	for _, text := range texts {
		p, err := program.ParsePackage(text)
		if err != nil {
			return nil, wrongUse("", "%s: %w", flag, err)
		}
		out = append(out, p)
	}
	return out, nil
}

var (
	refreshSources  = []string{remote.FromRegistry, remote.FromDepsDev, remote.FromEcosystems}
	refreshLicenses = []string{string(work.LicensesUnknown), string(work.LicensesAll), string(work.LicensesNone)}
)

// age reads "12h", "7d" and "0".
func age(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 36500 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, wrongUse("", "--max-age %q is no age; write 12h or 7d", s)
	}
	return d, nil
}

// registryKind understands purl types and the names of ecosystems.
func registryKind(name string) string {
	other := map[string]string{"go": "golang", "crates.io": "cargo", "rust": "cargo", "packagist": "composer", "php": "composer", "dart": "pub", "rubygems": "gem", "ruby": "gem", "python": "pypi", "javascript": "npm", "java": "maven", ".net": "nuget"}
	name = strings.ToLower(strings.TrimSpace(name))
	if kind := other[name]; kind != "" {
		return kind
	}
	if slices.Contains(remote.Kinds, name) {
		return name
	}
	return ""
}

// cacheFor is how long a reply is taken without asking again: what the store
// counts as new enough is not asked for anyway, and a version that came into use
// since must be found.
const cacheFor = time.Hour

// registries takes this machine's settings, then the flags.
func (s *settings) registries(f *refreshFlags, maxAge time.Duration, now time.Time) (*remote.Registries, error) {
	start := time.Now()
	client := &remote.Client{
		Cache: filepath.Join(s.cacheDir(), "registries"), Offline: f.offline, Fresh: min(maxAge, cacheFor),
		UserAgent: "tributary/" + Version + " (https://github.com/tributary-oss/tributary)",
		Now:       func() time.Time { return now.Add(time.Since(start)) },
	}
	home, _ := os.UserHomeDir()     // without one there are no settings in it
	config, _ := os.UserConfigDir() // as above
	r := remote.NewRegistries(client, remote.Machine{Getenv: s.getenv, Home: home, ConfigDir: config})
	for _, text := range f.registries {
		name, address, _ := strings.Cut(text, "=")
		kind := registryKind(name)
		if slices.Contains(refreshSources[1:], name) {
			kind = name
		}
		u, err := url.Parse(address)
		if kind == "" || err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, wrongUse("", "--registry takes KIND=URL, as in npm=https://npm.example.com; KIND is one of %s", strings.Join(remote.Kinds, ", "))
		}
		r.Bases[kind] = address
	}
	return r, nil
}
