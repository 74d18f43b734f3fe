# shellcheck shell=bash
# heatsync-bootstrap: makes this server a node of its cluster, from the settings in
# /etc/heatsync and from what Nova says of the server. It may be stopped at any line
# and run again: it goes on where it was. `heatsync-bootstrap guard` keeps pods from
# the metadata service.
set -euo pipefail
umask 022

root=${HEATSYNC_ROOT:-} # tests put a folder here
settings=$root/etc/heatsync
secrets=$settings/secrets
state=$root/var/lib/heatsync # survives a reboot
run=$root/run/heatsync       # does not
log=$state/kubeadm.log
pki=$root/etc/kubernetes/pki
step="its settings"

# say WORD...: for the journal and the console. No secret is ever among the words.
say() { printf 'heatsync: %s\n' "$*" >&2; }

# die WORD...: what an operator has to know; systemd starts us again.
die() {
	say "STOPPED: $*"
	step=""
	exit 1
}

# at_exit runs whatever ended the script.
at_exit() {
	local rc=$?
	rm -rf "$run/kubeadm"
	[ "$rc" = 0 ] || [ -z "$step" ] || say "STOPPED at $step (exit status $rc); the lines above and $log say more"
}

pause() { sleep "${HEATSYNC_PAUSE:-5}"; }

# patience is how many seconds we wait for another node or for a device.
patience() { echo "${HEATSYNC_PATIENCE:-3600}"; }

did() { [ -e "$state/did.$1" ]; }

mark() {
	: >"$state/did.$1"
	sync -f "$state" 2>/dev/null || sync
}

# once NAME COMMAND...: runs it unless it has ended well on this server before.
once() {
	did "$1" && return
	"${@:2}"
	mark "$1"
}
