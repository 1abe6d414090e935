// Command license measures license detectors: how right they are on files whose
// licenses are known, and how fast.
//
//	go run ./bench/license -truth DIR [-errors] [-engines LIST]
//	go run ./bench/license -speed TREE
//
// DIR holds expected.jsonl, {"path", "expected": [SPDX expression…]} a line, and
// the files, in files.tar.gz or below DIR. Ids are counted by file: the set of
// all licenses and exceptions in the expressions of a file, wherever they stand
// in them; precision and recall are over the ids of all files together. "Exact
// set" is the share of files with exactly the expected ids; "expression" the
// share whose whole expression, all findings joined by AND, means the same.
// Files of which anything but licenses of the SPDX list is expected are left
// out, unless -all is given; so are those below lic2/nuget.
package main

import (
	"flag"
	"fmt"
	"log"
	"strings"

	"github.com/tributary-oss/tributary/bench/license/truth"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("truth", "", "directory of files with known licenses")
	names := flag.String("engines", "tributary,tributary-expression,licensecheck,licenseclassifier", "which engines, by comma; also debian-licensecheck")
	errors := flag.Bool("errors", false, "list the files where the first engine is wrong")
	all := flag.Bool("all", false, "count files with expectations beyond the SPDX list too")
	tree := flag.String("speed", "", "directory whose files are read for speed")
	runs := flag.Int("runs", 3, "runs for -speed; the quickest counts")
	task := flag.String("task", "", "what to measure as a child process of -speed")
	flag.Parse()
	switch {
	case *dir == "" && *tree == "":
		log.Fatal("usage: license -truth DIR | -speed TREE")
	case *dir != "":
		if err := accuracy(*dir, engines(*names), *all, *errors); err != nil {
			log.Fatal(err)
		}
	}
	if *task != "" {
		if err := perform(engines(*names)[0], *task, *tree); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *tree != "" {
		if err := speed(*tree, *names, *runs); err != nil {
			log.Fatal(err)
		}
	}
}

func accuracy(dir string, es []engine, all, list bool) error {
	files, err := truth.Read(dir)
	if err != nil {
		return err
	}
	counted := files[:0:0]
	for _, f := range files {
		if all || f.Fair() {
			counted = append(counted, f)
		}
	}
	fmt.Printf("%d of %d files\n\n", len(counted), len(files))
	fmt.Println("| engine | precision | recall | F1 | exact set | expression | wrong ids | missed ids | CPU s |\n|---|---|---|---|---|---|---|---|---|")
	var wrong []string
	for i, e := range es {
		var s truth.Score
		start := cpuTime()
		for _, f := range counted {
			found := e.find(f.Path, f.Content)
			missing, extra := s.Add(f.Expected, found)
			if i == 0 && list && (len(missing)+len(extra) > 0 || !truth.Same(f.Expected, found)) {
				wrong = append(wrong, fmt.Sprintf("%s\n  expected %s\n  got      %s\n  missing  %s\n  extra    %s\n", f.Path,
					truth.Whole(f.Expected...), truth.Whole(found...), strings.Join(missing, " "), strings.Join(extra, " ")))
			}
		}
		fmt.Printf("| %s | %.3f | %.3f | %.3f | %.3f | %.3f | %d | %d | %.1f |\n", e.name, s.Precision(), s.Recall(), s.F1(), s.Exact(), s.Whole(), s.Added, s.Missed, (cpuTime() - start).Seconds())
	}
	if list {
		fmt.Printf("\n%d files where %s is wrong\n\n%s", len(wrong), es[0].name, strings.Join(wrong, "\n"))
	}
	return nil
}
