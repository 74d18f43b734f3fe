package boot

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// proxyField is where a flag of kube-proxy lives in its configuration, which is
// all that it reads once it is given one.
type proxyField struct {
	path string // joined by dots
	kind string // text, number, truth, list
}

var proxyFields = map[string]proxyField{
	"bind-address":                      {"bindAddress", "text"},
	"bind-address-hard-fail":            {"bindAddressHardFail", "truth"},
	"cluster-cidr":                      {"clusterCIDR", "text"},
	"config-sync-period":                {"configSyncPeriod", "text"},
	"conntrack-max-per-core":            {"conntrack.maxPerCore", "number"},
	"conntrack-min":                     {"conntrack.min", "number"},
	"conntrack-tcp-be-liberal":          {"conntrack.tcpBeLiberal", "truth"},
	"conntrack-tcp-timeout-close-wait":  {"conntrack.tcpCloseWaitTimeout", "text"},
	"conntrack-tcp-timeout-established": {"conntrack.tcpEstablishedTimeout", "text"},
	"conntrack-udp-timeout":             {"conntrack.udpTimeout", "text"},
	"conntrack-udp-timeout-stream":      {"conntrack.udpStreamTimeout", "text"},
	"detect-local-mode":                 {"detectLocalMode", "text"},
	"healthz-bind-address":              {"healthzBindAddress", "text"},
	"iptables-masquerade-bit":           {"iptables.masqueradeBit", "number"},
	"iptables-min-sync-period":          {"iptables.minSyncPeriod", "text"},
	"iptables-sync-period":              {"iptables.syncPeriod", "text"},
	"ipvs-exclude-cidrs":                {"ipvs.excludeCIDRs", "list"},
	"ipvs-min-sync-period":              {"ipvs.minSyncPeriod", "text"},
	"ipvs-scheduler":                    {"ipvs.scheduler", "text"},
	"ipvs-strict-arp":                   {"ipvs.strictARP", "truth"},
	"ipvs-sync-period":                  {"ipvs.syncPeriod", "text"},
	"ipvs-tcp-timeout":                  {"ipvs.tcpTimeout", "text"},
	"ipvs-tcpfin-timeout":               {"ipvs.tcpFinTimeout", "text"},
	"ipvs-udp-timeout":                  {"ipvs.udpTimeout", "text"},
	"kube-api-burst":                    {"clientConnection.burst", "number"},
	"kube-api-content-type":             {"clientConnection.contentType", "text"},
	"kube-api-qps":                      {"clientConnection.qps", "number"},
	"logging-format":                    {"logging.format", "text"},
	"masquerade-all":                    {"iptables.masqueradeAll", "truth"},
	"metrics-bind-address":              {"metricsBindAddress", "text"},
	"nodeport-addresses":                {"nodePortAddresses", "list"},
	"oom-score-adj":                     {"oomScoreAdj", "number"},
	"profiling":                         {"enableProfiling", "truth"},
	"proxy-mode":                        {"mode", "text"},
	"show-hidden-metrics-for-version":   {"showHiddenMetricsForVersion", "text"},
	"v":                                 {"logging.verbosity", "number"},
}

// proxy is the KubeProxyConfiguration. A flag that it has no field for is a fault:
// kube-proxy would not read it.
func (s Settings) proxy(gates map[string]bool) (document, error) {
	options, err := parseOptions("ProxyOptions", s.ProxyOptions)
	if err != nil {
		return nil, err
	}
	d := document{
		"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
		"clusterCIDR": s.PodCIDR,
	}
	all := maps.Clone(gates)
	for _, option := range options {
		if option.Name == "feature-gates" {
			more, err := parseGates(option.Value)
			if err != nil {
				return nil, err
			}
			maps.Copy(all, more)
			continue
		}
		field, ok := proxyFields[option.Name]
		if !ok {
			return nil, fault("ProxyOptions", "--%s has no effect: kube-proxy reads a configuration that has no such field; there are --feature-gates, --%s",
				option.Name, strings.Join(slices.Sorted(maps.Keys(proxyFields)), ", --"))
		}
		value, err := field.value(option)
		if err != nil {
			return nil, err
		}
		field.set(d, value)
	}
	if len(all) > 0 {
		d["featureGates"] = all
	}
	return d, nil
}

func (f proxyField) value(option arg) (any, error) {
	switch f.kind {
	case "number":
		n, err := strconv.Atoi(option.Value)
		if err != nil {
			return nil, fault("ProxyOptions", "--%s=%s is not a number", option.Name, option.Value)
		}
		return n, nil
	case "truth":
		b, err := strconv.ParseBool(option.Value)
		if err != nil {
			return nil, fault("ProxyOptions", "--%s=%s is neither true nor false", option.Name, option.Value)
		}
		return b, nil
	case "list":
		return strings.Split(option.Value, ","), nil
	}
	return option.Value, nil
}

func (f proxyField) set(d document, value any) {
	section, name, nested := strings.Cut(f.path, ".")
	if !nested {
		d[section] = value
		return
	}
	inner, ok := d[section].(document)
	if !ok {
		inner = document{}
		d[section] = inner
	}
	inner[name] = value
}
