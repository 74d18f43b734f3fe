package heatsim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

const groupType = "OS::Heat::ResourceGroup"

// skipped is the group's permanent list of member names not to use.
func skipped(r *resource) []string {
	list, _ := r.data["skip"].([]string)
	return list
}

// noteRemovals adds the members that removal_policies name to the skip list:
// those that exist (by name or reference) or are on it already.
func (c *Cloud) noteRemovals(r *resource) {
	skip := skipped(r)
	next := []string{}
	if hot.Text(r.props["removal_policies_mode"]) != "update" {
		next = slices.Clone(skip)
	}
	policies, _ := r.props["removal_policies"].([]any)
	for _, p := range policies {
		m, _ := p.(map[string]any)
		list, _ := m["resource_list"].([]any)
		for _, e := range list {
			if name, ok := c.member(r, hot.Text(e), skip); ok && !slices.Contains(next, name) {
				next = append(next, name)
			}
		}
	}
	r.data["skip"] = next
}

func (c *Cloud) member(r *resource, ref string, skip []string) (string, bool) {
	if slices.Contains(skip, ref) || r.child.resources[ref] != nil {
		return ref, true
	}
	for _, name := range hot.Keys(r.child.resources) {
		if hot.Text(c.reference(r.child.resources[name])) == ref {
			return name, true
		}
	}
	return "", false
}

func count(props map[string]any) int {
	n, ok := toNumber(props["count"])
	if !ok {
		return 1
	}
	return int(n)
}

func memberNames(n int, skip []string) []string {
	names := make([]string, 0, n)
	for i := 0; len(names) < n; i++ {
		if name := strconv.Itoa(i); !slices.Contains(skip, name) {
			names = append(names, name)
		}
	}
	return names
}

// groupDefinition is the generated template of a group.
func (c *Cloud) groupDefinition(d *definition, r *resource) (*definition, error) {
	members := map[string]any{}
	for _, name := range memberNames(count(r.props), skipped(r)) {
		members[name] = memberDefinition(r.props, name)
	}
	return c.generated(d.files, d.env, members)
}

func (c *Cloud) generated(files map[string]string, env environment, members map[string]any) (*definition, error) {
	tmpl, err := hot.FromMap(map[string]any{"heat_template_version": "2015-04-30", "resources": members})
	if err != nil {
		return nil, err
	}
	return &definition{
		template: tmpl, files: files,
		env: environment{parameters: map[string]any{}, defaults: env.defaults, registry: env.registry},
	}, nil
}

func memberDefinition(props map[string]any, name string) map[string]any {
	def, _ := props["resource_def"].(map[string]any)
	index := "%index%"
	if v, ok := props["index_var"].(string); ok && v != "" {
		index = v
	}
	out := map[string]any{"type": def["type"]}
	for _, key := range []string{"properties", "metadata"} {
		if v, ok := def[key].(map[string]any); ok {
			clean := map[string]any{}
			for k, e := range v {
				if e != nil {
					clean[k] = indexed(e, index, name)
				}
			}
			out[key] = clean
		}
	}
	return out
}

func indexed(v any, index, name string) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, index, name)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = indexed(v[i], index, name)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = indexed(e, index, name)
		}
		return out
	default:
		return v
	}
}

func (c *Cloud) verifyMembers(d *definition, where string, props map[string]any, depth int) error {
	def, ok := props["resource_def"].(map[string]any)
	if !ok {
		return nil
	}
	typ, _ := def["type"].(string)
	if typ == "" {
		return invalid("Property error: %s.properties.resource_def: Property type not assigned", where)
	}
	if depth+1 > c.opts.MaxDepth {
		return refuse(500, "RemoteError", "")
	}
	if n, known := toNumber(props["count"]); known && n == 0 {
		return nil
	}
	member := memberDefinition(props, "0")
	inner, _ := member["properties"].(map[string]any)
	return c.verifyType(d, where+".0", typ, inner, depth+1)
}

// roll splits a group's update into batches when its update policy says so
// and the members' definition changed.
func (c *Cloud) roll(r *resource, before map[string]any, def *definition) ([]*definition, time.Duration, error) {
	policy, _ := r.def.UpdatePolicy["rolling_update"].(map[string]any)
	if policy == nil || hot.Equal(before["resource_def"], r.props["resource_def"]) {
		return []*definition{def}, 0, nil
	}
	batch, ok := toNumber(policy["max_batch_size"])
	if !ok || batch < 1 {
		batch = 1
	}
	seconds, _ := toNumber(policy["pause_time"])
	pause := time.Duration(seconds * float64(time.Second))
	names := hot.Keys(def.template.Resources)
	batches := (len(names) + int(batch) - 1) / int(batch)
	limit := siteTimeout
	if m := r.stack.root().timeoutMinutes; m > 0 {
		limit = time.Duration(m) * time.Minute
	}
	if batches > 1 && pause*time.Duration(batches-1) >= limit {
		//lint:ignore ST1005 Heat's own words
		return nil, 0, fmt.Errorf("ValueError: resources.%s: The current update policy will result in stack update timeout.", r.name)
	}
	var steps []*definition
	for b := 1; b <= batches; b++ {
		members := map[string]any{}
		for i, name := range names {
			props := r.props
			if i >= b*int(batch) && r.child.resources[name] != nil {
				props = before
			}
			members[name] = memberDefinition(props, name)
		}
		step, err := c.generated(def.files, def.env, members)
		if err != nil {
			return nil, 0, err
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		steps = []*definition{def}
	}
	return steps, pause, nil
}
