package license

// Understand reads what people write where an expression should stand.
func Understand(raw string) (Expr, string, bool) {
	e, err := Parse(raw)
	return e, "", err == nil
}

func alias(string) (Expr, bool) { return Expr{}, false }
