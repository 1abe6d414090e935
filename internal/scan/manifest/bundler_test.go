package manifest

import "testing"

const bundlerLockText = `-- Gemfile.lock --
GIT
  remote: https://user:token@example.com/forked.git
  revision: 0123abcd
  branch: main
  specs:
    forked (0.5.0)
      deep

PATH
  remote: .
  specs:
    our-gem (1.0.0)
      deep (>= 1)
      nokogiri

GEM
  remote: https://rubygems.org/
  specs:
    deep (1.2.0)
    google-protobuf (3.25.0-java)
    google-protobuf (4.0.0)
    mini (2.8.0)
    nokogiri (1.16.0)
      mini (~> 2.8)
    nokogiri (1.16.0-x86_64-linux)
      racc
    racc (1.8.0)
    rake (13.0.0)
    rspec (3.0.0)
      rspec-core
    rspec-core (3.0.1)
    web (2.0.0)
      bundler (>= 1.0)
      missing

PLATFORMS
  java
  ruby
  x86_64-linux

DEPENDENCIES
  bundler
  forked!
  google-protobuf
  our-gem!
  rake (~> 13.0)
  rspec (>= 3, < 4)
  web
  windows-only

CHECKSUMS
  deep (1.2.0) sha256=00

RUBY VERSION
   ruby 3.3.0p0

BUNDLED WITH
   2.6.3
`

func TestBundlerLock(t *testing.T) {
	got := readTxtar(t, bundlerReaders(), "bundler-lock", "Gemfile.lock", bundlerLockText+`-- Gemfile --
source "https://rubygems.org"
gemspec
group :development, :test do
  gem "web", require: false # a server
  if ENV["X"]
    gem 'unused'
  end
end
gem "rspec", ">= 3",
  "< 4", group: :test
-- our-gem.gemspec --
Gem::Specification.new do |s|
  s.name = "our-gem"
  s.add_development_dependency "rake", "~> 13.0"
end
`)
	checkResult(t, got, `
gem/bundler Gemfile.lock:42 direct provided req=">= 0" note="comes with Ruby"
gem/deep@1.2.0 Gemfile.lock:19 direct runtime req=">= 1"
gem/forked@0.5.0?vcs_url=git%2Bhttps:%2F%2Fexample.com%2Fforked.git%400123abcd Gemfile.lock:6 direct runtime needs=gem/deep@1.2.0
gem/google-protobuf@3.25.0?platform=java Gemfile.lock:20 direct runtime
gem/google-protobuf@4.0.0 Gemfile.lock:21 direct runtime
gem/mini@2.8.0 Gemfile.lock:22 transitive runtime via=gem/nokogiri@1.16.0
gem/nokogiri@1.16.0 Gemfile.lock:23 direct runtime needs=gem/mini@2.8.0 needs=gem/racc@1.8.0 note="locked for x86_64-linux"
gem/racc@1.8.0 Gemfile.lock:27 transitive runtime via=gem/nokogiri@1.16.0
gem/rake@13.0.0 Gemfile.lock:28 direct dev req="~> 13.0"
gem/rspec-core@3.0.1 Gemfile.lock:31 transitive test via=gem/rspec@3.0.0
gem/rspec@3.0.0 Gemfile.lock:29 direct test req=">= 3, < 4" needs=gem/rspec-core@3.0.1
gem/web@2.0.0 Gemfile.lock:32 direct dev
gem/windows-only Gemfile.lock:49 direct runtime req=">= 0" note="not locked: no platform of this lockfile needs it"`,
		nil, "pkg:gem/our-gem@1.0.0")
}

func TestBundlerLockBroken(t *testing.T) {
	got := readTxtar(t, bundlerReaders(), "bundler-lock", "gems.locked", `-- gems.locked --
GEM
  remote: https://gems.example.com/
  specs:
<<<<<<< HEAD
    a (1.0.0)
=======
    a (1.1.0)
>>>>>>> theirs
    no-version
SURPRISE
  x
DEPENDENCIES
  a (= 1`)
	checkResult(t, got, `
gem/a@1.0.0 gems.locked:5 unknown runtime note="from https://gems.example.com/"
gem/a@1.1.0 gems.locked:7 unknown runtime note="from https://gems.example.com/"`,
		[]string{"gems.locked:4 merge conflict", "gems.locked:9 malformed", "gems.locked:10 malformed", "gems.locked:13 malformed"})
}

func TestGemfileGivesRequirements(t *testing.T) {
	const text = `-- Gemfile --
# gem "comment"
gem "plain"
gem 'two', '~> 1.0', ">= 1.0.2", :require => false
gem("exact", "1.2.3")
gem "dev", group: [:development, :test]
gem "tested", :group => :test
gem "prod", groups: %i[production test]
gem "git", github: "owner/repo", ref: "abc123"
gem "local", path: "gems/local"
gem "jruby", platforms: %i[jruby mswin]
gem "conditional", "~> 2" if RUBY_VERSION > "3"
gem name, version
path "components" do
  gem "component"
end
group :test do
  platforms :ruby do
    gem "nested"
  end
  x.each do |y|
  end
  gem "still-test"
end
group :assets, optional: true do
  gem "maybe"
end
gem "after"
eval_gemfile "more.rb"
eval_gemfile File.join(dir, "x")
-- more.rb --
gem "more"
eval_gemfile "Gemfile"
`
	want := `
gem/after Gemfile:27 direct runtime req=">= 0"
gem/conditional Gemfile:11 direct runtime req="~> 2"
gem/dev Gemfile:5 direct dev req=">= 0"
gem/exact@1.2.3 Gemfile:4 direct runtime req="1.2.3"
gem/git?vcs_url=git%2Bhttps:%2F%2Fgithub.com%2Fowner%2Frepo%40abc123 Gemfile:8 direct runtime req=">= 0"
gem/jruby Gemfile:10 direct runtime req=">= 0" note="only for platform jruby, mswin"
gem/maybe Gemfile:25 direct optional req=">= 0"
gem/more more.rb:1 direct runtime req=">= 0"
gem/nested Gemfile:18 direct test req=">= 0"
gem/plain Gemfile:2 direct runtime req=">= 0"
gem/prod Gemfile:7 direct runtime req=">= 0"
gem/still-test Gemfile:22 direct test req=">= 0"
gem/tested Gemfile:6 direct test req=">= 0"
gem/two Gemfile:3 direct runtime req="~> 1.0, >= 1.0.2"`
	got := readTxtar(t, bundlerReaders(), "bundler-gemfile", "Gemfile", text)
	checkResult(t, got, want, []string{"Gemfile:12 not understood", "Gemfile:29 not understood"}, "pkg:gem/local", "pkg:gem/component")
	got = readTxtar(t, bundlerReaders(), "bundler-gemfile", "Gemfile", text+"-- Gemfile.lock --\nGEM\n")
	checkResult(t, got, "", nil)
}

func TestGemspec(t *testing.T) {
	const text = `-- our/our.gemspec --
Gem::Specification.new do |s|
  s.name = 'our-gem'
  s.add_dependency "plain", "~> 1.0"
  s.add_runtime_dependency(%q<old>.freeze, ["~> 1".freeze, ">= 1.0.2"])
  s.add_development_dependency 'dev'
  s.add_dependency "sibling", version
  s.add_dependency "computed", OTHER
  s.add_dependency name, "1"
end
-- sibling/sibling.gemspec --
`
	got := readTxtar(t, bundlerReaders(), "bundler-gemspec", "our/our.gemspec", text)
	checkResult(t, got, `
gem/computed our/our.gemspec:7 direct runtime req="OTHER" note="the requirement is computed"
gem/dev our/our.gemspec:5 direct dev req=">= 0"
gem/old our/our.gemspec:4 direct runtime req="~> 1, >= 1.0.2"
gem/plain our/our.gemspec:3 direct runtime req="~> 1.0"`, []string{"our/our.gemspec:8 not understood"}, "pkg:gem/our-gem")
	got = readTxtar(t, bundlerReaders(), "bundler-gemspec", "our/our.gemspec", text+"-- Gemfile.lock --\nPATH\n  remote: our\n  specs:\n    our-gem (1.0)\n")
	checkResult(t, got, "", nil, "pkg:gem/our-gem")
}

func FuzzBundler(f *testing.F) {
	fuzzReaders(f, bundlerReaders, []string{"Gemfile.lock", "Gemfile", "gems.rb", "x.gemspec"},
		"GEM\n  remote: https://x/\n  specs:\n    a (1.0-java)\n      b (>= 1)\n\nDEPENDENCIES\n  a (= 1)!\n",
		"source 'x'\ngroup :test do\n  gem 'a', '~> 1', path: 'x'\nend\ngemspec path: '.'\neval_gemfile 'gems.rb'\n",
		"Gem::Specification.new do |s|\n  s.name = 'x'\n  s.add_dependency(%q<a>.freeze, ['> 1'])\nend\n")
}
