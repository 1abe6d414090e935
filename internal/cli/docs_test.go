package cli

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "rewrite golden files and documents")

// TestDocsOfTheCommandsAreCurrent keeps docs/cli.md equal to the help texts.
func TestDocsOfTheCommandsAreCurrent(t *testing.T) {
	const file = "../../docs/cli.md"
	var b bytes.Buffer
	b.WriteString("# Commands\n\nMade from the commands' own help by `make docs`; do not edit.\n\n")
	b.WriteString(rootLong + "\n")
	root := newRoot(nil, nil, nil)
	b.WriteString("\n## Flags of every command\n\n")
	writeFlags(&b, root.PersistentFlags())
	writeCommands(&b, root)
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s is not current (%v): run \"make docs\"", file, err)
	}
}

func writeCommands(b *bytes.Buffer, c *cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.Hidden || sub.Name() == "help" || sub.Name() == "completion" {
			continue
		}
		b.WriteString("\n## " + sub.CommandPath() + "\n\n" + sub.Short + ".\n\n")
		if sub.Long != "" {
			b.WriteString(sub.Long + "\n\n")
		}
		if !sub.HasSubCommands() || sub.HasAvailableLocalFlags() {
			b.WriteString("    " + sub.UseLine() + "\n")
		}
		if sub.Example != "" {
			b.WriteString("\nExamples:\n\n  " + strings.ReplaceAll(sub.Example, "\n", "\n  ") + "\n")
		}
		if sub.HasAvailableLocalFlags() {
			b.WriteString("\n")
			writeFlags(b, sub.LocalNonPersistentFlags())
		}
		writeCommands(b, sub)
	}
}

func writeFlags(b *bytes.Buffer, f *pflag.FlagSet) {
	f.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		usage := f.Usage
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.Name != "jobs" {
			usage += " (default " + f.DefValue + ")"
		}
		b.WriteString("- `" + name + "`: " + usage + "\n")
	})
}

// TestEveryCommandShowsHowItIsUsed keeps the help complete.
func TestEveryCommandShowsHowItIsUsed(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Name() != "help" && sub.Name() != "completion" {
				visit(sub)
			}
		}
		if c.HasSubCommands() && c.HasParent() {
			return
		}
		if c.Example == "" || c.Short == "" {
			t.Errorf("%q has no example or no summary", c.CommandPath())
		}
		if flag := c.Flags().Lookup("as-of"); flag != nil && !strings.Contains(c.Example, "--as-of") {
			t.Errorf("%q takes --as-of and has no example of it", c.CommandPath())
		}
	}
	visit(newRoot(nil, nil, nil))
}
