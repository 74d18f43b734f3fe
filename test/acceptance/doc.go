// Package acceptance plays whole stories, from a commit to a stack: the agent and
// the docker driver are real processes, the repository is served by git
// http-backend or a real sshd, and the cloud is the simulated Heat and, where one
// is named, a real OpenStack.
//
// A story is a list of acts over one fleet. An act commits, meddles or waits, and
// looks at the result through the agent's API and, independently of it, in Heat.
// Nothing here reaches into the agent: what a story sees, a user could see.
//
// The real cloud is named as for test/contract: HEATSYNC_TEST_CLOUDS_YAML,
// HEATSYNC_TEST_CLOUD (default "dev") and HEATSYNC_TEST_REQUIRE_OPENSTACK=1, which
// makes its absence a failure. HEATSYNC_TEST_KILLS is how often the kill story
// kills on the real cloud (default 10, on the simulated one always 50), and
// HEATSYNC_TEST_SEED repeats its random choices. Fleets have names of their own
// and their stacks are deleted at the end, so several runs can share a cloud.
package acceptance
