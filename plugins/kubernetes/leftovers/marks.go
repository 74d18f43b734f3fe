package leftovers

import (
	"regexp"
	"strings"
)

// The marks, as cloud-provider-openstack writes them (pkg/openstack/loadbalancer.go
// and pkg/csi/cinder/controllerserver.go, releases 1.17 to 1.36): names are cut at
// 255 bytes, and namespaces and services have no underscore.
const (
	balancerName        = "kube_service_"
	balancerDescription = "Kubernetes external service "
	addressDescription  = "Floating IP for Kubernetes external service "
	volumeKey           = "cinder.csi.openstack.org/cluster"

	longest = 255
)

// service is NAMESPACE/NAME, as Kubernetes allows them.
var service = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

// serviceOf reads the service out of a description of the cluster's, "" for one
// that is not.
func serviceOf(description, prefix, cluster string) string {
	rest, ours := strings.CutPrefix(description, prefix)
	name, whole := strings.CutSuffix(rest, " from cluster "+cluster)
	if !ours || !whole || !service.MatchString(name) {
		return ""
	}
	return name
}

// ownsBalancer tells whether name and description both say, of one service, that
// the cluster's cloud controller made a load balancer.
func ownsBalancer(b balancer, cluster string) bool {
	s := serviceOf(b.Description, balancerDescription, cluster)
	if s == "" {
		return false
	}
	want := balancerName + cluster + "_" + strings.Replace(s, "/", "_", 1)
	return b.Name == want[:min(len(want), longest)]
}

func ownsAddress(a address, cluster string) bool {
	return serviceOf(a.Description, addressDescription, cluster) != ""
}

func ownsVolume(v volume, cluster string) bool { return v.Metadata[volumeKey] == cluster }
