package longtail

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

const packageSwift = `// swift-tools-version:5.9
let package = Package(
    name: "Shop",
    dependencies: [
        // .package(url: "https://github.com/old/one.git", from: "1.0.0"),
        .package(url: "https://github.com/Acme/Net.git", from: "2.1.0"), /* .package(url: "https://x.io/a/b", from: "1") */
        .package(
            url: "https://github.com/acme/pin", exact: "1.2.3", traits: ["A", .init(name: "B")]),
        .package(url: "https://github.com/acme/range", "1.0.0"..<"2.0.0"),
        .package(url: "git@github.com:acme/minor.git", .upToNextMinor(from: "0.3.0")),
        .package(name: "Tip", url: "https://github.com/acme/tip", branch: "main"),
        .package(id: "mona.LinkedList", from: "1.1.0"),
        .package(path: "../Local"),
    ]
)
`

func TestPackageSwiftGivesRequirementsWhereNothingIsLocked(t *testing.T) {
	fsys := manifest.MapFS{"Package.swift": []byte(packageSwift)}
	want := []string{
		"own pkg:swift/Shop",
		"6 pkg:swift/github.com/Acme/Net direct runtime requires from: 2.1.0",
		"7 pkg:swift/github.com/acme/pin@1.2.3 direct runtime requires exact: 1.2.3",
		"9 pkg:swift/github.com/acme/range direct runtime requires 1.0.0..<2.0.0",
		"10 pkg:swift/github.com/acme/minor direct runtime requires .upToNextMinor(from: 0.3.0)",
		"11 pkg:swift/github.com/acme/tip direct runtime requires branch: main",
		"12 pkg:swift/mona.LinkedList direct runtime requires from: 1.1.0",
	}
	if d := cmp.Diff(want, told(t, fsys, "Package.swift")); d != "" {
		t.Error(d)
	}
	fsys["Package.resolved"] = []byte(`{"version": 2, "pins": [
{"identity": "net", "location": "https://github.com/acme/net", "state": {"version": "2.4.0", "revision": "a"}},
{"identity": "deep", "location": "https://github.com/acme/deep.git", "state": {"version": "1.0.0", "revision": "b"}}]}`)
	if d := cmp.Diff([]string{"own pkg:swift/Shop"}, told(t, fsys, "Package.swift")); d != "" {
		t.Errorf("with Package.resolved: %s", d)
	}
	want = []string{
		"2 pkg:swift/github.com/acme/net@2.4.0 direct runtime requires from: 2.1.0",
		"3 pkg:swift/github.com/acme/deep@1.0.0 transitive runtime",
	}
	if d := cmp.Diff(want, told(t, fsys, "Package.resolved")); d != "" {
		t.Error(d)
	}
	resolved := "App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved"
	xcode := manifest.MapFS{resolved: fsys["Package.resolved"], "App.xcodeproj/project.pbxproj": []byte("\t\t\trepositoryURL = \"https://github.com/acme/Deep\";\n")}
	want = []string{"2 pkg:swift/github.com/acme/net@2.4.0 transitive runtime", "3 pkg:swift/github.com/acme/deep@1.0.0 direct runtime"}
	if d := cmp.Diff(want, told(t, xcode, resolved)); d != "" {
		t.Errorf("an Xcode project: %s", d)
	}
	xcode["Kit/Package.swift"] = []byte(`let package = Package(name: "Kit", dependencies: [.package(url: "https://github.com/acme/net.git", from: "2.0.0"), .package(url: "https://github.com/acme/only", from: "1.0.0")])`)
	if d := cmp.Diff([]string{"own pkg:swift/Kit", "1 pkg:swift/github.com/acme/only direct runtime requires from: 1.0.0"}, told(t, xcode, "Kit/Package.swift")); d != "" {
		t.Errorf("a package that an Xcode project builds: %s", d)
	}
	want = []string{"2 pkg:swift/github.com/acme/net@2.4.0 direct runtime requires from: 2.0.0", "3 pkg:swift/github.com/acme/deep@1.0.0 direct runtime"}
	if d := cmp.Diff(want, told(t, xcode, resolved)); d != "" {
		t.Errorf("what a package of an Xcode project asks for is direct: %s", d)
	}
}

func TestPubspecGivesRequirementsWhereNothingIsLocked(t *testing.T) {
	fsys := manifest.MapFS{"app/pubspec.yaml": []byte(`name: shop
dependencies:
  flutter:
    sdk: flutter
  http: ^1.2.0
  any_of: 
  pinned: 1.2.3
  near: {path: ../near}
  fork:
    git: {url: https://example.org/fork.git, ref: main}
  inner:
    hosted: https://pub.acme.example
    version: ^2.0.0
dev_dependencies:
  test: ">=1.0.0 <2.0.0"
`)}
	want := []string{
		"own pkg:pub/shop",
		"3 pkg:pub/flutter direct runtime comes with the flutter SDK",
		"5 pkg:pub/http direct runtime requires ^1.2.0",
		"6 pkg:pub/any_of direct runtime",
		"7 pkg:pub/pinned@1.2.3 direct runtime requires 1.2.3",
		"9 pkg:pub/fork direct runtime requires main from git https://example.org/fork.git",
		"11 pkg:pub/inner?repository_url=pub.acme.example direct runtime requires ^2.0.0",
		"15 pkg:pub/test direct dev requires >=1.0.0 <2.0.0",
	}
	if d := cmp.Diff(want, told(t, fsys, "app/pubspec.yaml")); d != "" {
		t.Error(d)
	}
	fsys["pubspec.lock"] = nil
	if len(told(t, fsys, "app/pubspec.yaml")) != len(want) {
		t.Error("a lockfile above covers who is no member of its workspace")
	}
	fsys["app/pubspec.yaml"] = append([]byte("resolution: workspace\n"), fsys["app/pubspec.yaml"]...)
	if d := cmp.Diff([]string{"own pkg:pub/shop"}, told(t, fsys, "app/pubspec.yaml")); d != "" {
		t.Errorf("a member of a workspace: %s", d)
	}
}

func FuzzPackageSwift(f *testing.F) {
	f.Add(packageSwift)
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range swiftDeps([]byte(s)) {
			if d.place == "" || d.line < 1 {
				t.Fatalf("%+v", d)
			}
		}
	})
}
