package work

import (
	"context"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// EachCommit gives the commits of a history as they were mined, with the paths
// that they touch.
func (o *Office) EachCommit(ctx context.Context, h contribution.History, f func(contribution.Commit) error) error {
	return o.Store.EachWholeBlock(ctx, &h, func(seq int, b *contribution.Block) error {
		paths, err := o.Store.Paths(ctx, h.Location, seq)
		if err != nil {
			return err
		}
		for i := range b.Len() {
			c := b.Commit(i, h.People)
			if i < len(paths.Touched) && paths.Touched[i] != nil {
				c.Paths = make([]string, 0, len(paths.Touched[i]))
				for _, n := range paths.Touched[i] {
					c.Paths = append(c.Paths, paths.Names[n])
				}
			}
			if err := f(c); err != nil {
				return err
			}
		}
		return nil
	})
}
