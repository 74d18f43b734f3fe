// Package carry carries out what an engine commands: it asks the source, the
// cloud and the drivers, and makes an event of what they answer.
//
// A [Carrier] belongs to one fleet. It makes a [Job] of a command, which may
// block and may run on any goroutine, and the job's [Answer]s make the events,
// on the goroutine that owns the engine. It starts no goroutine, keeps no time
// and counts nothing: whether jobs run side by side, in turns or in a
// simulation's order is their caller's.
//
// [Project] is the cloud of the real agent; convert_*.go are the only places
// where the engine's types meet the driver contract's. The package refuses to
// decide whether anything should happen, and never repeats a call.
package carry
