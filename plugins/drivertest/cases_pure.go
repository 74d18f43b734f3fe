package drivertest

import (
	"encoding/json"
	"os"
	"reflect"
	"runtime"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

var describeCases = []Case{
	{ID: "DRV-DESCRIBE-001", Says: "Describe gives the same answer at every call, whatever the environment.", run: func(b *bench) {
		b.same("Describe", func(r *running) (any, error) { return r.client.Describe(b.ctx) })
	}},
	{ID: "DRV-DESCRIBE-002", Says: "The description is whole: a name, a semantic version, a target, and for every attribute, label and secret a doc; labels and attributes say what a change disturbs, and defaults fit their own type.", run: describedWhole},
	{ID: "DRV-DESCRIBE-003", Says: "Every target is one that a document can name, by its coe, distro and serverType.", run: targetsNamed},
}

var validateCases = []Case{
	{ID: "DRV-VALIDATE-001", Says: "Validate gives the same answer at every call, whatever the environment.", run: func(b *bench) {
		b.same("Validate", func(r *running) (any, error) { return r.client.Validate(b.ctx, b.cluster) })
	}},
	{ID: "DRV-VALIDATE-002", Says: "The cluster of the options, and what Change makes of it, have no error.", run: func(b *bench) {
		for range 2 {
			ds, err := b.driver().client.Validate(b.ctx, b.cluster)
			b.check(err, "validate")
			if driver.HasErrors(ds) {
				b.fail("validate: %s", listed(ds))
			}
			b.render()
			b.change()
		}
	}},
	{ID: "DRV-VALIDATE-003", Says: "A label the schema does not know is an error at its path, labels.<name>, and there is no digest for such a cluster.", run: unknownLabel},
	{ID: "DRV-VALIDATE-004", Says: "The cluster of the options has the node groups that the driver counts: default-worker where it lists nodeCount, default-master where it lists masterCount.", run: groupsThere},
}

var renderCases = []Case{
	{ID: "DRV-RENDER-001", Says: "Render gives the same bytes 20 times, whatever the environment, the number of processors and, in a program, the time zone.", run: func(b *bench) {
		in := driver.RenderInput{Cluster: b.cluster, Secrets: b.secrets(false)}
		b.same("Render", func(r *running) (any, error) { return r.client.Render(b.ctx, in) })
	}},
	{ID: "DRV-RENDER-002", Says: "Render, Validate and Plan do not change what they are given.", way: inProcess, run: inputKept},
	{ID: "DRV-RENDER-003", Says: "A digest has the form of one, is the same for an equal cluster, and another for another cluster.", run: digestMoves},
	{ID: "DRV-RENDER-004", Says: "What does not reach the stack's content, timeout among it, is not in the digest.", run: func(b *bench) {
		before := b.render().Digest
		b.cluster.TimeoutMinutes += 7
		if after := b.render().Digest; after != before {
			b.fail("another timeout gives another digest: every stack would be updated for nothing")
		}
	}},
	{ID: "DRV-RENDER-005", Says: "Another value of a label gives another digest, or a diagnostic at labels.<name> that says why not; a deprecated label, and one of which the kit finds no other value that the driver takes, is not asked for.", run: labelsCount},
}

// settings are environments that a pure call must not notice.
var settings = []struct {
	zone  string
	procs int
}{{"UTC", 1}, {"Asia/Kathmandu", 2}, {"America/St_Johns", 4}}

// same holds a pure call to one answer in several environments, 20 times in all.
func (b *bench) same(what string, call func(*running) (any, error)) {
	const times = 7 // in each of the three settings: 21
	var first string
	for _, s := range settings {
		r, restore := b.inSetting(s.zone, s.procs)
		for range times {
			v, err := call(r)
			if err != nil {
				restore()
				b.fail("%s: %w", what, err)
			}
			b.hear(v)
			text, _ := json.Marshal(v) // plain values
			if first == "" {
				first = string(text)
			}
			if string(text) != first {
				restore()
				b.fail("%s gave two answers to one question:\n%s\nSomething besides the input is in it: a clock, randomness, the environment, a counter, or the order of a map", what, differences(first, string(text)))
			}
		}
		restore()
	}
}

// inSetting gives a driver whose surroundings are another: a process of its own
// with another environment, or this one's for a while.
func (b *bench) inSetting(zone string, procs int) (*running, func()) {
	if b.driver().direct == nil {
		r := b.start("TZ="+zone, "LANG=de_DE.UTF-8", "HEATSYNC_CANARY="+otherCanary+zone)
		return r, r.stop
	}
	// The time zone of a running process cannot be changed safely; programs are
	// started in another.
	was, had := os.LookupEnv("TZ")
	before := runtime.GOMAXPROCS(procs)
	_ = os.Setenv("TZ", zone)
	_ = os.Setenv("HEATSYNC_CANARY", otherCanary+zone)
	return b.driver(), func() {
		runtime.GOMAXPROCS(before)
		_ = os.Unsetenv("HEATSYNC_CANARY")
		if had {
			_ = os.Setenv("TZ", was)
		} else {
			_ = os.Unsetenv("TZ")
		}
	}
}

func unknownLabel(b *bench) {
	labels := map[string]string{"no-driver-knows-this": "x"}
	for k, v := range b.cluster.Labels {
		labels[k] = v
	}
	b.cluster.Labels = labels
	ds, err := b.driver().client.Validate(b.ctx, b.cluster)
	b.check(err, "validate")
	found := false
	for _, d := range ds {
		found = found || d.Severity == driver.SeverityError && d.Path == "labels.no-driver-knows-this"
	}
	if !found {
		b.fail("validate has no error at labels.no-driver-knows-this: %+v", ds)
	}
	r, err := b.driver().client.Render(b.ctx, driver.RenderInput{Cluster: b.cluster, Secrets: b.secrets(false)})
	b.check(err, "render")
	if r.Digest != "" && !driver.HasErrors(r.Diagnostics) {
		b.fail("render gives a digest for a cluster with an unknown label")
	}
}

func inputKept(b *bench) {
	d := b.driver().direct
	calls := map[string]func(c driver.Cluster, secrets []driver.Secret){
		"Render": func(c driver.Cluster, s []driver.Secret) { d.Render(driver.RenderInput{Cluster: c, Secrets: s}) },
		"Plan": func(c driver.Cluster, s []driver.Secret) {
			d.Plan(driver.PlanInput{Intent: driver.IntentPresent, Cluster: c, Secrets: s})
		},
		"Validate": func(c driver.Cluster, _ []driver.Secret) {
			if v, ok := d.(driver.Validator); ok {
				v.Validate(c)
			}
		},
	}
	for name, call := range calls {
		given, kept := copied(b.cluster), copied(b.cluster)
		secrets := b.secrets(false)
		call(given, secrets)
		if !reflect.DeepEqual(given, kept) || !reflect.DeepEqual(secrets, b.secrets(false)) {
			b.fail("%s changed what it was given:\n%+v\n%+v", name, kept, given)
		}
	}
}

// copied shares nothing with c. Empty maps and slices of it become nil.
func copied(c driver.Cluster) driver.Cluster {
	text, _ := json.Marshal(c) // plain values
	var out driver.Cluster
	_ = json.Unmarshal(text, &out)
	return out
}

func digestMoves(b *bench) {
	first := b.render()
	if !driver.IsDigest(first.Digest) {
		b.fail("%q is no digest", first.Digest)
	}
	b.cluster = copied(b.cluster)
	if again := b.render(); again.Digest != first.Digest {
		b.fail("an equal cluster has another digest: %s, then %s", first.Digest, again.Digest)
	}
	b.change()
	if changed := b.render(); changed.Digest == first.Digest {
		b.fail("the changed cluster has the same digest: the change would never be seen")
	}
	for name := range first.Parameters {
		if strings.TrimSpace(name) == "" {
			b.fail("a parameter without a name")
		}
	}
}
