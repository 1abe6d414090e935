package contribution

import "time"

// Forge is what a forge knows of a project that git does not.
type Forge struct{}

func (f *Forge) read(since, until time.Time, put func(name string, r Reading)) {}
