package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const cratesIO = "registry+https://github.com/rust-lang/crates.io-index"

func TestCargoLockRelationScopeAndChainComeFromTheWorkspace(t *testing.T) {
	got := readTxtar(t, cargoReaders(), "cargo-lock", "Cargo.lock", strings.ReplaceAll(`-- Cargo.toml --
[workspace]
members = ["crates/*"]
exclude = ["crates/excluded"]
[workspace.dependencies]
serde = { version = "1.0", features = ["derive"] }
helper = { path = "helper" }
[patch.crates-io]
patched = { path = "third/patched" }
-- crates/app/Cargo.toml --
[package]
name = "app"
version = "0.1.0"
[features]
default = ["dep:log", "color"]
color = ["ansi"]
[dependencies]
serde.workspace = true
helper = { workspace = true }
rand07 = { package = "rand", version = "0.7" }
log = { version = "0.4", optional = true }
ansi = { version = "1", optional = true }
zip = { version = "2", optional = true }
[dev-dependencies]
rand = "0.8.1"
[target.'cfg(windows)'.dependencies]
winapi = "0.3"
[build-dependencies.cc]
version = "1"
-- crates/excluded/Cargo.toml --
[package]
name = "excluded"
-- helper/Cargo.toml --
[package]
name = "helper"
[dependencies]
forked = { git = "https://user:secret@example.com/forked", branch = "main" }
-- Cargo.lock --
# It is not intended for manual editing.
version = 4

[[package]]
name = "ansi"
version = "1.0.0"
source = "CRATES"

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "ansi",
 "cc",
 "helper",
 "log",
 "rand 0.7.3",
 "rand 0.8.5",
 "serde",
 "winapi",
 "zip",
]

[[package]]
name = "cc"
version = "1.0.1"
source = "CRATES"
checksum = "00"
dependencies = ["jobs"]

[[package]]
name = "forked"
version = "0.2.0"
source = "git+https://user:secret@example.com/forked?branch=main#0123abcd"

[[package]]
name = "helper"
version = "0.1.0"
dependencies = [
 "forked",
]

[[package]]
name = "jobs"
version = "0.1.0"
source = "sparse+https://crates.example.com/index/"

[[package]]
name = "log"
version = "0.4.1"
source = "CRATES"

[[package]]
name = "rand"
version = "0.7.3"
source = "CRATES"

[[package]]
name = "rand"
version = "0.8.5"
source = "CRATES"
dependencies = [
 "rand 0.7.3 (CRATES)",
]

[[package]]
name = "serde"
version = "1.0.9"
source = "CRATES"

[[package]]
name = "winapi"
version = "0.3.9"
source = "CRATES"

[[package]]
name = "zip"
version = "2.0.0"
source = "CRATES"

[[patch.unused]]
name = "patched"
version = "9.9.9"
`, "CRATES", cratesIO))
	checkResult(t, got, `
cargo/ansi@1.0.0 Cargo.lock:4 direct runtime req="1"
cargo/cc@1.0.1 Cargo.lock:24 direct build req="1" needs=cargo/jobs@0.1.0?repository_url=https:%2F%2Fcrates.example.com%2Findex%2F
cargo/forked@0.2.0?vcs_url=git%2Bhttps:%2F%2Fexample.com%2Fforked%400123abcd Cargo.lock:31 direct runtime
cargo/jobs@0.1.0?repository_url=https:%2F%2Fcrates.example.com%2Findex%2F Cargo.lock:43 transitive build via=cargo/cc@1.0.1
cargo/log@0.4.1 Cargo.lock:48 direct runtime req="0.4"
cargo/rand@0.7.3 Cargo.lock:53 direct runtime req="0.7"
cargo/rand@0.8.5 Cargo.lock:58 direct dev req="0.8.1" needs=cargo/rand@0.7.3
cargo/serde@1.0.9 Cargo.lock:66 direct runtime req="1.0"
cargo/winapi@0.3.9 Cargo.lock:71 direct runtime req="0.3"
cargo/zip@2.0.0 Cargo.lock:76 direct optional req="2"`, nil, "pkg:cargo/app@0.1.0", "pkg:cargo/helper@0.1.0")
}

func TestCargoDefaultFeaturesReachOtherCrates(t *testing.T) {
	got := readTxtar(t, cargoReaders(), "cargo-lock", "Cargo.lock", strings.ReplaceAll(`-- Cargo.toml --
[workspace]
[package]
name = "app"
[features]
default = ["trash"]
trash = ["cmd/trash-support"]
[dependencies]
cmd = { path = "cmd", features = ["extra"] }
-- cmd/Cargo.toml --
[package]
name = "cmd"
[features]
trash-support = ["dep:trash"]
extra = ["more"]
more = ["dep:more"]
[dependencies]
trash = { version = "5", optional = true }
more = { version = "1", optional = true }
never = { version = "1", optional = true }
-- Cargo.lock --
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["cmd"]
[[package]]
name = "cmd"
version = "0.1.0"
dependencies = ["more", "never", "trash"]
[[package]]
name = "more"
version = "1.0.0"
source = "CRATES"
[[package]]
name = "never"
version = "1.0.0"
source = "CRATES"
[[package]]
name = "trash"
version = "5.0.0"
source = "CRATES"
`, "CRATES", cratesIO))
	checkResult(t, got, `
cargo/more@1.0.0 Cargo.lock:9 direct runtime req="1"
cargo/never@1.0.0 Cargo.lock:13 direct optional req="1"
cargo/trash@5.0.0 Cargo.lock:17 direct runtime req="5"`, nil, "pkg:cargo/app@0.1.0", "pkg:cargo/cmd@0.1.0")
}

func TestCargoLockAlone(t *testing.T) {
	got := readTxtar(t, cargoReaders(), "cargo-lock", "Cargo.lock", strings.ReplaceAll(`-- Cargo.lock --
[root]
name = "app"
version = "0.1.0"
dependencies = [
 "a 1.0.0 (CRATES)",
]

[[package]]
name = "a"
version = "1.0.0"
source = "CRATES"
<<<<<<< HEAD
[[package]]
name = "b"
version = "1.0.0"
source = "CRATES"
=======
[[package]]
name = "b"
version = "2.0.0"
source = "CRATES"
>>>>>>> theirs
[metadata]
"checksum a 1.0.0 (CRATES)" = "00"
[[package]]
name = "cut"
versio`, "CRATES", cratesIO))
	checkResult(t, got, `
cargo/a@1.0.0 Cargo.lock:8 direct runtime
cargo/b@1.0.0 Cargo.lock:13 unknown runtime
cargo/b@2.0.0 Cargo.lock:18 unknown runtime`,
		[]string{"Cargo.lock:12 merge conflict", "Cargo.lock:27 malformed", "Cargo.lock:25 malformed", "Cargo.lock:0 incomplete"}, "pkg:cargo/app@0.1.0")
}

func TestCargoTomlGivesRequirements(t *testing.T) {
	const manifest = `-- lib/Cargo.toml --
[package]
name = "lib"
version = "0.1.0"

[dependencies]
plain = "1.2.3"
exact = "=1.2.3"
part = "=1.2"
old = { package = "real-name", version = "0.3", optional = true }
local = { path = "../local", version = "1" }
"git-dep" = { git = "https://example.com/x", rev = "abc123" }
patched = "1"
inherited = { workspace = true, optional = true }
private = { version = "1", registry = "corp" }

[target."cfg(unix)".build-dependencies]
cc = "1" # compiler
broken = = "1"
[dev-dependencies]
test = "*"
`
	want := `
cargo/cc lib/Cargo.toml:17 direct build req="1" note="only for target cfg(unix)"
cargo/exact@1.2.3 lib/Cargo.toml:7 direct runtime req="=1.2.3"
cargo/git-dep?vcs_url=git%2Bhttps:%2F%2Fexample.com%2Fx%40abc123 lib/Cargo.toml:11 direct runtime req="git+https://example.com/x#abc123"
cargo/inherited lib/Cargo.toml:13 direct optional req="^2"
cargo/part lib/Cargo.toml:8 direct runtime req="=1.2"
cargo/plain lib/Cargo.toml:6 direct runtime req="1.2.3"
cargo/private lib/Cargo.toml:14 direct runtime req="1" note="from registry corp"
cargo/real-name lib/Cargo.toml:9 direct optional req="0.3"
cargo/test lib/Cargo.toml:20 direct dev req="*"`
	const root = `-- Cargo.toml --
[workspace]
members = ["lib"]
[workspace.dependencies]
inherited = "^2"
[patch.crates-io]
patched = { path = "third/patched" }
`
	t.Run("no lockfile", func(t *testing.T) {
		got := readTxtar(t, cargoReaders(), "cargo-toml", "lib/Cargo.toml", manifest+root)
		checkResult(t, got, want, []string{"lib/Cargo.toml:18 malformed"}, "pkg:cargo/lib", "pkg:cargo/patched")
	})
	t.Run("a lockfile of another workspace", func(t *testing.T) {
		got := readTxtar(t, cargoReaders(), "cargo-toml", "lib/Cargo.toml", manifest+root+`-- Cargo.lock --
[[package]]
name = "lib"
version = "9.0.0"
source = "registry+x"
`)
		checkResult(t, got, want, []string{"lib/Cargo.toml:18 malformed"}, "pkg:cargo/lib", "pkg:cargo/patched")
	})
	t.Run("covered", func(t *testing.T) {
		got := readTxtar(t, cargoReaders(), "cargo-toml", "lib/Cargo.toml", manifest+root+`-- Cargo.lock --
[[package]]
name = "lib"
version = "0.1.0"

[[package]]
name = "z"
source = "registry+x"
`)
		checkResult(t, got, "", []string{"lib/Cargo.toml:18 malformed"}, "pkg:cargo/lib")
	})
}

func TestCargoMatches(t *testing.T) {
	tests := []struct {
		requirement, version string
		want                 bool
	}{
		{"1.2.3", "1.9.0", true}, {"1.2.3", "1.2.2", false}, {"1.2.3", "2.0.0", false},
		{"0.7", "0.7.3", true}, {"0.7", "0.8.5", false}, {"0.0.3", "0.0.4", false},
		{"^0.2", "0.2.9-rc.1", true}, {"~1.2", "1.3.0", false}, {"~1", "1.3.0", true},
		{"=1.2", "1.2.9", true}, {">=1, <2", "1.5.0", true}, {">=1, <2", "2.0.0", false},
		{"*", "3.0.0", true}, {"1.*", "1.4.0", true}, {"1.*", "2.4.0", false}, {"<=1.2", "1.2.9", true}, {"", "1.0.0", true},
	}
	for _, tt := range tests {
		if got := cargoMatches(tt.requirement, tt.version); got != tt.want {
			t.Errorf("cargoMatches(%q, %q) = %v, want %v", tt.requirement, tt.version, got, tt.want)
		}
	}
}

func TestTOMLIsReadWithLines(t *testing.T) {
	doc := parseTOML([]byte("\ufeffa = 1 # one\r\n'b.c'.d = \"x\\\"y\"\n[t.\"q r\"]\nlist = [\n  'p', # c\n  { k = '''v\nw''', n = 2 },\n]\n[[arr]]\nn = true\n[[arr]]\n[arr.sub]\nz = '1'\n"))
	var b strings.Builder
	var walk func(v jsVal, indent string)
	walk = func(v jsVal, indent string) {
		for e := range v.all() {
			fmt.Fprintf(&b, "%s%s:%d=%q\n", indent, e.key(), e.line(), e.raw())
			walk(e, indent+" ")
		}
	}
	walk(doc.root(), "")
	want := `a:1="1"
b.c:2=""
 d:2="x\"y"
t:3=""
 q r:3=""
  list:4=""
   :5="p"
   :6=""
    k:6="v\nw"
    n:7="2"
arr:9=""
 :9=""
  n:10="true"
 :11=""
  sub:12=""
   z:13="1"
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(doc.faults) > 0 {
		t.Error(doc.faults)
	}
}

func TestTOMLDepthIsBounded(t *testing.T) {
	const many = 100_000
	for _, s := range []string{"x=" + strings.Repeat("[", many), "x=" + strings.Repeat("{a=", many), strings.Repeat("x.", many)} {
		if doc := parseTOML([]byte(s)); len(doc.faults) != 1 || len(doc.nodes) > 200 {
			t.Errorf("%.10q: %d nodes, faults %v", s, len(doc.nodes), doc.faults)
		}
	}
}

func FuzzCargo(f *testing.F) {
	fuzzReaders(f, cargoReaders, []string{"Cargo.lock", "Cargo.toml", "sub/Cargo.toml"},
		"[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://x/y?branch=z#1\"\ndependencies = [\n \"b 1.0 (registry+x)\",\n]\n",
		"[workspace]\nmembers = [\"sub\", \"*\"]\n[workspace.dependencies]\na = { path = \"sub\", version = '=1.0.0' }\n[dependencies]\na.workspace = true\n",
		"[package]\nname = \"x\"\n[target.'cfg(a)'.dependencies]\nb = { git = \"g\", optional = true }\n[features]\ndefault = [\"dep:b\", \"c/d\"]\n",
		"<<<<<<< a\n[dependencies]\n=======\nx = '''\n")
}

func BenchmarkCargoLock(b *testing.B) {
	var lock, toml strings.Builder
	toml.WriteString("[package]\nname = \"app\"\n[dependencies]\n")
	lock.WriteString("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n")
	for i := range 100 {
		fmt.Fprintf(&lock, " \"crate%d\",\n", i)
		fmt.Fprintf(&toml, "crate%d = \"1\"\n", i)
	}
	lock.WriteString("]\n")
	for i := range 700 {
		fmt.Fprintf(&lock, "\n[[package]]\nname = \"crate%d\"\nversion = \"1.%d.0\"\nsource = %q\nchecksum = \"%064d\"\ndependencies = [\n \"crate%d\",\n \"crate%d\",\n]\n", i, i, cratesIO, i, (i+97)%700, (i+211)%700)
	}
	fsys := MapFS{"Cargo.lock": []byte(lock.String()), "Cargo.toml": []byte(toml.String())}
	b.ReportAllocs()
	for b.Loop() {
		if res, _ := readCargoLock(fsys, "Cargo.lock"); len(res.Usages) != 700 {
			b.Fatal(len(res.Usages))
		}
	}
}
