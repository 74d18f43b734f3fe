# shellcheck shell=bash
# The credential of the cloud, in the forms in which add-ons read it. Pods find
# them in the Secret kube-system/cloud-config, and say where they put it:
# /etc/kubernetes.

credential() { json "$secrets/cloud.json" "$1"; }

# quoted VALUE: as gcfg, YAML and JSON read it.
quoted() {
	local value=${1//\\/\\\\}
	printf '"%s"' "${value//\"/\\\"}"
}

# line FORMAT VALUE: nothing where there is no value.
line() {
	# shellcheck disable=SC2059
	[ -z "$2" ] || printf "$1\n" "$(quoted "$2")"
}

# floating_network is the id of the network that load balancers get public addresses
# of; a name is none, and what reads this then takes the first external network.
floating_network() {
	local network
	network=$(meta heatsync_external)
	[[ ! $network =~ ^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$ ]] || echo "$network"
}

cloud_conf() {
	echo "[Global]"
	line "auth-url=%s" "$(credential auth_url)"
	line "region=%s" "$(credential region)"
	line "application-credential-id=%s" "$(credential id)"
	line "application-credential-secret=%s" "$(credential secret)"
	[ -z "$(credential ca)" ] || echo 'ca-file="/etc/kubernetes/cloud-ca.crt"'
	echo "[LoadBalancer]"
	line "subnet-id=%s" "$(meta heatsync_subnet)"
	[ -n "$(meta heatsync_subnet)" ] || line "network-id=%s" "$(meta heatsync_network)"
	line "floating-network-id=%s" "$(floating_network)"
	cat "$settings/cloud.conf"
}

# octavia_ingress: by the cluster's name there the controller finds its load balancers
# again, so it is the stack's, which no other cluster of the project has.
octavia_ingress() {
	line "cluster-name: %s" "$STACK"
	echo "openstack:"
	line "  auth-url: %s" "$(credential auth_url)"
	line "  region: %s" "$(credential region)"
	line "  application-credential-id: %s" "$(credential id)"
	line "  application-credential-secret: %s" "$(credential secret)"
	[ -z "$(credential ca)" ] || echo '  ca-file: "/etc/kubernetes/cloud-ca.crt"'
	echo "octavia:"
	line "  subnet-id: %s" "$(meta heatsync_subnet)"
	line "  floating-network-id: %s" "$(floating_network)"
}

write_cloud_conf() {
	step="writing the credential of the cloud"
	local to=$root/etc/kubernetes
	[ -s "$secrets/cloud.json" ] || return 0
	mkdir -p "$to/cloud"
	chmod 0700 "$to/cloud"
	cloud_conf >"$to/cloud/cloud.conf"
	octavia_ingress >"$to/cloud/octavia-ingress.yaml"
	printf '%s' "$(credential auth_url)" >"$to/cloud/auth-url"
	[ -z "$(credential ca)" ] || printf '%s\n' "$(credential ca)" >"$to/cloud/cloud-ca.crt"
	# where programs of the host look for it
	install -m 0600 "$to/cloud/cloud.conf" "$to/cloud.conf"
	[ ! -e "$to/cloud/cloud-ca.crt" ] || install -m 0644 "$to/cloud/cloud-ca.crt" "$to/cloud-ca.crt"
}
