package heatstack

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// templateChanges compares two root templates, both as Heat would show them.
func templateChanges(from, to map[string]any, drift bool) []driver.Change {
	var out []driver.Change
	for _, section := range bothKeys(from, to) {
		if reflect.DeepEqual(from[section], to[section]) {
			continue
		}
		switch section {
		case "resources":
			out = append(out, resourceDiff(mapAt(from, section), mapAt(to, section))...)
		case "description", "outputs", "parameter_groups", "parameters":
			out = append(out, driver.Change{Path: "template." + section, Effect: driver.EffectNone})
		default: // the version or a condition can change any resource
			out = append(out, driver.Change{Path: "template." + section, Effect: driver.EffectReplace})
		}
	}
	for i := range out {
		out[i].Drift = drift
	}
	return out
}

func resourceDiff(from, to map[string]any) []driver.Change {
	var out []driver.Change
	for _, name := range bothKeys(from, to) {
		was, is := from[name], to[name]
		path := "template.resources." + name
		switch {
		case reflect.DeepEqual(was, is):
		case was == nil:
			out = append(out, driver.Change{Path: path, To: textAt(is, "type"), Effect: driver.EffectAdd})
		case is == nil:
			out = append(out, driver.Change{Path: path, From: textAt(was, "type"), Effect: driver.EffectRemove})
		default:
			below, a, b := firstDifference(was, is)
			out = append(out, driver.Change{Path: path + below, From: inShort(a), To: inShort(b), Effect: templateEffect(textAt(is, "type"), below)})
		}
	}
	return out
}

// updatable are resource types of which Heat 10 to 26 changes every property in
// place, or whose replacement nothing that runs notices.
var updatable = []string{
	"OS::Neutron::SecurityGroup", "OS::Neutron::SecurityGroupRule", "OS::Heat::SoftwareConfig",
	"OS::Heat::CloudConfig", "OS::Heat::MultipartMime", "OS::Heat::Value",
}

// templateEffect is what a changed resource may do: what is not known to be
// harmless is taken for a replacement.
func templateEffect(kind, below string) driver.Effect {
	switch {
	case slices.Contains(updatable, kind) && below != ".type",
		below == ".properties.name", below == ".properties.tags", below == ".properties.metadata":
		return driver.EffectInPlace
	case below == ".depends_on", below == ".description", below == ".deletion_policy":
		return driver.EffectNone
	}
	return driver.EffectReplace
}

// firstDifference goes down while only one key differs.
func firstDifference(a, b any) (path string, from, to any) {
	for {
		x, okX := a.(map[string]any)
		y, okY := b.(map[string]any)
		if !okX || !okY {
			return path, a, b
		}
		var differ []string
		for _, k := range bothKeys(x, y) {
			if !reflect.DeepEqual(x[k], y[k]) {
				differ = append(differ, k)
			}
		}
		if len(differ) != 1 || strings.Count(path, ".") == 4 {
			return path, a, b
		}
		path, a, b = path+"."+differ[0], x[differ[0]], y[differ[0]]
	}
}

// inShort writes a piece of a template for people.
func inShort(v any) string {
	if v == nil {
		return ""
	}
	text, _ := json.Marshal(v) // it came from JSON
	const most = 80
	if r := []rune(string(text)); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return string(text)
}

func bothKeys(a, b map[string]any) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, b)
	return keys(all)
}
