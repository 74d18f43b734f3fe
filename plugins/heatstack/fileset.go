package heatstack

import (
	"encoding/json"
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
)

// fileSetOutput is the output by which a stack with recorded files tells of all
// its other files. Heat shows a stack's template and not its files, so without it
// another text for new nodes could not be told from another nested template, which
// may replace what runs.
const fileSetOutput = "heatsync_files"

// markFiles adds the output to the template, which is this render's own.
func (r *rendered) markFiles() {
	if len(r.stack.Recorded) == 0 || r.cluster.AdoptedStack != "" {
		return
	}
	content := driver.Content{Template: []byte("{}"), Files: map[string][]byte{}, Templates: map[string][]byte{}}
	for name, text := range r.stack.Files {
		switch {
		case slices.Contains(r.stack.Recorded, name):
		case r.files[name] != nil:
			content.Templates[name] = []byte(text)
		default:
			content.Files[name] = []byte(text)
		}
	}
	if len(r.stack.Environment) > 0 {
		content.Environment, _ = json.Marshal(r.stack.Environment)
	}
	set, err := driver.Digest(content)
	if err != nil {
		return // the render's own digest fails too, and says why
	}
	r.addOutput(fileSetOutput, "Digest of all files but those that the live stack keeps.", set)
}

// onlyRecorded tells whether a stack that holds this template differs from the
// render in no file but recorded ones, which it keeps.
func (r *rendered) onlyRecorded(held map[string]any) bool {
	ours := textAt(r.template, "outputs", fileSetOutput, "value")
	return ours != "" && textAt(held, "outputs", fileSetOutput, "value") == ours
}
