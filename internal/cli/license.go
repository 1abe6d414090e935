package cli

import (
	"github.com/spf13/cobra"
)

func newLicense(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "license",
		Short: "Licenses of files: find them, explain them, compare, name unknown texts",
	}
	c.AddCommand(newLicenseScan(s), newLicenseExplain(s), newLicenseUnknown(s), newLicenseName(s), newLicenseCompare(s), newLicenseImport(s), newLicenseDrift(s))
	return c
}
