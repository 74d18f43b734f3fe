# shellcheck shell=bash
# Sourced by up: the Debian packages of each tier.

declare -A PACKAGES=(
	[heat]="keystone heat-api heat-engine rabbitmq-server mariadb-server-core mariadb-client-core
		curl openssl procps memcached python3-memcache uwsgi-core uwsgi-plugin-python3"
	[compute]="placement-api glance-api nova-api nova-conductor nova-scheduler neutron-server
		cinder-api cinder-scheduler octavia-api python3-octavia python3-openstacksdk"
	[magnum]="magnum-api magnum-conductor barbican-api"
)

# install_packages TIER...: nothing that comes is started; see tools/apt-install
install_packages() {
	local tier names=()
	for tier in "$@"; do
		read -rd '' -a names <<<"${names[*]} ${PACKAGES[$tier]}" || true
	done
	"$HERE/../../tools/apt-install" "${names[@]}"
}
