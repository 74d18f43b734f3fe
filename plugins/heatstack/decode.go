package heatstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// decode reads a template as Heat's loader does: YAML 1.1 or JSON, dates stay
// text, yes/no/on/off are booleans. The result holds what encoding/json gives.
func decode(text string) (map[string]any, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		return nil, oneLine(err)
	}
	retag(&node)
	var v any
	if err := node.Decode(&v); err != nil {
		return nil, oneLine(err)
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, errors.New("not a mapping")
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return decodeJSON(plain)
}

func decodeJSON(text []byte) (map[string]any, error) {
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, err
	}
	if m == nil {
		return nil, errors.New("not a mapping")
	}
	return m, nil
}

// retag gives every node the type Heat's loader would see.
func retag(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Style == 0 {
		switch {
		case n.Tag == "!!timestamp":
			n.Tag = "!!str"
		case n.Tag == "!!str" && isWord(n.Value, "yes", "on"):
			n.Tag, n.Value = "!!bool", "true"
		case n.Tag == "!!str" && isWord(n.Value, "no", "off"):
			n.Tag, n.Value = "!!bool", "false"
		}
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && child.Tag != "!!merge" {
			child.Tag = "!!str" // a key
			continue
		}
		retag(child)
	}
}

func isWord(text string, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(text, w) {
			return true
		}
	}
	return false
}

func oneLine(err error) error {
	return fmt.Errorf("%s", strings.Join(strings.Fields(err.Error()), " "))
}

// at walks down a decoded document, nil where it ends.
func at(v any, path ...string) any {
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func mapAt(v any, path ...string) map[string]any {
	m, _ := at(v, path...).(map[string]any)
	return m
}

func textAt(v any, path ...string) string {
	s, _ := at(v, path...).(string)
	return s
}
