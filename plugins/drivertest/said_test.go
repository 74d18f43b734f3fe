package drivertest

import (
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// odd is a driver with one mistake.
type odd struct {
	about  func(*driver.Description)
	render func(driver.Cluster)
}

func (o odd) Describe() driver.Description {
	d := driver.Description{
		Name: "odd", Version: "1.0.0", Targets: []driver.Target{{COE: "odd"}},
		Attributes: []driver.Attribute{{Name: "flavor", Effect: driver.EffectReboot, Doc: "Flavor."}},
	}
	if o.about != nil {
		o.about(&d)
	}
	return d
}

func (o odd) Render(in driver.RenderInput) (heatstack.Stack, []driver.Diagnostic) {
	if o.render != nil {
		o.render(in.Cluster)
	}
	return heatstack.Stack{
		Template:   "heat_template_version: '2018-08-31'\nparameters: {flavor: {type: string}}\nresources: {}\n",
		Parameters: map[string]any{"flavor": in.Cluster.Flavor},
	}, nil
}

func cluster() driver.Cluster {
	return driver.Cluster{Fleet: "prod", Name: "web", COE: "odd", Flavor: "small", FloatingIPEnabled: true}
}

func grow(c *driver.Cluster) { c.Flavor = "big" }

// TestWhatDoesNotEvenStart holds what is told once, before the cases.
func TestWhatDoesNotEvenStart(t *testing.T) {
	bare := cluster()
	bare.FloatingIPEnabled, bare.Keypair = false, "ops"
	for _, c := range []struct {
		name string
		odd  odd
		o    Options
		want []string
	}{
		{"nothing is wrong", odd{}, Options{Cluster: cluster(), Change: grow}, nil},
		{"no change", odd{}, Options{Cluster: cluster()}, []string{"Options need a Cluster and a Change"}},
		{
			"a cluster that is refused",
			odd{},
			Options{Cluster: bare, Change: grow},
			[]string{"render: \n  error: keypair: keypair has no effect", "\n  error: floatingIpEnabled: ", "set FloatingIPEnabled: true"},
		},
		{
			"a change that is refused",
			odd{},
			Options{Cluster: cluster(), Change: func(c *driver.Cluster) { c.Keypair = "ops" }},
			[]string{"with Change made: render: \n  error: keypair"},
		},
		{
			"a panic",
			odd{render: func(driver.Cluster) { panic("no such colour") }},
			Options{Cluster: cluster(), Change: grow},
			[]string{"the driver panicked in Render: no such colour", "the driver's log: ", "said_test.go:"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := ready(t.Context(), served{heatstack.New(c.odd)}, c.o)
			if (err == nil) != (c.want == nil) {
				t.Fatalf("ready: %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}

func TestADriverThatBlocks(t *testing.T) {
	end := make(chan struct{})
	defer close(end)
	d := heatstack.New(odd{render: func(driver.Cluster) { <-end }})
	err := attempt(t.Context(), 50*time.Millisecond, served{d}, Options{Cluster: cluster(), Change: grow}, func(b *bench) { b.render() })
	if err == nil || !strings.Contains(err.Error(), "no answer within 50ms: it may block for ever") {
		t.Errorf("%v", err)
	}
}

// A case may ask a hundred times on a busy machine: what is bounded is the answer.
func TestADriverThatAnswersSlowlyIsNotStuck(t *testing.T) {
	d := heatstack.New(odd{render: func(driver.Cluster) { time.Sleep(20 * time.Millisecond) }})
	err := attempt(t.Context(), time.Second, served{d}, Options{Cluster: cluster(), Change: grow}, func(b *bench) {
		for range 60 {
			b.render()
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestADescriptionsFaultsAreToldAtOnce(t *testing.T) {
	d := heatstack.New(odd{about: func(d *driver.Description) {
		d.Version = "v1"
		d.Attributes = append(d.Attributes, driver.Attribute{Name: "keyPair", Effect: driver.EffectRefused, Doc: "Key."})
		d.Labels = []driver.Label{{Name: "port", Type: driver.LabelInt, Default: "many"}}
	}})
	err := attempt(t.Context(), time.Minute, served{d}, Options{Cluster: cluster(), Change: grow}, describedWhole)
	for _, want := range []string{
		`"v1" is no semantic version`, `attribute "keyPair" is none that documents have`,
		`label "port" has no doc`, `label "port" has no effect`, `the default of label "port" does not fit`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestEveryAttributeOfDocumentsCanBeListed(t *testing.T) {
	for _, name := range []string{"image", "dnsNameserver", "floatingIpEnabled", "masterCount", "nodeCount", "nodeGroups", "nodesToRemove", "nodeTaints"} {
		if !isAttribute(name) {
			t.Errorf("%q is none", name)
		}
	}
	for _, name := range []string{"", "labels", "timeout", "docker_volume_size", "Flavor"} {
		if isAttribute(name) {
			t.Errorf("%q is one", name)
		}
	}
}

func TestDifferences(t *testing.T) {
	for _, c := range []struct{ name, first, second, want string }{
		{"a value", `{"a":{"b":"1","c":2}}`, `{"a":{"b":"3","c":2}}`, `  a.b: "1", then "3"`},
		{"one more, one less", `{"a":[1,2]}`, `{"b":1,"a":[1]}`, "  a[1]: 2, then nothing\n  b: nothing, then 1"},
		{"no JSON", `x`, `y`, "x\ny"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := differences(c.first, c.second); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
