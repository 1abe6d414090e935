package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

var withPeople = flag.Bool("people", false, "with -million: import a directory of 50,000 persons first, among them all authors of every second repository")

// fillPeople imports a directory as large as that of CNCF: half of its persons
// are authors of the store's commits.
func fillPeople(program, file string) error {
	if !*withPeople {
		return nil
	}
	var b bytes.Buffer
	for n := range 50_000 {
		fmt.Fprintf(&b, "login%d: %d+login%d!users.noreply.github.com, author%d!company%d.example.com", n, n, n, n, n%300)
		for j := range n % 3 {
			fmt.Fprintf(&b, ", name%d!home%d.example.org", n, j)
		}
		b.WriteString("\n")
		for j := range n % 4 {
			fmt.Fprintf(&b, "\tCompany %d from %d-01-01 until %d-01-01\n", n%4000+j, 2014+3*j, 2017+3*j)
		}
		fmt.Fprintf(&b, "\tIndependent from %d-01-01\n", 2014+3*(n%4))
	}
	list := filepath.Join(filepath.Dir(file), "developers_affiliations.txt")
	if err := os.WriteFile(list, b.Bytes(), 0o600); err != nil {
		return err
	}
	out, err := exec.Command(program, "people", "import", "gitdm", list, "--db", file).CombinedOutput()
	fmt.Printf("\n%s", out)
	return err
}
