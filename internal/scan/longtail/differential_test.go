package longtail

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/language/dotnet/packageslockjson"
	"github.com/google/osv-scalibr/extractor/filesystem/language/golang/gomod"
	"github.com/google/osv-scalibr/extractor/filesystem/language/java/gradlelockfile"
	"github.com/google/osv-scalibr/extractor/filesystem/language/java/gradleverificationmetadataxml"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/bunlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/packagelockjson"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/pnpmlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/yarnlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/php/composerlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/pdmlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/pipfilelock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/poetrylock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/uvlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/ruby/gemfilelock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/rust/cargolock"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// theirs are the library's extractors for formats that have readers of our own.
var theirs = map[string]func(*config_go_proto.PluginConfig) (filesystem.Extractor, error){
	"go.mod": gomod.New, "package-lock.json": packagelockjson.New, "yarn.lock": yarnlock.New, "pnpm-lock.yaml": pnpmlock.New, "bun.lock": bunlock.New,
	"Pipfile.lock": pipfilelock.New, "poetry.lock": poetrylock.New, "pdm.lock": pdmlock.New, "uv.lock": uvlock.New, "gradle.lockfile": gradlelockfile.New,
	"verification-metadata.xml": gradleverificationmetadataxml.New, "Cargo.lock": cargolock.New, "composer.lock": composerlock.New, "Gemfile.lock": gemfilelock.New,
	"packages.lock.json": packageslockjson.New,
}

// explained are the differences that are meant, by directory of the test data: a
// minus stands before what only the library has, a plus before what only we have.
var explained = map[string][]string{
	"own":      {"-pkg:npm/member@1.0.0"},                            // a member of the workspace is not third-party
	"toolset":  {"-pkg:golang/stdlib@1.24.0"},                        // the go line is a lower bound, not a package
	"replaced": {"-pkg:golang/./local", "-pkg:golang/stdlib@1.21.0"}, // a directory is no package
	"crates":   {"-pkg:cargo/shop@0.1.0"},                            // the project itself
	"bundle":   {"-pkg:gem/engine@1.0.0"},                            // a gem from a path of the repository
	"dotnet":   {"-pkg:nuget/shop.core"},                             // a project of the solution
}

func TestOurReadersAgreeWithTheLibraryBeyondWhatIsExplained(t *testing.T) {
	cases, err := txtar.ParseFile("testdata/differential.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys, lockfiles := manifest.MapFS{}, []string{}
	for _, f := range cases.Files {
		fsys[f.Name] = f.Data
		if theirs[path.Base(f.Name)] != nil {
			lockfiles = append(lockfiles, f.Name)
		}
	}
	compared, packages := map[string]bool{}, 0
	for _, file := range lockfiles {
		compared[path.Base(file)] = true
		t.Run(file, func(t *testing.T) {
			ours, library := ourPackages(t, fsys, file), libraryPackages(t, fsys, file)
			packages += len(library)
			var diff []string
			for p := range library {
				if !ours[p] {
					diff = append(diff, "-"+p)
				}
			}
			for p := range ours {
				if !library[p] {
					diff = append(diff, "+"+p)
				}
			}
			slices.Sort(diff)
			if d := cmp.Diff(explained[path.Base(path.Dir(file))], diff); d != "" {
				t.Errorf("differences, and those that are explained: %s", d)
			}
		})
	}
	if len(compared) != len(theirs) || packages < 40 {
		t.Errorf("%d packages in files of %v", packages, slices.Sorted(maps.Keys(compared)))
	}
}

// folded is how a package is compared.
func folded(purl string) string {
	purl, _, _ = strings.Cut(purl, "?")
	if strings.HasPrefix(purl, "pkg:golang/") { // the library leaves out the v
		purl = strings.Replace(purl, "@v", "@", 1)
	}
	return strings.TrimSuffix(purl, "@")
}

func ourPackages(t *testing.T, fsys manifest.FS, file string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, r := range manifest.Readers() {
		if !r.Match(file) {
			continue
		}
		res, err := r.Read(fsys, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range res.Usages {
			out[folded(u.Component.String())] = true
		}
	}
	return out
}

func libraryPackages(t *testing.T, fsys manifest.FS, file string) map[string]bool {
	t.Helper()
	f := format{open: func(c *config_go_proto.PluginConfig) (filesystem.Extractor, error) { return theirs[path.Base(file)](c) }}
	res, err := f.read(fsys, file)
	if err != nil || len(res.Problems) > 0 {
		t.Fatal(err, res.Problems)
	}
	out := map[string]bool{}
	for _, u := range res.Usages {
		out[folded(u.Component.String())] = true
	}
	return out
}
