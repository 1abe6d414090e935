package detect

import "github.com/tributary-oss/tributary/internal/license/copyright"

// findCopyrights collects the copyright statements outside what is ignored.
func findCopyrights(b []byte, ignored []span) []string {
	if len(ignored) == 0 {
		return copyright.Find(b, nil)
	}
	return copyright.Find(b, func(at int) bool { return inside(ignored, at) })
}
