package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/work"
)

// waysToSort are the values of outdated --sort.
var waysToSort = []string{"libyears", "behind", "name"}

func newOutdated(s *settings) *cobra.Command {
	var opts work.OutdatedOptions
	var sortBy, lifecycles string
	c := &cobra.Command{
		Use:   "outdated",
		Short: "How old is what is used: libyears, latest versions, deprecated, withdrawn, end of life, relicensed",
		Long: `Outdated compares each version in use, of all scanned repositories, with what
registries have told ("tributary refresh") and with release cycles of endoflife.date.
It uses no network.

Libyears are the years from the release in use to the latest stable one, summed over
components, direct and transitive apart. Where a date is not known a component has
none, and is counted as not known. Signals tell what is worth a look, each with date
and source; docs/outdated.md explains them. The policy asks for the same (upstream: keys).`,
		Example: `  tributary outdated
  tributary outdated --direct --sort behind --repository shop
  tributary outdated --product checkout --ecosystem npm,go -o csv --file ages.csv
  tributary outdated --lifecycles ~/endoflife -o markdown
  tributary outdated --as-of 2026-03-31 -o json | jq .all.sum
  tributary outdated -o jsonl | jq 'select(.signals[].kind == "relicensed") | .purl'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if !slices.Contains(waysToSort, sortBy) {
				return wrongUse("", "--sort takes %s, not %q", strings.Join(waysToSort, ", "), sortBy)
			}
			for i, e := range opts.Ecosystems {
				opts.Ecosystems[i] = cmp.Or(registryKind(e), e)
			}
			if opts.Lifecycles, err = lifecycleFiles(lifecycles); err != nil {
				return err
			}
			return s.outdated(c, &opts, sortBy, form)
		},
	}
	c.Flags().StringVar(&opts.Repository, "repository", "", "this repository only: its name, or the end of it")
	c.Flags().StringVar(&opts.Product, "product", "", "this product only")
	c.Flags().StringSliceVar(&opts.Ecosystems, "ecosystem", nil, "these ecosystems only (npm, go, pypi, docker…)")
	c.Flags().BoolVar(&opts.Direct, "direct", false, "direct dependencies only")
	c.Flags().StringVar(&sortBy, "sort", "libyears", "what comes first: libyears, behind, name")
	c.Flags().StringVar(&lifecycles, "lifecycles", "", "directory of endoflife.date files (PRODUCT.json), besides lifecycles/ of the program")
	s.addAsOf(c)
	return offer(c, "text", "json", "jsonl", "csv", "markdown")
}

func (s *settings) outdated(c *cobra.Command, opts *work.OutdatedOptions, sortBy, form string) error {
	office, err := s.office(c.Context(), true)
	if err != nil {
		return err
	}
	defer office.Close()
	if opts.Product != "" && !slices.ContainsFunc(office.Program.Products, func(p program.Product) bool { return p.ID == opts.Product }) {
		return wrongUse("Products are listed in program.yaml.", "the program has no product %q", opts.Product)
	}
	r, err := office.Outdated(c.Context(), opts)
	if errors.Is(err, work.ErrNothingScanned) {
		return &exitError{exitCouldNot, fmt.Errorf("nothing was scanned by %s", office.AsOf.Format("2006-01-02")), "Run \"tributary scan PATH…\" first."}
	}
	if err != nil {
		return err
	}
	if opts.Repository != "" && len(r.Repositories) == 0 {
		return &exitError{exitCouldNot, fmt.Errorf("no scanned repository is called %s (as of %s)", opts.Repository, office.AsOf.Format("2006-01-02")), "\"tributary outdated -o json\" lists the repositories that are known."}
	}
	for _, p := range r.Problems {
		s.say("Not read: %s", p)
	}
	sortOutdated(r.Components, sortBy)
	return s.write(func(w io.Writer) error { return writeOutdated(w, r, form, s.verbose) })
}

// sortOutdated puts first what is worst; what is not known comes last.
func sortOutdated(list []work.OutdatedComponent, by string) {
	slices.SortStableFunc(list, func(a, b work.OutdatedComponent) int {
		years, behind := cmp.Compare(b.Libyears, a.Libyears), cmp.Compare(b.Behind, a.Behind)
		switch by {
		case "behind":
			return cmp.Or(behind, years)
		case "name":
			return cmp.Or(strings.Compare(a.Component.FullName(), b.Component.FullName()), strings.Compare(a.Component.Version, b.Component.Version))
		}
		return cmp.Or(years, behind)
	})
}

// maxLifecycles bounds the files of a directory.
const maxLifecycles = 5000

func lifecycleFiles(dir string) (map[string][]byte, error) {
	if dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read --lifecycles: %w", err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".json" || !e.Type().IsRegular() {
			continue
		}
		if len(files) == maxLifecycles {
			return nil, fmt.Errorf("%s has more than %d files", dir, maxLifecycles)
		}
		f, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(f, maxProgramFile+1))
		f.Close()
		if err != nil {
			return nil, err
		}
		files["lifecycles/"+e.Name()] = b
	}
	if len(files) == 0 {
		return nil, wrongUse("Each product of endoflife.date is a file PRODUCT.json.", "%s has no .json files", dir)
	}
	return files, nil
}
