package manifest

import (
	"regexp"
	"sync"
)

// lazy compiles an expression when it is first asked for: a run meets a few of
// all formats, and compiling those of all takes milliseconds.
func lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
