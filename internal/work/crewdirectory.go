package work

import (
	"context"

	"github.com/tributary-oss/tributary/internal/people"
)

// directory tells who is ours.
func (o *Office) directory(context.Context) (*people.Directory, error) {
	org := o.Program.Organization
	return people.NewDirectory(people.Facts{Own: org.Name, OwnDomains: org.Domains}), nil
}
