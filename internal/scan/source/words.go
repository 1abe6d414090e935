package source

import "fmt"

const (
	oddName  = `file name is not UTF-8 or holds control characters; it is shown with \x escapes`
	oddNames = `file names are not UTF-8 or hold control characters; they are shown with \x escapes`
)

// plural writes a number with the words for one and for many.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func itOrThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

func itsOrTheir(n int) string {
	if n == 1 {
		return "its"
	}
	return "their"
}
