package license

// Replace puts other expressions in the place of licenses by their id, such as
// the names that people gave to unknown texts. A zero expression takes the
// license out. An exception stays with a license that takes its place alone.
func Replace(e Expr, by map[string]Expr) Expr {
	if e.Op != OpLeaf {
		args := make([]Expr, 0, len(e.Args))
		for _, a := range e.Args {
			args = append(args, Replace(a, by))
		}
		return join(e.Op, args).Normalize()
	}
	to, ok := by[e.Leaf.ID]
	if !ok {
		return e
	}
	if e.Leaf.Exception != "" && to.Op == OpLeaf && !to.IsZero() && to.Leaf.Exception == "" {
		to.Leaf.Exception = e.Leaf.Exception
	}
	return to
}
