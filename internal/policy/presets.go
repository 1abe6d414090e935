package policy

import (
	"embed"
	"fmt"

	"github.com/tributary-oss/tributary/internal/program"
)

//go:embed presets/*.yaml
var presets embed.FS

// Presets lists the built-in policies, most open first.
var Presets = []string{"open", "standard", "regulated"}

// PresetText gives the text of a built-in policy: a policy file like any other,
// to read, to copy from and to compare with.
func PresetText(name string) ([]byte, bool) {
	data, err := presets.ReadFile("presets/" + name + ".yaml")
	return data, err == nil
}

func presetFile(name string) (*program.PolicyFile, []program.Finding) {
	data, ok := PresetText(name)
	if !ok {
		return nil, []program.Finding{{Severity: program.Error, Pos: program.Pos{File: "policy.yaml", Line: 1, Column: 1},
			Message: fmt.Sprintf("there is no preset %q; known: open, standard, regulated", name)}}
	}
	return program.LoadPolicy("preset:"+name, data)
}
