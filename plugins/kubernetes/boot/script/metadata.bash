# shellcheck shell=bash
# What only Nova knows of this server.

metadata=$state/meta_data.json

# Both write for root alone: what Nova says of a server is not for its users.
from_service() (
	umask 077
	curl --silent --fail --noproxy '*' --max-time 10 --output "$metadata.new" \
		http://169.254.169.254/openstack/latest/meta_data.json
)

from_drive() (
	drive=$root/dev/disk/by-label/config-2 at=$run/config-drive
	umask 077
	[ -e "$drive" ] || return 1
	mkdir -p "$at"
	mount -o ro "$drive" "$at" || return 1
	cp "$at/openstack/latest/meta_data.json" "$metadata.new" || { umount "$at" && return 1; }
	umount "$at"
)

# meaningful: half an answer, or that of a service that is still starting, is none.
meaningful() { [ -n "$(json "$metadata.new" meta heatsync_index 2>/dev/null)" ]; }

read_metadata() {
	step="the metadata of this server"
	local deadline=$((SECONDS + $(patience)))
	until { from_service && meaningful; } || { from_drive && meaningful; }; do
		((SECONDS < deadline)) || die "neither the metadata service nor a config drive says what this server is"
		pause
	done
	mv "$metadata.new" "$metadata"
	understand_metadata
}

meta() { json "$metadata" meta "$1"; }

understand_metadata() {
	index=$(meta heatsync_index)
	api=$(meta heatsync_api)
	api_public=$(meta heatsync_api_public)
	floating_ip=$(meta heatsync_floating_ip)
	node_name=$(json "$metadata" name)
	node_name=${node_name,,}
	provider_id=openstack:///$(json "$metadata" uuid)
	node_ip=$(own_address)
	api=${api:-$node_ip}
	say "this is $node_name, number $index of group $(meta heatsync_group) of cluster $CLUSTER, at $node_ip; its API is at $api:$API_PORT"
}

# own_address is the one that this server speaks from. Nothing is sent: the target
# is an address for documentation, and with no route to it the API's does.
own_address() {
	local target route
	for target in 192.0.2.1 "$api"; do
		[ -n "$target" ] || continue
		route=$(ip -4 -o route get "$target" 2>/dev/null) || continue
		[[ $route =~ \ src\ ([0-9.]+) ]] || continue
		echo "${BASH_REMATCH[1]}"
		return
	done
	die "this server has no IPv4 address yet"
}

# guard_metadata: pods' packets are forwarded, the host's own are not. Rules of
# routing stay when a network driver writes its firewall anew, and as the kernel's
# own ("protocol kernel") systemd-networkd leaves them alone.
guard_metadata() {
	local to=169.254.169.254
	[ -z "$(ip -4 rule show pref 71)" ] || return 0
	[ -n "$(ip -4 rule show pref 70)" ] || ip -4 rule add pref 70 iif lo to $to lookup main protocol kernel
	ip -4 rule add pref 71 to $to prohibit protocol kernel
	say "pods cannot reach the metadata service"
}
