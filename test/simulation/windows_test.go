package simulation

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A fault is counted where it was done, and nowhere else: requests for a token are
// refused, but not slowed; tags are late of a create, and an update alone is dropped.
func TestFaultsCountWhatWasDone(t *testing.T) {
	for _, tt := range []struct {
		kind, of string
		want     bool
	}{
		{"connection refused", "token", true},
		{"slow", "token", false},
		{"slow", "list", true},
		{"tags late", "read", false},
		{"tags late", "create", true},
		{"update dropped", "create", false},
		{"row dropped from a list", "create", false},
		{"engine dies after", "read", false},
	} {
		t.Run(tt.kind+" of "+tt.of, func(t *testing.T) {
			m := &maker{Rand: rand.New(rand.NewPCG(1, 1)), s: Scenario{Seed: 1, Concurrency: 4, Clean: true}}
			m.cloud()
			m.s.Fleets = []FleetShape{{Name: "prod", Clusters: []string{"c1"}, MaxDeletes: 1, Rollout: 1, MaxCreates: 20, Poll: m.poll()}}
			w := newWorld(m.s, nil)
			defer w.close()
			w.windows = append(w.windows, &window{
				until: beginning.Add(time.Hour), kind: tt.kind, of: tt.of, chance: 1, rand: rand.New(rand.NewPCG(1, 1)),
			})
			w.open()
			w.after(time.Second, func() { w.act(Act{Kind: doCreate, Cluster: "c1"}) })
			w.until(beginning.Add(2 * time.Minute))
			if w.broken != nil {
				t.Fatal(w.broken)
			}
			if got := w.counts["fault: "+tt.kind] > 0; got != tt.want {
				t.Errorf("counted: %v, want %v", got, tt.want)
			}
			if tt.kind != "connection refused" {
				return
			}
			for _, x := range w.clouds[0].sim.Journal() {
				if x.Method == http.MethodPost && strings.HasPrefix(x.Path, "/identity") {
					t.Fatalf("Keystone was asked for a token all the same: %+v", x)
				}
			}
		})
	}
}
