// Package metrics has every metric of the agent in one place.
//
// [Metrics] is constructed on a prometheus.Registerer, so that two agents fit in
// one test; nothing is global. What is known of fleets and clusters is read from
// a [Source] at scrape time and is never kept: a cluster's series go when it
// goes, and there are at most 8 of them. What happens between scrapes is counted
// by the methods of Metrics, which never block.
//
// Names, labels and label values are an interface: renaming one is a breaking
// change. [Catalogue] lists them, docs/operate/metrics.md is made from it, and
// alerts.yaml and dashboard.json stand beside this file. The package refuses to
// put error texts, stack ids or anything else without bound into a label.
package metrics
