package heatstack

import (
	"fmt"
	"maps"

	"github.com/heatsync/heatsync/plugins/driver"
)

// secretsOutput is the output by which a stack tells which versions of its secrets
// it was made with: name to id, which is random and no secret. Hidden parameters
// show nothing, so without it a store that holds another set, of a second agent or
// an old backup, would be rolled out to nodes that know the first.
const secretsOutput = "heatsync_secrets"

// markSecrets adds the output to the template, which is this render's own.
func (r *rendered) markSecrets(secrets []driver.Secret) {
	if r.cluster.AdoptedStack != "" || len(r.stack.Secrets) == 0 {
		return
	}
	used := map[string]bool{}
	for _, s := range r.stack.Secrets {
		used[s.Name] = true
	}
	ids := map[string]any{}
	for _, s := range secrets {
		if used[s.Name] {
			ids[s.Name] = s.ID
		}
	}
	r.addOutput(secretsOutput, "Ids of the secrets' versions that the stack was made with.", ids)
}

// addOutput adds an output of ours to the template.
func (r *rendered) addOutput(name, description string, value any) {
	outputs := maps.Clone(mapAt(r.template, "outputs"))
	if outputs == nil {
		outputs = map[string]any{}
	}
	outputs[name] = map[string]any{"description": description, "value": value}
	r.template["outputs"] = outputs
}

// otherSecrets tells of a live stack, by its template, that was made with another
// version of a secret. A secret that it has none of yet is a new one.
func (r *rendered) otherSecrets(held map[string]any, stack string) []driver.Diagnostic {
	ids := mapAt(held, "outputs", secretsOutput, "value")
	var out []driver.Diagnostic
	for _, name := range keys(r.ids) {
		if id, ok := ids[name]; ok && id != r.ids[name] {
			out = append(out, driver.Diagnostic{
				Severity: driver.SeverityError, Code: "secret",
				Summary: fmt.Sprintf("stack %q was made with another %q than the secret store holds", stack, name),
				Remedy:  "restore the set that the cluster was made with from your backup, or find the other agent that keeps it",
			})
		}
	}
	return out
}
