package license

// Cards lists the duties of all licenses that have a card, in the order of the
// data file.
func Cards() []Duty { return nil }

// Duties lists what the license asks for when the events happen.
func Duties(l Leaf, events EventSet) []Duty { return nil }

// HasCard says whether the duties of the license are known at all.
func HasCard(l Leaf) bool { return false }
