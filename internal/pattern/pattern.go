// Package pattern keeps regular expressions until they are asked for: most runs
// of a program with many readers never use most of them.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy compiles an expression when it is first used, and panics then if it is
// not one: for expressions that stand in the code.
func Lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
