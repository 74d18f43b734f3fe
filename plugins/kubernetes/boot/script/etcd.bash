# shellcheck shell=bash
# Members of etcd whose server is gone. kubeadm joins no control-plane node while a
# member does not answer (its phase check-etcd asks each, kubeadm 1.31 to 1.37), and
# the member of a server that was replaced never answers again.

# as_admin ARGUMENT...: kubectl with a certificate that this node made of the
# cluster's key.
as_admin() { "$root$BIN/kubectl" --kubeconfig "$run/kubeadm/admin.conf" --request-timeout 30s "$@"; }

# etcdctl NODE ARGUMENT...: in the node's pod of etcd, by its own certificate.
etcdctl() {
	local at=/etc/kubernetes/pki/etcd
	as_admin --namespace kube-system exec "etcd-$1" -- etcdctl --endpoints https://127.0.0.1:2379 \
		--cacert $at/ca.crt --cert $at/server.crt --key $at/server.key "${@:2}"
}

# names_of ARGUMENT...: of nodes, between blanks.
names_of() {
	local listed
	listed=$(as_admin get nodes --output name "$@") || return
	listed=${listed//node\//}
	echo " ${listed//$'\n'/ } "
}

# clear_the_way of the node whose index this one has, and of members without a node:
# of an index there is one server, and a member has a node before it has a name.
# What cannot be read hinders nothing here; kubeadm then says what is wrong.
clear_the_way() {
	local all masters before via members='' id state_of name rest
	all=$(names_of) && masters=$(names_of --selector node-role.kubernetes.io/control-plane) && before=$(names_of --selector "heatsync/nodegroup=$GROUP,heatsync/index=$index") || return
	before=${before//" $node_name "/ }
	for via in $masters; do
		[[ $before != *" $via "* ]] && members=$(etcdctl "$via" member list 2>/dev/null) && break
		members=
	done
	[ -n "$members" ] || return
	while IFS=, read -r id state_of name rest; do
		name=${name# }
		[[ -z $name || $name = "$node_name" ]] && continue
		[[ $before == *" $name "* || $all != *" $name "* ]] || continue
		say "taking $name out of etcd, whose server is gone (${state_of# },${rest})"
		etcdctl "$via" member remove "$id" >/dev/null </dev/null || return
	done <<<"$members"
	for name in $before; do
		say "taking $name out of the cluster: this node has its place"
		as_admin delete node "$name" --ignore-not-found --wait=false >/dev/null </dev/null || return
	done
}

bury_the_dead() {
	local tries=3
	step="taking members without a server out of etcd"
	kubeadm_do init phase kubeconfig admin --config "$run/kubeadm/init.yaml" --kubeconfig-dir "$run/kubeadm"
	until clear_the_way; do
		((--tries > 0)) || { say "etcd does not say which members it has; joining all the same" && return; }
		pause
	done
}
