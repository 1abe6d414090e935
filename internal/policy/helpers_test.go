package policy

import (
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

var someDay = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func fact(kind inventory.FactKind, expression string) []inventory.LicenseFact {
	return []inventory.LicenseFact{{Kind: kind, Expression: expression, Raw: expression, Source: "package-lock.json", Observed: someDay}}
}

func declared(expression string) LicenseFacts {
	return LicenseFacts{Declared: fact(inventory.Declared, expression)}
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}
