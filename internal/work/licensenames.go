package work

import (
	"github.com/tributary-oss/tributary/internal/license"
)

// textNames gives what people of the company found unknown texts to be.
func (o *Office) textNames() map[string]license.Expr {
	if o.Program == nil {
		return nil
	}
	return o.Program.TextNames()
}

// nameOf is what the program calls a text; "" when it does not speak of it.
func (o *Office) nameOf(id string) string {
	e, ok := o.textNames()[id]
	switch {
	case !ok:
		return ""
	case e.IsZero():
		return license.None
	}
	return e.String()
}
