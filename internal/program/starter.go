package program

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

// ExampleOrganization is the name that stands in the starter's program.yaml, for
// the company to put its own in its place.
const ExampleOrganization = "Example Corp"

//go:embed starter/*.yaml
var starter embed.FS

// Starter gives the files of a new program that extends a preset, with comments
// that say what to fill in. They load without findings. An unknown preset is
// taken as standard.
func Starter(preset string) map[string][]byte {
	if !contains(Preset("").Values(), preset) {
		preset = "standard"
	}
	files := map[string][]byte{}
	names, _ := fs.Glob(starter, "starter/*.yaml") // the pattern is sound and the files are compiled in
	for _, name := range names {
		data, _ := starter.ReadFile(name)
		files[path.Base(name)] = []byte(strings.ReplaceAll(string(data), "PRESET", preset))
	}
	return files
}
