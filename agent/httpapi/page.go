package httpapi

import (
	_ "embed"
	"html/template"
	"net/http"
	"time"

	"github.com/heatsync/heatsync/internal/version"
	"github.com/heatsync/heatsync/reconcile"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"when": func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format("2006-01-02 15:04:05")
	},
	"short": func(revision string) string {
		if len(revision) > 12 {
			return revision[:12]
		}
		return revision
	},
}).Parse(pageText))

// pageData is what the status page shows.
type pageData struct {
	Version string
	Config  Config
	Now     time.Time
	Fleets  []pageFleet
	Drivers []Driver
}

type pageFleet struct {
	Fleet
	Why    []string
	Counts []pageCount
	// MoreUnreadable counts the unreadable files that the status does not list.
	MoreUnreadable int
}

type pageCount struct {
	Outcome reconcile.Outcome
	Count   int
}

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	d := pageData{Version: version.String(), Config: s.agent.Config(), Now: s.clock(), Drivers: s.agent.Drivers()}
	for _, f := range s.fleets(r) {
		one := pageFleet{Fleet: f, Why: s.fleetReady(f).Why}
		if f.Status != nil {
			one.Counts = countsOf(f.Status.Clusters)
			one.MoreUnreadable = f.Status.UnreadableCount - len(f.Status.Unreadable)
		}
		d.Fleets = append(d.Fleets, one)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := pageTemplate.Execute(w, d); err != nil {
		return // the reader went away
	}
}

func countsOf(cs []reconcile.ClusterStatus) []pageCount {
	n := map[reconcile.Outcome]int{}
	for _, c := range cs {
		n[c.Outcome]++
	}
	out := make([]pageCount, len(reconcile.Outcomes))
	for i, o := range reconcile.Outcomes {
		out[i] = pageCount{o, n[o]}
	}
	return out
}
