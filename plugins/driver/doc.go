// Package driver is what a third party imports to write a heatsync driver: the
// types of a resolved cluster, the interface a driver implements, the digest
// over what it renders, and Serve.
//
// A driver knows what a cluster looks like as a stack ([Renderer]), what a
// change will disturb ([Planner]) and how to carry out one step ([Applier]).
// Most authors write a Render only and get the other two from package
// heatstack. Order, limits, retries, approval and reporting are the agent's.
//
// Describe, Validate, Render and Plan are pure: the same input gives the same
// output on any machine at any time, and they get no credential. Apply carries
// out exactly one step and returns as soon as the backend has taken the work.
//
// The package imports nothing of heatsync's but the generated wire (driverpb),
// and refuses to know about Git, scheduling or policy. The contract's design is
// docs/design/0002-driver-contract.md.
package driver
