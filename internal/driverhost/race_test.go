//go:build race

package driverhost

import "time"

// A program built with the race detector sleeps for a second before it exits
// (GORACE atexit_sleep_ms), and these drivers get no environment to say otherwise.
const (
	exitDelay = time.Second
	restarts  = 20
)
