package scan

import (
	"path"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license/resolve"
)

// FindVendored gives license facts for components whose copies lie in the
// repository itself, from the license files found there: vendor/<module> for
// Go and Composer, node_modules/<name> for npm. A copy's version is what the
// manifest beside it says.
func FindVendored(usages []inventory.Usage, sum *inventory.LicenseSummary, now time.Time) PackageLicenses {
	out := newPackageLicenses()
	if sum == nil || len(sum.Notices) == 0 {
		return out
	}
	byDir := map[string][]inventory.NoticeFile{}
	for _, n := range sum.Notices {
		if d := path.Dir(n.Path); strings.Contains("/"+d+"/", "/vendor/") || strings.Contains("/"+d+"/", "/node_modules/") {
			byDir[d] = append(byDir[d], n)
		}
	}
	seen := map[string]bool{}
	for _, u := range usages {
		id := u.Component.String()
		for _, dir := range vendoredAt(u) {
			files := byDir[dir]
			if len(files) == 0 || seen[id+"\x00"+dir] {
				continue
			}
			seen[id+"\x00"+dir] = true
			for _, n := range files {
				if resolve.IsNotice(n.Path, n.Expression != "") {
					out.Notices[id] = append(out.Notices[id], n.TextHash)
					continue
				}
				fact := inventory.LicenseFact{Kind: inventory.Detected, Expression: n.Expression, Source: "vendored copy",
					File: n.Path, TextHash: n.TextHash, Copyrights: n.Copyrights, Observed: now}
				if n.Expression == "" {
					fact.Raw = "license text not recognized"
				}
				out.Facts[id] = append(out.Facts[id], fact)
			}
		}
	}
	return out
}

// vendoredAt lists where a copy of a component would lie.
func vendoredAt(u inventory.Usage) []string {
	dir := path.Dir(u.Manifest)
	name := u.Component.FullName()
	switch u.Component.Type {
	case "golang":
		if path.Base(u.Manifest) == "modules.txt" {
			return []string{path.Join(dir, name)}
		}
		return []string{path.Join(dir, "vendor", name)}
	case "composer":
		return []string{path.Join(dir, "vendor", name)}
	case "npm":
		return []string{path.Join(dir, "node_modules", name)}
	}
	return nil
}
