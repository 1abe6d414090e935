package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// serve DIR VARIABLE answers requests from the files of a directory, and puts
// the address into a variable of the environment. A file that says "status 403"
// gives that answer; what is asked for is listed in DIR.log.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: serve DIR VARIABLE")
	}
	dir := ts.MkAbs(args[0])
	log, err := os.Create(dir + ".log")
	ts.Check(err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(log, r.URL.Path)
		root, err := os.OpenRoot(dir)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		defer root.Close()
		b, err := root.ReadFile(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		if code, ok := strings.CutPrefix(strings.TrimSpace(string(b)), "status "); ok {
			if n, err := strconv.Atoi(code); err == nil {
				w.WriteHeader(n)
				return
			}
		}
		w.Write(b)
	}))
	ts.Defer(func() { s.Close(); log.Close() })
	ts.Setenv(args[1], s.URL)
}
