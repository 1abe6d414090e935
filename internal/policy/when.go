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
	u := sit.use
	c := u.Component
	out, _, err := w.program.Eval(map[string]any{
		"component": map[string]string{"purl": c.String(), "type": c.Type, "namespace": c.Namespace, "name": c.Name,
			"full_name": c.FullName(), "version": c.Version},
		"license": l.id, "exception": l.leaf.Exception, "category": string(l.category),
		"ecosystem": c.Ecosystem(), "product": u.Product, "tier": string(u.Tier), "team": u.Team,
		"repository": u.Repository, "manifest": u.Manifest, "delivery": string(sit.delivery),
		"recipient": string(sit.recipient), "scope": string(orRuntime(u.Scope)), "relation": string(u.Relation),
		"coupling": string(sit.coupling), "replaceable": string(sit.replaceable), "modified": string(sit.modified),
		"granted": string(sit.granted), "outbound_license": u.Outbound,
		"locked_down": u.LockedDown, "unresolved": c.Version == "",
	})
	if err != nil {
		return failed
	}
	ok, isBool := out.Value().(bool)
	return isBool && ok
}
