package people

// Identity is one way in which somebody appears: the name and address of a
// commit or trailer, a login on a forge, or both. It is kept as it was written,
// made valid UTF-8; comparing folds case ([Identity.Key]).
type Identity struct {
	Name  string
	Email string
	// Login is a forge account as "github.com/login"; empty when only a commit
	// tells of the identity.
	Login string
}
