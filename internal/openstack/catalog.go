package openstack

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

// Heat's service type, in the catalogue and for an [Observer].
const orchestration = "orchestration"

// aliases are the other names of a service type (OpenStack's service types
// authority).
var aliases = map[string][]string{
	"container-infra": {"container-infrastructure-management", "container-infrastructure"},
	"block-storage":   {"volumev3", "block-store"},
	"load-balancer":   {"octavia"},
}

// endpoint finds a service in the catalogue by hand: gophercloud would ask the
// service's root for versions, which proxies hide.
func endpoint(c *tokens.ServiceCatalog, service, region, iface string) (string, error) {
	var regions, ifaces []string
	known := false
	for _, e := range c.Entries {
		if e.Type != service && !slices.Contains(aliases[service], e.Type) {
			continue
		}
		known = true
		for _, p := range e.Endpoints {
			here := region == "" || p.RegionID == region || p.Region == region
			if here && p.Interface == iface {
				return p.URL, nil
			}
			if here {
				ifaces = append(ifaces, p.Interface)
			}
			regions = append(regions, first(p.RegionID, p.Region))
		}
	}
	switch {
	case !known:
		return "", missing("the catalogue has no %s service", service)
	case len(ifaces) == 0:
		return "", missing("the catalogue has no %s service in region %q, only in %s", service, region, listed(regions))
	}
	return "", missing("the catalogue has no %s endpoint of interface %q, only %s", service, iface, listed(ifaces))
}

func missing(format string, args ...any) error {
	return &Error{Problem: NoEndpoint, Text: fmt.Sprintf(format, args...)}
}

func listed(words []string) string {
	slices.Sort(words)
	if words = slices.Compact(words); len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// heatEndpoint completes what a catalogue or clouds.yaml says to .../v1/<project>.
func heatEndpoint(address, project string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", missing("the orchestration endpoint is not an address")
	}
	path := strings.TrimRight(u.Path, "/")
	switch {
	case strings.HasSuffix(path, "/"+project):
	case strings.HasSuffix(path, "/v1"):
		path += "/" + project
	default:
		path += "/v1/" + project
	}
	u.Path = path
	return u.String(), nil
}

// interfaceOf gives the catalogue's word for what clouds.yaml says.
func interfaceOf(word string) (string, error) {
	switch w := strings.TrimSuffix(strings.ToLower(word), "url"); w {
	case "":
		return "public", nil
	case "public", "internal", "admin":
		return w, nil
	}
	return "", fmt.Errorf("interface %q is none of public, internal, admin", word)
}
