package work

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/internal/people"
)

// PeopleForms are the forms of files that affiliations are read from and written
// as.
var PeopleForms = []string{"gitdm", "sortinghat", "csv"}

// PeopleFile is a file to import.
type PeopleFile struct {
	Name string
	Data []byte
}

// PeopleImport says what to import.
type PeopleImport struct {
	Form  string
	Name  string // of the source; that of the first file where it is empty
	Basis people.Basis
	By    string
	Files []PeopleFile
}

// PeopleImported is what came of an import.
type PeopleImported struct {
	Entry people.Entry
	// Known is true when the source said the same before: nothing is kept then.
	Known bool
	// Replaces is the import whose place this one takes; 0 for none.
	Replaces int64
	// Problems say what could not be understood, Oddities what was kept although
	// it is odd, with file and line; the first hundred of each file.
	Problems, Oddities []string
	// Failed are the files that could not be read at all.
	Failed []error
}

// ImportPeople keeps what files say of people, as one source that can be taken
// back. A file that can't be read does not stop the others.
func (o *Office) ImportPeople(ctx context.Context, in PeopleImport) (*PeopleImported, error) {
	out := &PeopleImported{}
	e := &out.Entry
	e.Kind, e.At, e.By, e.Name, e.Source = people.Imported, o.Now, in.By, in.Name, &people.Source{}
	e.Import.Form = in.Form
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n", in.Form, in.Basis)
	for _, f := range in.Files {
		s, err := readPeople(in.Form, f.Data, in.Basis)
		if err != nil {
			out.Failed = append(out.Failed, fmt.Errorf("%s: %w", f.Name, err))
			continue
		}
		sum.Write(f.Data)
		out.take(f.Name, s)
	}
	if len(e.Import.Files) == 0 {
		return out, errors.Join(out.Failed...)
	}
	if e.Name == "" {
		if e.Name = e.Import.Files[0]; len(e.Import.Files) > 1 {
			e.Name += fmt.Sprintf(" and %d more", len(e.Import.Files)-1)
		}
	}
	e.Import.Digest = hex.EncodeToString(sum.Sum(nil))
	before, err := o.importOf(ctx, e.Name)
	if err != nil {
		return nil, err
	}
	if before != nil {
		if before.Import.Digest == e.Import.Digest {
			out.Known, e.ID, e.At, e.By = true, before.ID, before.At, before.By
			return out, nil
		}
		out.Replaces = before.ID
	}
	return out, o.Store.PutPeopleEntry(ctx, e)
}

func readPeople(form string, data []byte, basis people.Basis) (people.Source, error) {
	if len(data) > people.MaxSource {
		return people.Source{}, fmt.Errorf("it is larger than %d MiB, the most that is read; split it", people.MaxSource>>20)
	}
	switch form {
	case "gitdm":
		s := people.ReadGitdm(data, basis)
		if len(s.Records)+len(s.Domains) == 0 {
			return s, fmt.Errorf("not a line of it is of gitdm's form (%s)", plural(s.Skipped, "other line", "other lines"))
		}
		return s, nil
	case "sortinghat":
		return people.ReadSortinghat(data, basis)
	case "csv":
		return people.ReadCSV(data, basis)
	}
	return people.Source{}, fmt.Errorf("there is no form %q; there are %s", form, strings.Join(PeopleForms, ", "))
}

// take adds what one file says.
func (p *PeopleImported) take(file string, s people.Source) {
	c := &p.Entry.Import
	for i := range s.Records {
		s.Records[i].Origin = file
		c.Identities += len(s.Records[i].Identities)
		c.Employments += len(s.Records[i].Employment)
	}
	for i := range s.Domains {
		s.Domains[i].Origin = file
	}
	c.Files = append(c.Files, file)
	c.Persons, c.Domains = c.Persons+len(s.Records), c.Domains+len(s.Domains)
	c.Skipped, c.Odd = c.Skipped+s.Skipped, c.Odd+s.Odd
	for _, line := range s.Problems {
		p.Problems = append(p.Problems, file+": "+line)
	}
	for _, line := range s.Oddities {
		p.Oddities = append(p.Oddities, file+": "+line)
	}
	all := p.Entry.Source
	all.Records, all.Domains = append(all.Records, s.Records...), append(all.Domains, s.Domains...)
}

// importOf is the import of a source that holds; nil when there is none.
func (o *Office) importOf(ctx context.Context, name string) (*people.Entry, error) {
	entries, err := o.Store.PeopleEntries(ctx, o.AsOf, false)
	if err != nil {
		return nil, err
	}
	for i, s := range people.States(entries) {
		if e := &entries[i]; s.Holds && e.Kind == people.Imported && e.Name == name {
			return e, nil
		}
	}
	return nil, nil
}

// ExportPeople gives all that is known of people as one source: persons with the
// identities that links made one, and the owners of domains.
func (o *Office) ExportPeople(ctx context.Context) (people.Source, error) {
	f, err := o.peopleFacts(ctx)
	if err != nil {
		return people.Source{}, err
	}
	d := people.NewDirectory(f)
	out := people.Source{Domains: f.Domains}
	for _, x := range f.Sources {
		out.Domains = append(out.Domains, x.Domains()...)
	}
	for i := range out.Domains {
		out.Domains[i].Org = d.Org(out.Domains[i].Org)
	}
	for _, p := range d.Persons() {
		id := p.ID
		if id == "" {
			id = p.Key
		}
		out.Records = append(out.Records, people.Record{ID: id, Name: p.Name, Team: p.Team, Bot: p.Bot, Identities: p.Identities, Employment: p.Employment})
	}
	return out, nil
}
