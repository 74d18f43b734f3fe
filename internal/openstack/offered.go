package openstack

// Offered gives the addresses of those services, of the named ones, that the
// catalogue has for this region and interface. A cloud may lack any of them.
func (c *Cloud) Offered(services ...string) map[string]string {
	out := map[string]string{}
	for _, s := range services {
		if address, err := endpoint(c.catalog.catalog, s, c.region, c.iface); err == nil {
			out[s] = address
		}
	}
	return out
}
