package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

const programText = `
organization: {outbound_license: Apache-2.0}
defaults: {recipients: [customers]}
products:
  - id: shop
    repositories: [{name: github.com/example/mono, paths: [services/shop]}]
    delivery: [network_service, web_client]
    tier: critical
    team: checkout
    modified: [pkg:npm/left-pad]
    overrides:
      - {package: 'pkg:npm/@example/*', delivery: [network_service]}
      - {ecosystem: [ConanCenter], coupling: dynamic}
      - {package: 'pkg:conan/zlib', coupling: static, replaceable: yes}
  - {id: till, repositories: [till], delivery: device, locked_down: true, recipients: [public]}
  - {id: kit, repositories: [kit], delivery: distributed_source}
teams:
  - {id: checkout, owns: [{name: mono, paths: [services]}]}
  - {id: web, owns: [{name: mono, paths: ['services/*/web']}]}
`

func TestUseForTakesWhatTheProgramSays(t *testing.T) {
	p, findings := program.Load(map[string][]byte{"program.yaml": []byte(programText)})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	usage := func(typ, name, manifest string) inventory.Usage {
		return inventory.Usage{Component: inventory.NewPURL(typ, name, "1.0"), Manifest: manifest, Scope: inventory.Runtime, Relation: inventory.Direct}
	}
	both := []program.Delivery{program.NetworkService, program.WebClient}
	service := both[:1]
	for _, c := range []struct {
		name, product, repo string
		usage               inventory.Usage
		want                Use
	}{
		{"npm reaches the browser", "shop", "github.com/example/mono", usage("npm", "lodash", "services/shop/package-lock.json"),
			Use{Team: "checkout", Product: "shop", Tier: "critical", Delivery: both}},
		{"Go does not", "shop", "github.com/example/mono", usage("golang", "example.com/x", "services/shop/go.mod"),
			Use{Team: "checkout", Product: "shop", Tier: "critical", Delivery: service}},
		{"the last team that matches owns", "shop", "github.com/example/mono", usage("npm", "left-pad", "services/shop/web/package-lock.json"),
			Use{Team: "web", Product: "shop", Tier: "critical", Delivery: both, Modified: program.Yes}},
		{"an override of delivery", "shop", "github.com/example/mono", usage("npm", "@example/ui", "services/shop/package-lock.json"),
			Use{Team: "checkout", Product: "shop", Tier: "critical", Delivery: service}},
		{"the first override of each key", "shop", "github.com/example/mono", usage("conan", "zlib", "services/shop/conan.lock"),
			Use{Team: "checkout", Product: "shop", Tier: "critical", Delivery: service, Coupling: program.Dynamic, Replaceable: program.Yes}},
		{"a device", "till", "github.com/example/till", usage("cargo", "serde", "Cargo.lock"),
			Use{Product: "till", Tier: "standard", Delivery: []program.Delivery{program.Device}, LockedDown: true, Recipients: []program.Recipient{program.Public}}},
		{"a release has the company's license", "kit", "github.com/example/kit", usage("cargo", "serde", "Cargo.lock"),
			Use{Product: "kit", Tier: "standard", Delivery: []program.Delivery{program.DistributedSource}, Outbound: "Apache-2.0"}},
		{"no product", "", "github.com/example/mono", usage("cargo", "serde", "tools/Cargo.lock"), Use{Tier: "standard"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var product *program.Product
			if list := p.ProductsFor(c.repo, c.usage.Manifest); len(list) > 0 {
				product = list[0]
			}
			got := UseFor(p, product, c.repo, c.usage)
			c.want.Component, c.want.Manifest, c.want.Repository = c.usage.Component, c.usage.Manifest, c.repo
			c.want.Scope, c.want.Relation = inventory.Runtime, inventory.Direct
			if c.want.Recipients == nil {
				c.want.Recipients = []program.Recipient{program.Customers}
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(Use{}, "Assumptions")); diff != "" {
				t.Error(diff)
			}
			if said := strings.Join(got.Assumptions, "; "); strings.Contains(said, "how it is delivered is not known") != (product == nil) {
				t.Errorf("assumptions %q", said)
			}
		})
	}
}

func TestEventsFollowFromTheUse(t *testing.T) {
	for _, c := range []struct {
		name string
		use  Use
		want []license.Event
	}{
		{"a tool", Use{Scope: inventory.Dev, Delivery: []program.Delivery{program.DistributedBinary}, Coupling: program.Static}, nil},
		{"a changed tool", Use{Scope: inventory.Build, Modified: program.Yes, Delivery: []program.Delivery{program.Device}}, []license.Event{license.Modify}},
		{"inside", Use{Delivery: []program.Delivery{program.InternalOnly}, Coupling: program.SeparateProcess}, []license.Event{license.ProductionUse}},
		{"a changed library in a service", Use{Delivery: []program.Delivery{program.NetworkService}, Coupling: program.Dynamic, Modified: program.Yes, Granted: program.Yes},
			[]license.Event{license.Modify, license.ModifyAndNetworkInteract, license.NetworkInteract, license.ProductionUse, license.CombineLibrary, license.CombineWork, license.CombineServiceStack}},
		{"a locked device", Use{Delivery: []program.Delivery{program.Device}, LockedDown: true, Coupling: program.AggregatedOnly},
			[]license.Event{license.ConveyBinary, license.ProductionUse, license.ShipLockedUserProduct}},
		{"a release with copies", Use{Delivery: []program.Delivery{program.DistributedSource}, Coupling: program.CopiedIn},
			[]license.Event{license.ConveySource, license.ProductionUse, license.CombineFile, license.CombineModule, license.CombineWork}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Events(c.use).Sorted()); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, s := range []inventory.Scope{inventory.Dev, inventory.Test, inventory.Build} {
		for e := range Events(Use{Scope: s, Component: inventory.NewPURL("conan", "x", "1")}) {
			if strings.HasPrefix(string(e), "convey") || strings.HasPrefix(string(e), "combine") {
				t.Errorf("%s brings about %s", s, e)
			}
		}
	}
}
