// Package simulation runs the engine as it ships, with the real way to Heat and
// the real drivers' code, against a simulated cloud, on a virtual clock, under a
// schedule of commits, meddling people, faults and crashes that one number
// decides. After every event the promises are checked.
//
// [Make] makes a [Scenario] of a seed; [Run] plays it in one goroutine (calls
// that wait are coroutines, resumed in the order of the agenda) and gives a
// [Report]; [Shrink] looks for the shortest scenario that still breaks the same
// promise. The same scenario gives the same log, byte for byte.
//
// Requests go through an http.RoundTripper that is called in place; Git is the
// source interface over files in memory; drivers are called in process; disks
// and deaths are simulated. What the edges do with sockets, processes and files
// is proved elsewhere, on the real things.
package simulation
