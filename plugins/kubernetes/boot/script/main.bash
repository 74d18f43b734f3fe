# shellcheck shell=bash

main() {
	if [ "${1:-}" = guard ]; then
		guard_metadata
		return
	fi
	trap at_exit EXIT
	[ ! -e "$state/done" ] || return 0
	mkdir -p "$state" "$run"
	chmod 0700 "$state"
	# shellcheck source=/dev/null
	source "$settings/node.env"
	PATH=$root$BIN:$PATH
	read_metadata
	hear
	prepare_system
	use_proxies
	use_volumes
	once programs install_programs
	start_containerd
	once node become_node
	! node_zero || once addons apply_addons
	step="tidying up"
	forget_secrets
	rm -rf "$downloads" "$state/bundle"
	mv "$state/did.node" "$state/done"
	say "READY: $node_name is a node of cluster $CLUSTER"
}

main "$@"
