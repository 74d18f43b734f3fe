package metrics

import (
	"fmt"
	"strings"
)

// Page writes docs/operate/metrics.md, which a test holds against the catalogue.
func Page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, e := range catalogue {
		labels := "–"
		if len(e.Labels) > 0 {
			labels = "`" + strings.Join(e.Labels, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", e.Name, e.Kind, labels, e.Help)
	}
	b.WriteString(pageTail)
	return b.String()
}

const pageHead = `# Metrics

For operators: what ` + "`/metrics`" + ` says. This page is made from the code by
` + "`go test ./metrics -update`" + `, and a test fails when it is not what is registered.

Names, labels and label values are an interface: a change of one is a breaking change and stands in the
changelog. A cluster has at most 8 series and they go when it goes; what a cluster's outcome, code and health
can be stands in [outcomes.md](../reference/outcomes.md), and the same words stand in logs, on the status page and in the JSON.

| metric | type | labels | meaning |
|---|---|---|---|
`

const pageTail = `
Besides these there are the Go runtime's and the process's own metrics (` + "`go_*`, `process_*`" + `).

[Alert rules](../../metrics/alerts.yaml) and a [Grafana dashboard](../../metrics/dashboard.json) use them:

    rule_files: [alerts.yaml]
    scrape_configs:
    - job_name: heatsync
      static_configs: [{targets: ["127.0.0.1:8480"]}]

What to ask first:

- Clusters that a person must act on: ` + "`heatsync_cluster_outcome{outcome=\"stalled\"}`" + `.
- Is the agent blind? ` + "`time() - heatsync_fleet_source_success_timestamp_seconds`" + ` and the same of
  ` + "`..._inventory_success_timestamp_seconds`" + `.
- How long Heat takes: ` + "`histogram_quantile(0.9, rate(heatsync_fleet_converge_duration_seconds_bucket[1d]))`" + `.
`
