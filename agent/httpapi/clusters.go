package httpapi

import (
	"errors"
	"net/http"
	"slices"

	"github.com/heatsync/heatsync/reconcile"
	"github.com/heatsync/heatsync/reconcile/plan"
)

// Clusters is the answer of GET /api/v1/clusters.
type Clusters struct {
	Fleets []reconcile.FleetStatus `json:"fleets"`
}

// clusters shows all fleets, which takes an answer of each, or the one asked for.
func (s *server) clusters(w http.ResponseWriter, r *http.Request) {
	var fleets []Fleet
	if query := r.URL.Query(); query.Has("fleet") {
		f, err := s.fleet(r, query.Get("fleet"))
		if err != nil {
			noFleet(w, query.Get("fleet"))
			return
		}
		fleets = []Fleet{f}
	} else {
		fleets = s.fleets(r)
	}
	out := Clusters{Fleets: []reconcile.FleetStatus{}}
	for _, f := range fleets {
		if f.Status == nil {
			answer(w, http.StatusServiceUnavailable, Problem{Error: "fleet " + f.Name + " does not answer"})
			return
		}
		out.Fleets = append(out.Fleets, whole(*f.Status))
	}
	answer(w, http.StatusOK, out)
}

// whole writes lists that are empty as such, not as null.
func whole(f reconcile.FleetStatus) reconcile.FleetStatus {
	f.Clusters = slices.Clone(f.Clusters)
	if f.Clusters == nil {
		f.Clusters = []reconcile.ClusterStatus{}
	}
	for i := range f.Clusters {
		if f.Clusters[i].Drift == nil {
			f.Clusters[i].Drift = []plan.Change{}
		}
	}
	return f
}

// Problem is the answer of a request that failed.
type Problem struct {
	Error string `json:"error"`
}

// Asked is the answer of a person's request.
type Asked struct {
	Fleet   string        `json:"fleet"`
	Asked   reconcile.Ask `json:"asked"`
	Warning string        `json:"warning,omitempty"` // in force, with this reservation
}

var asks = []reconcile.Ask{reconcile.Pause, reconcile.Resume, reconcile.Approve, reconcile.Resync}

func (s *server) ask(w http.ResponseWriter, r *http.Request) {
	fleet, what := r.PathValue("fleet"), reconcile.Ask(r.PathValue("ask"))
	if !slices.Contains(asks, what) {
		answer(w, http.StatusNotFound, Problem{Error: "a fleet can be asked to pause, resume, approve and resync"})
		return
	}
	done := Asked{Fleet: fleet, Asked: what}
	err := s.agent.Ask(r.Context(), fleet, what)
	unkept := new(NotKept)
	switch {
	case errors.Is(err, ErrNoFleet):
		noFleet(w, fleet)
		return
	case errors.As(err, &unkept):
		done.Warning = unkept.Error()
	case err != nil:
		answer(w, http.StatusServiceUnavailable, Problem{Error: err.Error()})
		return
	}
	answer(w, http.StatusOK, done)
}

func noFleet(w http.ResponseWriter, name string) {
	answer(w, http.StatusNotFound, Problem{Error: "no fleet " + name + " in the config"})
}

// Drivers is the answer of GET /api/v1/drivers.
type Drivers struct {
	Drivers []Driver `json:"drivers"`
}

func (s *server) drivers(w http.ResponseWriter, _ *http.Request) {
	ds := s.agent.Drivers()
	if ds == nil {
		ds = []Driver{}
	}
	answer(w, http.StatusOK, Drivers{Drivers: ds})
}
