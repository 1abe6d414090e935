package license

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestACardReadByItselfIsThatOfTheWholeFile(t *testing.T) {
	cards := 0
	for _, c := range Cards() {
		for _, id := range c.Licenses {
			got, ok := CardOf(Leaf{ID: id})
			if d := cmp.Diff(c, got); !ok || d != "" {
				t.Errorf("%s: %v\n%s", id, ok, d)
			}
			cards++
		}
	}
	if n := len(loadSlots()); n != cards {
		t.Errorf("%d licenses have cards by themselves, %d in the whole file", n, cards)
	}
}
