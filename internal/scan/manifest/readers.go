package manifest

// readers.go lists every format; see docs/formats.md.

// Readers returns all our own readers, in a stable order. Each family lists its
// own in <family>.go.
func Readers() []Reader {
	var all []Reader
	for _, family := range [][]Reader{goReaders(), cargoReaders(), composerReaders(), bundlerReaders(), nugetReaders(), jsReaders(), pythonReaders(), mavenReaders(), gradleReaders()} {
		all = append(all, family...)
	}
	return all
}
