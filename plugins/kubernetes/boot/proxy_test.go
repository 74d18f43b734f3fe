package boot_test

import (
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// TestNodesOfTheSubnetAreReachedWithoutAProxy: of an existing subnet the driver does
// not know the range, and the API server has to reach the kubelets there. What is
// looked at is what kubeadm hands on to it; Go's net/http takes ranges, with host
// bits too.
func TestNodesOfTheSubnetAreReachedWithoutAProxy(t *testing.T) {
	t.Parallel()
	s := master(boot.Ubuntu)
	s.NoProxy = ".example.org"
	w := newWorld(t, s, "python3", index(0))
	w.mustRun()
	list := strings.Split(strings.TrimSpace(w.read(w.around("no-proxy"))), ",")
	for address, passed := range map[string]bool{
		"10.0.0.5":   true, // this node
		"10.0.0.100": true, // the API
		"10.0.3.7":   true, // another node of the subnet
		"10.100.4.5": true, // a pod
		"10.254.0.1": true, // a service
		"10.0.4.7":   false,
		"192.0.2.9":  false,
	} {
		got := slices.ContainsFunc(list, func(entry string) bool {
			_, network, err := net.ParseCIDR(entry)
			return entry == address || err == nil && network.Contains(net.ParseIP(address))
		})
		if got != passed {
			t.Errorf("%s is reached without the proxy: %v, want %v: NO_PROXY is %s", address, got, passed, list)
		}
	}
	if !slices.Contains(list, ".example.org") {
		t.Errorf("what people wrote is not in %s", list)
	}
}

// TestWithoutAProxyNothingPassesIt, nor is a list of that handed on.
func TestWithoutAProxyNothingPassesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, least(boot.Ubuntu, boot.Worker), "python3", index(3))
	w.write(w.around("api"), "")
	w.mustRun()
	if said := strings.TrimSpace(w.read(w.around("no-proxy"))); said != "" {
		t.Errorf("NO_PROXY is %q", said)
	}
}
