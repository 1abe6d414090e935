package work

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/reach"
	"github.com/tributary-oss/tributary/internal/scan/source"
	"github.com/tributary-oss/tributary/internal/store"
)

// ReachOptions shapes an analysis of reachability.
type ReachOptions struct {
	Scan ScanOptions
	// Say is told what is being analyzed, which lasts.
	Say func(text string)
}

// Reachability analyzes the Go modules of the snapshots that have
// vulnerabilities, and keeps what it found beside the commit; reports say it from
// then on. It runs the go command on what was scanned. What could not be analyzed
// is in failed and stops nothing else.
func (o *Office) Reachability(ctx context.Context, snaps []Scanned, opts ReachOptions) (failed []error, err error) {
	if o.Store == nil {
		return nil, nil
	}
	answer, err := o.Advisories(ctx, snaps)
	if err != nil {
		return nil, err
	}
	for i := range snaps {
		asked := reachQuestions(&answer, &snaps[i].Snapshot)
		if len(asked) == 0 || snaps[i].Path == "" {
			if opts.Say != nil {
				opts.Say(snaps[i].Snapshot.Repository.Name + ": " + nothingToReach(&snaps[i].Snapshot))
			}
			continue
		}
		bad, err := o.reachRepository(ctx, &snaps[i], asked, opts)
		if err != nil {
			return failed, err
		}
		failed = append(failed, bad...)
	}
	return failed, nil
}

// nothingToReach says why there is nothing to analyze.
func nothingToReach(s *inventory.Snapshot) string {
	for _, u := range s.Units {
		for _, x := range u.Usages {
			if x.Component.Type == "golang" && goModule(x.Manifest) != "" && !x.Fixture {
				return "no record of Go's own database matches its Go modules: nothing to analyze"
			}
		}
	}
	return reach.ErrNoCode.Error()
}

// reachQuestion is what must be asked of one module: advisories, and the version
// of the standard library that its go line admits.
type reachQuestion struct {
	manifest string
	ids      map[string]bool
	stdlib   map[string]string // advisory to the release that it was matched with
}

// reachQuestions lists the go.mod files of a snapshot with the records of Go's
// own database that match there: only these name packages and symbols.
func reachQuestions(answer *advisory.Answer, s *inventory.Snapshot) []*reachQuestion {
	var out []*reachQuestion
	for i := range answer.Findings {
		f := &answer.Findings[i]
		module := goModule(f.Usage.Manifest)
		if f.Repository != s.Repository.Name || f.Commit != s.Commit || f.Usage.Component.Type != "golang" || module == "" || f.Usage.Fixture {
			continue
		}
		at := slices.IndexFunc(out, func(q *reachQuestion) bool { return q.manifest == module })
		if at < 0 {
			at = len(out)
			out = append(out, &reachQuestion{module, map[string]bool{}, map[string]string{}})
		}
		for _, id := range f.Records {
			if strings.HasPrefix(id, "GO-") {
				out[at].ids[id] = true
				if f.Kind == advisory.StdlibCandidate {
					out[at].stdlib[id] = f.Usage.Component.Version
				}
			}
		}
	}
	return slices.DeleteFunc(out, func(q *reachQuestion) bool { return len(q.ids) == 0 })
}

// goModule is the go.mod that a manifest of Go belongs to; "" for one that
// belongs to no module.
func goModule(manifest string) string {
	switch dir, base := path.Split(manifest); {
	case base == "go.mod":
		return manifest
	case base == "go.sum":
		return dir + "go.mod"
	case manifest == "vendor/modules.txt" || strings.HasSuffix(manifest, "/vendor/modules.txt"):
		return strings.TrimSuffix(dir, "vendor/") + "go.mod"
	}
	return ""
}

func (o *Office) reachRepository(ctx context.Context, s *Scanned, asked []*reachQuestion, opts ReachOptions) (failed []error, err error) {
	records := map[string][]byte{}
	for _, q := range asked {
		for id := range q.ids {
			if records[id], err = o.rawAdvisory(ctx, id); err != nil {
				return nil, err
			}
		}
	}
	database, err := reach.Database(records)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(database)
	name := s.Snapshot.Repository.Name
	dir, done, err := o.onDisk(ctx, s, opts.Scan)
	if err != nil {
		return []error{fmt.Errorf("%s: reachability is not analyzed: %w", name, err)}, nil
	}
	defer done()
	var found []store.Reach
	var analyzed []string
	for _, q := range asked {
		if opts.Say != nil {
			opts.Say(fmt.Sprintf("%s: analyzing what %s can call", name, q.manifest))
		}
		r, err := reach.Module(ctx, filepath.Join(dir, filepath.FromSlash(path.Dir(q.manifest))), database)
		if ctx.Err() != nil {
			return failed, ctx.Err()
		}
		if errors.Is(err, reach.ErrNoCode) {
			if opts.Say != nil {
				opts.Say(fmt.Sprintf("%s: %s: %v", name, q.manifest, err))
			}
			continue
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %s: reachability is not analyzed: %w", name, q.manifest, err))
			continue
		}
		analyzed = append(analyzed, q.manifest)
		found = append(found, q.answers(r)...)
	}
	return failed, o.Store.PutReached(ctx, name, s.Snapshot.Commit, analyzed, found, o.Now)
}

// answers reads a result for all that was asked. An advisory without a finding is
// not reached; of the standard library that holds only where the release that was
// analyzed is the one that was matched.
func (q *reachQuestion) answers(r reach.Result) []store.Reach {
	var out []store.Reach
	for _, f := range r.Findings {
		out = append(out, store.Reach{Manifest: q.manifest, Advisory: f.Advisory, State: f.State, Stack: f.Stack})
	}
	for _, id := range sortedKeys(q.ids) {
		if slices.ContainsFunc(r.Findings, func(f reach.Finding) bool { return f.Advisory == id }) {
			continue
		}
		if release, std := q.stdlib[id]; std && release != advisory.GoRelease(r.GoVersion) {
			continue
		}
		out = append(out, store.Reach{Manifest: q.manifest, Advisory: id, State: reach.NotReached})
	}
	return out
}

// rawAdvisory gives a record as its source wrote it.
func (o *Office) rawAdvisory(ctx context.Context, id string) ([]byte, error) {
	infos, err := o.Store.AdvisoriesNamed(ctx, id)
	if err != nil {
		return nil, err
	}
	for number, info := range infos {
		if info.ID == id {
			return o.Store.AdvisoryRaw(ctx, number)
		}
	}
	return nil, fmt.Errorf("the mirror has no record %s any more", id)
}

// Bounds of what is written to disk for an analysis.
const (
	maxReachFiles = 300_000
	maxReachBytes = 4 << 30
)

// onDisk gives a directory with the files of a snapshot: the work tree where that
// was scanned, else a copy of the commit that done removes.
func (o *Office) onDisk(ctx context.Context, s *Scanned, opts ScanOptions) (dir string, done func(), err error) {
	sources, err := source.Open(ctx, s.Path, source.Options{Revision: opts.Revision, WorkTree: opts.WorkTree, CacheDir: opts.CacheDir})
	if err != nil {
		return "", nil, err
	}
	for _, src := range sources {
		defer src.Tree.Close()
	}
	at := slices.IndexFunc(sources, func(src *source.Source) bool { return src.Repository.Name == s.Snapshot.Repository.Name })
	if at < 0 {
		return "", nil, fmt.Errorf("%s does not hold it any more", source.Shown(s.Path))
	}
	if opts.WorkTree && sources[at].WorkTree != "" {
		return sources[at].WorkTree, func() {}, nil
	}
	if dir, err = os.MkdirTemp("", "tributary-reach-"); err != nil {
		return "", nil, err
	}
	done = func() { os.RemoveAll(dir) }
	if err := writeTree(ctx, sources[at].Tree, dir); err != nil {
		done()
		return "", nil, err
	}
	return dir, done, nil
}

// writeTree writes the plain files of a tree into a directory that it never
// leaves. Links are left out: they could lead anywhere.
func writeTree(ctx context.Context, tree source.Tree, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	files := slices.DeleteFunc(slices.Clone(tree.Files()), func(f source.File) bool { return f.Mode != source.Regular && f.Mode != source.Executable })
	if len(files) > maxReachFiles {
		return fmt.Errorf("it has %d files; at most %d are written for an analysis", len(files), maxReachFiles)
	}
	left, last := int64(maxReachBytes), ""
	return tree.ReadEach(ctx, files, func(f source.File, b []byte, err error) error {
		if err != nil {
			return nil // what is missing, the analysis misses and says
		}
		if left -= int64(len(b)); left < 0 {
			return fmt.Errorf("it has more than %d bytes", int64(maxReachBytes))
		}
		if parent := path.Dir(f.Path); parent != last {
			if err := root.MkdirAll(filepath.FromSlash(parent), 0o755); err != nil {
				return err
			}
			last = parent
		}
		return root.WriteFile(filepath.FromSlash(f.Path), b, 0o644)
	})
}
