package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/internal/driverhost"
	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/metrics"
	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile/spec"
)

// ValidateOptions say what to check. Dir is required.
type ValidateOptions struct {
	Dir     string
	Fleet   string         // the Fleet document's name; "": any
	Drivers config.Drivers // Dir "": drivers are not asked; Lock "": drivers.lock in Dir
}

// Validation is what was found.
type Validation struct {
	Files       int               `json:"files"`
	Clusters    int               `json:"clusters"`
	Errors      int               `json:"errors"`
	Warnings    int               `json:"warnings"`
	Diagnostics []spec.Diagnostic `json:"diagnostics"`
}

// driversLimit bounds how long drivers may take to start.
const driversLimit = 15 * time.Second

// Validate reads a folder as a source and says what is wrong with its documents.
// It needs no cloud and no network. An error says that it could not be read or
// that the drivers cannot be run; what the documents lack is in the Validation.
func Validate(ctx context.Context, o ValidateOptions) (Validation, error) {
	snap, err := gitsource.ReadFolder(ctx, o.Dir, gitsource.FolderOptions{})
	if err != nil {
		return Validation{}, err
	}
	set := spec.NewSet(o.Fleet)
	var files []*spec.File
	for _, b := range snap.Blobs() {
		data, err := snap.Read(b.Hash)
		if err != nil {
			return Validation{}, err
		}
		files = append(files, spec.Parse(b.Path, data))
	}
	set.Apply(files, nil)
	v := Validation{Files: len(files), Clusters: len(set.Names()), Diagnostics: set.Diagnostics()}
	if o.Drivers.Dir != "" {
		more, err := askDrivers(ctx, o, set)
		if err != nil {
			return Validation{}, err
		}
		v.Diagnostics = append(v.Diagnostics, more...)
	}
	if v.Diagnostics == nil {
		v.Diagnostics = []spec.Diagnostic{}
	}
	for _, d := range v.Diagnostics {
		if d.Severity == spec.Error {
			v.Errors++
		} else {
			v.Warnings++
		}
	}
	return v, nil
}

// askDrivers shows every readable cluster to its driver.
func askDrivers(ctx context.Context, o ValidateOptions, set *spec.Set) ([]spec.Diagnostic, error) {
	if o.Drivers.Lock == "" {
		o.Drivers.Lock = filepath.Join(o.Drivers.Dir, "drivers.lock")
	}
	if _, err := driverhost.Survey(o.Drivers.Dir, o.Drivers.Lock); err != nil {
		return nil, err
	}
	m, err := metrics.New(prometheus.NewRegistry(), nil)
	if err != nil {
		return nil, err
	}
	h, err := openHost(o.Drivers, "", 16, newDriverBook(), m, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer h.close()
	starting, cancel := context.WithTimeout(ctx, driversLimit)
	h.settle(starting)
	cancel()
	fleet := o.Fleet
	if f, ds := set.Fleet(); fleet == "" && len(ds) == 0 {
		fleet = f.Name
	}
	var out []spec.Diagnostic
	for _, name := range set.Names() {
		r, ok := set.Cluster(name)
		if !ok || r.State == spec.Unreadable || r.Cluster == nil || r.Cluster.Lifecycle == spec.Absent {
			continue
		}
		out = append(out, h.validate(ctx, fleet, r)...)
	}
	return out, nil
}

// validate shows one cluster to its driver.
func (h *host) validate(ctx context.Context, fleet string, r spec.Resolved) []spec.Diagnostic {
	name, err := h.serving(ctx, r.Cluster)
	var found []driver.Diagnostic
	if err == nil {
		var d *driverhost.Handle
		if d, err = h.host.Driver(name); err == nil {
			found, err = d.Validate(ctx, carry.ClusterOf(fleet, r.Cluster))
		}
	}
	if err != nil {
		return []spec.Diagnostic{{Severity: spec.Error, Code: "driver", Path: r.Path, Line: r.Line, Column: r.Column, Summary: carry.OneLine(err)}}
	}
	var out []spec.Diagnostic
	for _, f := range found {
		path, line, column := r.Locate(f.Path)
		d := spec.Diagnostic{
			Severity: spec.Error, Code: spec.Code(f.Code), Path: path, Line: line, Column: column,
			Field: r.Written(f.Path), Summary: f.Summary, Remedy: f.Remedy,
		}
		if f.Severity == driver.SeverityWarning {
			d.Severity = spec.Warning
		}
		out = append(out, d)
	}
	return out
}

// serving names the driver of a cluster: the one it names, else the one that
// serves its COE, distribution and server type.
func (h *host) serving(ctx context.Context, c *spec.Cluster) (string, error) {
	if c.Driver != "" {
		return c.Driver, nil
	}
	var names, silent []string
	for _, candidate := range h.host.Candidates() {
		if !candidate.Running {
			silent = append(silent, whySilent(candidate))
			continue
		}
		d, err := h.host.Driver(candidate.Name)
		if err != nil {
			continue
		}
		is, _, err := d.Describe(ctx)
		if err == nil && slices.ContainsFunc(is.Targets, func(t driver.Target) bool {
			return t.COE == c.COE && (t.Distro == "" || t.Distro == c.Distro) && (t.ServerType == "" || t.ServerType == string(c.ServerType))
		}) {
			names = append(names, candidate.Name)
		}
	}
	switch len(names) {
	case 0:
		err := fmt.Errorf("no driver serves coe %q, distro %q, server type %q", c.COE, c.Distro, c.ServerType)
		if len(silent) > 0 {
			err = fmt.Errorf("%w, of those that run: %s", err, strings.Join(silent, "; "))
		}
		return "", err
	case 1:
		return names[0], nil
	}
	return "", errors.New("several drivers serve this cluster: name one in the template (driver)")
}

// whySilent says why a driver cannot be asked what it serves.
func whySilent(c driverhost.Candidate) string {
	if c.Err != nil {
		return c.Err.Error()
	}
	return fmt.Sprintf("driver %q has not answered since it was started", c.Name)
}
