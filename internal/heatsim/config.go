package heatsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// softwareConfig is a row of Heat's own configuration store.
type softwareConfig struct {
	project *project
	body    map[string]any
}

func isConfig(kind string) bool {
	switch kind {
	case "OS::Heat::SoftwareConfig", "OS::Heat::StructuredConfig", "OS::Heat::MultipartMime", "OS::Heat::CloudConfig":
		return true
	}
	return false
}

func newConfig(c *Cloud, r *resource) *softwareConfig {
	group := hot.Text(r.props["group"])
	if group == "" {
		group = "Heat::Ungrouped"
	}
	return &softwareConfig{project: r.stack.project, body: map[string]any{
		"id": r.physical, "name": r.physicalName(), "group": group, "config": c.configText(r),
		"inputs": []any{}, "outputs": []any{}, "options": map[string]any{}, "creation_time": stamp(c.now),
	}}
}

func (c *Cloud) configText(r *resource) any {
	switch r.kind {
	case "OS::Heat::CloudConfig":
		return "#cloud-config\n" + hot.JSON(r.props["cloud_config"])
	case "OS::Heat::MultipartMime":
		return c.multipart(r)
	}
	if r.props["config"] == nil {
		return ""
	}
	return r.props["config"]
}

// multipart joins its parts: texts, or ids of other configs.
func (c *Cloud) multipart(r *resource) string {
	const boundary = "===============heatsim=="
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"%s\"\nMIME-Version: 1.0\n", boundary)
	parts, _ := r.props["parts"].([]any)
	for _, e := range parts {
		m, _ := e.(map[string]any)
		text := hot.Text(m["config"])
		if other := c.configs[text]; other != nil {
			text = hot.Text(other.body["config"])
		}
		subtype := hot.Text(m["subtype"])
		if subtype == "" {
			subtype = "plain"
		}
		fmt.Fprintf(&b, "\n--%s\nContent-Type: text/%s; charset=\"us-ascii\"\nMIME-Version: 1.0\n\n%s", boundary, subtype, text)
	}
	fmt.Fprintf(&b, "\n--%s--\n", boundary)
	return b.String()
}

func (c *Cloud) softwareConfigs(k *call, rest []string) (*answer, error) {
	if len(rest) == 0 && k.method == http.MethodPost {
		var body map[string]any
		if err := json.Unmarshal(k.body, &body); err != nil {
			return nil, badRequest("Malformed JSON in request body.")
		}
		body["id"], body["creation_time"] = c.uuid(), stamp(c.now)
		c.configs[body["id"].(string)] = &softwareConfig{project: k.proj, body: body}
		return reply(http.StatusOK, map[string]any{"software_config": body}), nil
	}
	if len(rest) != 1 {
		return notFoundPage(), nil
	}
	cfg := c.configs[rest[0]]
	if cfg == nil || cfg.project != k.proj {
		return nil, refuse(http.StatusNotFound, "EntityNotFound", "The Software Config ("+rest[0]+") could not be found.")
	}
	switch k.method {
	case http.MethodGet:
		return reply(http.StatusOK, map[string]any{"software_config": cfg.body}), nil
	case http.MethodDelete:
		delete(c.configs, rest[0])
		return reply(http.StatusNoContent, nil), nil
	}
	return heatError(http.StatusMethodNotAllowed, "HTTPMethodNotAllowed", ""), nil
}

func (c *Cloud) resourceTypes(k *call, rest []string) (*answer, error) {
	if len(rest) == 0 {
		return reply(http.StatusOK, map[string]any{"resource_types": hot.Keys(schemas)}), nil
	}
	sc := schemas[rest[0]]
	if sc == nil {
		return nil, refuse(http.StatusNotFound, "EntityNotFound", "The Resource Type ("+rest[0]+") could not be found.")
	}
	attributes := map[string]any{}
	for _, a := range sc.Attributes {
		attributes[a] = map[string]any{}
	}
	props := map[string]any{}
	for name, p := range sc.Properties {
		props[name] = map[string]any{
			"type": strings.ToLower(p.Type), "required": p.Required, "update_allowed": p.Update, "immutable": p.Immutable,
		}
	}
	return reply(http.StatusOK, map[string]any{
		"resource_type": rest[0], "properties": props, "attributes": attributes,
		"support_status": map[string]any{"status": "SUPPORTED", "message": nil, "version": nil, "previous_status": nil},
	}), nil
}
