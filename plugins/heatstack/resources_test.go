package heatstack

import "testing"

func TestResourceCount(t *testing.T) {
	group := func(count any, member string) map[string]any {
		return map[string]any{"type": "OS::Heat::ResourceGroup", "properties": map[string]any{
			"count": count, "resource_def": map[string]any{"type": member, "properties": map[string]any{"disks": map[string]any{"get_param": "disks"}}},
		}}
	}
	plain := map[string]any{"type": "OS::Heat::None"}
	node := map[string]any{"resources": map[string]any{"server": plain, "port": plain, "disks": group(map[string]any{"get_param": "disks"}, "OS::Cinder::Volume")}}
	r := &rendered{files: map[string]map[string]any{"node.yaml": node}, params: map[string]string{"nodes": "3", "disks": "2"}}
	for _, tt := range []struct {
		name      string
		resources map[string]any
		want      int
	}{
		{"none", nil, 0},
		{"plain", map[string]any{"a": plain, "b": plain}, 2},
		{"nested", map[string]any{"a": map[string]any{"type": "node.yaml", "properties": map[string]any{"disks": 4}}}, 1 + 3 + 4},
		{"group", map[string]any{"g": group(5, "OS::Heat::None")}, 1 + 5},
		{"group of nested, by parameters", map[string]any{"g": group(map[string]any{"get_param": "nodes"}, "node.yaml")}, 1 + 3*(1+3+2)},
		{"count nobody can say", map[string]any{"g": group(map[string]any{"get_attr": "x"}, "OS::Heat::None")}, 1 + 1},
		{"a template within itself", map[string]any{"a": map[string]any{"type": "self.yaml"}}, 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r.files["self.yaml"] = map[string]any{"resources": map[string]any{"again": map[string]any{"type": "self.yaml"}}}
			r.template = map[string]any{"resources": tt.resources}
			if got := r.resourceCount(); got != tt.want {
				t.Errorf("%d resources, want %d", got, tt.want)
			}
		})
	}
}
