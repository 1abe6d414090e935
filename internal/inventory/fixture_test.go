package inventory

import "testing"

func TestFixturesAreRecognizedByWholeDirectoryNames(t *testing.T) {
	for path, want := range map[string]bool{
		"go.mod":                                  false,
		"web/ui/package.json":                     false,
		"packages/core/package.json":              false,
		"packages/testing-library/package.json":   false,
		"requirements-test.txt":                   false,
		"contest/pom.xml":                         false,
		"testdata":                                false,
		"scan/testdata/go.mod":                    true,
		"src/test/resources/pom.xml":              true,
		"impl/src/it/simple/pom.xml":              true,
		"it/pom.xml":                              false,
		"packages/x/test/fixtures/a/package.json": true,
		"Examples/App/App.csproj":                 true,
		"create-vite/template-react/package.json": true,
		"playground/ssr/package.json":             true,
		"e2e/package.json":                        true,
	} {
		if got := IsFixture(path); got != want {
			t.Errorf("IsFixture(%q) = %v, want %v", path, got, want)
		}
	}
}
