// Package reconcile is the engine: events go in, commands and findings come out.
//
// One [Engine] keeps one fleet, the clusters of one Git source on one cloud
// project. It holds all policy and none of the world: no goroutine, no clock,
// no network, no disk, no randomness, no logger. Time arrives with each event.
// The same events give the same commands, byte for byte, which is what golden
// tests, simulation and `heatsync replay` rest on.
//
// Each round looks at one cluster's whole state and takes one next step, or
// says with an [Outcome] why there is none. Nothing is remembered that the next
// look could not find again: what is kept between rounds are hints.
//
// The alphabet is in event.go, command.go and finding.go; the round in
// round.go; the design in docs/design/0001-engine.md.
package reconcile
