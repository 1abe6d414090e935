package history

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// unknownLines stands where lines can't be known.
var unknownLines = contribution.LineCount{Added: -1}

// asPatch asks git for changes, in the one form that patchReader reads.
var asPatch = []string{"-p", "-U0", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "--inter-hunk-context=0", "--submodule=short"}

// maxRestarts bounds how often git is started again behind a damaged object.
const maxRestarts = 50

// Lines counts what the commits of a block changed against their parent, and
// names each change. Merges, the ends of a shallow clone, and commits whose
// blobs are missing are unknown. The result is as long as the block.
func Lines(ctx context.Context, src *source.Source, b *contribution.Block, odd source.Odd) ([]contribution.LineCount, error) {
	cut := map[string]bool{}
	for _, id := range odd.Shallow {
		cut[id] = true
	}
	out := make([]contribution.LineCount, b.Len())
	row := map[string]int{}
	var ask []string
	for i := range out {
		out[i] = unknownLines
		id := hex.EncodeToString(b.ID(i))
		if !b.Merge(i) && !cut[id] {
			row[id] = i
			ask = append(ask, id)
		}
	}
	keep := func(id string, n contribution.LineCount) { out[row[id]] = n }
	for restarts := 0; len(ask) > 0; restarts++ {
		left, err := diff(ctx, src, ask, keep)
		if err != nil {
			return nil, err
		}
		if len(left) == 0 {
			break
		}
		if restarts == maxRestarts {
			break // what is left stays unknown
		}
		ask = left
		if restarts == 0 {
			if ask, err = readable(ctx, src, ask); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// diff asks git for changes in order. left are the commits behind the one at
// which git ended.
func diff(ctx context.Context, src *source.Source, ask []string, keep func(string, contribution.LineCount)) (left []string, err error) {
	cmd, err := src.ObjectCommand(ctx, append([]string{"-c", "core.deltaBaseCacheLimit=96m", "diff-tree", "--stdin", "-r", "--root", "--no-renames"}, asPatch...)...)
	if err != nil {
		return nil, err
	}
	cmd.Stdin = strings.NewReader(strings.Join(ask, "\n") + "\n")
	out, err := source.StartReading(cmd)
	if err != nil {
		return nil, fmt.Errorf("cannot run git (is it installed?): %w", err)
	}
	defer out.Close()
	next := 0 // of those asked for, the first that was not answered
	var last []byte
	var lines contribution.LineCount
	answered := func(id []byte, n contribution.LineCount) {
		// Commits that git passes over in silence change nothing.
		for next < len(ask) && ask[next] != string(id) {
			keep(ask[next], contribution.LineCount{})
			next++
		}
		if next < len(ask) {
			keep(ask[next], n)
			next++
		}
	}
	r := &patchReader{in: bufio.NewReaderSize(out, 256<<10)}
	readErr := r.each(func(id []byte, n contribution.LineCount) {
		if last != nil {
			answered(last, lines)
		}
		last, lines = append(last[:0], id...), n
	})
	if readErr != nil {
		_ = cmd.Process.Kill()
	}
	err = errors.Join(readErr, cmd.Wait())
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err == nil {
		if last != nil {
			answered(last, lines)
		}
		for ; next < len(ask); next++ {
			keep(ask[next], contribution.LineCount{})
		}
		return nil, nil
	}
	return behind(ask[next:], string(last)), nil
}

// behind lists what comes after the commit at which git ended: the last that it
// named, or where it named none, the first.
func behind(ask []string, last string) []string {
	for i, id := range ask {
		if id == last {
			return ask[i+1:]
		}
	}
	return ask[min(1, len(ask)):]
}

// readable lists the commits all of whose changed blobs are there. Behind a
// missing tree git is started again, as often as is worth it.
func readable(ctx context.Context, src *source.Source, ask []string) (good []string, err error) {
	for restarts := 0; len(ask) > 0 && restarts <= maxRestarts; restarts++ {
		blobs := map[string][]int{} // of the commits of ask
		told, broken, err := changedBlobs(ctx, src, ask, blobs)
		if err != nil {
			return nil, err
		}
		missing, err := missingObjects(ctx, src, blobs)
		if err != nil {
			return nil, err
		}
		bad := map[int]bool{}
		for _, blob := range missing {
			for _, i := range blobs[blob] {
				bad[i] = true
			}
		}
		for i, id := range ask[:told] {
			if !bad[i] {
				good = append(good, id)
			}
		}
		if !broken {
			break
		}
		ask = ask[min(told+1, len(ask)):]
	}
	return good, nil
}

// changedBlobs gives the blobs of the changes of each commit. When git ended at
// a missing tree, broken is true and told counts the commits before it.
func changedBlobs(ctx context.Context, src *source.Source, ask []string, blobs map[string][]int) (told int, broken bool, err error) {
	cmd, err := src.ObjectCommand(ctx, "diff-tree", "--stdin", "-r", "--root", "--raw", "--no-abbrev", "--no-renames", "-z")
	if err != nil {
		return 0, false, err
	}
	cmd.Stdin = strings.NewReader(strings.Join(ask, "\n") + "\n")
	index := make(map[string]int, len(ask))
	for i, id := range ask {
		index[id] = i
	}
	at := -1
	err = source.EachEntry(cmd, func(entry string) {
		if i, ok := index[entry]; ok {
			at = i
			return
		}
		f := strings.Fields(entry)
		if at < 0 || len(f) != 5 || !strings.HasPrefix(entry, ":") {
			return
		}
		for side, id := range f[2:4] {
			if mode := strings.TrimPrefix(f[side], ":"); strings.Trim(id, "0") != "" && mode != "160000" {
				blobs[id] = append(blobs[id], at)
			}
		}
	})
	switch {
	case ctx.Err() != nil:
		return 0, false, ctx.Err()
	case err != nil:
		return at + 1, true, nil
	}
	return len(ask), false, nil
}

// missingObjects lists those of the objects that are not there.
func missingObjects(ctx context.Context, src *source.Source, blobs map[string][]int) (missing []string, err error) {
	cmd, err := src.ObjectCommand(ctx, "cat-file", "--batch-check=%(objectname)")
	if err != nil {
		return nil, err
	}
	var in bytes.Buffer
	for id := range blobs {
		in.WriteString(id + "\n")
	}
	cmd.Stdin = &in
	out, err := source.Run(cmd)
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(string(out), "\n") {
		if id, ok := strings.CutSuffix(line, " missing"); ok {
			missing = append(missing, id)
		}
	}
	return missing, nil
}
