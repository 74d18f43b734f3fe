// Package live holds what was observed in the cloud, as plain values: the rows
// of Heat's stack list, the tags that mark a stack as ours, and the parts of a
// stack that are read only when a question needs them.
//
// The central types are [Row], one stack as the list shows it, and [Parts].
// The package knows Heat's words (action, status, tags, updated_time) and
// nothing of how they were fetched. It refuses to decide: whether a row means
// that something should happen is the engine's business.
package live
