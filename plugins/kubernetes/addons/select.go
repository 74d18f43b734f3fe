package addons

import "github.com/heatsync/heatsync/plugins/driver"

// choice is an add-on with when it is selected and with what.
type choice struct {
	name   string
	wanted func(settings) bool
	values func(settings) values
}

// choices is all add-ons, in the order of their being applied: first what gives
// pods a network and nodes their addresses, last what people add.
var choices = []choice{
	{flannel, func(s settings) bool { return s.NetworkDriver == flannel }, flannelValues},
	{calico, func(s settings) bool { return s.NetworkDriver == calico }, calicoValues},
	{cilium, func(s settings) bool { return s.NetworkDriver == cilium }, ciliumValues},
	{"cloud-controller", func(s settings) bool { return s.on("cloud_provider_enabled") }, cloudValues},
	{"coredns", always, dnsValues},
	{"cinder-csi", cinderWanted, cinderValues},
	{"metrics-server", func(s settings) bool { return s.on("metrics_server_enabled") }, metricsValues},
	{"keystone-auth", func(s settings) bool { return s.on("keystone_auth_enabled") }, keystoneValues},
	{"dashboard", func(s settings) bool { return s.on("kube_dashboard_enabled") }, dashboardValues},
	{"prometheus", func(s settings) bool { return s.on("monitoring_enabled") }, prometheusValues},
	{"prometheus-ingress", monitoringIngressWanted, monitoringIngressValues},
	{"prometheus-adapter", adapterWanted, adapterValues},
	{"ingress-traefik", func(s settings) bool { return s.ingress == "traefik" }, traefikValues},
	{"ingress-nginx", func(s settings) bool { return s.ingress == "nginx" }, nginxValues},
	{"ingress-octavia", func(s settings) bool { return s.ingress == "octavia" }, octaviaValues},
	{"node-problem-detector", func(s settings) bool { return s.on("npd_enabled") }, detectorValues},
	{"draino", drainoWanted, drainoValues},
	{"pod-security", func(s settings) bool { return s.text("pod_security_standard") != "privileged" }, securityValues},
	{"post-install", func(s settings) bool { return s.text("post_install_manifest_url") != "" }, postInstallValues},
}

func always(settings) bool { return true }

// Names gives all add-ons, in the order of their being applied.
func Names() []string {
	out := make([]string, len(choices))
	for i, c := range choices {
		out[i] = c.name
	}
	return out
}

// Select says what a cluster's labels select and what is wrong with them, beyond
// what the schema of [Labels] says. The labels are those that passed the schema; a
// label that is not there has its default. Pure, and safe for concurrent use.
func Select(in Input) (Selection, []driver.Diagnostic) {
	s := newSettings(in)
	out := Selection{Addons: []Addon{}}
	for _, c := range choices {
		if c.wanted(s) {
			out.Addons = append(out.Addons, Addon{Name: c.name, Values: c.values(s)})
		}
	}
	return out, findings(s)
}
