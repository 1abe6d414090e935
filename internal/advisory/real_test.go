package advisory

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Every record of the real databases is understood, but for what is listed.
func TestRealRecordsAreUnderstood(t *testing.T) {
	dir := os.Getenv("TRIBUTARY_DATA")
	if dir == "" {
		t.Skip("TRIBUTARY_DATA names no directory with osv/ECOSYSTEM/all.zip")
	}
	for _, ecosystem := range []string{"Go", "PyPI", "crates.io"} {
		z, err := zip.OpenReader(filepath.Join(dir, "osv", ecosystem, "all.zip"))
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		odd := 0
		for _, f := range z.File {
			rc, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(rc)
			rc.Close()
			if err != nil {
				t.Fatal(err)
			}
			r, err := ParseRecord(data)
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
				continue
			}
			problems := r.Problems
			for _, a := range r.Affected {
				_, more, _ := NewClaim(1, a)
				problems = append(problems, more...)
			}
			if len(problems) > 0 {
				odd++
				t.Logf("%s: %q", f.Name, problems)
			}
		}
		if odd > len(z.File)/200 {
			t.Errorf("%s: %d of %d records have problems", ecosystem, odd, len(z.File))
		}
	}
}
