// Package longtail puts google/osv-scalibr's extractors behind the contract of
// manifest readers, for the formats that our own readers do not cover.
package longtail

import "github.com/tributary-oss/tributary/internal/scan/manifest"

// Readers returns the library's readers, in a stable order.
func Readers() []manifest.Reader { return nil }
