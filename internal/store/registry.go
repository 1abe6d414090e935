package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// RegistryCheck is when a package was last asked for, and what came of it.
type RegistryCheck struct {
	Package string // package URL without version
	// Source is which kind of place was asked: its own registry, or a collection.
	Source  string
	Checked time.Time
	// Versions are those that were asked about, sorted.
	Versions []string
	// Fault says in words why there is no answer; "" when there is one.
	Fault string
}

// RegistryAnswer is one answer to be kept.
type RegistryAnswer struct {
	Check RegistryCheck
	// Package is nil when there was no answer.
	Package *upstream.Listing
}

// PutRegistry keeps answers of registries. One that says what the last one said
// adds no fact; one that failed leaves the facts that are there.
func (db *DB) PutRegistry(ctx context.Context, answers []RegistryAnswer) error {
	return db.transact(ctx, func(tx *sql.Tx) error {
		var names []string
		for _, a := range answers {
			names = append(names, a.Check.Package)
		}
		last, err := db.registryDigests(ctx, tx, names)
		if err != nil {
			return err
		}
		var facts, checks [][]any
		for _, a := range answers {
			c := a.Check
			slices.Sort(c.Versions)
			checks = append(checks, []any{c.Package, c.Source, timeText(c.Checked), strings.Join(c.Versions, "\n"), c.Fault})
			if a.Package == nil {
				continue
			}
			body, digest, err := packListing(a.Package)
			if err != nil {
				return err
			}
			if last[c.Package+"\n"+a.Package.Source] != digest {
				origin, err := toJSON(registryOrigin{a.Package.Repository, a.Package.Directory, a.Package.Homepage, a.Package.Issues})
				if err != nil {
					return err
				}
				facts = append(facts, []any{c.Package, a.Package.Source, timeText(a.Package.Observed), digest, origin, body})
			}
		}
		if err := db.insert(ctx, tx, "registry_fact", "package, registry, observed, digest, origin, body", "", facts); err != nil {
			return err
		}
		return db.insert(ctx, tx, "registry_check", "package, source, checked, versions, fault",
			"ON CONFLICT (package, source) DO UPDATE SET checked = excluded.checked, versions = excluded.versions, fault = excluded.fault", checks)
	})
}

// lastRegistry selects the last fact of each of some packages and registry at or
// before a time.
const lastRegistry = `FROM registry_fact f WHERE f.id = (SELECT g.id FROM registry_fact g WHERE g.package = f.package AND g.registry = f.registry
	AND g.observed <= ? ORDER BY g.observed DESC, g.id DESC LIMIT 1) AND f.package IN (%s)`

func (db *DB) registryDigests(ctx context.Context, q querier, packages []string) (map[string]string, error) {
	out := map[string]string{}
	return out, db.selectIn(ctx, q, "SELECT f.package, f.registry, f.digest "+lastRegistry, []any{endOfTime}, packages, func(r *sql.Rows) error {
		var p, registry, digest string
		err := scanRow(r, &p, &registry, &digest)
		out[p+"\n"+registry] = digest
		return err
	})
}

// endOfTime is after all times in the store.
const endOfTime = "9999"

// Registry gives what registries had told of packages by a time: for each
// package the answers of its registries, the one that was changed last first.
func (db *DB) Registry(ctx context.Context, packages []string, asOf time.Time) (map[string][]upstream.Listing, error) {
	out := map[string][]upstream.Listing{}
	err := db.selectIn(ctx, db.read, "SELECT f.package, f.registry, f.observed, f.body "+lastRegistry+" ORDER BY f.observed DESC, f.id DESC", []any{timeText(asOf)}, packages, func(r *sql.Rows) error {
		var name, source, observed string
		var body []byte
		if err := scanRow(r, &name, &source, &observed, &body); err != nil {
			return err
		}
		p, err := unpackListing(name, source, observed, body)
		out[name] = append(out[name], p)
		return err
	})
	return out, err
}

// RegistryHistory gives all that was ever heard of a package by a time, oldest
// first.
func (db *DB) RegistryHistory(ctx context.Context, name string, asOf time.Time) ([]upstream.Listing, error) {
	var out []upstream.Listing
	err := db.each(ctx, db.read, "SELECT registry, observed, body FROM registry_fact WHERE package = ? AND observed <= ? ORDER BY observed, id", []any{name, timeText(asOf)}, func(r *sql.Rows) error {
		var source, observed string
		var body []byte
		if err := scanRow(r, &source, &observed, &body); err != nil {
			return err
		}
		p, err := unpackListing(name, source, observed, body)
		out = append(out, p)
		return err
	})
	return out, err
}

// FirstRegistry gives for each package the oldest answer by each registry: the
// past that later answers are compared with.
func (db *DB) FirstRegistry(ctx context.Context, packages []string, asOf time.Time) (map[string][]upstream.Listing, error) {
	out := map[string][]upstream.Listing{}
	err := db.selectIn(ctx, db.read, `SELECT f.package, f.registry, f.observed, f.body FROM registry_fact f WHERE f.id = (SELECT g.id FROM registry_fact g
		WHERE g.package = f.package AND g.registry = f.registry ORDER BY g.observed, g.id LIMIT 1) AND f.observed <= ? AND f.package IN (%s) ORDER BY f.observed, f.id`,
		[]any{timeText(asOf)}, packages, func(r *sql.Rows) error {
			var name, source, observed string
			var body []byte
			if err := scanRow(r, &name, &source, &observed, &body); err != nil {
				return err
			}
			p, err := unpackListing(name, source, observed, body)
			out[name] = append(out[name], p)
			return err
		})
	return out, err
}

// RegistryChecks tells when packages were last asked for at a kind of place.
func (db *DB) RegistryChecks(ctx context.Context, source string, packages []string) (map[string]RegistryCheck, error) {
	out := map[string]RegistryCheck{}
	return out, db.selectIn(ctx, db.read, "SELECT package, checked, versions, fault FROM registry_check WHERE source = ? AND package IN (%s)", []any{source}, packages, func(r *sql.Rows) error {
		c := RegistryCheck{Source: source}
		var checked, versions string
		if err := scanRow(r, &c.Package, &checked, &versions, &c.Fault); err != nil {
			return err
		}
		c.Checked = parseTime(checked)
		if versions != "" {
			c.Versions = strings.Split(versions, "\n")
		}
		out[c.Package] = c
		return nil
	})
}

// registryOrigin is where a package's source lies, as its registry told.
type registryOrigin struct{ Repository, Directory, Homepage, Issues string }

// RegistryOrigins gives what registries had told by a time of where the source
// of packages lies, the answer that was changed last first for each.
func (db *DB) RegistryOrigins(ctx context.Context, packages []string, asOf time.Time) ([]upstream.Metadata, error) {
	var out []upstream.Metadata
	err := db.selectIn(ctx, db.read, "SELECT f.package, f.registry, f.observed, f.origin "+lastRegistry+" ORDER BY f.observed DESC, f.id DESC", []any{timeText(asOf)}, packages, func(r *sql.Rows) error {
		var name, source, observed string
		var raw []byte
		if err := scanRow(r, &name, &source, &observed, &raw); err != nil {
			return err
		}
		var o registryOrigin
		if err := fromJSON(raw, &o); err != nil {
			return fmt.Errorf("what the store keeps of %s is damaged: %w", name, err)
		}
		p, err := inventory.ParsePURL(name)
		if err == nil && o != (registryOrigin{}) {
			out = append(out, upstream.Metadata{Package: p, Repository: o.Repository, Directory: o.Directory, Homepage: o.Homepage, Issues: o.Issues, Source: source, Observed: parseTime(observed)})
		}
		return nil
	})
	return out, err
}
