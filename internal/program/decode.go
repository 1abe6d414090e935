package program

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The limits of one file. They are far beyond what people write and keep a
// hostile file from costing more than its size.
const (
	maxFile     = 4 << 20 // bytes
	maxNodes    = 500_000 // YAML nodes visited, aliases followed
	maxDepth    = 60
	maxFindings = 100 // of one file, the last of which says that there are more
)

// decoder fills structs from YAML nodes and notes everything that it does not
// understand. It never stops at the first error.
type decoder struct {
	file     string
	visits   int
	depth    int
	findings []Finding
}

func (d *decoder) errorf(n *yaml.Node, format string, args ...any) {
	if len(d.findings) > maxFindings {
		return
	}
	d.findings = append(d.findings, Finding{Error, d.pos(n), fmt.Sprintf(format, args...)})
}

func (d *decoder) pos(n *yaml.Node) Pos { return Pos{d.file, n.Line, n.Column} }

// value decodes n into v. Path names the key for messages.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string) {
	n, ok := d.enter(n)
	defer func() { d.depth-- }()
	if !ok {
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if text, ok := d.scalar(n, path); ok {
			if err := u.UnmarshalText([]byte(text)); err != nil {
				d.errorf(n, "%s: %v", path, err)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.object(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.Map:
		d.mapping(n, v, path)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path)
	case reflect.String:
		d.text(n, v, path)
	case reflect.Bool:
		d.boolean(n, v, path)
	case reflect.Int:
		d.integer(n, v, path)
	default:
		panic("program: no decoding for " + v.Type().String()) // a mistake in our own structs, met by every test
	}
}

// enter follows aliases and holds the limits.
func (d *decoder) enter(n *yaml.Node) (*yaml.Node, bool) {
	d.depth++
	for hops := 0; n.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
		n = n.Alias
	}
	d.visits++
	switch {
	case d.visits == maxNodes:
		d.errorf(n, "the file expands to more than %d values; use fewer aliases", maxNodes)
		return n, false
	case d.visits > maxNodes:
		return n, false
	case d.depth > maxDepth:
		d.errorf(n, "nested deeper than %d levels", maxDepth)
		return n, false
	}
	return n, true
}

// object fills a struct from a mapping; a scalar or a list fills its short field.
func (d *decoder) object(n *yaml.Node, v reflect.Value, path string) {
	before := len(d.findings)
	if at := v.FieldByName("At"); at.IsValid() {
		at.Set(reflect.ValueOf(d.pos(n)))
	}
	if n.Kind == yaml.ScalarNode {
		if i := shortField(v.Type()); i >= 0 {
			d.value(n, v.Field(i), path)
			return
		}
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(n, path, "keys with values (a mapping)")
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, kv := range d.pairs(n) {
		i, ok := fields[kv.key.Value]
		if !ok {
			d.unknownKey(kv.key, path, v.Type())
			continue
		}
		seen[kv.key.Value] = true
		d.value(kv.value, v.Field(i), join(path, kv.key.Value))
	}
	d.missing(n, v.Type(), seen, path)
	if void := v.FieldByName("Void"); void.IsValid() && len(d.findings) > before {
		void.SetString(d.findings[before].Message)
	}
}

func (d *decoder) missing(n *yaml.Node, t reflect.Type, seen map[string]bool, path string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); f.Tag.Get("need") == "yes" && !seen[key] {
			d.errorf(n, "%s: the key %s is missing (%s)", orTop(path), key, strings.TrimSuffix(f.Tag.Get("doc"), "."))
		}
	}
}

func (d *decoder) unknownKey(key *yaml.Node, path string, t reflect.Type) {
	var known []string
	for i := range t.NumField() {
		if k := t.Field(i).Tag.Get("yaml"); k != "" {
			known = append(known, k)
		}
	}
	msg := fmt.Sprintf("%s: unknown key %s", orTop(path), quote(key.Value))
	d.errorf(key, "%s%s", msg, suggest(key.Value, known))
}

type pair struct{ key, value *yaml.Node }

// pairs lists keys and values of a mapping, merge keys (<<) resolved: a key of
// the mapping itself comes before a merged one. Keys given twice are errors.
func (d *decoder) pairs(n *yaml.Node) []pair {
	var own, merged []pair
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		for hops := 0; key.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
			key = key.Alias
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			d.errorf(key, "a key must be a word")
		case key.Tag == "!!merge":
			merged = append(merged, d.merge(value)...)
		case seen[key.Value] != nil:
			d.errorf(key, "the key %s stands twice here (first in line %d)", quote(key.Value), seen[key.Value].Line)
		default:
			seen[key.Value] = key
			own = append(own, pair{key, value})
		}
	}
	for _, kv := range merged {
		if seen[kv.key.Value] == nil {
			seen[kv.key.Value] = kv.key
			own = append(own, kv)
		}
	}
	return own
}

func (d *decoder) merge(n *yaml.Node) []pair {
	n, ok := d.enter(n)
	defer func() { d.depth-- }()
	if !ok {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		return d.pairs(n)
	case yaml.SequenceNode:
		var all []pair
		for _, item := range n.Content {
			all = append(all, d.merge(item)...)
		}
		return all
	}
	d.errorf(n, "<< needs an alias of a mapping")
	return nil
}

// list fills a slice; a value alone is a list of one.
func (d *decoder) list(n *yaml.Node, v reflect.Value, path string) {
	if isNull(n) {
		return
	}
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	} else if v.Type().Elem().Kind() == reflect.Struct && shortField(v.Type().Elem()) < 0 && !unmarshals(v.Type().Elem()) {
		d.wrong(n, path, "a list")
		return
	}
	for i, item := range items {
		if len(d.findings) > maxFindings || d.visits > maxNodes {
			return
		}
		e := reflect.New(v.Type().Elem()).Elem()
		d.value(item, e, fmt.Sprintf("%s[%d]", path, i))
		v.Set(reflect.Append(v, e))
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(n, path, "keys with values (a mapping)")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, kv := range d.pairs(n) {
		key, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		d.value(kv.key, key, path)
		d.value(kv.value, e, join(path, kv.key.Value))
		v.SetMapIndex(key, e)
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func unmarshals(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func shortField(t reflect.Type) int {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("short") == "yes" {
			return i
		}
	}
	return -1
}

func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" {
			fields[key] = i
		}
	}
	return fields
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	if len(key) > 60 {
		key = key[:60] + "…"
	}
	return path + "." + key
}

func orTop(path string) string {
	if path == "" {
		return "top level"
	}
	return path
}
