// Command advisory measures matching against advisories, and compares it with
// osv-scanner.
//
//	go run ./bench/advisory synthetic -n 200000 DIR
//	go run ./bench/advisory speed -tributary ./tributary -data DIR
//	go run ./bench/advisory compare -tributary ./tributary -data DIR REPOSITORY…
//
// synthetic writes a mirror of made-up advisories in the public bucket's layout;
// speed measures an update and matching against it and against real data;
// compare matches repositories with tributary and with the osv-scanner in the
// PATH, offline, with the same data, and explains every disagreement.
package main

import (
	"flag"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: advisory synthetic|speed|compare …")
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	n := flags.Int("n", 200_000, "how many advisories")
	edited := flags.Int("edited", 0, "how many of them are newer than in the first edition")
	flags.Parse(os.Args[2:])
	switch os.Args[1] {
	case "synthetic":
		if err := synthetic(flags.Arg(0), *n, *edited); err != nil {
			log.Fatal(err)
		}
	default:
		log.Fatalf("there is no %q", os.Args[1])
	}
}
