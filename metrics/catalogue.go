package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Kind is a metric's type.
type Kind string

// The kinds of metrics.
const (
	Gauge     Kind = "gauge"
	Counter   Kind = "counter"
	Histogram Kind = "histogram"
)

// Entry describes one metric.
type Entry struct {
	Name   string
	Kind   Kind
	Labels []string
	Help   string
}

func (e *Entry) desc() *prometheus.Desc {
	return prometheus.NewDesc(e.Name, e.Help, e.Labels, nil)
}

// catalogue collects the entries in the order in which they are declared.
var catalogue []*Entry

// Catalogue lists all metrics of heatsync's own, in the order of the page.
func Catalogue() []Entry {
	out := make([]Entry, len(catalogue))
	for i, e := range catalogue {
		out[i] = *e
	}
	return out
}

func declare(kind Kind, name, labels, help string) *Entry {
	e := &Entry{Name: "heatsync_" + name, Kind: kind, Labels: strings.Fields(labels), Help: help}
	catalogue = append(catalogue, e)
	return e
}

// The metrics. Timestamps are Unix times in seconds; a timestamp of something
// that has not happened yet is left out.
var (
	buildInfo = declare(Gauge, "build_info", "version goversion", "1, labelled with the agent's version and the Go release it was built with.")

	configGood = declare(Gauge, "config_last_reload_successful", "", "1 if the config file in force is the one on disk, 0 if that was refused and an older one stays in force.")
	configTime = declare(Gauge, "config_last_reload_success_timestamp_seconds", "", "When the config in force was read.")

	loopTime     = declare(Gauge, "fleet_loop_timestamp_seconds", "fleet", "When the fleet's loop last turned; it turns at least every 5 seconds.")
	stateError   = declare(Gauge, "fleet_state_error", "fleet", "1 while the state folder cannot be written, so that a restart would take longer, forget a pause, and carry out a `driver-change` that is held.")
	revisionInfo = declare(Gauge, "fleet_revision_info", "fleet revision", "1, labelled with the revision in force.")
	sourceError  = declare(Gauge, "fleet_source_error", "fleet", "1 while the source cannot be read or used; the last good revision stays in force.")
	unreadable   = declare(Gauge, "fleet_unreadable_files", "fleet", "Files of the revision in force in which something cannot be understood; what they say is left out.")
	sourceTime   = declare(Gauge, "fleet_source_success_timestamp_seconds", "fleet", "When the source was last read.")
	cloudError   = declare(Gauge, "fleet_cloud_error", "fleet", "1 while the stacks of the project cannot be listed.")
	listTime     = declare(Gauge, "fleet_inventory_success_timestamp_seconds", "fleet", "When the project's stacks were last listed whole.")
	tourTime     = declare(Gauge, "fleet_deep_tour_timestamp_seconds", "fleet", "When the last tour that compares everything stored ended.")
	paused       = declare(Gauge, "fleet_paused", "fleet", "1 while a person has paused the fleet.")
	readOnly     = declare(Gauge, "fleet_read_only", "fleet", "1 if the config makes the fleet plan and report only.")
	byOutcome    = declare(Gauge, "fleet_clusters", "fleet outcome", "Clusters by outcome; each outcome is there, be it 0.")
	byHealth     = declare(Gauge, "fleet_clusters_health", "fleet health", "Clusters by health; each health is there, be it 0.")
	guarded      = declare(Gauge, "fleet_guard_clusters", "fleet code", "Clusters that a guard over the whole fleet holds, by guard.")
	findings     = declare(Counter, "fleet_findings_total", "fleet kind", "What the engine found worth telling, by kind.")
	steps        = declare(Counter, "fleet_steps_total", "fleet action verdict", "Steps that ended, by action (create, update, delete, adopt, drain) and verdict.")
	stepTime     = declare(Histogram, "fleet_step_duration_seconds", "fleet action", "How long steps took until the backend had taken the work or had not.")
	converge     = declare(Histogram, "fleet_converge_duration_seconds", "fleet", "How long Heat worked on a stack, from the step to the end of its action.")

	outcome    = declare(Gauge, "cluster_outcome", "fleet cluster outcome code", "1, labelled with the cluster's present outcome and code.")
	health     = declare(Gauge, "cluster_health", "fleet cluster health", "1, labelled with the cluster's present health.")
	since      = declare(Gauge, "cluster_outcome_since_timestamp_seconds", "fleet cluster", "Since when outcome and code are what they are.")
	desired    = declare(Gauge, "cluster_nodes_desired", "fleet cluster", "Nodes the revision in force asks for.")
	nodesLive  = declare(Gauge, "cluster_nodes_live", "fleet cluster", "Nodes that were last seen.")
	driftCount = declare(Gauge, "cluster_drift_changes", "fleet cluster", "Differences somebody else made; only while there are any.")
	driftTime  = declare(Gauge, "cluster_drift_since_timestamp_seconds", "fleet cluster", "Since when there is drift; only while there is.")

	requests    = declare(Counter, "cloud_requests_total", "fleet service method code", "Requests to the cloud by service, method and HTTP status; code 0 had no answer.")
	requestTime = declare(Histogram, "cloud_request_duration_seconds", "fleet service method", "How long the cloud took to answer.")

	driverUp       = declare(Gauge, "driver_up", "driver version", "1 while the driver runs and answers, else 0.")
	driverRestarts = declare(Counter, "driver_restarts_total", "driver reason", "How often the driver was started again, by what ended it.")
	driverTime     = declare(Histogram, "driver_call_duration_seconds", "driver call code", "How long calls to the driver took; code is ok, or why there was no answer.")
)
