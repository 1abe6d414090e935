package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// jsonWalker goes through a JSON document value by value, so that one broken
// value costs itself alone and a cut-off document gives what came before.
type jsonWalker struct {
	dec *json.Decoder
	in  *intake
}

func (in *intake) walkJSON(b []byte) (*jsonWalker, error) {
	if line := tooDeep(b, maxDepth); line > 0 {
		return nil, fmt.Errorf("line %d: JSON nested deeper than %d levels", line, maxDepth)
	}
	return &jsonWalker{json.NewDecoder(bytes.NewReader(b)), in}, nil
}

// tooDeep gives the line at which brackets nest deeper than most, or 0.
func tooDeep(b []byte, most int) int {
	depth, line, quoted := 0, 1, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\n':
			line++
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > most {
				return line
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return 0
}

// line is that of the next value.
func (w *jsonWalker) line() int {
	b, at := w.in.lines.b, int(w.dec.InputOffset())
	for at < len(b) && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t' || b[at] == ',' || b[at] == ':') {
		at++
	}
	return w.in.lines.of(at)
}

// object calls f for each key of the next value, with the walker before the
// key's value. A value that is no object is passed over.
func (w *jsonWalker) object(f func(key string) error) error {
	return w.inside('{', func() error {
		key, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		return f(name)
	})
}

// array calls f before each element of the next value; one that is no array is
// passed over.
func (w *jsonWalker) array(f func() error) error { return w.inside('[', f) }

func (w *jsonWalker) inside(open json.Delim, f func() error) error {
	line := w.line()
	t, err := w.dec.Token()
	if err != nil {
		return err
	}
	d, isDelim := t.(json.Delim)
	if d != open {
		if t != nil {
			w.in.problem(line, "malformed", "expected %q here, found %v", open.String(), t)
		}
		if isDelim {
			return w.rest(1)
		}
		return nil
	}
	for w.dec.More() {
		if err := f(); err != nil {
			return err
		}
	}
	_, err = w.dec.Token()
	return err
}

// rest passes over what remains of depth open values.
func (w *jsonWalker) rest(depth int) error {
	for depth > 0 {
		t, err := w.dec.Token()
		if err != nil {
			return err
		}
		if d, ok := t.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
		}
	}
	return nil
}

// value reads the next value into v. A field of the wrong type is a problem and
// the others are kept.
func (w *jsonWalker) value(v any, what string) error {
	line := w.line()
	err := w.dec.Decode(v)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		w.in.problem(line, "malformed", "%s: %q is a JSON %s, which does not belong there; it is left out", what, wrong.Field, wrong.Value)
		return nil
	}
	return err
}

func (w *jsonWalker) skip() error {
	var raw json.RawMessage
	return w.dec.Decode(&raw)
}

// stopped turns the end of a walk into a problem, or into an error when nothing
// was read.
func (w *jsonWalker) stopped(err error) error {
	if err == nil {
		return nil
	}
	line := w.in.lines.of(int(w.dec.InputOffset()))
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the document ends too early")
	}
	if len(w.in.bom.Components) == 0 {
		return fmt.Errorf("line %d: %w", line, err)
	}
	w.in.problem(line, "malformed", "%v; what came before is kept: get the SBOM again", err)
	return nil
}
