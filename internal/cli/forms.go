package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// formsKey is the annotation under which a command keeps its forms.
const formsKey = "tributary.forms"

// offer says which forms a command has, the default first: for -o, for the help
// text and for completion.
func offer(c *cobra.Command, forms ...string) *cobra.Command {
	c.Annotations = map[string]string{formsKey: strings.Join(forms, " ")}
	if c.Long == "" {
		c.Long = c.Short + "."
	}
	c.Long += "\n\nForms for -o (the first is the default): " + strings.Join(forms, ", ") + "."
	return c
}

// formsOf is what a command offers; none for commands with a single form.
func formsOf(c *cobra.Command) []string { return strings.Fields(c.Annotations[formsKey]) }

// addCompletions makes the values of flags known to the shell.
func addCompletions(root *cobra.Command) {
	values := map[string][]string{
		"color":   {"auto", "always", "never"},
		"fail-on": {"never", "deny", "review"},
		"basis":   basisNames(),
		"show":    whatToShow,
		"sort":    waysToSort,
		"preset":  {"open", "standard", "regulated"},
	}
	must := func(err error) {
		if err != nil {
			panic(err) // two functions for one flag
		}
	}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for name, list := range values {
			if c.LocalFlags().Lookup(name) != nil && (c == root) == (name == "color") {
				must(c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)))
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	for _, c := range root.Commands() {
		if c.Name() == "refresh" { // elsewhere --source is something else
			must(c.RegisterFlagCompletionFunc("source", cobra.FixedCompletions(refreshSources, cobra.ShellCompDirectiveNoFileComp)))
			must(c.RegisterFlagCompletionFunc("licenses", cobra.FixedCompletions(refreshLicenses, cobra.ShellCompDirectiveNoFileComp)))
		}
		if c.Name() == "contributions" { // elsewhere --by is who decides
			must(c.RegisterFlagCompletionFunc("by", cobra.FixedCompletions(waysToCount, cobra.ShellCompDirectiveNoFileComp)))
		}
	}
	must(root.RegisterFlagCompletionFunc("output", func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return formsOf(c), cobra.ShellCompDirectiveNoFileComp
	}))
	must(root.MarkPersistentFlagDirname("program"))
}
