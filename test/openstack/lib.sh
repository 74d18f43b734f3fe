# shellcheck shell=bash disable=SC2034 # what it sets is used by those who source it
# Sourced by up, down, status and restart, which set HERE: where the state is,
# which ports, and how services are started and stopped.

# A command takes it all from here; a caller's openrc must not leak in.
unset "${!OS_@}"

STATE=${HEATSYNC_OPENSTACK_DIR:-${TMPDIR:-/tmp}/heatsync-openstack}
PASSWORD=openstack # every password of this cloud: nothing of it leaves the loopback
REGION=RegionOne
CONF=$STATE/conf LOGS=$STATE/log PIDS=$STATE/pid DONE=$STATE/done SOCK=$STATE/mysql.sock
BIN=/usr/bin
PY=/usr/bin/python3 # Debian's own Python, not whatever is first on PATH

# Every port is the service's usual one plus PORT_OFFSET, so that this cloud is
# in nobody's way. The offset is fixed by the first `up` of a state folder:
# Keystone's catalogue keeps it.
PORT_OFFSET=${HEATSYNC_OPENSTACK_PORT_OFFSET:-10000}
[ ! -r "$STATE/port-offset" ] || PORT_OFFSET=$(<"$STATE/port-offset")
port() { printf -v "P_$1" %d $(($2 + PORT_OFFSET)); }
port EPMD 14369
port RABBIT 5672
port RABBIT_DIST 5673
port MEMCACHED 11211
port KEYSTONE 5000
port HEAT 8004
port HEAT_CFN 8000
port PLACEMENT 8778
port GLANCE 9292
port NOVA 8774
port NEUTRON 9696
port CINDER 8776
port OCTAVIA 9876
port BARBICAN 9311
port MAGNUM 9511

# What each service listens on, by name of the variable.
declare -A LISTENS=(
	[epmd]=P_EPMD [rabbitmq]="P_RABBIT P_RABBIT_DIST" [memcached]=P_MEMCACHED
	[keystone]=P_KEYSTONE [heat-api]=P_HEAT [heat-api-cfn]=P_HEAT_CFN
	[placement]=P_PLACEMENT [glance]=P_GLANCE [nova-api]=P_NOVA [neutron]=P_NEUTRON
	[cinder-api]=P_CINDER [octavia-api]=P_OCTAVIA [barbican]=P_BARBICAN [magnum-api]=P_MAGNUM
)

# Start order of each tier; down goes through it backwards.
declare -A SERVICES=(
	[heat]="mariadb epmd rabbitmq memcached keystone heat-api heat-api-cfn heat-engine"
	[compute]="placement glance nova-api nova-conductor nova-scheduler nova-compute neutron
		cinder-api cinder-scheduler cinder-volume octavia-api octavia-worker"
	[magnum]="barbican magnum-api magnum-conductor"
)
TIERS=(heat compute magnum) # a tier includes those before it

export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost
export PYTHONUNBUFFERED=1 PYTHONWARNINGS=ignore PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=$HERE/pylib XDG_CACHE_HOME=$STATE/cache # our drivers; stevedore keeps a cache

say() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
die() {
	echo "openstack: $*" >&2
	exit 1
}

# A pid file holds "PID STARTTIME": the start time of /proc/PID/stat guards
# against a pid that some other process has got since. A zombie that PID 1 has
# not reaped yet counts as dead.
starttime() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" {print $20}'; }
alive() {
	local pid start
	[ -r "$PIDS/$1" ] || return 1
	read -r pid start <"$PIDS/$1" || return 1
	[ -n "$pid" ] && [ -n "$start" ] && [ "$(starttime "$pid")" = "$start" ]
}
pid_of() { cut -d' ' -f1 "$PIDS/$1"; }

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# sweep NAME: its leader has died; end what may be left of its process group.
# While a process is in it the kernel gives the leader's pid to nobody else.
sweep() {
	local pid=
	[ ! -r "$PIDS/$1" ] || read -r pid _ <"$PIDS/$1" || true
	[ -z "$pid" ] || [ -n "$(starttime "$pid")" ] || kill -KILL -- "-$pid" 2>/dev/null || true
	rm -f "$PIDS/$1"
}

# start NAME COMMAND...: in a session of its own, so that stop reaches its
# children. A port that somebody else has is an error, not a service that seems up.
start() {
	local name=$1 pid port
	shift
	! alive "$name" || return 0
	sweep "$name"
	for port in ${LISTENS[$name]:-}; do
		! listening "${!port}" || die "port ${!port}, which $name wants, is taken;" \
			"set HEATSYNC_OPENSTACK_PORT_OFFSET (now $PORT_OFFSET) before the first up"
	done
	setsid "$@" </dev/null >>"$LOGS/$name.out" 2>&1 9>&- &
	pid=$!
	sleep 0.05
	echo "$pid $(starttime "$pid")" >"$PIDS/$name"
}

stop() {
	local name=$1 pid
	alive "$name" || {
		sweep "$name"
		return 0
	}
	pid=$(pid_of "$name")
	kill -TERM "$pid" 2>/dev/null || true
	for _ in {1..100}; do
		alive "$name" || break
		sleep 0.1
	done
	kill -KILL -- "-$pid" 2>/dev/null || true
	rm -f "$PIDS/$name"
}
