package policy

import (
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
)

// when is a compiled CEL expression over the facts of a situation.
type when struct{ program cel.Program }

// whenFacts are the names that an expression may use. Everything is text but
// the booleans; component is a map.
var whenFacts = []string{"license", "exception", "category", "ecosystem", "product", "tier", "team", "repository", "manifest",
	"delivery", "recipient", "scope", "relation", "coupling", "replaceable", "modified", "granted", "outbound_license"}

// celEnv is made only when a policy has an expression: it costs a millisecond.
var celEnv = sync.OnceValues(func() (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.Variable("component", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("locked_down", cel.BoolType),
		cel.Variable("unresolved", cel.BoolType),
	}
	for _, name := range whenFacts {
		opts = append(opts, cel.Variable(name, cel.StringType))
	}
	return cel.NewEnv(opts...)
})

// The bounds of an expression: its length in bytes, and the cost in CEL's own
// units that one evaluation may have.
const (
	maxWhen     = 4096
	maxWhenCost = 100_000
)

func compileWhen(text string) (*when, error) {
	if len(text) > maxWhen {
		return nil, fmt.Errorf("the expression is longer than %d bytes", maxWhen)
	}
	env, err := celEnv()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil, fmt.Errorf("%s (facts: component, locked_down, unresolved, %s)",
			strings.ReplaceAll(strings.TrimPrefix(issues.Err().Error(), "ERROR: "), "\n", " "), strings.Join(whenFacts, ", "))
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("the expression gives %s; it must give true or false", ast.OutputType())
	}
	p, err := env.Program(ast, cel.CostLimit(maxWhenCost))
	if err != nil {
		return nil, err
	}
	return &when{p}, nil
}

// holds evaluates the expression. One that fails (a missing key, too costly)
// never lets anything pass: failed is what then counts.
func (w *when) holds(sit *situation, l *leafFacts, failed bool) bool {
	out, _, err := w.program.Eval(whenValues{sit, l})
	if err != nil {
		return failed
	}
	ok, isBool := out.Value().(bool)
	return isBool && ok
}

// whenValues gives an expression what it asks for, and works out no more.
type whenValues struct {
	sit *situation
	l   *leafFacts
}

// Parent is nil: there are no outer names.
func (whenValues) Parent() cel.Activation { return nil }

// ResolveName gives a fact by name.
func (f whenValues) ResolveName(name string) (any, bool) {
	sit, u, c := f.sit, f.sit.use, f.sit.use.Component
	switch name {
	case "component":
		return map[string]string{"purl": c.String(), "type": c.Type, "namespace": c.Namespace, "name": c.Name,
			"full_name": c.FullName(), "version": c.Version}, true
	case "locked_down":
		return u.LockedDown, true
	case "unresolved":
		return c.Version == "", true
	case "license":
		return f.l.id, true
	case "exception":
		return f.l.leaf.Exception, true
	case "category":
		return string(f.l.category), true
	case "delivery":
		return string(sit.delivery), true
	case "recipient":
		return string(sit.recipient), true
	case "coupling":
		return string(sit.coupling), true
	case "replaceable":
		return string(sit.replaceable), true
	case "modified":
		return string(sit.modified), true
	case "granted":
		return string(sit.granted), true
	}
	return u.whenFact(name)
}

// whenFact gives the facts that do not depend on the situation.
func (u *Use) whenFact(name string) (any, bool) {
	switch name {
	case "ecosystem":
		return u.Component.Ecosystem(), true
	case "product":
		return u.Product, true
	case "tier":
		return string(u.Tier), true
	case "team":
		return u.Team, true
	case "repository":
		return u.Repository, true
	case "manifest":
		return u.Manifest, true
	case "scope":
		return string(orRuntime(u.Scope)), true
	case "relation":
		return string(u.Relation), true
	case "outbound_license":
		return u.Outbound, true
	}
	return nil, false
}
