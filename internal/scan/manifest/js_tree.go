package manifest

import (
	"fmt"
	"iter"
	"strings"
)

// jsKind is the kind of a [jsNode].
type jsKind uint8

const (
	jsNone   jsKind = iota // absent
	jsObject               // JSON object, YAML mapping, yarn block
	jsArray
	jsString // quoted or plain text
	jsScalar // number, true, false, null
)

func (k jsKind) String() string {
	return [...]string{"nothing", "an object", "a list", "a string", "a number, boolean or null"}[k]
}

// jsNode is one value with its key and line. All nodes of a document lie in one
// slice and their texts are parts of one string, so that a lockfile costs about
// twice its own size.
type jsNode struct {
	key, val    string
	line        int32
	child, next int32 // first child and next sibling; 0: none (0 is the root)
	kind        jsKind
}

// jsFault is something wrong in a document's text.
type jsFault struct {
	line    int
	kind    string
	message string
}

// jsDoc is a parsed document. What was read before a fault is kept.
type jsDoc struct {
	nodes  []jsNode
	faults []jsFault
	// big indexes the members of large objects that were asked for a key.
	big map[int32]map[string]int32
}

// jsMaxFaults bounds the faults kept of one document.
const jsMaxFaults = 50

// jsMaxDepth bounds nesting. npm's oldest lockfiles nest a few dozen deep.
const jsMaxDepth = 200

func (d *jsDoc) fault(line int, kind, format string, args ...any) {
	if len(d.faults) < jsMaxFaults {
		d.faults = append(d.faults, jsFault{line, kind, fmt.Sprintf(format, args...)})
	}
}

// append adds a node under parent, after last (0: it is the first child).
func (d *jsDoc) append(parent, last int32, n jsNode) int32 {
	i := int32(len(d.nodes))
	d.nodes = append(d.nodes, n)
	if last == 0 {
		d.nodes[parent].child = i
	} else {
		d.nodes[last].next = i
	}
	return i
}

// checkDuplicates reports keys that an object has twice. The last one wins, as
// it does for npm and yarn.
func (d *jsDoc) checkDuplicates(object int32) {
	few, n := true, 0
	for i := d.nodes[object].child; i != 0; i = d.nodes[i].next {
		if n++; n > 12 {
			few = false
			break
		}
	}
	if few {
		for i := d.nodes[object].child; i != 0; i = d.nodes[i].next {
			for j := d.nodes[object].child; j != i; j = d.nodes[j].next {
				if d.nodes[i].key == d.nodes[j].key {
					d.duplicate(i, j)
				}
			}
		}
		return
	}
	seen := make(map[string]int32, 2*n)
	for i := d.nodes[object].child; i != 0; i = d.nodes[i].next {
		if j, ok := seen[d.nodes[i].key]; ok {
			d.duplicate(i, j)
		}
		seen[d.nodes[i].key] = i
	}
}

func (d *jsDoc) duplicate(i, first int32) {
	d.fault(int(d.nodes[i].line), "malformed", "the key %s stands twice, first on line %d; the last one is followed; remove one of them",
		jsQuote(d.nodes[i].key), d.nodes[first].line)
}

// jsQuote makes text from a hostile file fit for a message.
func jsQuote(s string) string {
	const most = 120
	if len(s) > most {
		s = s[:most] + "…"
	}
	return fmt.Sprintf("%q", s)
}

// jsVal is a place in a document. The zero value is "absent"; every question to
// it has an answer.
type jsVal struct {
	d *jsDoc
	i int32
}

func (d *jsDoc) root() jsVal {
	if len(d.nodes) == 0 {
		return jsVal{}
	}
	return jsVal{d, 0}
}

func (v jsVal) kind() jsKind {
	if v.d == nil {
		return jsNone
	}
	return v.d.nodes[v.i].kind
}

func (v jsVal) exists() bool { return v.kind() != jsNone }

func (v jsVal) line() int {
	if v.d == nil {
		return 0
	}
	return int(v.d.nodes[v.i].line)
}

func (v jsVal) key() string {
	if v.d == nil {
		return ""
	}
	return v.d.nodes[v.i].key
}

// text is the string at v, "" for anything that is not a string.
func (v jsVal) text() string {
	if v.kind() != jsString {
		return ""
	}
	return v.d.nodes[v.i].val
}

// raw is the text of any scalar.
func (v jsVal) raw() string {
	if v.d == nil {
		return ""
	}
	return v.d.nodes[v.i].val
}

func (v jsVal) isTrue() bool {
	return (v.kind() == jsScalar || v.kind() == jsString) && v.d.nodes[v.i].val == "true"
}

// all walks the members of an object or the elements of a list.
func (v jsVal) all() iter.Seq[jsVal] {
	return func(yield func(jsVal) bool) {
		if v.kind() != jsObject && v.kind() != jsArray {
			return
		}
		for i := v.d.nodes[v.i].child; i != 0; i = v.d.nodes[i].next {
			if !yield(jsVal{v.d, i}) {
				return
			}
		}
	}
}

// get is the member with a key; the last one where there are several.
func (v jsVal) get(key string) jsVal {
	var found jsVal
	if v.kind() != jsObject {
		return found
	}
	if index, ok := v.d.big[v.i]; ok {
		if i, ok := index[key]; ok {
			return jsVal{v.d, i}
		}
		return jsVal{}
	}
	n := 0
	for i := v.d.nodes[v.i].child; i != 0; i = v.d.nodes[i].next {
		if n++; n > 64 {
			v.d.index(v.i)
			return v.get(key)
		}
		if v.d.nodes[i].key == key {
			found = jsVal{v.d, i}
		}
	}
	return found
}

func (d *jsDoc) index(object int32) {
	if d.big == nil {
		d.big = map[int32]map[string]int32{}
	}
	m := map[string]int32{}
	for i := d.nodes[object].child; i != 0; i = d.nodes[i].next {
		m[d.nodes[i].key] = i
	}
	d.big[object] = m
}

// object is the member with a key if it is an object; another kind is a fault.
func (v jsVal) object(key string) jsVal {
	m := v.get(key)
	switch m.kind() {
	case jsNone, jsObject:
		return m
	}
	if m.kind() == jsScalar && (m.raw() == "null" || m.raw() == "") {
		return jsVal{}
	}
	v.d.fault(m.line(), "malformed", "%s should be an object but is %s; what it holds was not read", jsQuote(key), m.kind())
	return jsVal{}
}

// strings gives the texts of a list, or of an object's keys.
func (v jsVal) strings() []string {
	var out []string
	for e := range v.all() {
		switch {
		case v.kind() == jsObject:
			out = append(out, e.key())
		case e.text() != "":
			out = append(out, e.text())
		}
	}
	return out
}

// jsConflict says whether a line is a marker that git left in a file with merge
// conflicts: "<<<<<<< ", "|||||||", "=======" or ">>>>>>> ".
func jsConflict(line string) byte {
	if len(line) < 7 {
		return 0
	}
	switch m := line[:7]; m {
	case "<<<<<<<", ">>>>>>>", "|||||||":
		return m[0]
	case "=======":
		if strings.TrimRight(line[7:], "\r") == "" {
			return '='
		}
	}
	return 0
}

const jsConflictMessage = "a merge conflict was left in the file; both sides were read; resolve it and write the lockfile anew"
