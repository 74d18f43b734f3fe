// Package demo shows the whole of heatsync on one machine, with no cloud and no
// configuration: heatsim on a loopback listener, a Git repository in a temporary
// folder, the docker driver as a process of its own, and the agent.
//
// [Serve] runs that stage for somebody to play with; [Tour] plays a story on it
// by real commits and checks after each step what the agent's API says and what
// the simulated cloud holds. A [Result] tells how it went.
//
// The agent itself is handed in ([Agent]): this package knows it only as anybody
// does, by its config file, its HTTP API and its log. Nothing here reaches
// outside loopback and the temporary folder, and there are no simulated results:
// a check that fails is a failed tour.
package demo
