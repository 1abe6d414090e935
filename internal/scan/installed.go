package scan

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

// installed lists directories (ending in "/") that a package manager filled
// with third-party packages. Manifests in them say what the copies' authors
// use, not what the repository uses.
type installed []string

// installedSigns are the lists that package managers leave in the directories
// that they fill, below the directory: Go, Composer, CocoaPods.
var installedSigns = []string{"vendor/modules.txt", "vendor/composer/installed.json", "Pods/Manifest.lock"}

func installedDirs(files []source.File) installed {
	var dirs installed
	for _, f := range files {
		for _, sign := range installedSigns {
			if above, ok := strings.CutSuffix(f.Path, sign); ok && (above == "" || strings.HasSuffix(above, "/")) {
				name, _, _ := strings.Cut(sign, "/")
				dirs = append(dirs, above+name+"/")
			}
		}
	}
	return dirs
}

// hold says whether a path lies among installed packages. The list that the
// package manager left is a manifest of the repository itself.
func (dirs installed) hold(p string) bool {
	slashed := "/" + p
	if strings.Contains(slashed, "/node_modules/") || strings.Contains(slashed, "/site-packages/") || strings.Contains(slashed, "/.git/") {
		return true
	}
	for _, d := range dirs {
		if !strings.HasPrefix(p, d) {
			continue
		}
		own := false
		for _, sign := range installedSigns {
			_, below, _ := strings.Cut(sign, "/")
			own = own || p == d+below
		}
		if !own {
			return true
		}
	}
	return false
}
