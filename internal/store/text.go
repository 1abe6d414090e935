package store

import (
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"
)

// mark opens an escaped byte in a text column: mark and two hex digits.
const mark = '\x1a'

// escape makes any string fit for the text columns of both engines: PostgreSQL
// refuses NUL and what is not UTF-8, and paths and names have both. Nearly all
// strings stay as they are. [unescape] is its inverse.
func escape(s string) string {
	if utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\x1a") {
		return s
	}
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && n == 1) || r == 0 || r == mark {
			b.Write([]byte{mark, hex[s[i]>>4], hex[s[i]&15]})
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func unescape(s string) string {
	if strings.IndexByte(s, mark) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) {
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unhex(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// escaped escapes the strings among arguments, in place.
func escaped(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = escape(s)
		}
	}
	return args
}

// scanRow reads a row into its destinations and undoes [escape] in strings.
func scanRow(r interface{ Scan(...any) error }, into ...any) error {
	if err := r.Scan(into...); err != nil {
		return err
	}
	for _, d := range into {
		if s, ok := d.(*string); ok {
			*s = unescape(*s)
		}
	}
	return nil
}

// toJSON is json.Marshal that keeps bytes that are not UTF-8.
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	text := string(b)
	if !strings.Contains(text, `\ufffd`) && !strings.Contains(text, `\u001a`) {
		return text, nil
	}
	b, err = json.Marshal(mapStrings(reflect.ValueOf(v), escape).Interface())
	return string(b), err
}

// fromJSON reads what [toJSON] wrote into a new value.
func fromJSON(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	if strings.Contains(string(text), `\u001a`) {
		v := reflect.ValueOf(into).Elem()
		v.Set(mapStrings(v, unescape))
	}
	return nil
}

// mapStrings copies a value with all strings in it changed by f.
func mapStrings(v reflect.Value, f func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(f(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(mapStrings(v.Elem(), f))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(mapStrings(v.Index(i), f))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(mapStrings(v.Field(i), f))
			}
		}
	}
	return out
}
