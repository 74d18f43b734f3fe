# shellcheck shell=bash disable=SC2034,SC2153
# Sourced by up: config files from templates, set-up steps that run once, waiting.

DB="mysql+pymysql://root@localhost"
DBARGS="unix_socket=$SOCK&charset=utf8"
RABBIT="rabbit://openstack:$PASSWORD@127.0.0.1:$P_RABBIT/"

# render TEMPLATE TARGET [NAME=VALUE...]: @NAME@ becomes its value
render() {
	local src=$1 dst=$2 text kv v
	shift 2
	text=$(<"$HERE/conf/$src")
	text=${text//@COMMON@/$(<"$HERE/conf/common.inc")}
	text=${text//@AUTH@/$(<"$HERE/conf/auth.inc")}
	for kv in "$@"; do text=${text//@"${kv%%=*}"@/"${kv#*=}"}; done
	for v in STATE LOGS CONF DB DBARGS RABBIT REGION PASSWORD "${!P_@}"; do text=${text//@"$v"@/"${!v}"}; done
	! grep -n '@[A-Z_]\+@' <<<"$text" || die "$src: a placeholder is left over"
	printf '%s\n' "$text" >"$dst"
}

# wsgi NAME PORT SCRIPT PROCESSES THREADS CONFIGFILE [ENV=VALUE...]
wsgi() {
	local name=$1 port=$2 script=$3 processes=$4 threads=$5 config=$6
	shift 6
	render uwsgi.ini.in "$CONF/$name.uwsgi.ini" NAME="$name" PORT="$port" WSGI="$script" PROCS="$processes" THREADS="$threads"
	[ -z "$config" ] || echo "pyargv = --config-file $config" >>"$CONF/$name.uwsgi.ini"
	[ -z "${STATIC_MAP:-}" ] || echo "static-map = $STATIC_MAP" >>"$CONF/$name.uwsgi.ini"
	start "$name" env "$@" "$BIN/uwsgi_python3" --ini "$CONF/$name.uwsgi.ini"
}

# once MARK COMMAND...: at most once in the life of this state folder
once() {
	local mark=$1
	shift
	[ ! -e "$DONE/$mark" ] || return 0
	"$@" >>"$LOGS/$mark.setup" 2>&1 || {
		tail -20 "$LOGS/$mark.setup" >&2
		die "$mark failed, see $LOGS/$mark.setup"
	}
	: >"$DONE/$mark"
	say "done: $mark"
}

# bg COMMAND... runs it beside the others; join waits for all of them.
background=()
bg() {
	"$@" &
	background+=($!)
}
join() {
	local pid
	for pid in "${background[@]}"; do wait "$pid" || die "a set-up step failed"; done
	background=()
}

# ended NAME: the end of a service that should have come up
ended() {
	tail -20 "$LOGS/$1.out" >&2
	die "$1 has ended, see $LOGS/$1.*"
}

waitport() { # waitport NAME PORT
	for _ in {1..600}; do
		! listening "$2" || return 0
		alive "$1" || ended "$1"
		sleep 0.1
	done
	die "$1 does not listen on port $2"
}

waithttp() { # waithttp NAME URL: until it answers at all
	local code
	for _ in {1..600}; do
		code=$(curl -s -o /dev/null -m 20 -w '%{http_code}' "$2" || true)
		case $code in 2?? | 3?? | 401) return 0 ;; esac
		alive "$1" || ended "$1"
		sleep 0.2
	done
	die "$1 does not answer at $2 (last: $code)"
}

sql() { mariadb --no-defaults -S "$SOCK" -u root; }
databases() {
	local name
	for name in "$@"; do echo "CREATE DATABASE IF NOT EXISTS $name CHARACTER SET utf8mb3;"; done | sql
}

bootstrap() { "$PY" "$HERE/bootstrap.py" "$@"; }
