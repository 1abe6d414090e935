package manifest

import (
	"net/url"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// cargoReaders reads Cargo: Cargo.lock with the manifests of its workspace, and
// Cargo.toml where no lockfile covers it. Formats:
// doc.rust-lang.org/cargo/reference/manifest.html and
// doc.rust-lang.org/cargo/reference/resolver.html.
func cargoReaders() []Reader {
	return []Reader{
		{Name: "cargo-lock", Version: 1, Match: matchBase("Cargo.lock"), Read: readCargoLock},
		{Name: "cargo-toml", Version: 1, Match: matchBase("Cargo.toml"), Read: readCargoToml},
	}
}

// cargoExact is a requirement that only one version meets.
var cargoExact = pattern.Lazy(`^=\s*(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)

// cargoPURL names a crate. Source is as Cargo.lock writes it; what does not come
// from crates.io says where it comes from.
func cargoPURL(name, version, source string) inventory.PURL {
	p := inventory.NewPURL("cargo", name, version)
	kind, location, _ := strings.Cut(source, "+")
	switch {
	case kind == "git":
		return withQualifier(p, "vcs_url", gitLocation(location))
	case location == "https://github.com/rust-lang/crates.io-index" || strings.TrimSuffix(location, "/") == "https://index.crates.io":
		return p
	case kind == "registry" || kind == "sparse":
		return withQualifier(p, "repository_url", withoutUser(location))
	}
	return p
}

// gitLocation turns "https://host/repo?branch=x#commit" into the vcs_url of the
// purl specification, "git+https://host/repo@commit".
func gitLocation(location string) string {
	location, commit, _ := strings.Cut(location, "#")
	location, _, _ = strings.Cut(location, "?")
	location = withoutUser(location)
	if !strings.HasPrefix(location, "git+") && !strings.HasPrefix(location, "git://") {
		location = "git+" + location
	}
	if commit != "" {
		location += "@" + commit
	}
	return location
}

// withoutUser drops user and password from a web address: they may be secrets.
func withoutUser(location string) string {
	scheme, rest, ok := strings.Cut(location, "://")
	if !ok {
		return location
	}
	host, tail, slash := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		user, _, _ := strings.Cut(host[:at], ":")
		host = host[at+1:]
		if strings.HasSuffix(scheme, "ssh") && user != "" {
			host = user + "@" + host
		}
	}
	if slash {
		host += "/" + tail
	}
	return withoutSecrets(scheme + "://" + host)
}

// withQualifier adds one qualifier; an empty value adds nothing.
func withQualifier(p inventory.PURL, key, value string) inventory.PURL {
	q := key + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	if p.Qualifiers != "" {
		q = p.Qualifiers + "&" + q
	}
	if parsed, err := inventory.ParsePURL("pkg:generic/x?" + q); err == nil {
		p.Qualifiers = parsed.Qualifiers
	}
	return p
}
