package cli

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func (f *sourceFlags) addReachable(c *cobra.Command) {
	c.Flags().BoolVar(&f.reachable, "reachable", false,
		"analyze whether Go code can call what is vulnerable; runs the go command on the repositories: never use it on those you do not trust")
}

// reachability runs the analysis that --reachable asks for. What can't be
// analyzed is said, and stays not analyzed.
func (s *settings) reachability(ctx context.Context, office *work.Office, f sourceFlags, snaps []work.Scanned) error {
	if !f.reachable {
		return nil
	}
	s.say("--reachable runs the go command on what is scanned: never use it on repositories that you do not trust")
	if s.getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(math.MaxInt64) // a call graph is large, and collecting finds little of it
	}
	failed, err := office.Reachability(ctx, snaps, work.ReachOptions{Scan: f.options(s, nil), Say: func(text string) { s.say("%s", report.Clean(text)) }})
	for _, e := range failed {
		fmt.Fprintln(s.stderr, "tributary:", report.Clean(e.Error()))
	}
	return err
}
