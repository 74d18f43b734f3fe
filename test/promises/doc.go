// Package promises has tests named after the promises of the design that are
// about a whole agent under ill use: dead reporters, secrets, and long service.
//
// The agent and its drivers are processes of their own, the cloud is heatsim on
// loopback. Nothing here reaches into the agent: a test sees what a user, an
// attacker with its files, or the kernel sees. Other promises are tested beside
// the code that keeps them and in test/acceptance.
//
// HEATSYNC_TEST_ROUNDS is how many clusters TestP12RoundsLeaveNothingBehind
// makes and deletes (default 400), HEATSYNC_TEST_DRIVER_RESTARTS how often
// TestP12DriverRestartsLeaveNothingBehind ends drivers (default 72). The promise
// says 10000 of each: make leaks.
package promises
