package hot

import (
	"fmt"
	"slices"
	"strings"
)

// Error is a template, environment or parameter that Heat refuses with 400.
// Type is the error.type of Heat's answer.
type Error struct {
	Type    string
	Message string
}

func (e *Error) Error() string { return e.Message }

func refuse(kind, format string, args ...any) error {
	return &Error{Type: kind, Message: fmt.Sprintf(format, args...)}
}

// Template is a parsed HOT document. It is shared: nobody changes it.
type Template struct {
	Version     string
	Description string
	Parameters  map[string]*Parameter
	Groups      []any
	Conditions  map[string]any
	Resources   map[string]*Resource
	Outputs     map[string]*Output

	// Raw is the whole document, as GET template shows it.
	Raw map[string]any
}

// Resource is one entry of the resources section, unresolved.
type Resource struct {
	Name           string
	Type           string
	Properties     map[string]any
	Metadata       any
	DependsOn      []string
	DeletionPolicy string
	UpdatePolicy   map[string]any
	Condition      any
	Description    string
	ExternalID     any
}

// Output is one entry of the outputs section, unresolved.
type Output struct {
	Name        string
	Description string
	Value       any
	Condition   any
}

var versions = []string{
	"2013-05-23", "2014-10-16", "2015-04-30", "2015-10-15", "2016-04-08",
	"2016-10-14", "newton", "2017-02-24", "ocata", "2017-09-01", "pike",
	"2018-03-02", "queens", "2018-08-31", "rocky", "2021-04-16", "wallaby",
}

var sections = []string{
	"heat_template_version", "description", "parameter_groups", "parameters",
	"resources", "outputs", "conditions",
}

var resourceKeys = []string{
	"type", "properties", "metadata", "depends_on", "deletion_policy",
	"update_policy", "description", "external_id", "condition",
}

// Parse reads a template given as text. What Heat refuses comes back as *Error.
func Parse(text string) (*Template, error) {
	v, err := Decode(text)
	if err != nil {
		return nil, refuse("StackValidationFailed", "Error parsing template: %s", err)
	}
	doc, ok := v.(map[string]any)
	if !ok {
		return nil, refuse("StackValidationFailed", "The template is not a JSON object or YAML mapping.")
	}
	return FromMap(doc)
}

// FromMap reads a template that is already decoded; doc becomes part of the result.
func FromMap(doc map[string]any) (*Template, error) {
	version, ok := doc["heat_template_version"]
	if !ok {
		// The API server itself refuses this one.
		return nil, refuse("HTTPBadRequest", "Template version was not provided: heat_template_version is missing")
	}
	t := &Template{Version: Text(version), Raw: doc}
	if !slices.Contains(versions, t.Version) {
		return nil, refuse("InvalidTemplateVersion",
			"The template version is invalid: \"heat_template_version: %s\". \"heat_template_version\" should be one of: %s",
			t.Version, strings.Join(versions, ", "))
	}
	for _, section := range Keys(doc) {
		if !slices.Contains(sections, section) {
			return nil, refuse("StackValidationFailed", "The template section is invalid: %s", section)
		}
	}
	t.Description, _ = doc["description"].(string)
	t.Groups, _ = doc["parameter_groups"].([]any)
	return t, t.parseSections(doc)
}

func (t *Template) parseSections(doc map[string]any) error {
	parts := map[string]map[string]any{}
	for _, section := range []string{"parameters", "resources", "outputs", "conditions"} {
		v, present := doc[section]
		if !present || v == nil {
			continue
		}
		m, ok := v.(map[string]any)
		if !ok {
			return refuse("StackValidationFailed", "\"%s\" must contain a map of %s maps. Found a [%s] instead",
				section, strings.TrimSuffix(section, "s"), pythonType(v))
		}
		parts[section] = m
	}
	t.Conditions = parts["conditions"]
	t.Parameters = make(map[string]*Parameter, len(parts["parameters"]))
	for _, name := range Keys(parts["parameters"]) {
		p, err := parseParameter(name, parts["parameters"][name])
		if err != nil {
			return err
		}
		t.Parameters[name] = p
	}
	t.Resources = make(map[string]*Resource, len(parts["resources"]))
	for _, name := range Keys(parts["resources"]) {
		r, err := parseResource(name, parts["resources"][name])
		if err != nil {
			return err
		}
		t.Resources[name] = r
	}
	t.Outputs = make(map[string]*Output, len(parts["outputs"]))
	for _, name := range Keys(parts["outputs"]) {
		m, ok := parts["outputs"][name].(map[string]any)
		if !ok {
			return refuse("StackValidationFailed",
				"\"outputs\" must contain a map of output maps. Found a [%s] instead", pythonType(parts["outputs"][name]))
		}
		value, ok := m["value"]
		if !ok {
			return refuse("StackValidationFailed", "Each output must contain a value key.")
		}
		o := &Output{Name: name, Value: value, Condition: m["condition"]}
		o.Description, _ = m["description"].(string)
		t.Outputs[name] = o
	}
	return nil
}

func parseResource(name string, v any) (*Resource, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, refuse("StackValidationFailed",
			"\"resources\" must contain a map of resource maps. Found a [%s] instead", pythonType(v))
	}
	for _, key := range Keys(m) {
		if !slices.Contains(resourceKeys, key) {
			return nil, refuse("StackValidationFailed",
				"\"%s\" is not a valid keyword inside a resource definition", key)
		}
	}
	r := &Resource{Name: name, Metadata: m["metadata"], Condition: m["condition"], ExternalID: m["external_id"]}
	r.Type, _ = m["type"].(string)
	if r.Type == "" {
		return nil, refuse("StackValidationFailed", "Each Resource must contain a type key.")
	}
	if p := m["properties"]; p != nil {
		if r.Properties, ok = p.(map[string]any); !ok {
			return nil, refuse("StackValidationFailed",
				"\"resources.%s.properties\" must be a map", name)
		}
	}
	r.DeletionPolicy = strings.ToLower(Text(m["deletion_policy"]))
	r.Description, _ = m["description"].(string)
	r.UpdatePolicy, _ = m["update_policy"].(map[string]any)
	switch d := m["depends_on"].(type) {
	case string:
		r.DependsOn = []string{d}
	case []any:
		for _, e := range d {
			r.DependsOn = append(r.DependsOn, Text(e))
		}
	}
	return r, nil
}

func pythonType(v any) string {
	switch v.(type) {
	case nil:
		return "<class 'NoneType'>"
	case string:
		return "<class 'str'>"
	case bool:
		return "<class 'bool'>"
	case int64:
		return "<class 'int'>"
	case float64:
		return "<class 'float'>"
	case []any:
		return "<class 'list'>"
	default:
		return "<class 'dict'>"
	}
}
