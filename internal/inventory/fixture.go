package inventory

import "strings"

// fixtureSegments are directory names that by custom hold test data or samples.
// They count as whole path segments, whatever their case.
var fixtureSegments = map[string]bool{
	"test": true, "tests": true, "testing-data": true, "testdata": true, "test-data": true, "test_data": true, "testfixtures": true,
	"fixture": true, "fixtures": true, "test-fixtures": true, "test_fixtures": true, "testresources": true, "test-resources": true,
	"__tests__": true, "__test__": true, "__fixtures__": true, "__mocks__": true, "__testfixtures__": true, "mocks": true,
	"e2e": true, "e2e-tests": true, "integration-test": true, "integration-tests": true, "integration_test": true, "integration_tests": true,
	"integrationtest": true, "integrationtests": true, "functional-tests": true, "functional_tests": true, "acceptance-tests": true, "smoke-tests": true,
	"its": true, "example": true, "examples": true, "sample": true, "samples": true, "demo": true, "demos": true,
	"playground": true, "playgrounds": true, "template": true, "templates": true, "tutorial": true, "tutorials": true,
}

// IsFixture says whether a path looks like test data or a sample: one of its
// directories is called so (docs/formats.md lists the names). The file's own
// name does not count: requirements-test.txt is a manifest of the project. The
// program may decide otherwise for its repositories.
func IsFixture(path string) bool {
	previous := ""
	for {
		segment, rest, more := strings.Cut(path, "/")
		if !more {
			return false
		}
		name := strings.ToLower(segment)
		if fixtureSegments[name] || strings.HasPrefix(name, "template-") || name == "it" && previous == "src" {
			return true
		}
		previous, path = name, rest
	}
}
