package addons

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// found collects what is wrong with labels.
type found []driver.Diagnostic

func (f *found) add(severity driver.Severity, code, path, summary, remedy string) {
	*f = append(*f, driver.Diagnostic{Severity: severity, Code: code, Path: path, Summary: summary, Remedy: remedy})
}

func (f *found) wrong(label, remedy, summary string) {
	f.add(driver.SeverityError, "label-conflict", "labels."+label, summary, remedy)
}

func (f *found) unused(label, remedy, summary string) {
	f.add(driver.SeverityWarning, "label-unused", "labels."+label, summary, remedy)
}

func (f *found) ended(label, remedy, summary string) {
	f.add(driver.SeverityWarning, "project-ended", "labels."+label, summary, remedy)
}

// findings is what the schema cannot say: labels against each other and against
// the rest of the cluster.
func findings(s settings) []driver.Diagnostic {
	var f found
	f.network(s)
	f.storage(s)
	f.monitoring(s)
	f.ingress(s)
	f.rest(s)
	return f
}

func (f *found) network(s settings) {
	drivers := []string{flannel, calico, cilium}
	if !slices.Contains(drivers, s.NetworkDriver) {
		f.add(driver.SeverityError, "network-driver-unknown", "networkDriver",
			fmt.Sprintf("the network driver %q is none of %s", s.NetworkDriver, strings.Join(drivers, ", ")), "use one of them")
		return
	}
	for _, l := range networkLabels() {
		owner, _, _ := strings.Cut(l.Name, "_")
		if _, set := s.Labels[l.Name]; set && owner != s.NetworkDriver {
			f.unused(l.Name, "remove it", "label "+strconv.Quote(l.Name)+" has no effect with the network driver "+s.NetworkDriver)
		}
	}
	if s.NetworkDriver == flannel {
		f.subnets(s)
	}
}

// subnets holds that the pods' network has room for a second node.
func (f *found) subnets(s settings) {
	pods, err := netip.ParsePrefix(s.PodCIDR)
	length, _ := strconv.Atoi(s.text("flannel_network_subnetlen"))
	if err == nil && length <= pods.Bits() {
		f.wrong("flannel_network_subnetlen", "make it larger, or the pods' network",
			fmt.Sprintf("the pods' network %s has no room for nodes with /%d each", pods, length))
	}
}

func (f *found) storage(s settings) {
	if s.VolumeDriver != "cinder" {
		if s.says("cinder_csi_enabled") {
			f.unused("cinder_csi_enabled", "set volumeDriver: cinder", "Cinder CSI is not deployed: the volume driver is not cinder")
		}
		return
	}
	switch {
	case !s.on("cloud_provider_enabled"):
		f.wrong("cloud_provider_enabled", "remove the label, or volumeDriver", "volumes from Cinder need the cloud provider, as in Magnum")
	case !s.on("cinder_csi_enabled"):
		f.unused("cinder_csi_enabled", "remove the label, or volumeDriver",
			"without Cinder CSI there are no volumes: Kubernetes has had no driver of its own for Cinder since 1.26")
	}
}

func (f *found) monitoring(s settings) {
	if !s.on("monitoring_enabled") {
		for _, label := range []string{"monitoring_ingress_enabled", "prometheus_adapter_enabled"} {
			if s.says(label) {
				f.unused(label, "set monitoring_enabled, or remove it", "label "+strconv.Quote(label)+" has no effect without monitoring_enabled")
			}
		}
		return
	}
	if s.text("grafana_admin_passwd") != "" {
		f.add(driver.SeverityWarning, "secret-in-user-data", "labels.grafana_admin_passwd",
			"the password is in the user data of the control plane, where pods can read it",
			"remove it: everybody who reaches Grafana may then read, nobody change")
	}
	if !s.on("monitoring_ingress_enabled") {
		return
	}
	secret := s.text("cluster_basic_auth_secret")
	switch {
	case s.ingress == "":
		f.unused("monitoring_ingress_enabled", "set ingress_controller", "the ingresses have no controller")
	case secret != "" && s.ingress != "nginx":
		f.wrong("cluster_basic_auth_secret", "use ingress_controller nginx, or write the ingresses yourself",
			"ingress controller "+s.ingress+" knows no basic auth by annotation: anybody could read")
	case secret == "":
		f.add(driver.SeverityWarning, "open-to-all", "labels.monitoring_ingress_enabled",
			"whoever reaches the ingress controller reads Prometheus and Grafana", "set cluster_basic_auth_secret, with ingress_controller nginx")
	}
}

func (f *found) ingress(s settings) {
	switch s.ingress {
	case "nginx":
		f.ended("ingress_controller", "use traefik", "ingress-nginx has had no releases, nor security fixes, since March 2026")
	case "octavia":
		if !s.on("cloud_provider_enabled") {
			f.wrong("ingress_controller", "remove cloud_provider_enabled, or use traefik", "ingress controller octavia needs the cloud provider")
		}
	}
}

func (f *found) rest(s settings) {
	if s.on("keystone_auth_enabled") && !s.on("cloud_provider_enabled") {
		f.wrong("keystone_auth_enabled", "remove cloud_provider_enabled, or this label",
			"keystone_auth_enabled needs the cloud provider: only with its credential do nodes know where Keystone is")
	}
	if s.on("kube_dashboard_enabled") {
		f.ended("kube_dashboard_enabled", "use Headlamp", "the Kubernetes dashboard is archived since 2026: it gets no fixes")
	}
	if s.on("auto_healing_enabled") {
		if s.text("auto_healing_controller") == "magnum-auto-healer" {
			f.wrong("auto_healing_controller", "remove it, with auto_healing_enabled", "magnum-auto-healer repairs nodes through Magnum's API, which this driver does without")
		} else {
			f.ended("auto_healing_enabled", "remove it, and watch the nodes' conditions", "draino has had no release since 2020")
		}
	}
	if strings.HasPrefix(s.text("post_install_manifest_url"), "http:") {
		f.add(driver.SeverityWarning, "not-encrypted", "labels.post_install_manifest_url",
			"the manifest comes without TLS and is applied with all rights", "use https")
	}
}
