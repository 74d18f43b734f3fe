// Package torture has agents, drivers, cloud and people do their worst to each
// other for a while, then lets all be quiet, and looks at what is left.
//
// The agent and its driver are processes of their own; the repository is served
// by git http-backend; [Proxy] stands between them and the cloud and cuts, delays,
// repeats, truncates and refuses requests, each choice hanging on a seed. Meanwhile
// people commit and meddle with stacks by hand, agent and driver are killed with
// -9, and on a cloud of test/openstack heat-engine, RabbitMQ and MariaDB are
// stopped during work. Afterwards the checks (checks_test.go) go over the real
// stacks with a client of their own, and over every write the proxy has seen.
//
// Each test runs over the simulated Heat, short, to prove itself, and over a real
// OpenStack where one is named, as for test/acceptance: HEATSYNC_TEST_CLOUDS_YAML,
// HEATSYNC_TEST_CLOUD (default "dev"), HEATSYNC_TEST_REQUIRE_OPENSTACK=1. Services
// are stopped only where that clouds.yaml is test/openstack's own. `make torture`
// is the long run.
//
//   - HEATSYNC_TEST_TORTURE: how long it goes on before the quiet (a duration).
//   - HEATSYNC_TEST_TORTURE_CLUSTERS: how many clusters (default 15).
//   - HEATSYNC_TEST_SEED: repeats the choices of an earlier run.
package torture
