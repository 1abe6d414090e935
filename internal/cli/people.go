package cli

import (
	"context"
	"fmt"
	"io"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/work"
)

func newPeople(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "people",
		Short: "Who is who, and for whom they worked when: imports, links, decisions, all of which can be taken back",
		Long: `People are the persons behind names, addresses and logins. Identities become one
person by the history's own .mailmap, by the very same address, by an imported
source, or by a link that somebody confirmed; a like name is a suggestion, never
a link.

For whom a person worked at a time is told, in this order, by what they declared
themselves, what the company or a curated list states, the domain of the address
that a commit was made with, and profiles. Public mail domains tell nothing:
unknown is an answer of its own.

Nothing is overwritten: imports and decisions have a number, a source, an author
and a date ("people log"), and "people undo" takes any of them back.`,
	}
	c.AddCommand(newPeopleImport(s), newPeopleExport(s), newPeopleLink(s), newPeopleUnlink(s), newPeopleReview(s), newPeopleSet(s), newPeopleDeclare(s), newPeopleAlias(s), newPeopleDomain(s),
		newPeopleList(s), newPeopleShow(s), newPeopleLog(s), newPeopleUndo(s))
	return c
}

// addBy adds the flag that says who answers for a decision.
func addBy(c *cobra.Command, by *string) {
	c.Flags().StringVar(by, "by", "", "who answers for it (default: the user who runs the command)")
}

// actor is who answers for a decision.
func (s *settings) actor(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return work.Unknown
}

// withOffice runs f with the store and the program at hand.
func (s *settings) withOffice(ctx context.Context, f func(*work.Office) error) error {
	office, err := s.office(ctx, true)
	if err != nil {
		return err
	}
	defer office.Close()
	return f(office)
}

// identityOf reads an identity that somebody typed.
func identityOf(arg string) (people.Identity, error) {
	who, ok := people.ParseIdentity(arg)
	if !ok {
		return who, wrongUse("", "%q is no identity: write an address, 'Name <address>', or a login (github.com/ada)", arg)
	}
	return who, nil
}

func identitiesOf(args []string) (out []people.Identity, err error) {
	for _, a := range args {
		who, err := identityOf(a)
		if err != nil {
			return nil, err
		}
		out = append(out, who)
	}
	return out, nil
}

func newPeopleLink(s *settings) *cobra.Command {
	var by string
	c := &cobra.Command{
		Use:   "link WHO WHO…",
		Short: "Decide that identities are one person",
		Long: `Link says that all these identities are one person. WHO is an address, 'Name
<address>', or a login (github.com/ada; a login alone is one of github.com). A
later decision comes before an earlier one, and both before imported sources.`,
		Example: "  tributary people link ada@example.com ada@home.example.org github.com/ada --by ospo@example.com",
		Args:    between(2, 1000, "at least two identities"),
		RunE:    func(c *cobra.Command, args []string) error { return s.decideLink(c.Context(), people.Same, args, by) },
	}
	addBy(c, &by)
	return c
}

func newPeopleUnlink(s *settings) *cobra.Command {
	var by string
	c := &cobra.Command{
		Use:   "unlink WHO WHO…",
		Short: "Decide that identities are different persons, whatever a source says",
		Long: `Unlink says that no two of these identities are one person: sources and earlier
links that say otherwise no longer join them, and they are never suggested again.`,
		Example: "  tributary people unlink info@example.org bo@example.org --by ospo@example.com",
		Args:    between(2, 1000, "at least two identities"),
		RunE:    func(c *cobra.Command, args []string) error { return s.decideLink(c.Context(), people.Apart, args, by) },
	}
	addBy(c, &by)
	return c
}

func (s *settings) decideLink(ctx context.Context, kind people.EntryKind, args []string, by string) error {
	who, err := identitiesOf(args)
	if err != nil {
		return err
	}
	return s.withOffice(ctx, func(o *work.Office) error {
		got, err := o.LinkPeople(ctx, kind, who, s.actor(by))
		if err != nil {
			return err
		}
		return s.write(func(w io.Writer) error { return writeLinked(w, got, kind, args) })
	})
}

func writeLinked(w io.Writer, got *work.Linked, kind people.EntryKind, args []string) error {
	var b strings.Builder
	switch {
	case got.Entry.ID == 0:
		b.WriteString("they are one person already\n")
	case kind == people.Same:
		fmt.Fprintf(&b, "decision %d: %s are one person, with %s\n", got.Entry.ID, strings.Join(got.Before, " and "), count(len(got.Person.Identities), "identity"))
	default:
		fmt.Fprintf(&b, "decision %d: %s are different persons\n", got.Entry.ID, strings.Join(args, " and "))
	}
	for _, line := range got.Overruled {
		b.WriteString("  overruled: " + line + "\n")
	}
	if got.Entry.ID != 0 {
		fmt.Fprintf(&b, "\"tributary people undo %d\" takes it back\n", got.Entry.ID)
	}
	_, err := io.WriteString(w, cleanLines(b.String()))
	return err
}

// cleanLines makes each line of a text fit for a terminal.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = report.Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}
