package work

import (
	"context"
	"fmt"
	"slices"

	"github.com/tributary-oss/tributary/internal/people"
)

// PeopleEntry is an entry with its state.
type PeopleEntry struct {
	people.Entry
	State people.State
}

// PeopleEntries lists all that was told of people, without what imports say.
func (o *Office) PeopleEntries(ctx context.Context) ([]PeopleEntry, error) {
	entries, err := o.Store.PeopleEntries(ctx, o.AsOf, false)
	if err != nil {
		return nil, err
	}
	out := make([]PeopleEntry, len(entries))
	for i, s := range people.States(entries) {
		out[i] = PeopleEntry{entries[i], s}
	}
	return out, nil
}

// Decide keeps decisions, each as an entry of its own, and gives their numbers.
func (o *Office) Decide(ctx context.Context, by string, decisions ...people.Entry) ([]people.Entry, error) {
	for i := range decisions {
		e := &decisions[i]
		e.At, e.By = o.Now, by
		if err := o.Store.PutPeopleEntry(ctx, e); err != nil {
			return decisions[:i], err
		}
	}
	return decisions, nil
}

// Linked is what came of a decision to link or part identities.
type Linked struct {
	Entry people.Entry // its ID is 0 where nothing was to be decided
	// Before are the persons that the identities were of, one where they already
	// were one; names of those that no source speaks of stand for themselves.
	Before []string
	// Person is whom the identities belong to from now on; of the first of them
	// when they were parted.
	Person *people.Person
	// Overruled are earlier decisions that this one contradicts.
	Overruled []string
}

// LinkPeople decides that identities are one person, or that no two of them are.
func (o *Office) LinkPeople(ctx context.Context, kind people.EntryKind, who []people.Identity, by string) (*Linked, error) {
	before, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	out := &Linked{}
	keys := map[string]bool{}
	for _, i := range who {
		w := before.Who(i, i)
		if !keys[w.Key] {
			keys[w.Key] = true
			out.Before = append(out.Before, personName(w, i))
		}
	}
	if kind == people.Same && len(keys) == 1 {
		out.Person = before.Find(who[0])
		return out, nil
	}
	was, _ := before.Disputes(who[0])
	made, err := o.Decide(ctx, by, people.Entry{Kind: kind, Identities: who})
	if err != nil {
		return nil, err
	}
	out.Entry = made[0]
	after, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	out.Person = after.Find(who[0])
	refused, _ := after.Disputes(who[0])
	for _, r := range refused {
		if !slices.Contains(was, r) {
			out.Overruled = append(out.Overruled, r)
		}
	}
	return out, nil
}

func personName(w people.Who, as people.Identity) string {
	if w.Person == nil || w.Name == "" {
		return as.String()
	}
	return people.Identity{Name: w.Name, Email: w.Email}.String()
}

// UndoPeople takes entries back: those with these numbers, or all imports of a
// source that hold. Nothing is deleted, and an undo can be undone.
func (o *Office) UndoPeople(ctx context.Context, ids []int64, source, by string) (undone []people.Entry, err error) {
	entries, err := o.PeopleEntries(ctx)
	if err != nil {
		return nil, err
	}
	var undos []people.Entry
	found := map[int64]bool{}
	for _, e := range entries {
		wanted := slices.Contains(ids, e.ID)
		ofSource := source != "" && e.Kind == people.Imported && e.Name == source && (e.State.Holds || e.State.Replaced)
		if !wanted && !ofSource {
			continue
		}
		if found[e.ID] = true; wanted && !e.State.Holds && !e.State.Replaced {
			return nil, fmt.Errorf("entry %d was %s already", e.ID, e.State)
		}
		undos = append(undos, people.Entry{Kind: people.Undo, Undoes: e.ID})
		undone = append(undone, e.Entry)
	}
	for _, id := range ids {
		if !found[id] {
			return nil, fmt.Errorf("there is no entry %d; \"tributary people log\" lists them", id)
		}
	}
	if len(undos) == 0 {
		return nil, fmt.Errorf("no import of a source %q holds; \"tributary people log\" lists them", source)
	}
	_, err = o.Decide(ctx, by, undos...)
	return undone, err
}
