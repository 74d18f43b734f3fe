# shellcheck shell=bash
# The kernel, SELinux, and the way out through proxies.

prepare_system() {
	step="the settings of the kernel"
	local module
	for module in $MODULES; do
		modprobe "$module" || say "the kernel has no module $module; it may be built in"
	done
	sysctl --quiet --load="$root/etc/sysctl.d/90-heatsync.conf" || say "the kernel does not know all of our settings"
	case $SELINUX_MODE in
	enforcing) setenforce 1 || say "SELinux is off until this server reboots" ;;
	permissive | disabled) setenforce 0 || true ;;
	esac
}

use_proxies() {
	[ -n "$HTTP_PROXY$HTTPS_PROXY" ] || return 0
	NO_PROXY="$NO_PROXY,$node_ip,$api"
	# The range of an existing subnet is known here alone, and the API server reaches
	# the kubelets there, a member of etcd the others. Go takes a range with host bits.
	[[ $(ip -4 -o addr show to "$node_ip") =~ \ inet\ ([0-9.]+/[0-9]+) ]] && NO_PROXY="$NO_PROXY,${BASH_REMATCH[1]}"
	http_proxy=$HTTP_PROXY https_proxy=$HTTPS_PROXY no_proxy=$NO_PROXY
	# kubeadm hands these on to the pods of the control plane
	export HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy
}
