package work

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/scan/history"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// unlined is a block whose lines were not mined: what is needed to do it.
type unlined struct {
	seq   int
	block contribution.Block
}

// mineLines counts lines of the commits whose lines are not known yet, newest
// run first. Each block is kept as soon as it is done, so an interrupted run
// goes on where it was.
func (o *Office) mineLines(ctx context.Context, src *source.Source, m *MinedHistory, opts HistoryOptions) error {
	_, ref, err := o.Store.History(ctx, m.History.Location)
	if err != nil {
		return err
	}
	var todo []unlined
	read := m.History
	if err := o.Store.EachBlock(ctx, &read, true, func(seq int, b *contribution.Block) error {
		if b.Lines == nil {
			todo = append(todo, unlined{seq, contribution.Block{IDSize: b.IDSize, IDs: slices.Clone(b.IDs), Author: slices.Clone(b.Author), Parents: slices.Clone(b.Parents)}})
		}
		return nil
	}); err != nil || len(todo) == 0 {
		return err
	}
	odd, err := src.Oddities(ctx)
	if err != nil {
		return &Unread{src.Repository.Location, err}
	}
	for i, t := range todo {
		lines, err := history.Lines(ctx, src, &t.block, odd)
		if err != nil {
			return &Unread{src.Repository.Location, err}
		}
		m.History.Lined += t.block.Len()
		countUnknown(&m.History, &t.block, lines)
		if err := o.Store.PutLines(ctx, &ref, &m.History, t.seq, lines, o.Now); err != nil {
			return err
		}
		if opts.Progress != nil {
			opts.Progress(src.Repository.Name, (i+1)*t.block.Len())
		}
	}
	return nil
}

// countUnknown counts the commits that are no merges and whose lines can't be known.
func countUnknown(h *contribution.History, b *contribution.Block, lines []contribution.LineCount) {
	n, example := 0, ""
	for i, l := range lines {
		if l.Added < 0 && !b.Merge(i) {
			if n++; n == 1 {
				example = hex.EncodeToString(b.ID(i))
			}
		}
	}
	if n == 0 {
		return
	}
	h.Oddities = slices.Clone(h.Oddities)
	for i := range h.Oddities {
		if h.Oddities[i].Kind == contribution.OddNoLines {
			h.Oddities[i].Count += n
			return
		}
	}
	h.Oddities = append(h.Oddities, contribution.Oddity{Kind: contribution.OddNoLines, Count: n, Example: example})
	slices.SortFunc(h.Oddities, func(a, b contribution.Oddity) int { return strings.Compare(a.Kind, b.Kind) })
}
