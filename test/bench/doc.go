// Package bench measures what an agent costs: requests to the cloud, CPU,
// memory, and the time from a commit to the request it leads to. `make bench`
// runs it; its figures are what benchstat reads, and docs/operate/sizing.md
// explains them.
//
// heatsim is served on loopback by the benchmark itself, the agent and its
// driver are real processes, and the repository is a bare one on disk, so that
// what /proc says of a process is the agent's alone. heatsim works in no time:
// nothing here says how long Heat takes.
//
// The package proves nothing and fails only when an agent does not get there.
package bench
