package detect

// Memo remembers what was found in stretches of text.
type Memo struct {
	// Get gives what was found in a stretch, by its key.
	Get func(key string) (found []byte, ok bool)
	// Put keeps it.
	Put func(key string, found []byte)
}

// DetectWith is [Detect] with a memo; the result is the same.
func DetectWith(b []byte, m *Memo) Result { return detectAll(b, m) }
