package license

import (
	"strings"
	"testing"
)

func TestTOMLThatWouldTakeTheStackOrTheMemoryIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"arrays":         "a = " + strings.Repeat("[", 200),
		"tables":         "a = " + strings.Repeat("{a=", 200),
		"header":         "[" + strings.Repeat("a.", 2000) + "b]\nx = 1\n",
		"key":            strings.Repeat("a . ", 2000) + "b = 1\n",
		"quoted":         strings.Repeat("\"a\".", 2000) + "b = 1\n",
		"key in a table": "x = { y = 1, " + strings.Repeat("a.", 2000) + "b = 1 }\n",
		"many keys":      strings.Repeat(strings.Repeat("a.", 100)+"b = 1\n", 200),
		"size":           "a = '" + strings.Repeat("x", maxTOML) + "'\n",
	} {
		var out map[string]any
		if err := DecodeTOML([]byte(text), &out); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
}

func TestTOMLThatProjectsWriteIsDecoded(t *testing.T) {
	text := "[tool.poetry.group.dev]\n# " + strings.Repeat(".", 500) + "\n" +
		"text = '''\n" + strings.Repeat("A sentence. ", 200) + "'''\n" +
		"list = [" + strings.Repeat("'a>=1.2.3', ", 500) + "]\n" +
		"tables = [" + strings.Repeat("{a.b = 1}, ", 500) + "]\n"
	var out map[string]any
	if err := DecodeTOML([]byte(text), &out); err != nil {
		t.Error(err)
	}
}

func FuzzDecodeTOML(f *testing.F) {
	f.Add([]byte("version = 1\n[[annotations]]\npath = ['a', 'b']\n"))
	f.Add([]byte("a.b.'c.d' = {e = 1}"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		var out map[string]any
		_ = DecodeTOML(b, &out)
	})
}
