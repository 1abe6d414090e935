package manifest

import "testing"

func TestComposerLock(t *testing.T) {
	const lock = `-- composer.lock --
{
  "packages": [
    {
      "name": "Acme/App-Kit",
      "version": "v1.2.0",
      "require": {"php": ">=8.1", "ext-json": "*", "acme/log-implementation": "1.0", "acme/deep": "^2"},
      "license": ["MIT", "Apache-2.0"]
    },
    {"name": "acme/logger", "version": "3.0.0", "provide": {"acme/log-implementation": "1.0"}, "license": "BSD-3-Clause"},
    {"name": "acme/deep", "version": "dev-main", "source": {"type": "git", "reference": "0123abc"},
     "replace": {"acme/old": "self.version"}},
    {"name": "acme/local", "version": "1.0.0", "dist": {"type": "path", "url": "packages/local"}, "require": {"acme/viapath": "*"}},
    {"name": "acme/viapath", "version": "1.0.0"},
    {"name": "acme/plugged", "version": "1.0.0"},
    {"version": "1.0.0"}
  ],
  "packages-dev": [
    {"name": "acme/test", "version": "9.0.0", "require": {"acme/old": "*"}}
  ],
  "aliases": [{"package": "acme/deep", "version": "dev-main", "alias": "2.0.0"}]
}
`
	t.Run("with composer.json", func(t *testing.T) {
		got := readTxtar(t, composerReaders(), "composer-lock", "composer.lock", lock+`-- composer.json --
{"name": "acme/site", "require": {"php": "^8", "acme/app-kit": "^1.0"}, "require-dev": {"acme/test": "~9.0"}}
`)
		checkResult(t, got, `
composer/acme/app-kit@v1.2.0 composer.lock:4 direct runtime req="^1.0" needs=composer/acme/deep@dev-main needs=composer/acme/logger@3.0.0 license="MIT OR Apache-2.0"
composer/acme/deep@dev-main composer.lock:10 transitive runtime via=composer/acme/app-kit@v1.2.0 note="commit 0123abc"
composer/acme/logger@3.0.0 composer.lock:9 transitive runtime via=composer/acme/app-kit@v1.2.0 license="BSD-3-Clause"
composer/acme/plugged@1.0.0 composer.lock:14 unknown runtime
composer/acme/test@9.0.0 composer.lock:18 direct dev req="~9.0" needs=composer/acme/deep@dev-main
composer/acme/viapath@1.0.0 composer.lock:13 direct runtime req="*"`,
			[]string{"composer.lock:15 malformed"}, "pkg:composer/acme/local", "pkg:composer/acme/site")
	})
	t.Run("nothing is direct when composer.json is missing", func(t *testing.T) {
		got := readTxtar(t, composerReaders(), "composer-lock", "composer.lock", `-- composer.lock --
{"packages": [{"name": "a/b", "version": "1.0.0", "require": {"a/c": "*"}}, {"name": "a/c", "version": "1.0.0"}]}
`)
		checkResult(t, got, `
composer/a/b@1.0.0 composer.lock:1 unknown runtime needs=composer/a/c@1.0.0
composer/a/c@1.0.0 composer.lock:1 unknown runtime`, nil)
	})
	t.Run("cut off", func(t *testing.T) {
		got := readTxtar(t, composerReaders(), "composer-lock", "composer.lock", `-- composer.lock --
{"packages": [{"name": "a/b", "version": "1.0.0"},
{"name": "a/c", "vers`)
		checkResult(t, got, `composer/a/b@1.0.0 composer.lock:1 unknown runtime`, []string{"composer.lock:2 malformed", "composer.lock:2 malformed"})
	})
}

func TestComposerJSON(t *testing.T) {
	tests := []struct {
		name, manifest, files, want string
		own                         []string
	}{
		{
			name: "requirements", manifest: "composer.json",
			files: `-- composer.json --
{
  "name": "acme/site",
  "require": {
    "php": "^8",
    "ext-intl": "*",
    "composer-plugin-api": "^2",
    "acme/range": "^1.0 || ^2.0",
    "acme/exact": "1.2.3",
    "acme/local": "*"
  },
  "require-dev": {
    "acme/short": "1.2"
  },
  "repositories": [{"type": "path", "url": "packages/*"}]
}
-- packages/local/composer.json --
{"name": "acme/local"}
`,
			want: `
composer/acme/exact@1.2.3 composer.json:8 direct runtime req="1.2.3"
composer/acme/range composer.json:7 direct runtime req="^1.0 || ^2.0"
composer/acme/short composer.json:12 direct dev req="1.2"`,
			own: []string{"pkg:composer/acme/site"},
		},
		{
			name: "what the root replaces is own", manifest: "src/Auth/composer.json",
			files: `-- composer.json --
{"name": "acme/framework", "replace": {"acme/auth": "self.version", "acme/support": "self.version"}}
-- src/Auth/composer.json --
{"name": "acme/auth", "require": {"acme/support": "^1", "acme/framework": "*", "other/x": "^1"}}
`,
			want: `composer/other/x src/Auth/composer.json:1 direct runtime req="^1"`,
			own:  []string{"pkg:composer/acme/auth"},
		},
		{
			name: "a lockfile beside covers it", manifest: "composer.json",
			files: `-- composer.json --
{"require": {"other/x": "^1"}}
-- composer.lock --
{}
`,
		},
		{
			name: "a lockfile above that has it from a path covers it", manifest: "packages/a/composer.json",
			files: `-- packages/a/composer.json --
{"name": "acme/a", "require": {"other/x": "^1"}}
-- composer.lock --
{"packages-dev": [{"name": "acme/a", "version": "1", "dist": {"type": "path"}}]}
`,
			own: []string{"pkg:composer/acme/a"},
		},
		{
			name: "a lockfile above that does not know it does not", manifest: "packages/a/composer.json",
			files: `-- packages/a/composer.json --
{"name": "acme/a", "require": {"other/x": "^1"}}
-- composer.lock --
{"packages": []}
`,
			want: `composer/other/x packages/a/composer.json:1 direct runtime req="^1"`,
			own:  []string{"pkg:composer/acme/a"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkResult(t, readTxtar(t, composerReaders(), "composer-json", tt.manifest, tt.files), tt.want, nil, tt.own...)
		})
	}
}

func TestComposerLeavesInstalledPackagesToTheLockfile(t *testing.T) {
	for p, want := range map[string]bool{
		"composer.json": true, "vendor/composer.json": true, "a/vendor/x/composer.json": true,
		"vendor/x/y/composer.json": false, "a/vendor/x/y/z/composer.json": false,
	} {
		if got := composerReaders()[1].Match(p); got != want {
			t.Errorf("Match(%q) = %v", p, got)
		}
	}
}

func FuzzComposer(f *testing.F) {
	fuzzReaders(f, composerReaders, []string{"composer.lock", "composer.json", "packages/a/composer.json"},
		`{"name": "a/b", "require": {"c/d": "^1", "php": "8"}, "repositories": [{"type": "path", "url": "packages/*"}], "replace": {"e/f": "*"}}`,
		`{"packages": [{"name": "c/d", "version": "1", "license": ["MIT"], "require": {"e/f": "*"}, "provide": {"e/f": "1"}}], "packages-dev": []}`,
		"{\"packages\": [\n<<<<<<< a\n{\"name\": \"c/d\"}\n=======\n>>>>>>> b\n")
}
