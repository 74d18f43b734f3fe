# shellcheck shell=bash
# Sourced by up: Placement, Glance, Nova, Neutron, Cinder, Octavia.
mkdir -p "$STATE"/{glance/images,glance/staging,nova/instances,neutron,cinder/coordination,octavia,bin,placement}
mkdir -p "$CONF/placement"

# Two services whose packages would bring libvirt and LVM; the code is in python3-nova and python3-cinder.
pyscript() { printf '#!%s\nimport sys\nfrom %s import main\nsys.exit(main())\n' "$PY" "$2" > "$STATE/bin/$1"; chmod 755 "$STATE/bin/$1"; }
pyscript nova-compute nova.cmd.compute
pyscript cinder-volume cinder.cmd.volume

render placement.conf.in "$CONF/placement/placement.conf" USER=placement DBNAME=placement
render glance.conf.in "$CONF/glance.conf" USER=glance DBNAME=glance
for n in nova-api nova-conductor nova-scheduler nova-compute; do
	render nova.conf.in "$CONF/$n.conf" LOGNAME=$n USER=nova DBNAME=nova
done
sed -i '/^connection =/d' "$CONF/nova-compute.conf"   # it may not touch the databases
render neutron.conf.in "$CONF/neutron.conf" USER=neutron DBNAME=neutron
for n in cinder-api cinder-scheduler cinder-volume; do
	render cinder.conf.in "$CONF/$n.conf" LOGNAME=$n USER=cinder DBNAME=cinder
done
for n in octavia-api octavia-worker; do
	render octavia.conf.in "$CONF/$n.conf" LOGNAME=$n USER=octavia DBNAME=octavia
done

glance_setup() { databases glance; glance-manage --config-file "$CONF/glance.conf" db_sync; }
placement_setup() { databases placement; }
nova_setup() {
	local m="nova-manage --config-file $CONF/nova-api.conf"
	databases nova_api nova nova_cell0
	$m api_db sync
	$m cell_v2 map_cell0 --database_connection "$DB/nova_cell0?$DBARGS"
	$m db sync
	$m cell_v2 list_cells | grep -q cell1 || $m cell_v2 create_cell --name=cell1
}
neutron_setup() { databases neutron; neutron-db-manage --config-file "$CONF/neutron.conf" upgrade heads; }
cinder_setup() { databases cinder; cinder-manage --config-file "$CONF/cinder-api.conf" db sync; }
octavia_setup() {
	databases octavia
	octavia-db-manage --config-file "$CONF/octavia-api.conf" upgrade head
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=octavia-dev \
		-keyout "$STATE/octavia/ca.key" -out "$STATE/octavia/ca.pem"
}
once compute-identity bootstrap compute-identity
bg once placement-db placement_setup
bg once glance-db glance_setup
bg once nova-db nova_setup
bg once neutron-db neutron_setup
bg once cinder-db cinder_setup
bg once octavia-db octavia_setup
join

start nova-conductor "$BIN/nova-conductor" --config-file "$CONF/nova-conductor.conf"
wsgi placement "$P_PLACEMENT" /usr/bin/placement-api 1 8 "" OS_PLACEMENT_CONFIG_DIR="$CONF/placement"
# nova, neutron and cinder patch threads with eventlet: one thread a process, or replies get lost and a worker hangs for good
wsgi nova-api "$P_NOVA" /usr/bin/nova-api-wsgi 4 1 "" "OS_NOVA_CONFIG_FILES=/etc/nova/api-paste.ini;$CONF/nova-api.conf"
wsgi neutron "$P_NEUTRON" /usr/bin/neutron-api 4 1 "" OS_NEUTRON_CONFIG_FILES="$CONF/neutron.conf"
start glance "$BIN/glance-api" --config-file "$CONF/glance.conf"
wsgi cinder-api "$P_CINDER" /usr/bin/cinder-wsgi 2 1 "$CONF/cinder-api.conf"
waithttp placement "http://127.0.0.1:$P_PLACEMENT/"
start nova-scheduler "$BIN/nova-scheduler" --config-file "$CONF/nova-scheduler.conf"
start nova-compute "$STATE/bin/nova-compute" --config-file "$CONF/nova-compute.conf"
start cinder-scheduler "$BIN/cinder-scheduler" --config-file "$CONF/cinder-scheduler.conf"
start cinder-volume "$STATE/bin/cinder-volume" --config-file "$CONF/cinder-volume.conf"
waithttp neutron "http://127.0.0.1:$P_NEUTRON/"
wsgi octavia-api "$P_OCTAVIA" /usr/bin/octavia-wsgi 1 8 "$CONF/octavia-api.conf"
start octavia-worker "$BIN/octavia-worker" --config-file "$CONF/octavia-worker.conf"
waithttp nova-api "http://127.0.0.1:$P_NOVA/"
waithttp glance "http://127.0.0.1:$P_GLANCE/"
waithttp cinder-api "http://127.0.0.1:$P_CINDER/"
waithttp octavia-api "http://127.0.0.1:$P_OCTAVIA/"
say "the APIs answer"
bootstrap compute-ready
nova_cells() {
	# nova-compute has to have written its record first
	local m="nova-manage --config-file $CONF/nova-api.conf cell_v2"
	for _ in {1..20}; do
		$m discover_hosts
		$m list_hosts | grep -q devhost && return 0
		sleep 1
	done
	return 1
}
once nova-cells nova_cells
once compute-resources bootstrap compute-resources
