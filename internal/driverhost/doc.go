// Package driverhost finds, verifies, launches, watches and restarts drivers.
//
// A [Host] keeps one process for each driver that the lock pins and lets callers
// ask it through a [Handle]. It runs only bytes whose SHA-256 stands in the lock,
// and exactly the bytes it hashed. A driver gets an empty environment but for an
// allow list, a pipe on stdin that ends with the agent, a process group of its
// own, and a deadline on every call. One that hangs, dies or lies costs its own
// callers an [Error] with a [Reason]; the others notice nothing.
//
// The package speaks the types of plugins/driver. It refuses to know what the
// answers mean: it checks their shape and passes them on. Describe, Validate,
// Render and Plan may be asked again; an Apply never is, and one that broke ends
// with the verdict Ambiguous.
//
// The design is docs/design/0002-driver-contract.md. The comments name the traps of
// go-plugin v1.8.0 that shaped the code.
package driverhost
