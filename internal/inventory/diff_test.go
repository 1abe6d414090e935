package inventory

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func snapshotOf(usages ...Usage) Snapshot {
	return Snapshot{Units: []Unit{{Usages: usages}}}
}

func used(manifest, name, version string, scope Scope) Usage {
	return Usage{Component: NewPURL("npm", name, version), Manifest: manifest, Relation: Direct, Scope: scope}
}

func TestCompareTellsAddedRemovedAndChanged(t *testing.T) {
	a := snapshotOf(used("l", "stays", "1", Runtime), used("l", "goes", "1", Runtime), used("l", "moves", "1", Runtime),
		used("l", "two", "1", Runtime), used("l", "two", "2", Runtime))
	b := snapshotOf(used("l", "stays", "1", Runtime), used("l", "comes", "1", Dev), used("l", "moves", "2", Runtime),
		used("l", "two", "2", Dev), used("l", "two", "3", Runtime))
	got := Compare(a, b)
	want := Difference{
		Added:   []Usage{used("l", "comes", "1", Dev)},
		Removed: []Usage{used("l", "goes", "1", Runtime)},
		Changed: []Change{
			{used("l", "moves", "1", Runtime), used("l", "moves", "2", Runtime)},
			{used("l", "two", "2", Runtime), used("l", "two", "2", Dev)},
			{used("l", "two", "1", Runtime), used("l", "two", "3", Runtime)},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestCompareLaws(t *testing.T) {
	gen := rapid.Custom(func(t *rapid.T) Snapshot {
		var usages []Usage
		for range rapid.IntRange(0, 8).Draw(t, "n") {
			usages = append(usages, used(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "manifest"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "name"),
				fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "version")), rapid.SampledFrom(Scopes).Draw(t, "scope")))
		}
		return snapshotOf(usages...)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		if d := Compare(a, a); len(d.Added)+len(d.Removed)+len(d.Changed) > 0 {
			t.Fatalf("Compare(a, a) = %+v", d)
		}
		there, back := Compare(a, b), Compare(b, a)
		if d := cmp.Diff(there.Added, back.Removed); d != "" {
			t.Fatalf("what comes one way must go the other:\n%s", d)
		}
		if d := cmp.Diff(there.Removed, back.Added); d != "" {
			t.Fatalf("what goes one way must come the other:\n%s", d)
		}
		if len(there.Changed) != len(back.Changed) {
			t.Fatalf("%d changes there, %d back", len(there.Changed), len(back.Changed))
		}
	})
}
