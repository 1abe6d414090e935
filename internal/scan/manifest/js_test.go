package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestJSReaders runs the cases in testdata/js: a small repository each, and for
// each manifest of interest "want/PATH" with what its reader makes of it.
// With TRIBUTARY_UPDATE=1 the answers are written anew, to be reviewed.
func TestJSReaders(t *testing.T) {
	files, err := filepath.Glob("testdata/js/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fsys := MapFS{}
			for _, f := range archive.Files {
				if !strings.HasPrefix(f.Name, "want/") {
					fsys[f.Name] = f.Data
				}
			}
			for i, f := range archive.Files {
				manifest, ok := strings.CutPrefix(f.Name, "want/")
				if !ok {
					continue
				}
				got := jsShow(jsRead(t, fsys, manifest))
				if os.Getenv("TRIBUTARY_UPDATE") != "" {
					archive.Files[i].Data = []byte(got)
				} else if diff := cmp.Diff(strings.Split(string(f.Data), "\n"), strings.Split(got, "\n")); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", manifest, diff)
				}
			}
			if os.Getenv("TRIBUTARY_UPDATE") != "" {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// jsRead runs the one reader of the family that matches a path.
func jsRead(t testing.TB, fsys FS, manifest string) Result {
	t.Helper()
	for _, r := range jsReaders() {
		if r.Match(manifest) {
			res, err := r.Read(fsys, manifest)
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
	}
	t.Fatalf("no reader matches %s", manifest)
	return Result{}
}

// jsShow renders an answer, a line for each statement.
func jsShow(res Result) string {
	var b strings.Builder
	for _, o := range res.Own {
		fmt.Fprintf(&b, "own %s\n", o)
	}
	for _, u := range res.Usages {
		fmt.Fprintf(&b, "%d %s %s %s", u.Line, u.Relation, u.Scope, u.Component)
		for _, part := range []struct{ label, text string }{
			{"wants", u.Requirement}, {"via", strings.Join(u.Chain, " > ")}, {"needs", strings.Join(u.DependsOn, " ")},
			{"license", u.License}, {"in", u.Manifest}, {"note", u.Note},
		} {
			if part.text != "" {
				fmt.Fprintf(&b, "\n\t%s: %s", part.label, part.text)
			}
		}
		b.WriteByte('\n')
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "problem %s:%d %s: %s\n", p.Path, p.Line, p.Kind, p.Message)
	}
	return b.String()
}
