package heatsim

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// Physical is a thing in another service that a resource stands for: a
// server, a port, a volume.
type Physical struct {
	ID      string
	Type    string
	Project string
	Stack   string // id of the stack whose resource it is
	Name    string // of the resource
	Gone    bool   // deleted behind Heat's back

	attributes map[string]any
	resource   *resource
	next       int // addresses a subnet handed out
}

func (r *resource) physicalName() string {
	if n, ok := r.props["name"].(string); ok && n != "" {
		return n
	}
	return r.stack.name + "-" + r.name + "-" + strings.ReplaceAll(r.id, "-", "")[:12]
}

// allocate makes the physical side of a new resource.
func (c *Cloud) allocate(r *resource) {
	if r.kind == "OS::Heat::None" {
		r.physical = r.id
		return
	}
	p := &Physical{
		ID: c.uuid(), Type: r.kind, Project: r.stack.project.name, Stack: r.stack.id, Name: r.name,
		attributes: map[string]any{}, resource: r,
	}
	switch r.kind {
	case "OS::Nova::KeyPair":
		p.ID = r.physicalName()
	case "OS::Heat::RandomString", "OS::Heat::TestResource", "OS::Heat::Value", "OS::Heat::WaitCondition", "OS::Heat::Delay":
		p.ID = r.stack.name + "-" + r.name + "-" + strings.ReplaceAll(r.id, "-", "")[:12]
	case "OS::Neutron::RouterInterface":
		p.ID = hot.Text(first(r.props, "router", "router_id")) + ":subnet_id=" + hot.Text(first(r.props, "subnet", "subnet_id"))
	}
	r.physical = p.ID
	c.physical[p.ID] = p
	c.describe(r, p)
	if isConfig(r.kind) {
		c.configs[p.ID] = newConfig(c, r)
	}
}

func first(props map[string]any, names ...string) any {
	for _, n := range names {
		if v := props[n]; v != nil {
			return v
		}
	}
	return nil
}

// release removes the physical side.
func (c *Cloud) release(r *resource) {
	if p := c.physical[r.physical]; p != nil && p.resource == r {
		delete(c.physical, r.physical)
	}
	delete(c.configs, r.physical)
}

// describe fills attributes from properties; what was allocated once stays.
func (c *Cloud) describe(r *resource, p *Physical) {
	a := p.attributes
	for name, v := range r.props {
		a[name] = v
	}
	set := func(name string, value func() any) {
		if a[name] == nil {
			a[name] = value()
		}
	}
	set("name", func() any { return r.physicalName() })
	set("status", func() any { return "ACTIVE" })
	set("tenant_id", func() any { return r.stack.project.id })
	set("admin_state_up", func() any { return true })
	switch r.kind {
	case "OS::Heat::RandomString":
		set("value", func() any { return c.randomString(r.props) })
	case "OS::Heat::TestResource":
		if fail, _ := hot.Bool(r.props["fail"]); !fail {
			a["output"] = r.props["value"]
			if r.props["value"] == nil {
				a["output"] = "test_string"
			}
		}
	case "OS::Nova::Server":
		c.describeServer(r, p)
	case "OS::Nova::KeyPair":
		set("public_key", func() any { return "ssh-rsa AAAA" + c.hexID() })
		set("private_key", func() any { return "" })
	case "OS::Neutron::Subnet":
		set("cidr", func() any { return "10.0.0.0/24" })
		set("gateway_ip", func() any { return gateway(hot.Text(a["cidr"])) })
		set("network_id", func() any { return first(r.props, "network", "network_id") })
	case "OS::Neutron::Port":
		set("mac_address", func() any { return c.mac() })
		a["network_id"] = c.idOf(r, "OS::Neutron::Net", first(r.props, "network", "network_id"))
		set("fixed_ips#", func() any { return c.fixedIPs(r, r.props["fixed_ips"], a["network_id"]) })
		a["fixed_ips"] = a["fixed_ips#"]
	case "OS::Neutron::FloatingIP":
		set("floating_ip_address", func() any { return c.floating() })
		a["floating_network_id"] = first(r.props, "floating_network", "floating_network_id")
		set("router_id", func() any { return nil })
	case "OS::Neutron::Router": // Heat 10 to 26: an attribute of the resource
		if gateway, ok := r.props["external_gateway_info"].(map[string]any); ok {
			a["external_gateway_info"] = map[string]any{"network_id": gateway["network"]}
		}
	case "OS::Neutron::RouterInterface", "OS::Cinder::Volume":
	case "OS::Octavia::LoadBalancer":
		set("vip_port_id", func() any { return c.uuid() })
		set("vip_subnet_id", func() any { return c.idOf(r, "OS::Neutron::Subnet", r.props["vip_subnet"]) })
		set("vip_address", func() any { return c.address(hot.Text(a["vip_subnet_id"])) })
		a["provisioning_status"], a["operating_status"] = "ACTIVE", "ONLINE"
	}
}

func (c *Cloud) describeServer(r *resource, p *Physical) {
	a := p.attributes
	a["name"] = r.physicalName()
	if a["networks#"] == nil {
		a["networks#"] = c.serverNetworks(r.props)
	}
	nets, _ := a["networks#"].(map[string]any)
	addresses := map[string]any{}
	var firstAddress any = ""
	for _, name := range hot.Keys(nets) {
		list := []any{}
		for _, ip := range nets[name].([]any) {
			if firstAddress == "" {
				firstAddress = ip
			}
			list = append(list, map[string]any{
				"addr": ip, "version": int64(4), "OS-EXT-IPS:type": "fixed",
				"port": c.stable(p.ID, name), "OS-EXT-IPS-MAC:mac_addr": c.stableMAC(p.ID + name),
			})
		}
		addresses[name] = list
	}
	a["networks"], a["addresses"], a["first_address"] = nets, addresses, firstAddress
	a["accessIPv4"], a["accessIPv6"] = "", ""
	a["instance_name"] = "instance-" + p.ID[:8]
	a["os_collect_config"], a["console_urls"] = map[string]any{}, map[string]any{}
}

func (c *Cloud) serverNetworks(props map[string]any) map[string]any {
	nets := map[string]any{}
	list, _ := props["networks"].([]any)
	if list == nil {
		list = []any{map[string]any{"network": "private"}}
	}
	for _, e := range list {
		m, _ := e.(map[string]any)
		name, ip := "", any(nil)
		if port := c.physical[hot.Text(m["port"])]; port != nil {
			ips, _ := port.attributes["fixed_ips"].([]any)
			ip = hot.Walk(ips, []any{int64(0), "ip_address"})
			name = c.networkName(hot.Text(port.attributes["network_id"]))
		} else {
			net := hot.Text(first(m, "network", "uuid"))
			name = c.networkName(net)
			if ip = m["fixed_ip"]; ip == nil {
				subnet := hot.Text(m["subnet"])
				if subnet == "" {
					subnet = c.subnetOf(net)
				}
				ip = c.address(subnet)
			}
		}
		prior, _ := nets[name].([]any)
		nets[name] = append(prior, ip)
	}
	return nets
}

func (c *Cloud) networkName(id string) string {
	if p := c.physical[id]; p != nil {
		return hot.Text(p.attributes["name"])
	}
	if id == "" {
		return "private"
	}
	return id
}

// subnetOf is a subnet of a network made here: the one of the smallest id.
func (c *Cloud) subnetOf(network string) string {
	best := ""
	if p := c.physical[network]; p != nil && p.resource != nil {
		for _, r := range p.resource.stack.all() {
			q := c.physical[r.physical]
			if q != nil && q.Type == "OS::Neutron::Subnet" && hot.Text(q.attributes["network_id"]) == network {
				if best == "" || q.ID < best {
					best = q.ID
				}
			}
		}
	}
	return best
}

// address hands out the next address of a subnet; of an unknown one, some.
func (c *Cloud) address(subnet string) any {
	p := c.physical[subnet]
	if p == nil {
		return fmt.Sprintf("10.%d.%d.%d", 64+c.rand.IntN(64), c.rand.IntN(256), 2+c.rand.IntN(250))
	}
	prefix, err := netip.ParsePrefix(hot.Text(p.attributes["cidr"]))
	if err != nil || !prefix.Addr().Is4() {
		return "10.0.0.10"
	}
	p.next++
	return offset(prefix, 1+p.next)
}

// idOf is the id of a thing that a property names, as Heat translates it: what is
// no name of one that was made here stays as it is.
func (c *Cloud) idOf(r *resource, kind string, ref any) any {
	name := hot.Text(ref)
	if name == "" || c.physical[name] != nil {
		return ref
	}
	best := ""
	for id, p := range c.physical {
		if p.Type == kind && p.Project == r.stack.project.name && hot.Text(p.attributes["name"]) == name && (best == "" || id < best) {
			best = id
		}
	}
	if best == "" {
		return ref
	}
	return best
}

func gateway(cidr string) any {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || !prefix.Addr().Is4() {
		return nil
	}
	return offset(prefix, 1)
}

func offset(prefix netip.Prefix, n int) string {
	base := prefix.Masked().Addr().As4()
	var out [4]byte
	binary.BigEndian.PutUint32(out[:], binary.BigEndian.Uint32(base[:])+uint32(n)) //nolint:gosec // small
	return netip.AddrFrom4(out).String()
}

func (c *Cloud) fixedIPs(r *resource, asked, network any) any {
	list, _ := asked.([]any)
	if len(list) == 0 {
		list = []any{map[string]any{"subnet": c.subnetOf(hot.Text(network))}}
	}
	out := make([]any, len(list))
	for i, e := range list {
		m, _ := e.(map[string]any)
		subnet := c.idOf(r, "OS::Neutron::Subnet", first(m, "subnet", "subnet_id"))
		ip := m["ip_address"]
		if ip == nil {
			ip = c.address(hot.Text(subnet))
		}
		out[i] = map[string]any{"subnet_id": subnet, "ip_address": ip}
	}
	return out
}

// floating hands out the next address of 172.24.0.0/13.
func (c *Cloud) floating() string {
	c.addresses++
	return offset(netip.MustParsePrefix("172.24.0.0/13"), int(c.addresses)+1)
}

func (c *Cloud) mac() string {
	h := c.hexID()
	return "fa:16:3e:" + h[:2] + ":" + h[2:4] + ":" + h[4:6]
}

func (c *Cloud) stable(id, name string) string {
	return id[:len(id)-4] + fmt.Sprintf("%04x", len(name))
}

func (c *Cloud) stableMAC(s string) string {
	return "fa:16:3e:" + s[0:2] + ":" + s[2:4] + ":" + s[4:6]
}

func (c *Cloud) randomString(props map[string]any) string {
	n, ok := toNumber(props["length"])
	if !ok {
		n = 32
	}
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	class := hot.Text(props["sequence"])
	if list, _ := props["character_classes"].([]any); len(list) > 0 {
		class = hot.Text(hot.Walk(list, []any{int64(0), "class"}))
	}
	switch class {
	case "letters":
		alphabet = alphabet[:52]
	case "lowercase":
		alphabet = alphabet[26:52]
	case "uppercase":
		alphabet = alphabet[:26]
	case "digits":
		alphabet = alphabet[52:]
	case "hexdigits":
		alphabet = "0123456789ABCDEF"
	case "octdigits":
		alphabet = "01234567"
	}
	var b strings.Builder
	for range int(n) {
		b.WriteByte(alphabet[c.rand.IntN(len(alphabet))])
	}
	return b.String()
}
