package heatsim

import (
	"encoding/json"
	"maps"
	"net/http"
	"path"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// environment is what Heat stores of the request's environments, merged.
type environment struct {
	parameters map[string]any
	defaults   map[string]any
	registry   map[string]any
	sinks      []any
	encrypted  []any
}

// stackRequest is the body of create, update, preview and validate.
type stackRequest struct {
	raw       map[string]any
	name      string
	tags      []string
	tagsGiven bool
	timeout   *int
	rollback  *bool // disable_rollback
	clear     []string
	converge  bool
	files     map[string]string
}

func readBody(k *call) (map[string]any, error) {
	text := strings.TrimSpace(string(k.body))
	if !strings.HasPrefix(text, "{") {
		return nil, badRequest("The request body is empty or is not a JSON object.")
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var raw map[string]any
	if err := dec.Decode(&raw); err != nil {
		return nil, badRequest("Malformed JSON in request body.")
	}
	return hot.Plain(raw).(map[string]any), nil
}

// maxTag is the length of Heat's tag column.
const maxTag = 80

func readRequest(k *call) (*stackRequest, error) {
	raw, err := readBody(k)
	if err != nil {
		return nil, err
	}
	r := &stackRequest{raw: raw, files: map[string]string{}}
	if v, ok := raw["stack_name"]; ok {
		r.name = hot.Text(v)
	}
	if v, ok := raw["tags"]; ok && v != nil {
		r.tagsGiven = true
		text, isText := v.(string)
		if !isText {
			return nil, badRequest("Invalid tags, expected a comma-separated string")
		}
		r.tags = strings.Split(text, ",")
		for _, t := range r.tags {
			if len([]rune(t)) > maxTag {
				return nil, badRequest("Invalid tag, \"" + t + "\" is longer than 80 characters")
			}
		}
	}
	if v, ok := raw["timeout_mins"]; ok && v != nil {
		n, isNumber := toNumber(v)
		if !isNumber || n != float64(int(n)) {
			return nil, badRequest("Only integer is allowed by Heat to timeout_mins")
		}
		if n < 0 {
			return nil, badRequest("Value '" + hot.Text(v) + "' is invalid for 'timeout_mins' which only accepts non-negative integer.")
		}
		minutes := int(n)
		r.timeout = &minutes
	}
	if v, ok := raw["disable_rollback"]; ok && v != nil {
		b, isBool := hot.Bool(v)
		if !isBool {
			return nil, badRequest("Unrecognized value \"" + hot.Text(v) + "\" for \"disable_rollback\", acceptable values are: true, false")
		}
		r.rollback = &b
	}
	if v, ok := raw["converge"]; ok && v != nil {
		r.converge, _ = hot.Bool(v)
	}
	list, _ := raw["clear_parameters"].([]any)
	for _, e := range list {
		r.clear = append(r.clear, hot.Text(e))
	}
	files, _ := raw["files"].(map[string]any)
	for name, text := range files {
		r.files[name] = hot.Text(text)
	}
	return r, nil
}

// template is nil when the request has none.
func (c *Cloud) requestTemplate(r *stackRequest) (*hot.Template, error) {
	switch t := r.raw["template"].(type) {
	case string:
		if len(t) > 524288 {
			return nil, refuse(http.StatusBadRequest, "RequestLimitExceeded",
				"Request limit exceeded: Template size (maximum 524288 bytes) exceeded")
		}
		return c.opts.Templates.parse(t)
	case map[string]any:
		if len(t) > 0 {
			return c.opts.Templates.parse(hot.JSON(t))
		}
	}
	if url, ok := r.raw["template_url"].(string); ok && url != "" {
		return nil, badRequest("Could not retrieve template: Failed to retrieve template from " + url)
	}
	return nil, nil
}

var environmentSections = map[string]bool{
	"parameters": true, "parameter_defaults": true, "resource_registry": true,
	"event_sinks": true, "encrypted_param_names": true, "parameter_merge_strategies": true,
}

// readEnvironment merges environment_files, or takes the environment, and
// puts the request's parameters over it.
func readEnvironment(r *stackRequest) (environment, error) {
	env := environment{parameters: map[string]any{}, defaults: map[string]any{}, registry: map[string]any{}}
	files, _ := r.raw["environment_files"].([]any)
	for _, name := range files {
		text, ok := r.files[hot.Text(name)]
		if !ok {
			return env, badRequest("No content found in the \"files\" section for environment file: " + hot.Text(name))
		}
		if err := env.mergeText(text); err != nil {
			return env, err
		}
	}
	if len(files) == 0 {
		switch e := r.raw["environment"].(type) {
		case string:
			if err := env.mergeText(e); err != nil {
				return env, err
			}
		case map[string]any:
			if err := env.merge(e); err != nil {
				return env, err
			}
		}
	}
	params, _ := r.raw["parameters"].(map[string]any)
	maps.Copy(env.parameters, params)
	return env, nil
}

func (e *environment) mergeText(text string) error {
	v, err := hot.Decode(text)
	if err != nil {
		return badRequest("environment has wrong section: " + err.Error())
	}
	if v == nil {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return badRequest("The environment is not a valid YAML mapping data type.")
	}
	return e.merge(m)
}

func (e *environment) merge(m map[string]any) error {
	for _, section := range hot.Keys(m) {
		if !environmentSections[section] {
			return badRequest("environment has wrong section \"" + section + "\"")
		}
		if section == "encrypted_param_names" || section == "event_sinks" {
			continue
		}
		if _, ok := m[section].(map[string]any); !ok {
			return badRequest("environment has empty section \"" + section + "\"")
		}
	}
	part := func(name string) map[string]any { v, _ := m[name].(map[string]any); return v }
	maps.Copy(e.parameters, part("parameters"))
	maps.Copy(e.defaults, part("parameter_defaults"))
	maps.Copy(e.registry, part("resource_registry"))
	if sinks, ok := m["event_sinks"].([]any); ok {
		e.sinks = sinks
	}
	return nil
}

// define makes a definition from a request; over is the stack's present one
// for a PATCH, nil for create and PUT.
func (c *Cloud) define(r *stackRequest, over *definition) (*definition, error) {
	tmpl, err := c.requestTemplate(r)
	if err != nil {
		return nil, err
	}
	env, err := readEnvironment(r)
	if err != nil {
		return nil, err
	}
	d := &definition{template: tmpl, files: r.files, env: env}
	if over != nil {
		d.patch(over, r.clear)
	}
	if d.template == nil {
		return nil, badRequest("No template specified")
	}
	if over != nil {
		for _, name := range hot.Keys(d.env.parameters) {
			if d.template.Parameters[name] == nil {
				delete(d.env.parameters, name)
			}
		}
	}
	return d, c.bind(d, over != nil)
}

func (d *definition) patch(over *definition, clear []string) {
	if d.template == nil {
		d.template = over.template
	}
	files := maps.Clone(over.files)
	if files == nil {
		files = map[string]string{}
	}
	maps.Copy(files, d.files)
	merged := environment{
		parameters: maps.Clone(over.env.parameters), defaults: maps.Clone(over.env.defaults),
		registry: maps.Clone(over.env.registry), sinks: over.env.sinks,
	}
	for _, name := range clear {
		delete(merged.parameters, name)
	}
	maps.Copy(merged.parameters, d.env.parameters)
	maps.Copy(merged.defaults, d.env.defaults)
	maps.Copy(merged.registry, d.env.registry)
	d.files, d.env = files, merged
}

func (c *Cloud) bind(d *definition, existing bool) error {
	values, err := d.template.Bind(hot.Given{
		Parameters: d.env.parameters, Defaults: d.env.defaults, Existing: existing, Lookup: c.exists,
	})
	d.values = values
	return err
}

// nestedType says whether a type names a template among the files.
func nestedType(typ string) bool {
	return strings.HasSuffix(typ, ".yaml") || strings.HasSuffix(typ, ".template")
}

// kind is what a type stands for after the resource registry.
func (d *definition) kind(typ string) string {
	for range 8 {
		to, ok := d.env.registry[typ].(string)
		if !ok {
			to, ok = d.wildcard(typ)
		}
		if !ok || to == typ {
			return typ
		}
		typ = to
	}
	return typ
}

func (d *definition) wildcard(typ string) (string, bool) {
	for _, pattern := range hot.Keys(d.env.registry) {
		to, ok := d.env.registry[pattern].(string)
		if !ok || !strings.HasSuffix(pattern, "*") {
			continue
		}
		if match, _ := path.Match(pattern, typ); match {
			return strings.TrimSuffix(to, "*") + strings.TrimPrefix(typ, strings.TrimSuffix(pattern, "*")), true
		}
	}
	return "", false
}
