package cli

import (
	"github.com/spf13/cobra"
)

func newAdvisory(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "advisory",
		Short: "What is known to be wrong with packages: a local mirror of advisories, and who is affected",
		Long: `Advisory keeps a mirror of advisories in the OSV format in the store and asks
it. After an update everything works offline, and a scan reads only what it
asks for.

What the mirror lacks is said beside every answer: an ecosystem without data,
data that is old, records that were not understood. None of that is ever taken
as "no vulnerabilities".`,
	}
	c.AddCommand(newAdvisoryUpdate(s), newAdvisoryMatch(s), newAdvisoryAffected(s), newAdvisoryShow(s), newAdvisoryStatus(s), newAdvisoryDrop(s))
	return c
}
