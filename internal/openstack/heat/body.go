package heat

import (
	"encoding/json"
	"errors"
	"fmt"
)

// document is a request's body by its keys.
type document map[string]any

var errNoTemplate = errors.New("a stack is not written without a template")

// createBody gives the body of a create and of its preview.
func createBody(name string, tags Tags, s Spec) (document, error) {
	d, err := updateBody(tags, s)
	if err == nil {
		d["stack_name"] = name
	}
	return d, err
}

// updateBody gives the body of a PUT: whole, or not at all.
func updateBody(tags Tags, s Spec) (document, error) {
	switch {
	case len(s.Template) == 0:
		return nil, errNoTemplate
	case tags.joined == "":
		return nil, errNoTags
	}
	d := s.body()
	d["tags"] = tags.joined
	return d, nil
}

// body gives what s sets.
func (s Spec) body() document {
	d := document{}
	if len(s.Template) > 0 {
		d["template"] = s.Template
	}
	if len(s.Files) > 0 {
		d["files"] = s.Files
	}
	if len(s.Environment) > 0 {
		d["environment"] = s.Environment
	}
	if len(s.Parameters) > 0 {
		d["parameters"] = s.Parameters
	}
	if s.TimeoutMinutes > 0 {
		d["timeout_mins"] = s.TimeoutMinutes
	}
	if s.DisableRollback != nil {
		d["disable_rollback"] = *s.DisableRollback
	}
	return d
}

// body gives what p sets.
func (p Patch) body() document {
	d := p.Spec.body()
	if p.Tags.joined != "" {
		d["tags"] = p.Tags.joined
	}
	if len(p.ClearParameters) > 0 {
		d["clear_parameters"] = p.ClearParameters
	}
	if p.Converge {
		d["converge"] = true
	}
	return d
}

// secrets gives the texts of s that no error may repeat.
func (s Spec) secrets() []string {
	var out []string
	for _, name := range s.Sensitive {
		switch v := s.Parameters[name].(type) {
		case nil:
		case string:
			out = append(out, v)
		default:
			text, err := json.Marshal(v)
			if err == nil {
				out = append(out, string(text))
			}
			out = append(out, fmt.Sprint(v))
		}
	}
	return out
}
