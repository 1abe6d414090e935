package work

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/internal/document"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/scan"
)

// NoticeItems lists what a notice has to tell of: every resolved component that
// reaches users (runtime, provided, optional), with the texts that came with it.
// all takes in build, development and test components.
func (o *Office) NoticeItems(snaps []Scanned, all bool) []document.NoticeItem {
	judged, _ := o.Judge(snaps)
	packages := mergePackages(snaps)
	byPURL := map[string]bool{}
	var items []document.NoticeItem
	for _, j := range judged {
		c := j.Usage.Component
		id := c.String()
		if byPURL[id] || !all && j.Usage.Scope.Rank() > inventory.Optional.Rank() {
			continue
		}
		byPURL[id] = true
		items = append(items, noticeItem(j, packages))
	}
	slices.SortFunc(items, func(a, b document.NoticeItem) int { return cmp.Compare(a.PURL, b.PURL) })
	return items
}

func noticeItem(j *Judged, packages scan.PackageLicenses) document.NoticeItem {
	c := j.Usage.Component
	id := c.String()
	item := document.NoticeItem{Name: c.FullName(), Version: c.Version, PURL: id, License: effective(j.Verdict), Elected: j.Verdict.Branch}
	seen := map[string]bool{}
	addText := func(hash, expression, file string) {
		b, ok := packages.Texts[hash]
		if ok && !seen[hash] {
			seen[hash] = true
			item.Texts = append(item.Texts, document.NoticeFile{Text: string(b), License: expression, File: file})
		}
	}
	for _, f := range factsOf(j.Facts()) {
		addText(f.TextHash, f.Expression, f.File)
		for _, line := range f.Copyrights {
			if !slices.Contains(item.Copyrights, line) {
				item.Copyrights = append(item.Copyrights, line)
			}
		}
	}
	for _, hash := range packages.Notices[id] {
		addText(hash, "", "NOTICE")
	}
	return item
}

func factsOf(f policy.LicenseFacts) []inventory.LicenseFact {
	return slices.Concat(f.Concluded, f.Declared, f.Detected)
}

// mergePackages joins what was found about packages in several scans.
func mergePackages(snaps []Scanned) scan.PackageLicenses {
	out := scan.PackageLicenses{Texts: map[string][]byte{}, Notices: map[string][]string{}}
	for _, s := range snaps {
		for h, b := range s.Packages.Texts {
			out.Texts[h] = b
		}
		for p, n := range s.Packages.Notices {
			out.Notices[p] = n
		}
	}
	return out
}
