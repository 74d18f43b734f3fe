package spec

import "encoding/json"

// schemaID names the schema; nothing is fetched from there.
const schemaID = "https://github.com/heatsync/heatsync/schema/v1"

// node is a JSON Schema under construction; encoding/json sorts its keys.
type node map[string]any

// Schema gives the JSON Schema (2020-12) of one document, for editors. It is made
// from the table that the parser reads by. It knows each field by itself; rules
// between fields are the parser's alone.
func Schema() []byte {
	defs := node{}
	var any []node
	for _, k := range kinds {
		defs[k.name] = k.schema()
		any = append(any, node{"$ref": "#/$defs/" + k.name})
	}
	data, err := json.MarshalIndent(node{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     schemaID,
		"title":   "heatsync " + APIVersion,
		"oneOf":   any,
		"$defs":   defs,
	}, "", "  ")
	if err != nil { // text and numbers only
		panic("spec: schema: " + err.Error())
	}
	return append(data, '\n')
}

func (f *field) schema() node {
	n := node{}
	if f.doc != "" {
		n["description"] = f.doc
	}
	switch f.shape {
	case shapeText:
		f.schemaText(n)
	case shapeNumber:
		n["type"], n["minimum"], n["maximum"] = "integer", f.min, f.max
		if f.odd {
			n["not"] = node{"multipleOf": 2}
		}
	case shapeFlag:
		n["type"] = "boolean"
	case shapeScalar:
		n["type"], n["maxLength"] = []string{"string", "number", "boolean"}, f.longest()
	case shapeList:
		n["type"], n["items"] = "array", f.item.schema()
	case shapeDict:
		n["type"], n["additionalProperties"], n["propertyNames"] = "object", f.item.schema(), node{"pattern": f.keys.expr}
	case shapeObject:
		f.schemaObject(n)
	}
	if v, ok := f.defaultValue(); ok {
		n["default"] = v
	}
	return n
}

func (f *field) schemaText(n node) {
	n["type"] = "string"
	switch {
	case len(f.enum) == 1:
		n["const"] = f.enum[0]
	case len(f.enum) > 0:
		n["enum"] = f.enum
	default:
		n["maxLength"] = f.longest()
	}
	if f.pattern != nil {
		n["pattern"] = f.pattern.expr
	}
	if f.not != nil {
		n["not"] = node{"pattern": f.not.expr}
	}
}

func (f *field) schemaObject(n node) {
	properties := node{}
	required := []string{}
	for _, c := range f.fields {
		properties[c.name] = c.schema()
		if c.required {
			required = append(required, c.name)
		}
	}
	n["type"], n["properties"], n["additionalProperties"] = "object", properties, false
	if len(required) > 0 {
		n["required"] = required
	}
	if f == kindTable(KindCluster).find("spec") {
		n["anyOf"] = []node{
			{"required": []string{"template"}},
			{"required": []string{"lifecycle"}, "properties": node{"lifecycle": node{"const": string(Absent)}}},
		}
	}
}

// defaultValue gives the default as JSON has it; false where there is none, or
// where it is another field's value.
func (f *field) defaultValue() (any, bool) {
	var v any
	switch {
	case f.def == "":
		return nil, false
	case f.shape == shapeNumber, f.shape == shapeFlag:
		err := json.Unmarshal([]byte(f.def), &v)
		return v, err == nil
	case len(f.enum) > 0, f.pattern != nil && f.pattern.match(f.def):
		return f.def, f.pattern != plainPattern
	}
	return nil, false
}
