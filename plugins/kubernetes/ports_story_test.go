package kubernetes_test

import (
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
)

// TestPortsOnHeatsim: what the security groups and the listener of the API hold.
func TestPortsOnHeatsim(t *testing.T) { ports(t, simulated(t)) }

func TestPortsOnHeat(t *testing.T) {
	t.Parallel()
	ports(t, realCloud(t))
}

func ports(t *testing.T, s *site) {
	x := &teller{T: t, site: s, d: newDriver(), c: clusterOn(s, "ports")}
	x.c.MasterLBEnabled = true
	set("ingress_controller_role", "worker", "master_lb_allowed_cidrs", "192.0.2.0/24")(&x.c)
	name := heatstack.StackName(x.c)
	t.Cleanup(func() { x.Clear(x.T, name) })
	x.does("create stack "+name, driver.EffectAdd)
	before := x.having(servers)
	set("ingress_controller", "traefik")(&x.c)
	x.does("update stack "+name+": parameters.ingress_on_nodes false -> true (opens or closes the ports 80 and 443 of workers); labels.ingress_controller -> traefik (for clusters made later; this one keeps what it began with); files.recorded (nothing that runs notices)", driver.EffectInPlace)
	x.keeps(before, "opening ports")
	set("ingress_controller_role", "master")(&x.c)
	x.does("update stack "+name+": parameters.ingress_on_masters false -> true (opens or closes the ports 80 and 443 of masters); labels.ingress_controller_role worker -> master (for clusters made later; this one keeps what it began with); files.recorded (nothing that runs notices)", driver.EffectInPlace)
	x.keeps(before, "opening ports of masters")
	x.gone(name)
}
