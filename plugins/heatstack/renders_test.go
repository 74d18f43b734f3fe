package heatstack_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// Drivers that share their renders answer as one that renders each time, whatever
// a caller does to the answer or to what it asked with.
func TestKeptRendersAreThoseMadeAnew(t *testing.T) {
	var kept heatstack.Renders
	plain := heatstack.New(toy{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			d := heatstack.New(toy{}, heatstack.WithRenders(&kept))
			for i := range 400 {
				c := cluster()
				c.Name, c.Labels = fmt.Sprintf("c%d", i%7), map[string]string{"colour": fmt.Sprint(i % 3), "unknown": "x"}
				if i%5 == 0 {
					delete(c.Labels, "unknown")
				}
				in := driver.RenderInput{Cluster: c, Secrets: join}
				want := plain.Render(in)
				got := d.Render(in)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-anew +kept):\n%s", c.Name, diff)
					return
				}
				clear(got.Parameters)
				c.Labels["colour"] = "spoilt"
				c.NodeGroups[0].NodeCount = 99
			}
		})
	}
	all.Wait()
}

// A template that is not pure is found out, though what it makes is kept.
func TestKeptRendersAreMadeAnewNowAndThen(t *testing.T) {
	n := 0
	moody := toy{change: func(s *heatstack.Stack) { n++; s.Parameters["keypair"] = fmt.Sprint(n) }}
	var kept heatstack.Renders
	d := heatstack.New(moody, heatstack.WithRenders(&kept))
	defer func() {
		if recover() == nil {
			t.Error("nobody was told")
		}
	}()
	for range 1000 {
		d.Render(driver.RenderInput{Cluster: cluster(), Secrets: join})
	}
}
