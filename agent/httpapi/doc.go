// Package httpapi is what the agent shows over HTTP: health, readiness, metrics,
// the JSON API under /api/v1 and a status page.
//
// [Handler] serves them from an [Agent], which it asks and never waits for
// without a bound; [Serve] keeps a listener up. Nothing of a fleet depends on
// either: a scraper that hangs or a port that is lost delays no cluster.
//
// Requests that change something are refused when they come from another site's
// page. Who may ask at all is decided by where the agent listens (loopback by
// default) and by the web config file of prometheus/exporter-toolkit, not here.
package httpapi
