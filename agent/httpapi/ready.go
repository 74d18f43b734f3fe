package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Ready is the answer of GET /readyz?verbose.
type Ready struct {
	Ready  bool         `json:"ready"`
	Config string       `json:"config"` // why the file on disk is not in force, ""
	Fleets []FleetReady `json:"fleets"`
}

// FleetReady says of one fleet whether it has once read its source and a whole
// inventory, or has said why not.
type FleetReady struct {
	Name      string   `json:"name"`
	Ready     bool     `json:"ready"`
	Loop      bool     `json:"loop"` // it turns
	Source    bool     `json:"source"`
	Inventory bool     `json:"inventory"`
	Why       []string `json:"why"` // what is missing or amiss
}

// healthz tells whether the loops turn: nothing that an agent's restart would
// not mend.
func (s *server) healthz(w http.ResponseWriter, r *http.Request) {
	var dead []string
	for _, f := range s.agent.Fleets(expired(r)) {
		if !s.turns(f) {
			dead = append(dead, fmt.Sprintf("fleet %s: its loop last turned at %s", f.Name, f.Beat.UTC().Format(time.RFC3339)))
		}
	}
	if len(dead) > 0 {
		http.Error(w, strings.Join(dead, "\n"), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

func (s *server) turns(f Fleet) bool { return s.clock().Sub(f.Beat) < loopLimit }

func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	out := Ready{Ready: true, Config: s.agent.Config().Error, Fleets: []FleetReady{}}
	for _, f := range s.fleets(r) {
		one := s.fleetReady(f)
		out.Ready = out.Ready && one.Ready
		out.Fleets = append(out.Fleets, one)
	}
	status := http.StatusOK
	if !out.Ready {
		status = http.StatusServiceUnavailable
	}
	if r.URL.Query().Has("verbose") {
		answer(w, status, out)
		return
	}
	if out.Ready {
		_, _ = w.Write([]byte("ready\n"))
		return
	}
	http.Error(w, "not ready, see /readyz?verbose", status)
}

func (s *server) fleetReady(f Fleet) FleetReady {
	out := FleetReady{Name: f.Name, Loop: s.turns(f), Why: []string{}}
	if !out.Loop || f.Status == nil {
		out.Loop = false
		out.Why = append(out.Why, "its loop does not turn")
		return out
	}
	out.Source, out.Inventory = f.Status.Ready.Source, f.Status.Ready.Inventory
	said := true
	for _, x := range []struct {
		name  string
		done  bool
		fault error
	}{
		{"source", out.Source, faultError(f.Status.SourceError)},
		{"inventory", out.Inventory, faultError(f.Status.CloudError)},
	} {
		switch {
		case x.fault != nil:
			out.Why = append(out.Why, x.name+": "+x.fault.Error())
		case !x.done:
			out.Why = append(out.Why, x.name+": not read yet")
			said = false
		}
	}
	if text := f.Status.UnreadableText(); text != "" {
		out.Why = append(out.Why, "source: "+text)
	}
	if f.StateError != "" {
		out.Why = append(out.Why, "state: "+f.StateError)
	}
	out.Ready = said
	return out
}
