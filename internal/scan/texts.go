package scan

import (
	"maps"
	"slices"
	"time"
)

// ReadTexts says what license and notice files of one package tell, by their
// names, as [FindLocal] does of copies on this machine.
func ReadTexts(id, source string, files map[string][]byte, now time.Time) PackageLicenses {
	f := &finder{out: newPackageLicenses(), now: now}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f.text(id, name, files[name], source)
	}
	return f.out
}
