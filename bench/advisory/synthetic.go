package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// synthetic writes DIR/npm/all.zip with n advisories of the shape that the
// public databases have: nine in ten name a malicious package, one in ten a
// vulnerability with two ranges and an alias. The same n gives the same bytes.
func synthetic(dir string, n, from int) error {
	if err := os.MkdirAll(filepath.Join(dir, "npm"), 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "npm", "all.zip"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	z := zip.NewWriter(w)
	for i := range n {
		name, text := advisoryText(i, i < from)
		e, err := z.Create(name)
		if err != nil {
			return err
		}
		if _, err := e.Write([]byte(text)); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return w.Flush()
}

// advisoryText is the i-th advisory; edited gives it a later date and another fix.
func advisoryText(i int, edited bool) (file, text string) {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	modified, patch := "2026-11-20", 4
	if edited {
		modified, patch = "2026-11-22", 5
	}
	details := strings.Repeat(fmt.Sprintf("Sentence %d of what this does. ", r.IntN(1e6)), 20+r.IntN(40))
	if i%10 != 0 {
		id := fmt.Sprintf("MAL-2026-%d", i)
		return id + ".json", fmt.Sprintf(`{"schema_version":"1.7.0","id":%q,"modified":"%sT00:00:00Z","published":"2026-01-01T00:00:00Z","summary":"Malicious code in %s (npm)","details":%q,`+
			`"affected":[{"package":{"ecosystem":"npm","name":%q},"versions":["%d.0.%d"]}]}`, id, modified, packageName(i), details, packageName(i), r.IntN(90)+1, r.IntN(90))
	}
	id := fmt.Sprintf("GHSA-%04x-%04x-%04x", i>>16&0xffff, i&0xffff, 7)
	major := r.IntN(5) + 1
	return id + ".json", fmt.Sprintf(`{"schema_version":"1.7.0","id":%q,"modified":"%sT00:00:00Z","published":"2026-01-01T00:00:00Z","aliases":["CVE-2026-%d"],"summary":"Something in %s","details":%q,`+
		`"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"database_specific":{"severity":"CRITICAL"},`+
		`"affected":[{"package":{"ecosystem":"npm","name":%q},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"%d.2.%d"},{"introduced":"%d.0.0"},{"fixed":"%d.1.7"}]}]}]}`,
		id, modified, 100000+i, packageName(i), details, packageName(i), major, patch, major+1, major+1)
}

// packageName names the package of the i-th advisory; a tenth of the packages
// has several.
func packageName(i int) string {
	if i%10 == 0 && i%100 != 0 {
		i -= i % 50
	}
	return fmt.Sprintf("package-%d", i)
}
