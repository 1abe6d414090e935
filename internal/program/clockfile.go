package program

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// LicenseClock says when versions of packages under the Business Source License
// or a Functional Source License turn into another license.
type LicenseClock struct {
	At            Pos
	Package       []Package `yaml:"package" need:"yes" doc:"Packages it speaks of, with versions where they differ." example:"['pkg:golang/example.com/db@>=2']"`
	ChangeDate    Date      `yaml:"change_date" doc:"The change date, where it is a fixed day." example:"2029-05-01"`
	Years         Quantity  `yaml:"years" doc:"Years after a version is published, 1 to 10; beside a date the earlier day counts. The Business Source License ends after four at the latest." example:"3"`
	ChangeLicense Expr      `yaml:"change_license" doc:"The license that it turns into (SPDX)." example:"Apache-2.0"`
	Grant         string    `yaml:"grant" doc:"The additional use grant, for people." example:"Any use but as a database service"`
}

// lifecycleDir holds files of endoflife.date's form.
const lifecycleDir = "lifecycles/"

// Lifecycle says whether a program file holds release cycles of a product, and
// which: lifecycles/PRODUCT.json.
func Lifecycle(name string) (product string, ok bool) {
	base, in := strings.CutPrefix(name, lifecycleDir)
	product, json := strings.CutSuffix(base, ".json")
	return product, in && json && product != "" && !strings.Contains(product, "/")
}

func checkLifecycle(name string, data []byte) []Finding {
	if json.Valid(data) {
		return nil
	}
	return []Finding{{Error, Pos{name, 1, 1}, quote(path.Base(name)) + " is no JSON; want a product's file as endoflife.date's API gives it"}}
}

func (p *Program) checkClocks(c *checker) {
	for i := range p.Upstreams.Clocks {
		clock := &p.Upstreams.Clocks[i]
		years := clock.Years.N
		switch {
		case clock.ChangeDate.IsZero() && !clock.Years.Given() && clock.ChangeLicense.Text == "" && clock.Grant == "":
			c.add(Error, clock.At, "a clock states change_date, years, change_license or grant")
		case clock.Years.Given() && (years < 1 || years > 10 || years != float64(int(years))):
			c.add(Error, clock.At, "years is %s; want a whole number from 1 to 10", clock.Years.Text)
		}
	}
}

// Covers is true when the clock speaks of a package's version.
func (l *LicenseClock) Covers(c inventory.PURL) bool {
	for i := range l.Package {
		if l.Package[i].Match(c) {
			return true
		}
	}
	return false
}
