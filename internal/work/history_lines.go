package work

import (
	"context"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

// mineLines counts lines of the commits whose lines are not known yet.
func (o *Office) mineLines(ctx context.Context, src *source.Source, m *MinedHistory, opts HistoryOptions) error {
	return nil
}
