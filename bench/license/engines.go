package main

import (
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"unicode"

	"github.com/google/licensecheck"
	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
)

// engine is a detector: the expressions it finds in a file, to be joined by AND.
type engine struct {
	name string
	find func(path string, b []byte) []string
}

func engines(names string) []engine {
	all := []engine{
		{"tributary", ours},
		{"tributary-expression", oursWhole},
		{"licensecheck", googleLicensecheck},
		{"licenseclassifier", licenseclassifier},
		{"debian-licensecheck", debianLicensecheck},
	}
	var out []engine
	for name := range strings.SplitSeq(names, ",") {
		known := false
		for _, e := range all {
			if e.name == name {
				known = true
				out = append(out, e)
			}
		}
		if !known {
			log.Fatalf("unknown engine %q: use tributary, tributary-expression, licensecheck, licenseclassifier, debian-licensecheck", name)
		}
	}
	return out
}

// ours takes the statements of a file one by one, as "license scan" lists them.
func ours(_ string, b []byte) []string { return detect.Detect(b).Licenses }

// oursWhole takes the one expression of a file.
func oursWhole(_ string, b []byte) []string { return []string{detect.Detect(b).Expression} }

// googleLicensecheck is google/licensecheck as it is: it reads no SPDX tags.
func googleLicensecheck(_ string, b []byte) []string {
	var out []string
	for _, m := range licensecheck.Scan(b).Match {
		out = append(out, spdx(m.ID))
	}
	return out
}

// spdx maps an engine's id to SPDX; what SPDX does not have stays and counts
// as an id of its own.
func spdx(id string) string {
	if _, err := license.Parse(id); err == nil {
		return id
	}
	if e, _, ok := license.Understand(id); ok {
		return e.String()
	}
	return "LicenseRef-" + strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, id)
}

var defaultClassifier = sync.OnceValue(func() *classifier.Classifier {
	c, err := assets.DefaultClassifier()
	if err != nil {
		log.Fatal(err)
	}
	return c
})

// licenseclassifier takes matches of licenses and headers; its own threshold.
func licenseclassifier(_ string, b []byte) []string {
	var out []string
	for _, m := range defaultClassifier().Match(defaultClassifier().Normalize(b)).Matches {
		if m.MatchType == "License" || m.MatchType == "Header" {
			out = append(out, spdx(m.Name))
		}
	}
	return out
}

// debianLicensecheck runs the program licensecheck (Perl) on one file, whole.
func debianLicensecheck(p string, b []byte) []string {
	if _, err := exec.LookPath("licensecheck"); err != nil {
		log.Fatal("debian-licensecheck: the program licensecheck is not installed (apt-get install licensecheck)")
	}
	dir, err := os.MkdirTemp("", "licensecheck-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, path.Base(p))
	if err := os.WriteFile(file, b, 0o600); err != nil {
		log.Fatal(err)
	}
	out, err := exec.Command("licensecheck", "--check", ".*", "--ignore", "^$", "--lines", "0", "--tail", "0", "--shortname-scheme", "spdx,debian", "--machine", "--deb-fmt=no", file).Output()
	if err != nil {
		if out, err = exec.Command("licensecheck", "--check", ".*", "--lines", "0", "--shortname-scheme", "spdx", "--machine", file).Output(); err != nil {
			return nil
		}
	}
	_, said, _ := strings.Cut(strings.TrimSpace(string(out)), "\t")
	return debianExpression(said)
}

// debianExpression reads what Debian's licensecheck writes: ids joined by
// "and/or", "and", "or"; remarks in brackets.
func debianExpression(said string) []string {
	said, _, _ = strings.Cut(said, "[")
	said = strings.TrimSpace(said)
	if said == "" || strings.EqualFold(said, "UNKNOWN") {
		return nil
	}
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(said, " and/or ", " and "), " and ") {
		if e, _, ok := license.Understand(part); ok {
			out = append(out, e.String())
		} else {
			for alt := range strings.SplitSeq(part, " or ") {
				out = append(out, spdx(alt))
			}
		}
	}
	return out
}
