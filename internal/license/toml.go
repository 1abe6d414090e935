package license

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/BurntSushi/toml"
)

// Bounds of a TOML file that is read for what it says of licenses.
const (
	maxTOML     = maxAnnotationFile
	maxBrackets = 100
	maxKeys     = 1_000_000 // of parts of dotted keys, squared
	fewDots     = 8         // more than people write; fewer are not counted
)

// DecodeTOML is toml.Unmarshal for files that nobody vouches for: the parser
// calls itself for each level of brackets and copies a dotted key for each of its
// parts, so that a small file could take all of the stack or of the memory.
func DecodeTOML(b []byte, into any) error {
	switch {
	case len(b) > maxTOML:
		return fmt.Errorf("larger than %d bytes", maxTOML)
	case deepBrackets(b):
		return fmt.Errorf("brackets more than %d deep", maxBrackets)
	case longKeys(b):
		return errors.New("its dotted keys have too many parts")
	}
	err := toml.Unmarshal(b, into)
	var pe toml.ParseError
	if errors.As(err, &pe) {
		return fmt.Errorf("line %d: %s", pe.Position.Line, pe.Message)
	}
	return err
}

// deepBrackets guards the parser's stack.
func deepBrackets(b []byte) bool {
	depth := 0
	for _, c := range b {
		switch c {
		case '[', '{':
			if depth++; depth > maxBrackets {
				return true
			}
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return false
}

// longKeys finds text that may be many dotted keys of many parts, each of which
// costs the square of its length. Two dots in a row end a key, for none of its
// parts is empty, and so does what divides values.
func longKeys(b []byte) bool {
	dots, cost := 0, 0
	for i, c := range b {
		switch {
		case c == '.' && (i == 0 || b[i-1] != '.'):
			if dots++; dots > fewDots {
				cost += 2*dots - 1
			}
			if cost > maxKeys {
				return true
			}
		case bytes.IndexByte([]byte(".\n,=[]{}"), c) >= 0:
			dots = 0
		}
	}
	return false
}
