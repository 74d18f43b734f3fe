package leftovers

import (
	"regexp"
	"strings"
)

// The marks, as cloud-provider-openstack writes them in releases 1.17 to 1.36
// (pkg/openstack/loadbalancer.go, pkg/ingress/controller and
// pkg/csi/cinder/controllerserver.go). Names of services' load balancers are cut at
// 255 bytes; namespaces, services and ingresses have no underscore.
const (
	serviceName        = "kube_service_"
	serviceDescription = "Kubernetes external service "
	serviceAddress     = "Floating IP for Kubernetes external service "

	ingressName    = "kube_ingress_"
	ingressBegun   = "Kubernetes ingress " // until all that the load balancer needs is there
	ingressDone    = "Kubernetes Ingress " // from then on, with the Ingress' version at its end
	ingressAddress = "Floating IP for Kubernetes ingress "

	volumeKey = "cinder.csi.openstack.org/cluster"

	longest = 255
)

// What descriptions hold between their beginning and the cluster, with names as
// Kubernetes allows them; and what a description of an ingress' ends in.
var (
	service = regexp.MustCompile(`^(?<namespace>` + word + `)/(?<name>` + word + `)$`)
	ingress = regexp.MustCompile(`^(?<name>` + words + `) in namespace (?<namespace>` + word + `)$`)
	version = regexp.MustCompile(`, version: [0-9]+$`)
)

const (
	word  = `[a-z0-9](?:[-a-z0-9]*[a-z0-9])?`
	words = `[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?`
)

// madeFor reads out of a description of the cluster's what a thing was made for, as
// names have it: NAMESPACE_NAME; "" for a description that is not the cluster's.
func madeFor(description, prefix string, form *regexp.Regexp, cluster string) string {
	rest, ours := strings.CutPrefix(description, prefix)
	rest, whole := strings.CutSuffix(rest, " from cluster "+cluster)
	found := form.FindStringSubmatch(rest)
	if !ours || !whole || found == nil {
		return ""
	}
	return found[form.SubexpIndex("namespace")] + "_" + found[form.SubexpIndex("name")]
}

// ownsBalancer tells whether name and description both say, of one service or
// ingress, that the cluster's controller made a load balancer.
func ownsBalancer(b balancer, cluster string) bool {
	begun, is := ingressBegun, b.Description
	if end := version.FindStringIndex(is); end != nil {
		begun, is = ingressDone, is[:end[0]]
	}
	return named(b.Name, serviceName, madeFor(b.Description, serviceDescription, service, cluster), cluster) ||
		named(b.Name, ingressName, madeFor(is, begun, ingress, cluster), cluster)
}

// named tells whether a name is the one that a controller gives for something.
func named(name, prefix, something, cluster string) bool {
	want := prefix + cluster + "_" + something
	return something != "" && name == want[:min(len(want), longest)]
}

func ownsAddress(a address, cluster string) bool {
	return madeFor(a.Description, serviceAddress, service, cluster) != "" || madeFor(a.Description, ingressAddress, ingress, cluster) != ""
}

func ownsVolume(v volume, cluster string) bool { return v.Metadata[volumeKey] == cluster }
