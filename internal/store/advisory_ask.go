package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// Asked is one package that some record speaks of, with what matched.
type Asked struct {
	Asker *advisory.Asker
	// Matches holds the records that mean a version, by version.
	Matches map[string][]advisory.Match
	// Bad lists versions that the ecosystem's order can't place.
	Bad map[string]bool
}

// AskAdvisories matches versions of packages against the mirror. What no record
// speaks of is absent; records holds what is shown of those that matched.
func (db *DB) AskAdvisories(ctx context.Context, versions map[advisory.Key][]string) (asked map[advisory.Key]*Asked, records map[int64]*advisory.Info, err error) {
	asked, records = map[advisory.Key]*Asked{}, map[int64]*advisory.Info{}
	err = db.view(ctx, func(tx *sql.Tx) error {
		clear(asked)
		clear(records)
		err := db.advisoryPackages(ctx, tx, versions, func(p *advisory.Package) error {
			a := Ask(p, versions[p.Key])
			if len(a.Matches)+len(a.Bad) > 0 {
				asked[p.Key] = a
			}
			for _, list := range a.Matches {
				for _, m := range list {
					records[m.Record] = nil
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return db.advisoryInfos(ctx, tx, records)
	})
	return asked, records, err
}

// Ask asks one package about versions.
func Ask(p *advisory.Package, versions []string) *Asked {
	a := &Asked{Asker: advisory.NewAsker(p)}
	for _, v := range versions {
		matches, err := a.Asker.Matches(v)
		if err != nil {
			if a.Bad == nil {
				a.Bad = map[string]bool{}
			}
			a.Bad[v] = true
		}
		if len(matches) > 0 {
			if a.Matches == nil {
				a.Matches = map[string][]advisory.Match{}
			}
			a.Matches[v] = matches
		}
	}
	return a
}

// advisoryPackages reads the packages that are asked for and that some record
// speaks of.
func (db *DB) advisoryPackages(ctx context.Context, tx *sql.Tx, wanted map[advisory.Key][]string, visit func(*advisory.Package) error) error {
	names := map[int]map[string][]string{} // by row: names with their ecosystems
	for k := range wanted {
		s := shardOf(k)
		if names[s] == nil {
			names[s] = map[string][]string{}
		}
		names[s][k.Name] = append(names[s][k.Name], k.Ecosystem)
	}
	which := make([]int, 0, len(names))
	for s := range names {
		which = append(which, s)
	}
	return db.eachShard(ctx, tx, "osv", which, func(shard int, body []byte) error {
		here := names[shard]
		return walkShard(body, func(ecosystem, name, pkg []byte) error {
			for _, e := range here[string(name)] {
				if e != string(ecosystem) {
					continue
				}
				p, err := decodePackage(advisory.Key{Ecosystem: e, Name: string(name)}, pkg)
				if err != nil {
					return err
				}
				return visit(p)
			}
			return nil
		})
	})
}

const infoColumns = "id, osv_id, names, kind, note, summary, level, score, vector, published, modified, withdrawn"

// advisoryInfos fills a map of records by their numbers.
func (db *DB) advisoryInfos(ctx context.Context, q querier, records map[int64]*advisory.Info) error {
	numbers := make([]int64, 0, len(records))
	for n := range records {
		numbers = append(numbers, n)
	}
	return db.selectNumbers(ctx, q, "SELECT "+infoColumns+" FROM advisory WHERE id IN (%s)", numbers, func(r *sql.Rows) error {
		i, err := scanInfo(r)
		records[i.Number] = i
		return err
	})
}

// selectNumbers is selectIn over numbers.
func (db *DB) selectNumbers(ctx context.Context, q querier, query string, numbers []int64, scan func(*sql.Rows) error) error {
	for len(numbers) > 0 {
		n := min(batchRows, len(numbers))
		args := make([]any, n)
		for i, id := range numbers[:n] {
			args[i] = id
		}
		if err := db.each(ctx, q, strings.Replace(query, "%s", marks(n), 1), args, scan); err != nil {
			return err
		}
		numbers = numbers[n:]
	}
	return nil
}

func scanInfo(r *sql.Rows) (*advisory.Info, error) {
	var i advisory.Info
	var names, kind, level, published, modified, withdrawn string
	var score int
	err := scanRow(r, &i.Number, &i.ID, &names, &kind, &i.Note, &i.Summary, &level, &score, &i.Severity.Vector, &published, &modified, &withdrawn)
	i.Names, i.Kind = strings.Fields(names), advisory.Kind(kind)
	i.Severity.Level, i.Severity.Score = advisory.Level(level), fromTenths(score)
	i.Published, i.Modified, i.Withdrawn = parseTime(published), parseTime(modified), parseTime(withdrawn)
	return &i, err
}
