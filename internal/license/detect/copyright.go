package detect

import "github.com/tributary-oss/tributary/internal/license/copyright"

// findCopyrights collects the copyright statements outside what is ignored.
// Where the cues and finds lie does not matter to it: its own search is as quick.
func findCopyrights(b []byte, _, _ int, _ []find, ignored []span) []string {
	if len(ignored) == 0 {
		return copyright.Find(b, nil)
	}
	return copyright.Find(b, func(at int) bool { return inside(ignored, at) })
}
