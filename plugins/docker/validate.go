package docker

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/heatsync/heatsync/plugins/driver"
)

// maxNodes bounds a cluster: its hosts know nothing of each other, so a fleet of
// clusters serves better than a big one.
const maxNodes = 20

var storageDrivers = []string{"", "overlay2", "btrfs", "vfs"}

// Validate implements driver.Validator: what the schema cannot say.
func (Driver) Validate(c driver.Cluster) []driver.Diagnostic {
	if c.AdoptedStack != "" {
		return nil
	}
	var out []driver.Diagnostic
	wrong := func(path, remedy, format string, args ...any) {
		out = append(out, driver.Diagnostic{
			Severity: driver.SeverityError, Code: "invalid", Path: path,
			Summary: fmt.Sprintf(format, args...), Remedy: remedy,
		})
	}
	if group, ok := c.Group(workers); ok && group.NodeCount > maxNodes {
		wrong("nodeCount", "make several clusters", "a docker cluster has at most %d servers, not %d", maxNodes, group.NodeCount)
	}
	if _, ok := logins[c.Distro]; !ok {
		wrong("distro", "use an image of ubuntu or debian", "the distribution %q is not one the driver can set up", c.Distro)
	}
	if c.ExternalNetwork == "" && (c.FloatingIPEnabled || c.FixedNetwork == "") {
		wrong("externalNetwork", "name it, or set fixedNetwork and floatingIpEnabled: false", "floating IPs and the cluster's own router need an externalNetwork")
	}
	if !slices.Contains(storageDrivers, c.DockerStorageDriver) {
		wrong("dockerStorageDriver", "use overlay2, btrfs or vfs", "the storage driver %q is not one the driver can set up", c.DockerStorageDriver)
	}
	for _, problem := range cidrs(c.Labels["allowed_cidrs"]) {
		wrong("labels.allowed_cidrs", `write networks as 192.0.2.0/24, separated by commas`, "%s", problem)
	}
	for _, problem := range ports(c.Labels["published_ports"]) {
		wrong("labels.published_ports", `write ports as 80,443`, "%s", problem)
	}
	return out
}

func cidrs(text string) []string {
	var out []string
	seen := map[netip.Prefix]bool{}
	for _, part := range strings.Split(text, ",") {
		p, err := netip.ParsePrefix(strings.TrimSpace(part))
		switch {
		case err != nil || !p.Addr().Is4():
			out = append(out, fmt.Sprintf("%q is not an IPv4 network", part))
		case p != p.Masked():
			out = append(out, fmt.Sprintf("%q has host bits set; the network is %s", part, p.Masked()))
		case seen[p]:
			out = append(out, fmt.Sprintf("%q stands there twice", part))
		}
		seen[p] = true
	}
	return out
}

func ports(text string) []string {
	if text == "" {
		return nil
	}
	var out []string
	seen := map[int]bool{22: true}
	for _, part := range strings.Split(text, ",") {
		n, err := strconv.Atoi(part)
		switch {
		case err != nil || n < 1 || n > 65535:
			out = append(out, fmt.Sprintf("%q is not a port", part))
		case n == 22:
			out = append(out, "port 22 is always open")
		case seen[n]:
			out = append(out, fmt.Sprintf("port %d stands there twice", n))
		}
		seen[n] = true
	}
	return out
}
