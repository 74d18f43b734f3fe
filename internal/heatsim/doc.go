// Package heatsim is an honest Keystone and Heat in one process: it parses
// HOT, runs stacks through their states on a clock of your choice, answers
// the REST API that heatsync speaks and shows Heat's documented traps. It
// also misbehaves on request.
//
// [Cloud] is the whole: [New] builds one from [Options], [Cloud.RoundTripper]
// serves it in place without a goroutine or a socket, [Cloud.Handler] over a
// listener. Nothing happens between requests: each one first carries out
// what became due on the clock, in one fixed order, so the same options,
// seed and requests give the same answers, byte for byte.
//
// [Faults] decides per request what goes wrong, [ResourceFault] what breaks
// below a stack. Behaviour is that of Heat 19 (Zed) unless Options.Release says
// otherwise; test/contract holds it against the real one.
//
// It runs nothing: servers, networks and volumes are rows with plausible
// attributes. It does not do policy beyond one role, telemetry, snapshots,
// auto-scaling, yaql, software deployments' hand-over of inputs, or the
// CloudFormation API.
package heatsim
