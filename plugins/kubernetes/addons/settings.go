package addons

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes/versions"
)

// settings is an input with the defaults of what it does not say.
type settings struct {
	Input
	images  map[string]string // default tag by label
	ingress string            // in lower case, as Magnum reads it
}

func newSettings(in Input) settings {
	images := in.Images
	if images == nil {
		images = embedded().Images(in.Kubernetes)
	}
	s := settings{Input: in, images: images}
	s.ingress = strings.ToLower(s.text("ingress_controller"))
	return s
}

var (
	embedded = sync.OnceValue(versions.Default)
	presets  = sync.OnceValue(func() map[string]driver.Label {
		out := map[string]driver.Label{}
		for _, l := range Labels() {
			out[l.Name] = l
		}
		return out
	})
)

// text gives what a label says, or its default.
func (s settings) text(label string) string {
	if v, ok := s.Labels[label]; ok {
		return v
	}
	return presets()[label].Default
}

// on tells whether a label says yes.
func (s settings) on(label string) bool { return yes(s.text(label)) }

// says tells whether a label is set and says yes.
func (s settings) says(label string) bool { return yes(s.Labels[label]) }

// yes reads a boolean as Magnum and Heat do (strutils.bool_from_string of
// oslo.utils).
func yes(text string) bool {
	return slices.Contains([]string{"1", "t", "true", "on", "y", "yes"}, strings.ToLower(strings.TrimSpace(text)))
}

// image gives the reference of an image whose tag a label says. A prefix stands in
// place of registry and path, as in Magnum's drivers and as kubeadm does: a mirror
// has all images flat below it.
func (s settings) image(repository, label string) string {
	if s.ImagePrefix != "" {
		repository = s.ImagePrefix + path.Base(repository)
	}
	tag := s.Labels[label]
	if tag == "" {
		tag = s.images[label]
	}
	return repository + ":" + tag
}

// values is the values of one add-on.
type values map[string]string

func (v values) with(more values) values {
	out := maps.Clone(v)
	maps.Copy(out, more)
	return out
}

// probes is the values that every add-on with a liveness probe has.
func (s settings) probes() values {
	return values{"PROBE_DELAY": s.text("system_pods_initial_delay"), "PROBE_TIMEOUT": s.text("system_pods_timeout")}
}

// with is the probes' values and more.
func (s settings) with(more values) values { return s.probes().with(more) }
