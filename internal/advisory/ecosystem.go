package advisory

import (
	"maps"
	"net/url"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// distributions are ecosystems whose name is followed by a release that
// matters; elsewhere what follows the colon (a Maven repository) does not.
var distributions = map[string]bool{
	"Debian": true, "Ubuntu": true, "Alpine": true, "AlmaLinux": true, "Rocky Linux": true, "Red Hat": true, "SUSE": true, "openSUSE": true,
	"Mageia": true, "openEuler": true, "Photon OS": true, "Android": true, "Alpaquita": true, "BellSoft Hardened Containers": true, "Azure Linux": true,
}

// Base is the ecosystem without its release.
func (k Key) Base() string {
	base, _, _ := strings.Cut(k.Ecosystem, ":")
	return base
}

// NewKey makes the key of a package as a record names it.
func NewKey(ecosystem, name string) Key {
	base, _, _ := strings.Cut(ecosystem, ":")
	if !distributions[base] {
		ecosystem = base
	}
	return Key{ecosystem, foldName(base, name)}
}

// foldName gives one spelling to all that mean the same package.
func foldName(base, name string) string {
	switch base {
	case "PyPI":
		return inventory.NewPURL("pypi", name, "").Name
	case "NuGet", "Packagist", "Hex", "Pub", "GitHub Actions":
		return strings.ToLower(name)
	case "SwiftURL":
		name = strings.ToLower(name)
		for _, scheme := range []string{"https://", "http://", "ssh://git@", "git@"} {
			name = strings.TrimPrefix(name, scheme)
		}
		return strings.TrimSuffix(strings.TrimSuffix(strings.Replace(name, "github.com:", "github.com/", 1), "/"), ".git")
	}
	return name
}

// Question is what the mirror is asked for one component: under which keys to
// look, first to last, and for which version.
type Question struct {
	Keys    []Key
	Version string
	// Silence is why nothing can be asked; "" when something can.
	Silence string
}

// plainNames maps purl types to ecosystems in which the package's full name is
// the name of records.
var plainNames = map[string]string{
	"npm": "npm", "golang": "Go", "pypi": "PyPI", "maven": "Maven", "cargo": "crates.io", "composer": "Packagist", "gem": "RubyGems",
	"nuget": "NuGet", "pub": "Pub", "hex": "Hex", "cran": "CRAN", "bioconductor": "Bioconductor", "hackage": "Hackage", "julia": "Julia",
	"swift": "SwiftURL", "bitnami": "Bitnami", "opam": "opam",
}

// EcosystemsByType maps purl types to the ecosystem whose records speak of them;
// distributions are left out, for their release is not in the type.
func EcosystemsByType() map[string]string {
	out := maps.Clone(plainNames)
	out["conan"], out["githubactions"] = "ConanCenter", "GitHub Actions"
	return out
}

// Ask turns a component into a question. A component without a version is a
// requirement, and a requirement is never taken as a version.
func Ask(p inventory.PURL) Question {
	q := ask(p)
	switch {
	case q.Silence != "":
	case q.Version == "":
		q.Silence = Unresolved
	case len(q.Version) > maxVersion:
		q.Silence = BadVersion
	}
	return q
}

func ask(p inventory.PURL) Question {
	if ecosystem, ok := plainNames[p.Type]; ok {
		q := Question{Keys: []Key{NewKey(ecosystem, p.FullName())}, Version: p.Version}
		if p.Type == "golang" {
			q.Version = goVersion(p)
		}
		return q
	}
	switch p.Type {
	case "conan":
		return Question{Keys: []Key{NewKey("ConanCenter", p.Name)}, Version: p.Version}
	case "githubactions", "github":
		return askAction(p)
	case "deb", "apk", "rpm":
		return askDistribution(p)
	}
	return Question{Silence: NoEcosystem}
}

// goVersion is a module's version without its "v"; the standard library's
// "go1.22.1" is 1.22.1.
func goVersion(p inventory.PURL) string {
	if p.Namespace == "" && (p.Name == "stdlib" || p.Name == "toolchain") {
		return GoRelease(p.Version)
	}
	return strings.TrimPrefix(p.Version, "v")
}

// GoRelease writes a release of Go as the records do: "go1.22rc1" is
// 1.22.0-rc.1, "1.22" is 1.22.0. What is no release is "".
func GoRelease(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "go"), "v")
	if i := strings.IndexAny(s, "-+ "); i >= 0 && !strings.HasPrefix(s[i:], "-rc.") && !strings.HasPrefix(s[i:], "-beta.") && s[i:] != "-0" {
		s = s[:i] // "1.22.1-custom", "1.22.1+auto", "1.22 X:…"
	}
	release, pre := s, ""
	for _, word := range []string{"rc", "beta"} {
		if before, after, ok := strings.Cut(s, word); ok && allDigits(strings.TrimPrefix(after, ".")) {
			release, pre = strings.TrimSuffix(before, "-"), "-"+word+"."+strings.TrimPrefix(after, ".")
			break
		}
	}
	release, zero := strings.CutSuffix(release, "-0")
	if zero {
		pre = "-0"
	}
	parts := strings.Split(release, ".")
	if len(parts) > 3 {
		return ""
	}
	for _, part := range parts {
		if !allDigits(part) {
			return ""
		}
	}
	return release + strings.Repeat(".0", 3-len(parts)) + pre
}

// askAction asks for a GitHub Action. A tag such as v4 moves with every release,
// so only a full version says what runs.
func askAction(p inventory.PURL) Question {
	parts := strings.SplitN(p.FullName(), "/", 3)
	if len(parts) < 2 {
		return Question{Silence: NoEcosystem}
	}
	q := Question{Keys: []Key{NewKey("GitHub Actions", parts[0]+"/"+parts[1])}, Version: strings.TrimPrefix(p.Version, "v")}
	if v, ok := parseSemver(q.Version); q.Version != "" && (!ok || v.pre == "" && strings.Count(q.Version, ".") < 2) {
		q.Silence = Floating
	}
	return q
}

// qualifier gives one qualifier of a purl, unescaped.
func qualifier(p inventory.PURL, key string) string {
	for _, kv := range strings.Split(p.Qualifiers, "&") {
		if k, v, ok := strings.Cut(kv, "="); ok && k == key {
			if plain, err := url.PathUnescape(v); err == nil {
				return plain
			}
			return v
		}
	}
	return ""
}

// debianReleases are the code names that stand for numbers.
var debianReleases = map[string]string{
	"squeeze": "6", "wheezy": "7", "jessie": "8", "stretch": "9", "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14",
}

// askDistribution asks for a package of a distribution, by its source package,
// in its release.
func askDistribution(p inventory.PURL) Question {
	name, v := p.Name, p.Version
	for _, q := range []string{"upstream", "source", "origin"} {
		if src, at, _ := strings.Cut(qualifier(p, q), "@"); src != "" {
			name = src
			if at != "" {
				v = at
			}
			break
		}
	}
	if epoch := qualifier(p, "epoch"); epoch != "" && epoch != "0" && !strings.Contains(v, ":") {
		v = epoch + ":" + v
	}
	ecosystem, needsRelease := "", true
	release := strings.ToLower(qualifier(p, "distro"))
	release = strings.TrimPrefix(release, strings.ToLower(p.Namespace)+"-")
	switch p.Namespace {
	case "debian":
		if number, ok := debianReleases[release]; ok {
			release = number
		}
		release, _, _ = strings.Cut(release, ".")
		ecosystem = "Debian"
	case "ubuntu":
		ecosystem = "Ubuntu"
	case "alpine":
		ecosystem = "Alpine"
		release = alpineRelease(release)
	case "wolfi":
		ecosystem, needsRelease = "Wolfi", false
	case "chainguard":
		ecosystem, needsRelease = "Chainguard", false
	case "almalinux", "rocky", "rockylinux":
		ecosystem = map[string]string{"almalinux": "AlmaLinux", "rocky": "Rocky Linux", "rockylinux": "Rocky Linux"}[p.Namespace]
		release, _, _ = strings.Cut(release, ".")
	default:
		return Question{Silence: NoEcosystem}
	}
	if !needsRelease {
		return Question{Keys: []Key{NewKey(ecosystem, name)}, Version: v}
	}
	if release == "" || !hasDigit(release) {
		return Question{Silence: NoRelease}
	}
	q := Question{Keys: []Key{NewKey(ecosystem+":"+release, name)}, Version: v}
	if ecosystem == "Ubuntu" {
		q.Keys = append(q.Keys, NewKey(ecosystem+":"+release+":LTS", name))
	}
	return q
}

// alpineRelease is "v3.18" of "3.18.4", "v3.18" or "alpine-3.18".
func alpineRelease(s string) string {
	parts := strings.Split(strings.TrimPrefix(s, "v"), ".")
	if len(parts) < 2 {
		return ""
	}
	return "v" + parts[0] + "." + parts[1]
}

// ecosystemNames are the ecosystems of the schema (ossf.github.io/osv-schema,
// "Defined ecosystems").
var ecosystemNames = strings.Split("AlmaLinux,Alpaquita,Alpine,Android,Azure Linux,BellSoft Hardened Containers,Bioconductor,Bitnami,Chainguard,CleanStart,"+
	"ConanCenter,CRAN,crates.io,Debian,Docker Hardened Images,Echo,FreeBSD,GHC,GIT,GitHub Actions,Go,Hackage,Hex,Julia,Kubernetes,Linux,Mageia,Maven,MinimOS,npm,NuGet,"+
	"opam,openEuler,openSUSE,OSS-Fuzz,Packagist,Photon OS,Pub,PyPI,Red Hat,Rocky Linux,Root,RubyGems,SUSE,SwiftURL,Ubuntu,VSCode,Wolfi", ",")

// KnownEcosystem says whether the schema defines an ecosystem; a release may
// follow the name.
func KnownEcosystem(name string) bool {
	base, _, _ := strings.Cut(name, ":")
	for _, e := range ecosystemNames {
		if e == base {
			return true
		}
	}
	return false
}
