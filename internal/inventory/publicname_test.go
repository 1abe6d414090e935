package inventory

import "testing"

func TestPathsOfThisMachineDoNotLeaveTheHouse(t *testing.T) {
	for name, want := range map[string]string{
		"github.com/acme/shop": "github.com/acme/shop", "/home/ada/src/shop": "shop", "/home/ada/src/shop.git/": "shop", `C:\src\shop`: "shop", `\\server\src\shop`: "shop", "/": "repository", "": "",
	} {
		if got := PublicName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
