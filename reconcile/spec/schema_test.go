package spec

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(schemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON reads a YAML document as an editor does; false when it cannot be JSON.
func asJSON(t *testing.T, text []byte) (any, bool) {
	t.Helper()
	var v any
	if yaml.Unmarshal(text, &v) != nil || v == nil {
		return nil, false
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v, true
}

// beyondSchema tells whether a complaint is of a kind that JSON Schema cannot
// have: rules between fields, and YAML that is no JSON.
func beyondSchema(d Diagnostic) bool {
	switch d.Code {
	case CodeConflict, CodeDuplicateName, CodeDuplicateKey, CodeSyntax:
		return true
	}
	for _, spelling := range []string{"0x10", "found True", "found FALSE", "!big", "the tag "} { // lost on the way to JSON
		if strings.Contains(d.Summary, spelling) {
			return true
		}
	}
	return false
}

// TestSchemaAgreesWithParser holds the schema to the parser's verdict on every
// document of every fixture.
func TestSchemaAgreesWithParser(t *testing.T) {
	schema := compiled(t)
	texts := map[string][]byte{"template": []byte(aTemplate), "cluster": []byte(aCluster), "fleet": []byte(aFleet)}
	for _, c := range complaints() {
		texts[c.name] = []byte(c.text)
	}
	for name, text := range fixtures(t) {
		texts[name] = text
	}
	compared := 0
	for name, text := range texts {
		for _, c := range split(text) {
			v, ok := asJSON(t, c.text)
			if !ok || unreadable(name, c.text, nil) != nil {
				continue
			}
			wrong := false
			for _, d := range Parse(name, c.text).Diagnostics {
				wrong = wrong || !beyondSchema(d)
			}
			err := schema.Validate(v)
			if compared++; (err != nil) != wrong {
				t.Errorf("%s: the parser complains: %v, the schema: %v\n%s", name, wrong, err, c.text)
			}
		}
	}
	if compared < 80 {
		t.Errorf("only %d documents compared", compared)
	}
}
