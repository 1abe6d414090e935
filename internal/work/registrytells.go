package work

import (
	"context"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/remote"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// whatRegistriesTell gives what registries and servers have said of where
// packages come from, out of the store.
func (o *Office) whatRegistriesTell(ctx context.Context, snaps []inventory.Snapshot) ([]upstream.Metadata, []upstream.GoImport, error) {
	if o.Store == nil {
		return nil, nil, nil
	}
	seen := map[inventory.PURL]bool{}
	var names []string
	for i := range snaps {
		for j := range snaps[i].Units {
			for _, u := range snaps[i].Units[j].Usages {
				if key := u.Component.WithoutVersion(); !seen[key] {
					seen[key] = true
					names = append(names, key.String())
				}
			}
		}
	}
	metadata, err := o.Store.RegistryOrigins(ctx, names, o.AsOf)
	var imports []upstream.GoImport
	for _, m := range metadata {
		if m.Package.Type == "golang" && strings.HasSuffix(m.Homepage, remote.GoGetQuery) { // the module's own server told it
			prefix := strings.TrimSuffix(strings.TrimSuffix(m.Package.FullName(), m.Directory), "/")
			imports = append(imports, upstream.GoImport{Prefix: prefix, VCS: "git", Repository: m.Repository, Observed: m.Observed})
		}
	}
	return metadata, imports, err
}
