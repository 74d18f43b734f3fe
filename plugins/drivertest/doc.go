// Package drivertest is the conformance kit: the cases a driver over Heat must
// pass, whoever wrote it, before the agent can keep its promises with it.
//
//	func TestConformance(t *testing.T) {
//		drivertest.Run(t, mydriver.New(), drivertest.Options{Cluster: cluster, Change: grow})
//	}
//
// [Run] takes a driver in this process and speaks to it over a real gRPC
// connection; [RunBinary] starts a program and can also kill it. Each [Case] has
// an id that never changes its meaning and a sentence that says what is asked.
// The cloud is a simulated Keystone and Heat in this process, on a clock that
// stands still: no network is left, and nothing has to be installed.
//
// The kit plays the agent in the smallest way: it plans, reads the parts that
// are asked for, carries out one step and lets the stack settle. It refuses to
// test drivers whose clusters are not Heat stacks, and to skip: a case is in the
// list of a way of running, or it is not.
package drivertest
