package store

import (
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
	"pgregory.net/rapid"
)

func TestABodyComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		usages := rapid.SliceOf(rapid.Custom(drawUsage)).Draw(t, "usages")
		got, err := decodeUsages(encodeUsages(usages))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "usages", usages, got)
	})
}

func TestACutBodyIsAnError(t *testing.T) {
	body := encodeUsages(unit("x.lock", "pkg:npm/a@1", "pkg:npm/b@2").Usages)
	for n := range body {
		if got, err := decodeUsages(body[:n]); err == nil {
			t.Errorf("the first %d of %d bytes give %v", n, len(body), got)
		}
	}
	if got, err := decodeUsages(append(body, 0)); err == nil {
		t.Errorf("a body with a byte too many gives %v", got)
	}
}

func TestEscapedTextIsFitForBothEnginesAndComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := texts.Draw(t, "text")
		if got := unescape(escape(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	})
}

func FuzzDecodeUsages(f *testing.F) {
	f.Add([]byte{})
	f.Add(encodeUsages(nil))
	f.Add(encodeUsages(unit("x.lock", "pkg:npm/a@1", "pkg:npm/b@2").Usages))
	f.Add(encodeUsages([]inventory.Usage{{Chain: []string{"a", "\xff"}, DependsOn: []string{"\x00"}, Line: 1 << 40, Fixture: true}}))
	f.Add([]byte{1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		usages, err := decodeUsages(b)
		if err != nil {
			return
		}
		again, err := decodeUsages(encodeUsages(usages))
		if err != nil {
			t.Fatalf("what was read can't be read again: %v", err)
		}
		same(t, "usages", usages, again)
	})
}
