package scan

import (
	"testing"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

func TestManifestsOfInstalledCopiesAreNotTheRepositorys(t *testing.T) {
	paths := map[string]bool{
		"go.mod":                      false,
		"vendor/modules.txt":          false,
		"vendor/example.com/a/go.mod": true,
		"vendor/example.com/a/docs-requirements.txt": true,
		"site/vendor/requirements.txt":               false, // no list says that it was filled
		"web/node_modules/a/package.json":            true,
		"php/vendor/composer/installed.json":         false,
		"php/vendor/a/b/composer.json":               true,
		"ios/Pods/Manifest.lock":                     false,
		"ios/Pods/A/Package.swift":                   true,
		"env/lib/python3.12/site-packages/a/p.toml":  true,
		"myvendor/modules.txt":                       false,
		"myvendor/a/go.mod":                          false,
	}
	var files []source.File
	for p := range paths {
		files = append(files, source.File{Path: p})
	}
	dirs := installedDirs(files)
	for p, want := range paths {
		if got := dirs.hold(p); got != want {
			t.Errorf("hold(%q) = %v, want %v", p, got, want)
		}
	}
}
