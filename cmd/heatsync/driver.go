package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/internal/driverhost"
)

func driverCommand() *cobra.Command {
	c := &cobra.Command{Use: "driver", Short: "Pin drivers and see which will run", GroupID: "driver"}
	c.AddCommand(driverLockCommand(), driverListCommand())
	return c
}

func driverLockCommand() *cobra.Command {
	var lock string
	c := &cobra.Command{
		Use: "lock DIR", Short: "Pin every driver that is in a folder now", Args: cobra.ExactArgs(1),
		Long: "Write a lock that lets the agent run the drivers in DIR by the SHA-256 of their files. Nothing is\n" +
			"run. Check where the files come from first: who writes the lock trusts them with the project.",
		RunE: func(c *cobra.Command, args []string) error {
			if lock == "" {
				lock = filepath.Join(args[0], "drivers.lock")
			}
			l, err := driverhost.WriteLock(args[0], lock)
			if err != nil {
				return err
			}
			for _, p := range l.Drivers {
				fmt.Fprintf(c.OutOrStdout(), "%s  %s  %s\n", p.Name, p.SHA256, p.File)
			}
			fmt.Fprintf(c.OutOrStdout(), "%d drivers pinned in %s\n", len(l.Drivers), lock)
			return nil
		},
	}
	c.Flags().StringVar(&lock, "lock", "", "the lock `file` to write (default DIR/drivers.lock)")
	return c
}

// listedDriver is one line of `heatsync driver list`.
type listedDriver struct {
	Name    string `json:"name"`
	Path    string `json:"path"`
	SHA256  string `json:"sha256"`
	WillRun bool   `json:"willRun"`
	Reason  string `json:"reason,omitempty"` // stable word
	Why     string `json:"why,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

func driverListCommand() *cobra.Command {
	var file, dir, lock string
	var format output
	c := &cobra.Command{
		Use: "list", Short: "Say of each driver whether it will run, and if not, why", Args: cobra.NoArgs,
		Long: "Look at the drivers folder and the lock of the config file, or at those named. Nothing is run. Exit\n" +
			"code 1 when a driver will not run.",
		RunE: func(c *cobra.Command, _ []string) error {
			dir, lock, err := driverPlaces(file, dir, lock)
			if err != nil {
				return err
			}
			found, err := driverhost.Survey(dir, lock)
			if err != nil && (len(found) == 0 || errors.Is(err, fs.ErrNotExist)) {
				return err
			}
			list, all := listDrivers(found)
			if err := format.write(c.OutOrStdout(), map[string]any{"drivers": list}, func(w io.Writer) { writeDrivers(w, list, dir) }); err != nil {
				return err
			}
			if !all {
				return exitCode(exitError)
			}
			return nil
		},
	}
	configFlag(c, &file)
	format.flag(c)
	c.Flags().StringVar(&dir, "dir", "", "the drivers `folder`, instead of the config file's")
	c.Flags().StringVar(&lock, "lock", "", "the lock `file` (default with --dir: drivers.lock in it)")
	return c
}

// driverPlaces finds folder and lock: as named, else as the config file says.
func driverPlaces(file, dir, lock string) (string, string, error) {
	if dir != "" {
		if lock == "" {
			lock = filepath.Join(dir, "drivers.lock")
		}
		return dir, lock, nil
	}
	c, err := config.Load(file)
	if err != nil {
		return "", "", err
	}
	if lock == "" {
		lock = c.Drivers.Lock
	}
	return c.Drivers.Dir, lock, nil
}

func listDrivers(found []driverhost.Candidate) (list []listedDriver, all bool) {
	list, all = []listedDriver{}, true
	for _, f := range found {
		d := listedDriver{Name: f.Name, Path: f.Path, SHA256: f.SHA256, WillRun: f.WillRun}
		if f.Err != nil {
			d.Reason, d.Why, d.Remedy = string(f.Err.Reason), f.Err.Detail, f.Err.Remedy
		}
		all = all && f.WillRun
		list = append(list, d)
	}
	return list, all
}

func writeDrivers(w io.Writer, list []listedDriver, dir string) {
	if len(list) == 0 {
		fmt.Fprintf(w, "no drivers in %s\n", dir)
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DRIVER\tWILL RUN\tSHA-256\tFILE")
	for _, d := range list {
		will := "yes"
		if !d.WillRun {
			will = "no: " + d.Reason
		}
		fmt.Fprintf(t, "%s\t%s\t%.12s\t%s\n", dash(d.Name), will, dash(d.SHA256), d.Path)
	}
	_ = t.Flush()
	for _, d := range list {
		if d.WillRun {
			continue
		}
		fmt.Fprintf(w, "%s: %s\n", dash(d.Name), d.Why)
		if d.Remedy != "" {
			fmt.Fprintf(w, "  to do: %s\n", d.Remedy)
		}
	}
}
