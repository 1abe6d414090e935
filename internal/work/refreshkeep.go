package work

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/remote"
	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// Answers are written some at a time: so many, or what came within a moment.
const (
	refreshBatch  = 50
	refreshMoment = 3 * time.Second
)

// refreshKeeper keeps answers and counts what they came to.
type refreshKeeper struct {
	office  *Office
	opts    *RefreshOptions
	out     *Refreshed
	pending []heard
	last    time.Time
}

func (k *refreshKeeper) add(ctx context.Context, h heard) error {
	if k.last.IsZero() {
		k.last = time.Now()
	}
	k.pending = append(k.pending, h)
	if len(k.pending) < refreshBatch && time.Since(k.last) < refreshMoment {
		return nil
	}
	return k.flush(ctx)
}

// flush writes what came since the last time.
func (k *refreshKeeper) flush(ctx context.Context) error {
	defer func() { k.pending, k.last = nil, time.Now() }()
	if len(k.pending) == 0 {
		return nil
	}
	o := k.office
	names := make([]string, 0, len(k.pending))
	for _, h := range k.pending {
		names = append(names, h.want.name)
	}
	before, err := o.Store.Registry(ctx, names, o.Now)
	if err != nil {
		return err
	}
	var answers []store.RegistryAnswer
	licenses := scan.PackageLicenses{Facts: map[string][]inventory.LicenseFact{}, Texts: map[string][]byte{}, Notices: map[string][]string{}}
	for i := range k.pending {
		h := &k.pending[i]
		a := store.RegistryAnswer{Check: store.RegistryCheck{Package: h.want.name, Source: k.opts.Source, Checked: o.Now, Versions: slices.Sorted(maps.Keys(h.want.versions))}}
		if k.opts.Licenses == LicensesAll {
			a.Check.Versions = append(a.Check.Versions, allLicenses)
		}
		if h.err != nil {
			a.Check.Fault = h.err.Error()
			k.fault(h)
		} else {
			l := k.listing(h, before[h.want.name], &licenses)
			a.Package = &l
		}
		answers = append(answers, a)
	}
	if err := o.keepPackages(ctx, licenses); err != nil {
		return err
	}
	return o.Store.PutRegistry(ctx, answers)
}

func (k *refreshKeeper) fault(h *heard) {
	switch {
	case errors.Is(h.err, remote.ErrNotFound):
		k.out.Unknown = append(k.out.Unknown, h.want.name)
	case errors.Is(h.err, remote.ErrPrivate):
		why := h.err.Error()
		k.out.PrivateNames[why] = append(k.out.PrivateNames[why], h.want.name)
	default:
		k.out.Failed = append(k.out.Failed, RefreshFailure{h.want.name, h.err.Error()})
	}
}

// listing is what was heard, with what was known before and what its license
// texts tell; licenses of versions in use become facts.
func (k *refreshKeeper) listing(h *heard, before []upstream.Listing, licenses *scan.PackageLicenses) upstream.Listing {
	o, l := k.office, h.answer.Listing
	k.out.Answered++
	for _, doubt := range l.Doubts {
		k.out.Gaps = append(k.out.Gaps, RefreshFailure{h.want.name, doubt})
	}
	if l.Observed.IsZero() || l.Observed.After(o.Now) {
		l.Observed = o.Now // this run, whose time is when it started
	}
	texts := map[string][]inventory.LicenseFact{}
	for version, files := range h.answer.Texts {
		facts, expression := k.texts(h, version, files, l.Source, licenses)
		texts[version] = facts
		if r := l.Find(version); r != nil {
			r.Detected = expression
		}
	}
	if i := slices.IndexFunc(before, func(b upstream.Listing) bool { return b.Source == l.Source }); i >= 0 {
		kind := l.Package.Type
		l = upstream.Merge(before[i], l, func(a, b string) int { return versionOrder(kind, a, b) })
	}
	for version, v := range h.want.versions {
		var facts []inventory.LicenseFact
		if r := l.Find(version); r != nil && strings.TrimSpace(r.License) != "" {
			facts = append(facts, scan.DeclaredFact(r.License, "", l.Source, l.Observed))
			k.out.Declared++
		}
		if len(texts[version]) > 0 {
			facts = append(facts, texts[version]...)
			k.out.Detected++
		}
		if len(facts) == 0 {
			continue
		}
		for p := range v.purls {
			licenses.Facts[p] = append(licenses.Facts[p], facts...)
		}
	}
	return l
}

// texts reads the license files of one version.
func (k *refreshKeeper) texts(h *heard, version string, files []remote.Text, source string, licenses *scan.PackageLicenses) (facts []inventory.LicenseFact, expression string) {
	byName := map[string][]byte{}
	prefix := h.want.purl.FullName() + "@" + version + "/"
	for _, f := range files {
		byName[prefix+f.Name] = f.Data
	}
	id := h.want.name
	read := scan.ReadTexts(id, source, byName, k.office.Now)
	for hash, text := range read.Texts {
		licenses.Texts[hash] = text
	}
	if v := h.want.versions[version]; v != nil && len(read.Notices[id]) > 0 {
		for p := range v.purls {
			licenses.Notices[p] = append(licenses.Notices[p], read.Notices[id]...)
		}
	}
	var all []license.Expr
	for _, f := range read.Facts[id] {
		if e, err := license.Parse(f.Expression); err == nil && f.Expression != "" {
			all = append(all, e)
		}
	}
	if len(all) > 0 {
		expression = license.And(all...).Normalize().String()
	}
	return read.Facts[id], expression
}
