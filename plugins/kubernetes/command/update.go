package command

import (
	"fmt"

	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
	"github.com/spf13/cobra"
)

func update() *cobra.Command {
	var o versions.UpdateOptions
	c := &cobra.Command{
		Use: "update", Short: "Write the checksums of the versions' files from upstream's own", Args: cobra.NoArgs,
		Long: `Write the checksums of the versions' files from upstream's own.

The files are those of the source tree, and are built in: build the driver anew
after an update. Nothing is written where anything is wrong.`,
		RunE: func(c *cobra.Command, _ []string) error {
			changes, err := versions.Update(c.Context(), o)
			for _, change := range changes {
				fmt.Fprintf(c.OutOrStdout(), "%s: %s %s %s\n", change.File, change.Name, change.Version, change.SHA256)
			}
			if err == nil && len(changes) == 0 {
				fmt.Fprintln(c.OutOrStdout(), "nothing to change")
			}
			return err
		},
	}
	c.Flags().StringVar(&o.Dir, "dir", "plugins/kubernetes/versions/data", "folder of the versions' files")
	c.Flags().StringVar(&o.Mirror, "mirror", "", "URL of a mirror that has each host as a folder (upstream itself)")
	c.Flags().StringSliceVar(&o.Minors, "minor", nil, "only these minors, as v1.34 (all, and the add-ons)")
	c.Flags().BoolVar(&o.Newest, "newest", false, "go to the newest patch release of each minor")
	return c
}
