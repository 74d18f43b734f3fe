//go:build !race

package driverhost

const (
	exitDelay = 0
	restarts  = 200
)
