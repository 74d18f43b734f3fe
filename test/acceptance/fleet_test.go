package acceptance

import (
	"fmt"
	"strings"
)

const agentConfig = `listen: %s
stateDir: state
drivers: {dir: drivers, lock: drivers/drivers.lock}
log: {level: debug}
fleets:
- name: %s
  source:
%s
  cloud: {name: %s, file: %s, rpcTimeout: %s, margin: 0s}
  poll: {inProgress: %s, recent: %s, inventory: %s, deepCheck: {rate: %s}}
`

// configure writes the agent's config. source is the fields below `source:`.
func (s *story) configure(source, settleIn string) string {
	p := s.cloud.pace
	return fmt.Sprintf(agentConfig, s.agent.address, s.fleet, source, s.cloud.name, s.cloud.file, settleIn,
		p.inProgress, p.recent, p.inventory, p.deep)
}

const fleetText = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: %s}
spec: {drift: correct, maxDeletes: 1, rollout: {maxConcurrent: 5}}
---
apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: small}
spec:
  coe: docker
  distro: ubuntu
  image: %s
  keypair: %s
  flavor: %s
  externalNetwork: %s
  floatingIpEnabled: true
`

// fleetFile is the Fleet document and the one template.
func (s *story) fleetFile() string {
	at := s.cloud.site
	return fmt.Sprintf(fleetText, s.fleet, at.image, at.keypair, at.flavor, at.external)
}

// cluster is the document of one cluster over the template; fields are further
// lines of its spec.
func cluster(name string, fields ...string) string {
	return "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: " + name + "}\nspec:\n  template: small\n" + lines(fields)
}

// gone is the document that asks a cluster away.
func gone(name string) string {
	return "apiVersion: heatsync/v1\nkind: Cluster\nmetadata: {name: " + name + "}\nspec: {lifecycle: Absent}\n"
}

func lines(fields []string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("  " + f + "\n")
	}
	return b.String()
}

// at is where a cluster's document stands.
func at(name string) string { return "clusters/" + name + ".yaml" }
