# shellcheck shell=bash
# Sourced by up: Barbican and Magnum.
mkdir -p "$STATE"/magnum/certificates "$STATE"/magnum/certificate-cache
echo "http://127.0.0.1:$P_MAGNUM/etcd-discovery" > "$STATE/magnum/etcd-discovery"
# swarm's templates, see pylib/devcloud/magnum_swarm.py
swarm_templates() {
	local from=/usr/lib/python3/dist-packages/magnum/drivers to=$STATE/magnum/drivers
	rm -rf "$to"; mkdir -p "$to"
	cp -r "$from/common" "$from/swarm_fedora_atomic_v2" "$from/mesos_ubuntu_v1" "$to/"
	sed -i -e '/^  allowed_cidrs:$/,/^$/s/^    type: .*/&\n    default: []/' \
		-e '/^  octavia_provider:$/,/^$/s/^    type: .*/&\n    default: amphora/' \
		-e '/^  octavia_lb_algorithm:$/,/^$/s/^    type: .*/&\n    default: ROUND_ROBIN/' \
		-e '/^  octavia_lb_healthcheck:$/,/^$/s/^    type: .*/&\n    default: true/' \
		"$to/common/templates/lb_api.yaml"
}
once magnum-swarm-templates swarm_templates
# Barbican's WSGI script takes no --config-file: it looks below HOME, then in /etc,
# where Debian's has other ports
mkdir -p "$STATE/barbican/.barbican"
render barbican.conf.in "$STATE/barbican/.barbican/barbican.conf" USER=barbican DBNAME=barbican
for n in magnum-api magnum-conductor; do
	render magnum.conf.in "$CONF/$n.conf" LOGNAME=$n USER=magnum DBNAME=magnum
	# Magnum hands this URL on as the v3 endpoint
	sed -i "s|^www_authenticate_uri = .*|www_authenticate_uri = http://127.0.0.1:$P_KEYSTONE/v3|" "$CONF/$n.conf"
done
barbican_setup() { databases barbican; barbican-manage db upgrade --db-url "$DB/barbican?$DBARGS"; }
magnum_setup() { databases magnum; magnum-db-manage --config-file "$CONF/magnum-api.conf" upgrade; }
once magnum-identity bootstrap magnum-identity
bg once barbican-db barbican_setup
bg once magnum-db magnum_setup
join
wsgi barbican "$P_BARBICAN" /usr/bin/barbican-wsgi-api 1 4 "" HOME="$STATE/barbican"
STATIC_MAP="/etcd-discovery=$STATE/magnum/etcd-discovery" wsgi magnum-api "$P_MAGNUM" /usr/bin/magnum-api-wsgi 2 1 "$CONF/magnum-api.conf"
start magnum-conductor "$BIN/magnum-conductor" --config-file "$CONF/magnum-conductor.conf"
waithttp magnum-api "http://127.0.0.1:$P_MAGNUM/"
waithttp barbican "http://127.0.0.1:$P_BARBICAN/"
bootstrap magnum-ready
once magnum-templates bootstrap magnum-templates
