package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
	"github.com/spf13/cobra"
)

func bundle() *cobra.Command {
	var dir, mirror, out string
	c := &cobra.Command{
		Use: "bundle --out FILE", Short: "Pack the add-ons that control-plane nodes fetch", Args: cobra.NoArgs,
		Long: `Pack the add-ons that control-plane nodes fetch.

One bundle serves every Kubernetes release of the driver: what differs by release
is a value that the driver gives. Put it where nodes reach it and set the labels
that this command prints.`,
		RunE: func(c *cobra.Command, _ []string) error {
			known, err := catalog(dir)
			if err != nil {
				return err
			}
			upstream, err := fetchUpstream(c.Context(), mirror, known.Upstream())
			if err != nil {
				return err
			}
			var packed bytes.Buffer
			sum, err := addons.Bundle(&packed, addons.Manifests(), upstream)
			if err != nil {
				return err
			}
			if err := write(out, packed.Bytes()); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "addons_url: <where nodes find %s>\naddons_sha256: %s\n", filepath.Base(out), sum)
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "file to write")
	c.Flags().StringVar(&mirror, "mirror", "", "URL of a mirror that has each host as a folder (upstream itself)")
	c.Flags().StringVar(&dir, "dir", "", "folder of the versions' files (built in)")
	_ = c.MarkFlagRequired("out")
	return c
}

// fetchUpstream gets what the bundle takes from the add-ons' own projects. Every
// entry without a checksum is named.
func fetchUpstream(ctx context.Context, mirror string, archives []versions.Upstream) (map[string][]byte, error) {
	var missing []error
	for _, u := range archives {
		if u.Download.SHA256 == "" {
			missing = append(missing, fmt.Errorf("add-on %s: %s: %w", u.Addon, u.Download.URL, versions.ErrNoChecksum))
		}
	}
	if len(missing) > 0 {
		return nil, errors.Join(missing...)
	}
	out := map[string][]byte{}
	for _, u := range archives {
		archive, err := versions.Fetch(ctx, nil, mirror, u.Download)
		if err != nil {
			return nil, fmt.Errorf("add-on %s: %w", u.Addon, err)
		}
		files, err := addons.Pick(u, archive)
		if err != nil {
			return nil, fmt.Errorf("add-on %s: %w", u.Addon, err)
		}
		maps.Copy(out, files)
	}
	return out, nil
}

// write makes a file as a whole or not at all.
func write(file string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".bundle-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // gone already where all went well
	_, err = temporary.Write(data)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
