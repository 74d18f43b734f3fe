package heatstack

import (
	"strings"
	"unicode"

	"github.com/heatsync/heatsync/plugins/driver"
)

// meaning tells what a parameter is called in the documents: as the author says,
// else the label or the attribute of its name.
func (r *rendered) meaning(name string) Meaning {
	if m, ok := r.stack.Meaning[name]; ok {
		if m.Path == "" {
			m.Path = r.pathOf(name)
		}
		return m
	}
	return Meaning{Path: r.pathOf(name)}
}

func (r *rendered) pathOf(name string) string {
	for _, l := range r.about.Labels {
		if l.Name == name {
			return "labels." + name
		}
	}
	for _, a := range r.about.Attributes {
		if snake(a.Name) == name {
			return a.Name
		}
	}
	return "parameters." + name
}

// effect of changing a parameter from one value to another. What nobody said
// anything about is taken for the worst.
func (r *rendered) effect(m Meaning, from, to string) driver.Effect {
	switch {
	case m.Of != nil:
		return m.Of(from, to)
	case m.Effect != driver.EffectUnspecified:
		return m.Effect
	}
	if l, ok := r.label(m.Path); ok && l.Effect != driver.EffectUnspecified {
		return l.Effect
	}
	for _, a := range r.about.Attributes {
		if a.Name == m.Path && a.Effect != driver.EffectUnspecified {
			return a.Effect
		}
	}
	return driver.EffectReplace
}

// label finds the label a path names.
func (r *rendered) label(path string) (driver.Label, bool) {
	name, ok := strings.CutPrefix(path, "labels.")
	for _, l := range r.about.Labels {
		if ok && l.Name == name {
			return l, true
		}
	}
	return driver.Label{}, false
}

// snake writes an attribute's name as parameters are written: dockerVolumeSize
// becomes docker_volume_size.
func snake(name string) string {
	var b strings.Builder
	for i, c := range name {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// words says for people what an effect does.
func words(e driver.Effect) string {
	switch e {
	case driver.EffectNone:
		return "nothing that runs notices"
	case driver.EffectInPlace:
		return "in place"
	case driver.EffectAdd:
		return "adds"
	case driver.EffectRemove:
		return "removes"
	case driver.EffectReboot:
		return "reboots"
	case driver.EffectRolling:
		return "one node after the other"
	case driver.EffectReplace:
		return "replaces what runs"
	case driver.EffectRefused:
		return "refused"
	}
	return "effect unknown"
}
