// Package longtail reads the formats that package manifest has no readers for.
//
// Where google/osv-scalibr's extractors answer rightly they are used, behind
// the contract of manifest readers; they tell names and versions, and little
// more. Where they leave packages out or name them wrongly, the reader is our
// own: Swift (format 1), R (other sources than CRAN), conda (not PyPI), Docker
// (registries with ports, stages, variables), Julia (format 1), Pub and
// CocoaPods (own packages, relation), GitHub Actions (images, actions of one's
// own). vcpkg the library has none for; RPM databases it wants on disk.
//
// Extractors are made when a file asks for one, so that a run without such files
// pays nothing. Start at [Readers].
package longtail

import (
	"path"
	"slices"
	"strings"

	"github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/language/cpp/conanlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/dotnet/paketlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/gleam/gleamtoml"
	"github.com/google/osv-scalibr/extractor/filesystem/language/haskell/cabal"
	"github.com/google/osv-scalibr/extractor/filesystem/language/haskell/stacklock"
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
	relation inventory.Relation
	// mark starts the line that a package's name ends, in formats where other
	// lines have names too; "" where any line with the name will do.
	mark string
}

func named(names ...string) func(string) bool {
	return func(p string) bool { return slices.Contains(names, path.Base(p)) }
}

var formats = []format{
	{"conan-lock", named("conan.lock"), conanlock.New, inventory.RelationUnknown, ""},
	{"cabal-freeze", named("cabal.project.freeze"), cabal.New, inventory.RelationUnknown, ""},
	{"stack-lock", named("stack.yaml.lock"), stacklock.New, inventory.RelationUnknown, ""},
	{"gleam", named("gleam.toml"), gleamtoml.New, inventory.Direct, ""},
	{"paket-lock", named("paket.lock"), paketlock.New, inventory.RelationUnknown, ""},
	{"dpkg", isDpkg, dpkg.New, inventory.RelationUnknown, "Package: "},
	{"apk", isApk, apk.New, inventory.RelationUnknown, "P:"},
}

func isDpkg(p string) bool {
	return strings.HasSuffix("/"+p, "/var/lib/dpkg/status") || strings.Contains("/"+p, "/var/lib/dpkg/status.d/") && !strings.HasSuffix(p, ".md5sums")
}

func isApk(p string) bool { return strings.HasSuffix("/"+p, "/lib/apk/db/installed") }

// Readers returns all readers of this room, in a stable order.
func Readers() []manifest.Reader {
	out := []manifest.Reader{
		own("pub-lock", named("pubspec.lock"), readPub),
		own("pubspec", named("pubspec.yaml"), readPubspec),
		own("cocoapods-lock", named("Podfile.lock"), readPods),
		own("swift-resolved", named("Package.resolved"), readSwift),
		own("swift-package", named("Package.swift"), readPackageSwift),
		own("mix-lock", named("mix.lock"), readMixLock),
		own("mix-exs", named("mix.exs"), readMixExs),
		own("renv-lock", named("renv.lock"), readRenv),
		own("julia-manifest", named("Manifest.toml", "JuliaManifest.toml"), readJulia),
		own("conda-meta", isCondaMeta, readCondaMeta),
		own("conda-environment", isCondaEnvironment, readCondaEnvironment),
		own("vcpkg", named("vcpkg.json"), readVcpkg),
		own("github-actions", isWorkflow, readActions),
		own("docker-base", isDockerfile, readDocker),
	}
	for _, f := range formats {
		out = append(out, manifest.Reader{Name: f.name, Version: 2, Match: f.match, Read: f.read})
	}
	return append(out, manifest.Reader{Name: "rpm", Version: 2, Match: isRPM, Read: readRPM})
}
