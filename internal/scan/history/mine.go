package history

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// Options say what to mine.
type Options struct {
	// Known is what earlier runs found; nil for none.
	Known *contribution.History
	// AllBranches mines all branches and remote branches, not only the one that
	// HEAD is on.
	AllBranches bool
	// Lines counts lines too, in the same pass, of new commits up to a bound and
	// to the first missing blob; [Lines] does the rest.
	Lines bool
	Now   time.Time
	// Progress is told how many commits were read so far.
	Progress func(commits int)
}

// Mined is what one run found.
type Mined struct {
	// History is the repository's present state, what was known included.
	History contribution.History
	// Blocks are the new commits, and Paths what each block's commits touch.
	Blocks []contribution.Block
	Paths  []contribution.Paths
	// Unchanged says that nothing was new: there is nothing to keep.
	Unchanged bool
	// Replace says that the blocks are the whole history: what was kept before
	// is to be forgotten, for History.Again says why.
	Replace bool
	// Notes say, in words for people, what was odd about this run.
	Notes []string
}

// Mine reads the commits that are new since the known state. What git can't
// read is said in History.Partial, and all before it is kept.
func Mine(ctx context.Context, src *source.Source, o Options) (Mined, error) {
	m, err := start(ctx, src, o)
	if err != nil || m.Unchanged {
		return m, err
	}
	old := []string(nil)
	if !m.Replace && o.Known != nil {
		old = o.Known.Tips
	}
	b := newBuilder(&m.History, o.Now)
	if len(m.History.Tips) > 0 {
		if err := read(ctx, src, b, m.History.Tips, old, &o); err != nil {
			return m, err
		}
	}
	if err := recoverDoubts(ctx, src, b); err != nil {
		return m, err
	}
	b.finish()
	m.Blocks, m.Paths = b.blocks, b.paths
	if m.History.Partial != "" {
		m.History.Tips = nil // the next run begins anew
	}
	return m, nil
}

// start looks at references and marks, and decides what is to be read.
func start(ctx context.Context, src *source.Source, o Options) (m Mined, err error) {
	odd, err := src.Oddities(ctx)
	if err != nil {
		return m, err
	}
	h := contribution.History{Repository: src.Repository.Name, Location: src.Repository.Location, AllBranches: o.AllBranches, MinedAt: o.Now, Shallow: odd.Shallow}
	slices.Sort(h.Shallow)
	if h.Tips, h.Branch, err = tips(ctx, src, o.AllBranches); err != nil {
		return m, err
	}
	if h.Releases, h.OtherTags, err = tags(ctx, src); err != nil {
		m.Notes = append(m.Notes, "tags could not all be read: "+err.Error())
	}
	h.Mailmap = mailmap(ctx, src)
	m.Notes = append(m.Notes, marks(odd)...)
	known := o.Known
	if known == nil || known.Commits == 0 && len(known.Tips) == 0 && known.Partial == "" {
		m.History = h
		return m, nil
	}
	if known.Branch != h.Branch && known.Branch != "" && h.Branch != "" {
		m.Notes = append(m.Notes, fmt.Sprintf("the default branch was %s and is %s now", known.Branch, h.Branch))
	}
	if why := again(ctx, src, known, &h); why != "" {
		m.Notes = append(m.Notes, why+", so it was mined anew")
		m.Replace, m.History = true, h
		return m, nil
	}
	m.Unchanged = slices.Equal(known.Tips, h.Tips) && slices.Equal(known.Releases, h.Releases) && bytes.Equal(known.Mailmap, h.Mailmap) && known.Branch == h.Branch
	h.Roots, h.Commits, h.Lined, h.People, h.Oddities = known.Roots, known.Commits, known.Lined, slices.Clip(known.People), known.Oddities
	m.History = h
	return m, nil
}

// again says why what is known can't be built upon; "" when it can.
func again(ctx context.Context, src *source.Source, known, now *contribution.History) string {
	switch {
	case len(known.Tips) == 0:
		return "its history was not whole before"
	case known.AllBranches != now.AllBranches:
		return "other branches were asked for than before"
	case !slices.Equal(known.Shallow, now.Shallow):
		return "the shallow clone was deepened or cut"
	case slices.Equal(known.Tips, now.Tips):
		return ""
	}
	gone, err := countCommits(ctx, src, known.Tips, now.Tips)
	switch {
	case err != nil:
		return "its history was rewritten (commits that were there are gone)"
	case gone == 0:
		return ""
	}
	how := "its history was rewritten"
	if fresh, err := countCommits(ctx, src, now.Tips, known.Tips); err == nil && fresh == 0 {
		how = "its tip went back"
	}
	if gone == 1 {
		return how + " (1 commit is no longer part of it)"
	}
	return fmt.Sprintf("%s (%d commits are no longer part of it)", how, gone)
}

// countCommits counts the commits that are reachable from some tips and not
// from others.
func countCommits(ctx context.Context, src *source.Source, from, not []string) (int, error) {
	cmd, err := src.ObjectCommand(ctx, "rev-list", "--count", "--stdin")
	if err != nil {
		return 0, err
	}
	cmd.Stdin = revisions(from, not)
	out, err := source.Run(cmd)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(out)))
}

func revisions(from, not []string) io.Reader {
	var in strings.Builder
	for _, id := range from {
		in.WriteString(id + "\n")
	}
	for _, id := range not {
		in.WriteString("^" + id + "\n")
	}
	return strings.NewReader(in.String())
}

// tips are the commits to start from, sorted, and the branch that HEAD is on.
func tips(ctx context.Context, src *source.Source, all bool) (ids []string, branch string, err error) {
	if cmd, err := src.RefCommand(ctx, "symbolic-ref", "--quiet", "--short", "HEAD"); err == nil {
		out, _ := source.Run(cmd) // a detached HEAD has none
		branch, _, _ = cleanText(bytes.TrimSpace(out))
	}
	if src.Commit != "" {
		ids = append(ids, src.Commit)
	}
	if !all {
		return ids, branch, nil
	}
	cmd, err := src.RefCommand(ctx, "for-each-ref", "--format=%(objectname) %(objecttype)", "refs/heads", "refs/remotes")
	if err != nil {
		return nil, "", err
	}
	out, err := source.Run(cmd)
	for _, line := range strings.Split(string(out), "\n") {
		if id, ok := strings.CutSuffix(line, " commit"); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), branch, err
}

// maxMailmap bounds a .mailmap, in bytes.
const maxMailmap = 4 << 20

// mailmap reads .mailmap of the tip, as git does in a bare repository.
func mailmap(ctx context.Context, src *source.Source) []byte {
	if src.Commit == "" {
		return nil
	}
	cmd, err := src.ObjectCommand(ctx, "cat-file", "blob", src.Commit+":.mailmap")
	if err != nil {
		return nil
	}
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return nil
	}
	b, _ := io.ReadAll(io.LimitReader(out, maxMailmap))
	_, _ = io.Copy(io.Discard, out)
	if cmd.Wait() != nil {
		return nil // there is none, or its blob is missing
	}
	return b
}

// marks says what lies over a history and was not followed.
func marks(odd source.Odd) (notes []string) {
	if n := len(odd.Shallow); n > 0 {
		notes = append(notes, fmt.Sprintf("it is a shallow clone, cut off at %s: what came before is unknown (git fetch --unshallow brings it)", plural(n, "commit")))
	}
	if odd.Grafts > 0 {
		notes = append(notes, fmt.Sprintf("%s not followed: commits count as they were made", plural(odd.Grafts, "graft")))
	}
	if odd.Replaced > 0 {
		notes = append(notes, fmt.Sprintf("%s not followed: commits count as they were made (GIT_NO_REPLACE_OBJECTS=1 shows them)", plural(odd.Replaced, "replacement")))
	}
	return notes
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// maxLined bounds the commits whose lines are counted in the first pass: it is
// kept when it is done, the second after every block.
const maxLined = 100_000

var errEnough = errors.New("enough commits with lines")

// read runs git log over what is new. Where a blob is missing it reads on
// without lines, where a tree is missing without paths; where that fails too,
// what was read is kept and the failure said.
func read(ctx context.Context, src *source.Source, b *builder, from, not []string, o *Options) error {
	var seen map[string]bool
	ways := [][]string{{"--name-status"}, {"--no-patch"}}
	if o.Lines {
		ways = append([][]string{append([]string{"--raw", "--abbrev=4"}, asPatch...)}, ways...)
	}
	for _, how := range ways {
		more, err := readLog(ctx, src, b, from, not, seen, o.Progress, append(how, "--no-renames", "--diff-merges=off")...)
		if err == nil || ctx.Err() != nil {
			b.history.Partial = ""
			return ctx.Err()
		}
		if errors.Is(err, exec.ErrNotFound) {
			return errors.New("git is not installed, or not in PATH; it is needed to read histories")
		}
		seen = more
		b.history.Partial, _, _ = cleanText([]byte(err.Error()))
	}
	return nil
}

// roomy gives git its own sizes of caches back: a history comes to the same
// trees again and again, which a scan of one commit does not.
var roomy = []string{"-c", "core.deltaBaseCacheLimit=96m", "-c", "core.packedGitWindowSize=1g", "-c", "core.packedGitLimit=8g"}

// readLog reads one git log. Commits in skip are passed over; those that were
// read are given back when git failed.
func readLog(ctx context.Context, src *source.Source, b *builder, from, not []string, skip map[string]bool, progress func(int), how ...string) (map[string]bool, error) {
	args := slices.Concat(roomy, []string{"log", "-z", "--stdin", "--date=raw", "--encoding=UTF-8", "--no-show-signature", "--no-mailmap", "--no-color", "--no-decorate", logFormat}, how)
	cmd, err := src.ObjectCommand(ctx, args...)
	if err != nil {
		return nil, err
	}
	cmd.Stdin = revisions(from, not)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := source.StartReading(cmd)
	if err != nil {
		return nil, fmt.Errorf("cannot run git (is it installed?): %w", err)
	}
	defer out.Close()
	pathless := how[0] == "--no-patch"
	r := &logReader{in: bufio.NewReaderSize(out, 256<<10)}
	b.full, b.lined = true, how[0] == "--raw"
	if b.lined {
		r.patch = &patchReader{in: r.in}
	}
	last, readErr := consume(r, b, pathless, skip, progress)
	if readErr != nil {
		_ = cmd.Process.Kill()
	}
	err = errors.Join(readErr, cmd.Wait())
	if last != nil && (err == nil || pathless) && !b.add(last) {
		err = errors.Join(err, errLog)
	}
	if err != nil {
		return b.ids(), gitError(&words, err)
	}
	return nil, nil
}

func gitError(words *bytes.Buffer, err error) error {
	if line, _, _ := strings.Cut(strings.TrimSpace(words.String()), "\n"); line != "" {
		return fmt.Errorf("git log ended early: %s", line)
	}
	return fmt.Errorf("git log ended early: %w", err)
}

// consume adds all commits but the last, which it gives back: where git fails
// in its midst, its paths are not whole.
func consume(r *logReader, b *builder, pathless bool, skip map[string]bool, progress func(int)) (last *rawCommit, err error) {
	c, spare := &rawCommit{pathless: pathless}, &rawCommit{pathless: pathless}
	for n := 1; ; n++ {
		err := r.read(c)
		if errors.Is(err, io.EOF) {
			return last, nil
		}
		if err != nil {
			return last, err
		}
		if last != nil && !b.add(last) {
			return nil, errLog
		}
		if b.lined && n > maxLined {
			return nil, errEnough
		}
		if skip[string(c.id)] {
			last = nil
			continue
		}
		last, c, spare = c, spare, c
		if progress != nil && n%1000 == 0 {
			progress(n)
		}
	}
}
