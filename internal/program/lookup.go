package program

// TeamFor gives the id of the team that owns a path in a repository, "" when
// none does. As in CODEOWNERS the last match wins. A product's team is not
// considered: it answers for the product, not for the code.
func (p *Program) TeamFor(repository, path string) string {
	for i := len(p.Teams) - 1; i >= 0; i-- {
		owns := p.Teams[i].Owns
		for j := len(owns) - 1; j >= 0; j-- {
			if owns[j].Match(repository, path) {
				return p.Teams[i].ID
			}
		}
	}
	return ""
}

// Team gives a team by id.
func (p *Program) Team(id string) (Team, bool) {
	for _, t := range p.Teams {
		if t.ID == id {
			return t, true
		}
	}
	return Team{}, false
}

// ProductsFor gives the products that a path in a repository goes into, in the
// order of the file. The pointers are into p. Empty when no product claims it.
func (p *Program) ProductsFor(repository, path string) []*Product {
	var out []*Product
	for i := range p.Products {
		for _, r := range p.Products[i].Repositories {
			if r.Match(repository, path) {
				out = append(out, &p.Products[i])
				break
			}
		}
	}
	return out
}

// Product gives a product by id, nil when there is none.
func (p *Program) Product(id string) *Product {
	for i := range p.Products {
		if p.Products[i].ID == id {
			return &p.Products[i]
		}
	}
	return nil
}

// IsFixture decides whether a manifest is test data or a sample: the program's
// exclude comes first, then its patterns, then what the path looks like
// (builtin). Patterns are matched with the path, and with "repository/path".
func (p *Program) IsFixture(repository, path string, builtin bool) bool {
	if len(p.Fixtures.Exclude) == 0 && len(p.Fixtures.Patterns) == 0 {
		return builtin
	}
	full := repository + "/" + path
	if anyPath(p.Fixtures.Exclude, path) || anyPath(p.Fixtures.Exclude, full) {
		return false
	}
	return builtin || anyPath(p.Fixtures.Patterns, path) || anyPath(p.Fixtures.Patterns, full)
}

// Has tells whether a program file was given.
func (p *Program) Has(name string) bool {
	_, ok := p.Files[name]
	return ok
}
