//go:build race

package simulation

// raceDetector is on: a run takes ten times as long, and one goroutine has no
// races to find. `make simulate` runs these tests without it, and whole.
const raceDetector = true
