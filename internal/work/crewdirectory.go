package work

import (
	"context"

	"github.com/tributary-oss/tributary/internal/people"
)

// directory tells who is who and who is ours: by the program, and by what was
// imported and decided up to the date in question.
func (o *Office) directory(ctx context.Context) (*people.Directory, error) {
	facts, err := o.peopleFacts(ctx)
	if err != nil {
		return nil, err
	}
	return people.NewDirectory(facts), nil
}

func (o *Office) peopleFacts(ctx context.Context) (people.Facts, error) {
	var f people.Facts
	if o.Program != nil {
		f.Own, f.OwnDomains = o.Program.Organization.Name, o.Program.Organization.Domains
	}
	if o.Store == nil {
		return f, nil
	}
	entries, err := o.Store.PeopleEntries(ctx, o.AsOf, true)
	if err != nil {
		return f, err
	}
	return people.Assemble(f, entries), nil
}
