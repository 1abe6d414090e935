package work

import (
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// ForgeImported is what an import brought for one repository.
type ForgeImported struct {
	Repository           string
	Issues, Changes, New int
	// Silent counts those of which nobody tells who answered, Known all that are
	// kept now.
	Silent, Known int
	// Mined says that the history of the repository is in the store.
	Mined bool
	// Through is the day of the last thing that they tell of.
	Through time.Time
	// Skipped counts entries of the file that could not be understood, whatever
	// their repository; Problems tells the first of them.
	Skipped  int
	Problems []string
}

// ImportForge keeps the issues and change requests that a file tells of.
func (o *Office) ImportForge(ctx context.Context, r io.Reader, repository string) ([]ForgeImported, error) {
	file, err := contribution.ReadForge(r, repository)
	if err != nil {
		return nil, err
	}
	histories, err := o.Store.Histories(ctx)
	if err != nil {
		return nil, err
	}
	mined := map[string]bool{}
	for _, p := range projectsOf(o, histories) {
		mined[upstream.Key(p.name)] = true
	}
	var out []ForgeImported
	for name, items := range file.Items {
		key := upstream.Key(name)
		x := ForgeImported{Repository: name, Mined: mined[key]}
		for i := range items {
			if items[i].Change {
				x.Changes++
			} else {
				x.Issues++
			}
			if items[i].Silent {
				x.Silent++
			}
		}
		if x.New, err = o.Store.PutForge(ctx, key, items, o.Now); err != nil {
			return out, err
		}
		kept, err := o.Store.Forge(ctx, key)
		if err != nil {
			return out, err
		}
		x.Known, x.Through = len(kept.Items), kept.Through
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b ForgeImported) int { return cmp.Compare(a.Repository, b.Repository) })
	if len(out) > 0 {
		out[0].Skipped, out[0].Problems = file.Skipped, file.Problems
	}
	return out, nil
}

// forge gives the issues and change requests of a project, with the persons
// behind the accounts; nil where none were imported.
func (o *Office) forge(ctx context.Context, crew *crew, name string, histories []contribution.History) (*contribution.Forge, error) {
	names := []string{name}
	for i := range histories {
		names = append(names, histories[i].Repository)
	}
	asked := map[string]bool{}
	for _, name := range names {
		key := upstream.Key(name)
		if asked[key] {
			continue
		}
		asked[key] = true
		f, err := o.Store.Forge(ctx, key)
		if err != nil {
			return nil, err
		}
		if len(f.Items) > 0 {
			crew.name(&f)
			return &f, nil
		}
	}
	return nil, nil
}

// name numbers the persons behind accounts that a source knows, and tells which
// were ours when they did something.
func (c *crew) name(f *contribution.Forge) {
	type known struct {
		account contribution.Account
		ours    []people.Term
	}
	met := map[string]*known{}
	name := func(a *contribution.Account, at time.Time) (ours bool) {
		if a.Login == "" {
			return false
		}
		to := met[a.Login]
		if to == nil {
			to = &known{account: *a}
			met[a.Login] = to
			login := people.Identity{Login: a.Login}
			if who := c.directory.Who(login, login); who.Person != nil {
				to.account.Person, to.account.Bot = number(c.persons, who.Key)+1, a.Bot || who.Bot
				for _, t := range c.directory.Terms(who, who.Email) {
					if c.isOur(cmp.Or(t.Org, Unknown)) {
						to.ours = append(to.ours, t)
					}
				}
			}
		}
		a.Person, a.Bot = to.account.Person, a.Bot || to.account.Bot
		return slices.ContainsFunc(to.ours, func(t people.Term) bool { return at.Unix() >= t.From && at.Unix() < t.To })
	}
	for i := range f.Items {
		x := &f.Items[i]
		x.Ours = name(&x.Author, x.Created)
		for j := range x.Events {
			x.Events[j].Ours = name(&x.Events[j].Who, x.Events[j].At)
		}
	}
}
