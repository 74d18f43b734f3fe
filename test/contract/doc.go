// Package contract holds the same cases over the simulated Heat
// (internal/heatsim) and over a real one, through plain HTTP. Where the two
// differ the simulator is wrong.
//
// The real cloud is named by environment variables: HEATSYNC_TEST_CLOUDS_YAML
// (path of a clouds.yaml) and HEATSYNC_TEST_CLOUD (a name in it, default
// "dev"; a second project, where one is needed, is that name with a 2).
// Without them that half is skipped, unless HEATSYNC_TEST_REQUIRE_OPENSTACK=1,
// which makes their absence a failure. Cases use names of their own and delete
// what they made, so several runs can share a cloud.
package contract
