package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// parameterOf is a root parameter of a cluster that was changed.
func parameterOf(t *testing.T, name string, change func(*driver.Cluster)) any {
	t.Helper()
	c := blue()
	change(&c)
	stack, ds := kubernetes.Rendered(options(), c)
	if driver.HasErrors(ds) {
		t.Fatal(ds)
	}
	return stack.Parameters[name]
}

// TestAnIngressControllerOnNodesIsReached on the ports that it serves.
func TestAnIngressControllerOnNodesIsReached(t *testing.T) {
	for kind, want := range map[string]bool{"": false, "traefik": true, "Nginx": true, "octavia": false} {
		if open := parameterOf(t, "ingress_on_nodes", set("ingress_controller", kind, "ingress_controller_role", "worker")); open != want {
			t.Errorf("with the controller %q the ports are open: %v", kind, open)
		}
	}
}

// TestAnIngressControllerOnMastersIsReached on theirs, as the role says.
func TestAnIngressControllerOnMastersIsReached(t *testing.T) {
	for _, c := range []struct {
		kind, role string
		want       bool
	}{{"traefik", "master", true}, {"nginx", "master", true}, {"traefik", "worker", false}, {"octavia", "master", false}, {"", "master", false}} {
		if open := parameterOf(t, "ingress_on_masters", set("ingress_controller", c.kind, "ingress_controller_role", c.role)); open != c.want {
			t.Errorf("with the controller %q on %s the masters' ports are open: %v", c.kind, c.role, open)
		}
	}
}

// TestOvnGetsNoAllowedCIDRs: it refuses them (ovn-octavia-provider,
// _check_for_allowed_cidrs), and the masters' security group holds them.
func TestOvnGetsNoAllowedCIDRs(t *testing.T) {
	c := blue()
	c.MasterLBEnabled = true
	set("octavia_provider", "ovn", "octavia_lb_algorithm", "SOURCE_IP_PORT", "master_lb_allowed_cidrs", "192.0.2.0/24")(&c)
	stack, ds := kubernetes.Rendered(options(), c)
	if driver.HasErrors(ds) {
		t.Fatal(ds)
	}
	for _, want := range []string{
		"all_reach_load_balancer: {equals: [{get_param: octavia_provider}, ovn]}",
		"allowed_cidrs: {if: [all_reach_load_balancer, [], {get_param: master_lb_allowed_cidrs}]}",
		"for_each: {<cidr>: {get_param: master_lb_allowed_cidrs}}",
	} {
		if !strings.Contains(stack.Template, want) {
			t.Errorf("the root template lacks %q", want)
		}
	}
}
