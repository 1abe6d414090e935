package scan

import (
	"context"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// Cache answers from earlier scans. Each function may be nil: then everything
// is read. Keys are content ids, so an answer never goes stale.
type Cache struct {
	// Units gives earlier readings of these manifests, several a key where the
	// surroundings differed; the scan checks which one still holds.
	Units func(ctx context.Context, keys []UnitKey) ([]inventory.Unit, error)
	// Blobs gives what a detector found in these contents; absent keys were
	// never looked at, an empty value says that nothing was found.
	Blobs    func(ctx context.Context, detector string, blobs []string) (map[string][]byte, error)
	PutBlobs func(ctx context.Context, detector string, found map[string][]byte) error
	// Trees gives the license summaries of whole directories.
	Trees    func(ctx context.Context, detector string, trees []string) (map[string][]byte, error)
	PutTrees func(ctx context.Context, detector string, sums map[string][]byte) error
	// PutTexts keeps license and notice texts by their hash.
	PutTexts func(ctx context.Context, texts map[string][]byte) error
}

// Options says what to look at.
type Options struct {
	// Licenses reads the repository's own files for licenses.
	Licenses bool
	// Workers is how many files are looked at at once for licenses; at least 1.
	Workers int
	// Progress, when set, is told how many files of how many are done.
	Progress func(done, total int)
}

// Version is raised when a change here alters what snapshots hold.
const Version = "1"

// Scanner names the collectors behind a snapshot.
func Scanner(o Options) string {
	s := "packages/" + Version + "-" + readersVersion()
	if o.Licenses {
		s += " licenses/" + detectorID()
	}
	return s
}

func detectorID() string { return detect.Version + "/" + summaryVersion }

// Scan reads one source. The error is for what stops the whole (cancellation, a
// failing cache); whatever is wrong with single files is in the snapshot.
func Scan(ctx context.Context, src *source.Source, cache Cache, opts Options, now time.Time) (inventory.Snapshot, error) {
	snap := inventory.Snapshot{
		Repository: src.Repository,
		Commit:     src.Commit,
		Revision:   src.Revision,
		CommitTime: src.CommitTime,
		ScannedAt:  now,
		Scanner:    Scanner(opts),
	}
	files := src.Tree.Files()
	snap.Files = len(files)
	var err error
	if snap.Units, err = packages(ctx, src.Tree, cache); err != nil {
		return snap, err
	}
	snap.Problems = append(snap.Problems, missingManifests(snap.Units)...)
	if opts.Licenses {
		var problems []inventory.Problem
		if snap.Licenses, problems, err = licenses(ctx, src.Tree, cache, opts); err != nil {
			return snap, err
		}
		snap.Problems = append(snap.Problems, problems...)
	}
	snap.Problems = append(snap.Problems, src.Problems...)
	snap.Problems = append(snap.Problems, src.Tree.Problems()...)
	// Manifests and licenses may both have asked for a damaged file.
	told := map[inventory.Problem]bool{}
	snap.Problems = slices.DeleteFunc(snap.Problems, func(p inventory.Problem) bool {
		again := told[p]
		told[p] = true
		return again
	})
	if len(files) == 0 && len(snap.Problems) == 0 {
		snap.Problems = append(snap.Problems, inventory.Problem{Kind: "empty", Message: "there are no files in it"})
	}
	return snap, nil
}
