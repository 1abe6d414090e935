// Package longtail puts google/osv-scalibr's extractors behind the contract of
// manifest readers, for the formats that our own readers do not cover. They tell
// names and versions; of relation and scope only what the kind of file itself
// says (an action is build, a base image is direct).
//
// Extractors are made when a file asks for one, so that a run without such files
// pays nothing. Start at [Readers].
package longtail

import (
	"path"
	"strings"

	"github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/containers/dockerbaseimage"
	"github.com/google/osv-scalibr/extractor/filesystem/language/cpp/conanlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/dart/pubspec"
	"github.com/google/osv-scalibr/extractor/filesystem/language/elixir/mixlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/haskell/cabal"
	"github.com/google/osv-scalibr/extractor/filesystem/language/haskell/stacklock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/julia/manifesttoml"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/condameta"
	"github.com/google/osv-scalibr/extractor/filesystem/language/r/renvlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/swift/packageresolved"
	"github.com/google/osv-scalibr/extractor/filesystem/language/swift/podfilelock"
	"github.com/google/osv-scalibr/extractor/filesystem/misc/githubactions"
	"github.com/google/osv-scalibr/extractor/filesystem/os/apk"
	"github.com/google/osv-scalibr/extractor/filesystem/os/dpkg"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// format is one of the library's extractors with what the kind of file tells.
type format struct {
	name     string
	match    func(p string) bool
	open     func(*config_go_proto.PluginConfig) (filesystem.Extractor, error)
	scope    inventory.Scope
	relation inventory.Relation
}

func named(names ...string) func(string) bool {
	return func(p string) bool {
		base := path.Base(p)
		for _, n := range names {
			if base == n {
				return true
			}
		}
		return false
	}
}

var formats = []format{
	{"pub-lock", named("pubspec.lock"), pubspec.New, inventory.Runtime, ""},
	{"mix-lock", named("mix.lock"), mixlock.New, inventory.Runtime, ""},
	{"conan-lock", named("conan.lock"), conanlock.New, inventory.Runtime, ""},
	{"cocoapods-lock", named("Podfile.lock"), podfilelock.New, inventory.Runtime, ""},
	{"swift-resolved", named("Package.resolved"), packageresolved.New, inventory.Runtime, ""},
	{"cabal-freeze", named("cabal.project.freeze"), cabal.New, inventory.Runtime, ""},
	{"stack-lock", named("stack.yaml.lock"), stacklock.New, inventory.Runtime, ""},
	{"renv-lock", named("renv.lock"), renvlock.New, inventory.Runtime, ""},
	{"julia-manifest", named("Manifest.toml"), manifesttoml.New, inventory.Runtime, ""},
	{"conda-meta", isCondaMeta, condameta.New, inventory.Runtime, ""},
	{"github-actions", isWorkflow, githubactions.New, inventory.Build, inventory.Direct},
	{"docker-base", isDockerfile, dockerbaseimage.New, inventory.Runtime, inventory.Direct},
	{"dpkg", isDpkg, dpkg.New, inventory.Runtime, ""},
	{"apk", isApk, apk.New, inventory.Runtime, ""},
}

func isCondaMeta(p string) bool {
	return strings.HasSuffix(p, ".json") && path.Base(path.Dir(p)) == "conda-meta"
}

func isWorkflow(p string) bool {
	dir := path.Dir(p)
	return (strings.HasSuffix(p, ".yml") || strings.HasSuffix(p, ".yaml")) && (dir == ".github/workflows" || strings.HasSuffix(dir, "/.github/workflows"))
}

func isDockerfile(p string) bool {
	base := path.Base(p)
	return base == "Dockerfile" || base == "Containerfile" || strings.HasPrefix(base, "Dockerfile.") && path.Ext(base) != ".dockerignore" || strings.HasSuffix(base, ".dockerfile") || strings.HasSuffix(base, ".Dockerfile")
}

func isDpkg(p string) bool {
	return strings.HasSuffix("/"+p, "/var/lib/dpkg/status") || strings.Contains("/"+p, "/var/lib/dpkg/status.d/") && !strings.HasSuffix(p, ".md5sums")
}

func isApk(p string) bool { return strings.HasSuffix("/"+p, "/lib/apk/db/installed") }

// Readers returns the library's readers, in a stable order.
func Readers() []manifest.Reader {
	out := make([]manifest.Reader, 0, len(formats)+1)
	for _, f := range formats {
		out = append(out, manifest.Reader{Name: f.name, Version: 1, Match: f.match, Read: f.read})
	}
	return append(out, manifest.Reader{Name: "rpm", Version: 1, Match: isRPM, Read: readRPM})
}

func isRPM(p string) bool {
	base := path.Base(p)
	return (base == "Packages" || base == "Packages.db" || base == "rpmdb.sqlite") && strings.Contains("/"+p, "/lib/rpm/") || base == "rpmdb.sqlite"
}

// readRPM says that RPM databases are not read: the library needs them on disk.
func readRPM(_ manifest.FS, p string) (manifest.Result, error) {
	return manifest.Result{Problems: []inventory.Problem{{Path: p, Kind: "unsupported",
		Message: "RPM databases are not read; give an SBOM of the image instead (syft or trivy make one)"}}}, nil
}
