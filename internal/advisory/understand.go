package advisory

// Understood is a record as the mirror keeps it: what is shown, and what each
// package must be asked.
type Understood struct {
	Info     Info
	Claims   []PackageClaim
	Problems []string
}

// PackageClaim is a claim with the package that it speaks of.
type PackageClaim struct {
	Key   Key
	Claim Claim
}

// Understand reads one advisory and evaluates it. The error is for what is no
// advisory at all; what is broken in it is in Problems, and the rest counts.
func Understand(data []byte) (Understood, error) {
	r, err := ParseRecord(data)
	if err != nil {
		return Understood{}, err
	}
	u := Understood{Info: NewInfo(0, &r), Problems: r.Problems}
	for _, a := range r.Affected {
		c, problems, ok := NewClaim(0, a)
		u.Problems = append(u.Problems, problems...)
		if ok {
			u.Claims = append(u.Claims, PackageClaim{a.Key, c})
		}
	}
	if len(u.Problems) > maxProblems {
		u.Problems = u.Problems[:maxProblems]
	}
	return u, nil
}
