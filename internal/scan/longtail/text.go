package longtail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// maxText bounds a file that a reader of ours takes in, in bytes. Lockfiles of
// these formats have some hundred kilobytes; a parsed YAML tree takes fifty
// times its text.
const maxText = 8 << 20

// text is one file while it is read, with what was found in it.
type text struct {
	path string
	data []byte
	fsys manifest.FS
	out  manifest.Result
}

// own makes a reader of a function that fills in a text.
func own(name string, match func(string) bool, read func(*text)) manifest.Reader {
	return manifest.Reader{Name: name, Version: 2, Match: match, Read: func(fsys manifest.FS, p string) (manifest.Result, error) {
		data, err := fsys.ReadFile(p)
		if err != nil {
			return manifest.Result{}, err
		}
		t := &text{path: p, data: data, fsys: fsys}
		if len(data) > maxText {
			t.problem(0, "too large", "larger than %d MiB, which no real file of this kind is; not read", maxText>>20)
			return t.out, nil
		}
		read(t)
		return t.out, nil
	}}
}

func (t *text) problem(line int, kind, format string, args ...any) {
	t.out.Problems = append(t.out.Problems, inventory.Problem{Path: t.path, Line: line, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

func (t *text) use(u inventory.Usage) {
	u.Manifest = t.path
	t.out.Usages = append(t.out.Usages, u)
}

// once adds a usage unless one of the same component and requirement is there
// already: workflows name an action many times. A stronger scope counts.
func (t *text) once(seen map[string]int, u inventory.Usage) {
	key := u.Component.String() + " " + u.Requirement
	if i, ok := seen[key]; ok {
		if old := &t.out.Usages[i]; u.Scope.Rank() < old.Scope.Rank() {
			old.Scope = u.Scope
		}
		return
	}
	seen[key] = len(t.out.Usages)
	t.use(u)
}

var yamlLine = pattern.Lazy(`line (\d+)`)

// yaml parses a file into nodes: aliases stay references, so that a bomb of them
// stays as small as its text. It gives nil, and says so, when there is no mapping.
func (t *text) yaml() *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal(t.data, &doc); err != nil {
		line := 0
		if m := yamlLine().FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		t.problem(line, "malformed", "is no valid YAML and was not read: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil
	}
	if aliases(&doc) > maxAliases {
		t.problem(0, "malformed", "has more than %d aliases, which no real file of this kind has; not read", maxAliases)
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		t.problem(0, "malformed", "is empty or no YAML mapping; nothing was read from it")
		return nil
	}
	return doc.Content[0]
}

// maxAliases bounds references in one file: each may stand for a long list.
const maxAliases = 100

func aliases(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		return 1
	}
	sum := 0
	for _, c := range n.Content {
		sum += aliases(c)
	}
	return sum
}

// plain follows an alias, which the anchored node itself can't be.
func plain(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// each calls f with the keys and values of a mapping; of anything else with none.
func each(n *yaml.Node, f func(key, value *yaml.Node)) {
	if n = plain(n); n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		f(n.Content[i], plain(n.Content[i+1]))
	}
}

// items gives the elements of a sequence; none of anything else.
func items(n *yaml.Node) []*yaml.Node {
	if n = plain(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// get gives the value of a key of a mapping, or nil.
func get(n *yaml.Node, key string) (value *yaml.Node) {
	each(n, func(k, v *yaml.Node) {
		if value == nil && k.Value == key {
			value = v
		}
	})
	return value
}

// scalar gives the text of a scalar; "" of anything else.
func scalar(n *yaml.Node) string {
	if n = plain(n); n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// json parses a file into v, or says why not.
func (t *text) json(v any) bool {
	err := json.Unmarshal(t.data, v)
	if err == nil && bytes.HasPrefix(bytes.TrimSpace(t.data), []byte("{")) {
		return true
	}
	words := "is no JSON object"
	if err != nil {
		words = err.Error()
	}
	t.problem(0, "malformed", "nothing was read from it: %s", words)
	return false
}

// object is a JSON object with its members in the order of the file.
type object []member

type member struct {
	key string
	raw json.RawMessage
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *object) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return err // null is an empty object
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		m := member{key: fmt.Sprint(key)}
		if err := dec.Decode(&m.raw); err != nil {
			return err
		}
		*o = append(*o, m)
	}
	return nil
}

// finder tells the lines of parts of a file, asked for in the file's order.
type finder struct {
	data []byte
	line int // lines before data
}

// of gives the line where mark stands inside the next occurrence of raw.
func (f *finder) of(raw []byte, mark string) int {
	i := bytes.Index(f.data, raw)
	if i < 0 {
		return 0
	}
	at := max(0, bytes.Index(raw, []byte(mark)))
	line := f.line + bytes.Count(f.data[:i+at], []byte("\n")) + 1
	f.line += bytes.Count(f.data[:i+len(raw)], []byte("\n"))
	f.data = f.data[i+len(raw):]
	return line
}

// qualified adds one qualifier to a purl; an empty value adds none.
func qualified(p inventory.PURL, key, value string) inventory.PURL {
	if value == "" {
		return p
	}
	text := p.String()
	if p.Qualifiers == "" {
		text += "?"
	} else {
		text += "&"
	}
	// Written and read again, the qualifiers are sorted and escaped by the rules.
	if q, err := inventory.ParsePURL(text + key + "=" + url.PathEscape(value)); err == nil {
		return q
	}
	return p
}
