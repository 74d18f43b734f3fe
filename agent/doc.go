// Package agent is the process: it carries out what the engine commands and
// brings back what happened, as events.
//
// [Agent] runs one loop per fleet of the config. A loop owns one
// reconcile.Engine; nothing else touches it. Commands go out to the edges (the
// Git source, the cloud, the drivers) with bounded concurrency, and each answer
// comes back as one event, stamped as it is handed to the engine. Slots to the
// cloud are kept per fleet and slots to a driver per driver and fleet, so a
// driver that hangs or a cloud that is down delays its own clusters only. How one
// command is carried out is in agent/carry.
//
// Logs, metrics, status and health are made from the engine's findings and
// status; the package adds none of its own about clusters. It refuses to decide
// whether anything should happen, and keeps nothing that a restart could not
// find again but what a person asked for: a pause.
package agent
