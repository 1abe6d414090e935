package upstream

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// byPURL gives the repository of a package by what its package URL alone says.
func byPURL(p inventory.PURL) (Repository, Confidence, string) {
	if repo, ok := vcsQualifier(p); ok {
		return repo, Certain, "vcs_url of the package URL"
	}
	full := p.Name
	if p.Namespace != "" {
		full = p.Namespace + "/" + p.Name
	}
	switch p.Type {
	case "golang":
		return goModule(full)
	case "github", "githubactions", "bitbucket", "gitlab":
		host := map[string]string{"github": "github.com", "githubactions": "github.com", "bitbucket": "bitbucket.org", "gitlab": "gitlab.com"}[p.Type]
		if owner, name, ok := strings.Cut(full, "/"); ok && p.Type != "gitlab" { // an action may lie below the root
			name, dir, _ := strings.Cut(name, "/")
			repo, ok := onHost(host, owner+"/"+name)
			repo.Directory = dir
			return repo, sure(ok, Certain), "package URL names the repository"
		}
		repo, ok := onHost(host, full)
		return repo, sure(ok, Certain), "package URL names the repository"
	case "swift":
		repo, ok := Parse("https://" + full)
		return repo, sure(ok, Certain), "package URL names the repository"
	case "terraform":
		// developer.hashicorp.com/terraform/registry/modules/publish: NAMESPACE/NAME/PROVIDER
		// lies in a repository named terraform-PROVIDER-NAME.
		if ns, name, ok := strings.Cut(p.Namespace, "/"); ok && !strings.Contains(name, "/") {
			repo, ok := onHost("github.com", ns+"/terraform-"+p.Name+"-"+name)
			return repo, sure(ok, High), "Terraform registry's rule"
		}
	case "maven":
		return mavenGroup(p.Namespace, p.Name)
	case "npm":
		return npmName(p)
	}
	if to, ok := names[p.Type+"/"+full]; ok {
		return Repository{Name: to}, High, "known package"
	}
	if p.Type == "composer" && strings.Count(full, "/") == 1 {
		repo, ok := onHost("github.com", full)
		return repo, sure(ok, Low), "Packagist names are mostly those of the repository on GitHub; a guess"
	}
	return Repository{}, None, ""
}

// vcsQualifier reads vcs_url (purl specification, "Known qualifiers"), which has
// the form of SPDX: git+https://host/path@commit#subpath.
func vcsQualifier(p inventory.PURL) (Repository, bool) {
	for _, kv := range strings.Split(p.Qualifiers, "&") {
		v, ok := strings.CutPrefix(kv, "vcs_url=")
		if !ok {
			continue
		}
		full, err := inventory.ParsePURL("pkg:x/" + strings.ReplaceAll(v, "/", "%2F")) // unescapes
		if err != nil {
			return Repository{}, false
		}
		text := full.Name
		if full.Namespace != "" {
			text = full.Namespace + "/" + full.Name
		}
		if at := strings.LastIndexByte(text, '@'); at > strings.LastIndexByte(text, '/') {
			text = text[:at]
		}
		return Parse(text)
	}
	return Repository{}, false
}

// npmName knows the scopes that belong to one repository.
func npmName(p inventory.PURL) (Repository, Confidence, string) {
	if to, ok := names["npm/"+p.FullName()]; ok {
		return Repository{Name: to}, High, "known package"
	}
	if to, ok := npmScopes[p.Namespace]; ok {
		dir := ""
		if p.Namespace == "@types" {
			dir = "types/" + p.Name
		}
		return Repository{Name: to, Directory: dir}, High, "known npm scope " + p.Namespace
	}
	return Repository{}, None, ""
}

// npmScopes are scopes whose packages all come out of one repository; the few
// that do not stand in [names].
var npmScopes = map[string]string{
	"@types": "github.com/DefinitelyTyped/DefinitelyTyped", "@babel": "github.com/babel/babel", "@jest": "github.com/jestjs/jest",
	"@esbuild": "github.com/evanw/esbuild", "@typescript-eslint": "github.com/typescript-eslint/typescript-eslint", "@lerna": "github.com/lerna/lerna",
	"@commitlint": "github.com/conventional-changelog/commitlint", "@svgr": "github.com/gregberg/svgr",
}

// names are packages whose name is not that of their repository and which are
// used nearly everywhere.
var names = map[string]string{
	"npm/react": "github.com/facebook/react", "npm/react-dom": "github.com/facebook/react", "npm/vue": "github.com/vuejs/core", "npm/typescript": "github.com/microsoft/TypeScript",
	"npm/webpack": "github.com/webpack/webpack", "npm/express": "github.com/expressjs/express", "npm/lodash": "github.com/lodash/lodash", "npm/eslint": "github.com/eslint/eslint",
	"npm/@babel/preset-modules": "github.com/babel/preset-modules", "npm/@babel/helper-define-polyfill-provider": "github.com/babel/babel-polyfills", "npm/jest": "github.com/jestjs/jest", "npm/vite": "github.com/vitejs/vite", "npm/mocha": "github.com/mochajs/mocha", "npm/rollup": "github.com/rollup/rollup",
	"npm/esbuild": "github.com/evanw/esbuild", "npm/prettier": "github.com/prettier/prettier", "npm/next": "github.com/vercel/next.js", "npm/svelte": "github.com/sveltejs/svelte",
	"pypi/django": "github.com/django/django", "pypi/flask": "github.com/pallets/flask", "pypi/requests": "github.com/psf/requests", "pypi/numpy": "github.com/numpy/numpy",
	"pypi/pandas": "github.com/pandas-dev/pandas", "pypi/pytest": "github.com/pytest-dev/pytest", "pypi/cryptography": "github.com/pyca/cryptography", "pypi/sqlalchemy": "github.com/sqlalchemy/sqlalchemy",
	"pypi/setuptools": "github.com/pypa/setuptools", "pypi/pip": "github.com/pypa/pip", "pypi/virtualenv": "github.com/pypa/virtualenv", "pypi/urllib3": "github.com/urllib3/urllib3",
	"pypi/jinja2": "github.com/pallets/jinja", "pypi/click": "github.com/pallets/click", "pypi/pydantic": "github.com/pydantic/pydantic", "pypi/fastapi": "github.com/fastapi/fastapi",
	"cargo/serde": "github.com/serde-rs/serde", "cargo/tokio": "github.com/tokio-rs/tokio", "cargo/rand": "github.com/rust-random/rand", "cargo/hyper": "github.com/hyperium/hyper",
	"cargo/libc": "github.com/rust-lang/libc", "cargo/axum": "github.com/tokio-rs/axum", "cargo/clap": "github.com/clap-rs/clap", "cargo/rustls": "github.com/rustls/rustls",
	"gem/rails": "github.com/rails/rails", "gem/activerecord": "github.com/rails/rails", "gem/activesupport": "github.com/rails/rails", "gem/actionpack": "github.com/rails/rails",
	"gem/rack": "github.com/rack/rack", "gem/nokogiri": "github.com/sparklemotion/nokogiri", "gem/puma": "github.com/puma/puma", "gem/sidekiq": "github.com/sidekiq/sidekiq",
	"composer/laravel/framework": "github.com/laravel/framework", "composer/guzzlehttp/guzzle": "github.com/guzzle/guzzle", "composer/monolog/monolog": "github.com/Seldaek/monolog",
	"composer/phpunit/phpunit": "github.com/sebastianbergmann/phpunit", "composer/doctrine/orm": "github.com/doctrine/orm", "composer/twig/twig": "github.com/twigphp/Twig",
	"nuget/Newtonsoft.Json": "github.com/JamesNK/Newtonsoft.Json", "nuget/xunit": "github.com/xunit/xunit", "nuget/Serilog": "github.com/serilog/serilog", "nuget/Polly": "github.com/App-vNext/Polly",
}
