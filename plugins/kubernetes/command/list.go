package command

import (
	"fmt"
	"os"
	"strings"

	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
	"github.com/spf13/cobra"
)

// catalog reads a folder of versions' files; "" is the built-in one.
func catalog(dir string) (*versions.Catalog, error) {
	if dir == "" {
		return versions.Default(), nil
	}
	return versions.Parse(os.DirFS(dir))
}

func list() *cobra.Command {
	var dir, release string
	var images, urls bool
	c := &cobra.Command{
		Use: "list", Short: "List the Kubernetes releases, and what has no checksum", Args: cobra.NoArgs,
		Example: "  heatsync-driver-kubernetes versions list --images --release v1.36.6\n  heatsync-driver-kubernetes versions list --urls",
		RunE: func(c *cobra.Command, _ []string) error {
			known, err := catalog(dir)
			if err != nil {
				return err
			}
			if release == "" {
				release = known.Latest()
			}
			r, err := known.Release(release)
			switch {
			case err != nil:
				return err
			case images:
				for _, image := range addons.Images(addons.Input{Kubernetes: r.Kubernetes, Images: known.Images(r.Kubernetes)}) {
					fmt.Fprintln(c.OutOrStdout(), image)
				}
			case urls:
				listURLs(c, known)
			default:
				listReleases(c, known)
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the versions' files (built in)")
	c.Flags().BoolVar(&images, "images", false, "the add-ons' images instead, for a mirror")
	c.Flags().BoolVar(&urls, "urls", false, "URL and SHA-256 of every download instead, for a mirror")
	c.Flags().StringVar(&release, "release", "", "Kubernetes release of the images (the newest)")
	c.MarkFlagsMutuallyExclusive("images", "urls")
	return c
}

func listReleases(c *cobra.Command, known *versions.Catalog) {
	for _, v := range known.Versions() {
		r, _ := known.Release(v)
		missing := "complete"
		if m := r.Missing(); len(m) > 0 {
			words := make([]string, len(m))
			for i, p := range m {
				words[i] = string(p)
			}
			missing = "no checksum of " + strings.Join(words, ", ")
		}
		fmt.Fprintf(c.OutOrStdout(), "%-10s %s\n", v, missing)
	}
}

func listURLs(c *cobra.Command, known *versions.Catalog) {
	said := map[string]bool{}
	say := func(d versions.Download) {
		sum := d.SHA256
		if sum == "" {
			sum = "-"
		}
		if !said[d.URL] {
			fmt.Fprintf(c.OutOrStdout(), "%s %s\n", sum, d.URL)
		}
		said[d.URL] = true
	}
	for _, v := range known.Versions() {
		r, _ := known.Release(v)
		for _, p := range r.Programs() {
			say(r.Downloads[p])
		}
	}
	for _, u := range known.Upstream() {
		say(u.Download)
	}
}
