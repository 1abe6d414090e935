package history

import (
	"bytes"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// trailer is a line of a message that names somebody, as bytes of the message.
type trailer struct {
	kind        contribution.KindCode
	name, email []byte
}

// trailerKeys are the keys that name people, in lower case, by kind. They are
// those of Git's and Linux's documentation and of the large forges.
var trailerKeys = map[string]contribution.Kind{
	"co-authored-by":         contribution.CoAuthored,
	"co-author":              contribution.CoAuthored,
	"coauthored-by":          contribution.CoAuthored,
	"co-developed-by":        contribution.CoAuthored,
	"signed-off-by":          contribution.SignedOff,
	"reviewed-by":            contribution.Reviewed,
	"acked-by":               contribution.Reviewed,
	"approved-by":            contribution.Reviewed,
	"reviewed-and-tested-by": contribution.Reviewed,
	"tested-by":              contribution.Tested,
	"reported-by":            contribution.Reported,
	"suggested-by":           contribution.Reported,
	"reported-and-tested-by": contribution.Reported,
}

// longestKey bounds how far a colon is looked for.
const longestKey = 24

// maxTrailers bounds how many trailers of one commit are kept.
const maxTrailers = 10_000

// trailers calls f for each line of a message that names somebody. All lines
// are looked at, not only the last paragraph: squashed commits carry trailers in
// between, and they name people as well.
func trailers(message []byte, f func(trailer)) (junk int) {
	n := 0
	for len(message) > 0 && n < maxTrailers {
		line := message
		if i := bytes.IndexByte(message, '\n'); i >= 0 {
			line, message = message[:i], message[i+1:]
		} else {
			message = nil
		}
		kind, value, ok := trailerKey(line)
		if !ok {
			continue
		}
		n++
		for more := true; more && n < maxTrailers; n++ {
			var name, email []byte
			if name, email, value, more = nextWho(value); nobody(name, email) {
				junk++
				break
			}
			f(trailer{kind.Code(), name, email})
		}
	}
	return junk
}

// trailerKey parts "Key: value" where the key is one that names people.
func trailerKey(line []byte) (kind contribution.Kind, value []byte, ok bool) {
	// Most lines end here: keys begin with one of few letters.
	if len(line) < 9 || !likelyFirst[line[0]] {
		return "", nil, false
	}
	colon := bytes.IndexByte(line[:min(len(line), longestKey+1)], ':')
	if colon < 0 {
		return "", nil, false
	}
	var low [longestKey]byte
	key := low[:0]
	for _, c := range bytes.TrimRight(line[:colon], " \t") {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		key = append(key, c)
	}
	kind, ok = trailerKeys[string(key)]
	return kind, bytes.TrimSpace(line[colon+1:]), ok
}

var likelyFirst = func() (t [256]bool) {
	for key := range trailerKeys {
		t[key[0]], t[key[0]-'a'+'A'] = true, true
	}
	return t
}()

// longestName is from how many bytes on text without an address is prose.
const longestName = 80

// nobody says that a value names nobody: empty, or prose.
func nobody(name, email []byte) bool {
	return len(email) == 0 && (len(name) == 0 || len(name) > longestName || bytes.Contains(name, []byte("://")))
}

// nextWho takes one person from "A <a@x>, B <b@x>".
func nextWho(value []byte) (name, email, rest []byte, more bool) {
	end := bytes.IndexByte(value, '>')
	if end >= 0 {
		after := bytes.TrimLeft(value[end+1:], " \t")
		if len(after) > 0 && (after[0] == ',' || after[0] == ';' || after[0] == '&') && bytes.IndexByte(after, '<') > 0 {
			name, email = who(value[:end+1])
			return name, email, bytes.TrimSpace(after[1:]), true
		}
	}
	name, email = who(value)
	return name, email, nil, false
}

// who parts "Name <address> anything" as git parts an author; without brackets a
// single word with @ is an address, everything else a name.
func who(value []byte) (name, email []byte) {
	open := bytes.IndexByte(value, '<')
	if open < 0 {
		if bytes.IndexByte(value, '@') > 0 && bytes.IndexByte(value, ' ') < 0 {
			return nil, value
		}
		return value, nil
	}
	name, email = bytes.TrimSpace(value[:open]), value[open+1:]
	if end := bytes.IndexByte(email, '>'); end >= 0 {
		email = email[:end]
	}
	return bytes.Trim(name, `" `), bytes.TrimSpace(email)
}
