package license

import (
	"path"
	"strings"
)

// IsLicenseFile says whether a file's name is one that people give to license
// texts and notices: LICENSE, COPYING, NOTICE and their relatives, and all
// files below a LICENSES directory (as REUSE has it). Source files that are
// about licenses (license.go) are not meant.
func IsLicenseFile(p string) bool {
	dir, base := path.Split(strings.ToLower(p))
	if strings.HasSuffix(dir, "/licenses/") || dir == "licenses/" {
		return textExtensions[path.Ext(base)] || !codeExtensions[path.Ext(base)]
	}
	stem := base
	if ext := path.Ext(base); textExtensions[ext] {
		stem = strings.TrimSuffix(base, ext)
	} else if codeExtensions[ext] {
		return false
	}
	for _, name := range licenseStems {
		if rest, ok := strings.CutPrefix(stem, name); ok && (rest == "" || strings.ContainsAny(rest[:1], ".-_ ")) {
			return true
		}
		if rest, ok := strings.CutSuffix(stem, name); ok && rest != "" && strings.ContainsAny(rest[len(rest)-1:], ".-_ ") {
			return true
		}
	}
	return false
}

// licenseStems are the names without extension, in lower case.
var licenseStems = []string{"license", "licence", "licenses", "licences", "licensing", "copying", "copyright", "copyrights", "unlicense",
	"notice", "notices", "eula", "copyleft", "patents", "third_party_notices", "thirdpartynotices", "third-party-notices",
	"third-party-licenses", "third_party_licenses", "thirdpartylicenses", "mit-license", "gpl", "lgpl", "agpl", "ofl", "legal"}

// textExtensions may follow such a name without changing what the file is.
var textExtensions = set(".txt .md .markdown .rst .html .htm .adoc .asciidoc .org .rtf .text .tex .mkd")

// codeExtensions mark files that merely speak of licenses.
var codeExtensions = set(`.go .c .h .cc .cpp .hpp .cs .java .kt .scala .py .rb .rs .js .mjs .cjs .ts .tsx .jsx .php .swift .m .mm .sh .bash
	.ps1 .pl .pm .lua .r .jl .dart .ex .exs .erl .hs .ml .clj .vue .svelte .css .scss .less .json .yaml .yml .toml .xml .ini .cfg .sql
	.proto .graphql .tf .gradle .bzl .bazel .png .jpg .jpeg .gif .svg .ico .snap .lock .csv .tsv .jsonl .tmpl .gotmpl .erb .ejs .hbs`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
