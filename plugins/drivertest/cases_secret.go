package drivertest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/plugins/driver"
)

var secretCases = []Case{
	{ID: "DRV-SECRET-001", Says: "No token and no secret's value is in progress, results, plans, renders or the log, also when Heat refuses.", run: nothingLeaks},
	{ID: "DRV-SECRET-002", Says: "No secret's value is in any part of the stack tree below the root, and at the root only in hidden parameters and software configs.", run: nothingBelowTheRoot},
	{ID: "DRV-SECRET-003", Says: "The pure calls give the same answer whatever the values of secrets: they get names and ids.", run: func(b *bench) {
		in := driver.RenderInput{Cluster: b.cluster, Secrets: b.secrets(false)}
		r, err := b.driver().client.Render(b.ctx, in)
		b.check(err, "render")
		for i := range in.Secrets {
			in.Secrets[i].ID += "-rotated"
		}
		rotated, err := b.driver().client.Render(b.ctx, in)
		b.check(err, "render")
		if len(r.Secrets) > 0 && r.Digest == rotated.Digest {
			b.fail("a rotated secret gives the same digest: it would never reach the cluster")
		}
	}},
}

func nothingLeaks(b *bench) {
	b.render()
	in := b.step(driver.IntentPresent, b.plan(driver.IntentPresent, false))
	for _, e := range []heatsim.Effect{heatsim.Refuse(http.StatusForbidden), heatsim.Refuse(http.StatusUnauthorized), heatsim.Timeout(false)} {
		b.heat().faults.Clear()
		b.heat().faults.Add(heatsim.Rule{Method: http.MethodPost, Effect: e})
		b.apply(in)
	}
	b.heat().faults.Clear()
	b.accepted(in)
	b.settled()
	b.change()
	b.accepted(b.step(driver.IntentPresent, b.plan(driver.IntentPresent, true)))
	b.settled()
	b.plan(driver.IntentPresent, true)
	said := strings.Join(b.heard, "\n") + b.driver().output.String()
	for what, i := range map[string]int{"a secret's value": leak(said), "the token": strings.Index(said, b.heat().token)} {
		if i >= 0 {
			b.fail("%s was said: …%s…", what, said[max(0, i-80):min(len(said), i+20)])
		}
	}
}

func nothingBelowTheRoot(b *bench) {
	b.created()
	for _, s := range b.heat().sim.Stacks("", false, true) {
		if s.Parent != "" {
			for name, v := range s.Parameters {
				if leak(v) >= 0 {
					b.fail("nested stack %s shows a secret in its parameter %q", s.Name, name)
				}
			}
		}
		for _, r := range s.Resources {
			text, _ := json.Marshal(r.Properties) // they came from JSON
			holder := s.Parent == "" && (r.Type == "OS::Heat::SoftwareConfig" || r.Type == "OS::Heat::CloudConfig" || r.Type == "OS::Heat::MultipartMime")
			if leak(string(text)) >= 0 && !holder {
				b.fail("resource %s of stack %s (%s) has a secret in its properties, which Heat shows in events", r.Name, s.Name, r.Type)
			}
		}
	}
	row := b.row()
	parts, err := b.heat().parts(*row, []driver.Part{driver.PartShow, driver.PartTemplate, driver.PartOutputs})
	b.check(err, "read the stack")
	text, _ := json.Marshal(parts) // plain values
	if leak(string(text)) >= 0 {
		b.fail("the stack shows a secret in its parameters, template or outputs")
	}
}
