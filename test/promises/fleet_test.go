package promises

import (
	"fmt"
	"strings"
)

// folderFleet configures one fleet over a plain folder, watched closely.
const folderFleet = `listen: 127.0.0.1:0
stateDir: state
drivers: {dir: drivers, lock: drivers/drivers.lock}
fleets:
- name: prod
  source: {directory: fleet}
  cloud: {name: sim, file: clouds.yaml, rpcTimeout: 0s, margin: 0s}
  poll: {inProgress: 50ms, recent: 500ms, inventory: 1s, deepCheck: {rate: 10/s}}
  maxCreates: 100
`

// busyFleets configures many fleets over folders, for clusters that come and go,
// and records. Each is let send 50 requests a second, so one would mostly wait.
func busyFleets(names []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `listen: 127.0.0.1:0
stateDir: state
drivers: {dir: drivers, lock: drivers/drivers.lock}
recording: {file: recording/events.jsonl, maxBytes: %d}
fleets:
`, recordingBytes)
	for _, name := range names {
		fmt.Fprintf(&b, `- name: %[1]s
  source: {directory: %[1]s}
  cloud: {name: sim, file: clouds.yaml, rpcTimeout: 0s, margin: 0s}
  poll: {inProgress: 50ms, recent: 500ms, inventory: 1s, deepCheck: {rate: 10/s}}
  concurrency: 100
  maxCreates: 1000
`, name)
	}
	return b.String()
}

// dockerFleet is the Fleet document and a template of the docker driver.
const dockerFleet = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: prod}
spec: {drift: correct, maxDeletes: 200, rollout: {maxConcurrent: 200}}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: small}
spec:
  coe: docker
  distro: ubuntu
  image: ubuntu-24.04
  keypair: ops
  flavor: m1.small
  externalNetwork: public
`

// present and absent are documents of a cluster over the template.
func present(name string) string {
	return fmt.Sprintf("---\napiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: %s}\nspec: {template: small}\n", name)
}

func absent(name string) string {
	return fmt.Sprintf("---\napiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: %s}\nspec: {lifecycle: Absent}\n", name)
}

// documents joins what f makes of each name.
func documents(f func(string) string, names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(f(name))
	}
	return b.String()
}
