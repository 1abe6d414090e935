// Command tributary is an open source program office as one program.
package main

import (
	"os"

	"github.com/tributary-oss/tributary/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
