// Command advisory measures matching against advisories, and compares it with
// osv-scanner and govulncheck.
//
//	go run ./bench/advisory synthetic -n 200000 DIR
//	go run ./bench/advisory compare -tributary ./tributary -data DIR [-govulncheck PROGRAM] REPOSITORY…
//
// synthetic writes a mirror of made-up advisories in the public bucket's layout.
// compare matches repositories with tributary and with the osv-scanner in the
// PATH, offline, with the same data (ECOSYSTEM/all.zip under DIR), and explains
// every disagreement; what no question answers is printed as "to be explained".
package main

import (
	"archive/zip"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: advisory synthetic|compare …")
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	n := flags.Int("n", 200_000, "how many advisories")
	edited := flags.Int("edited", 0, "how many of them are newer than in the first edition")
	tributary := flags.String("tributary", "./tributary", "the program")
	data := flags.String("data", "", "advisories in the public bucket's layout")
	govulncheck := flags.String("govulncheck", "", "the program govulncheck; without, it is left out")
	verbose := flags.Bool("v", false, "list every match of every disagreement")
	flags.Parse(os.Args[2:])
	switch os.Args[1] {
	case "synthetic":
		if err := synthetic(flags.Arg(0), *n, *edited); err != nil {
			log.Fatal(err)
		}
	case "compare":
		if err := compare(*tributary, *data, *govulncheck, *verbose, flags.Args()); err != nil {
			log.Fatal(err)
		}
	default:
		log.Fatalf("there is no %q", os.Args[1])
	}
}

// compare prepares both tools' data and goes through the repositories.
func compare(tributary, data, govulncheck string, verbose bool, repos []string) error {
	dir, err := os.MkdirTemp("", "advisory-data-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if tributary, err = filepath.Abs(tributary); err != nil {
		return err
	}
	if data, err = filepath.Abs(data); err != nil {
		return err
	}
	c := comparison{tributary: tributary, db: filepath.Join(dir, "tributary.db"), osv: filepath.Join(dir, "osv"), govulncheck: govulncheck,
		vulndb: filepath.Join(dir, "go"), verbose: verbose, reasons: map[string]int{}}
	if err := peerData(data, filepath.Join(c.osv, "osv-scalibr")); err != nil {
		return err
	}
	if err := unzip(filepath.Join(data, "Go", "all.zip"), c.vulndb); err != nil {
		return err
	}
	if _, _, _, err := run(".", []string{"TRIBUTARY_DB=" + c.db}, tributary, "advisory", "update", "-q", "--from", data); err != nil {
		return err
	}
	for _, repo := range repos {
		if err := c.repository(repo); err != nil {
			return fmt.Errorf("%s: %w", repo, err)
		}
	}
	c.print(os.Stdout)
	return nil
}

// peerData lays out the data as osv-scanner wants it. It gives up where an
// ecosystem has none, so the others get an empty archive.
func peerData(data, dir string) error {
	for _, ecosystem := range []string{"Go", "PyPI", "crates.io", "npm", "Maven", "Packagist", "RubyGems", "NuGet", "Hex", "Pub", "ConanCenter", "CRAN", "Hackage", "GitHub Actions", "SwiftURL", "Julia"} {
		to := filepath.Join(dir, ecosystem)
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		from := filepath.Join(data, ecosystem, "all.zip")
		if _, err := os.Stat(from); err == nil {
			if err := os.Symlink(from, filepath.Join(to, "all.zip")); err != nil {
				return err
			}
			continue
		}
		f, err := os.Create(filepath.Join(to, "all.zip"))
		if err != nil {
			return err
		}
		if err := zip.NewWriter(f).Close(); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// unzip writes an archive of plain files into a directory.
func unzip(file, dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
