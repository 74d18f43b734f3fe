# shellcheck shell=bash
# Keys of the control plane.

place_keys() {
	step="placing the keys of the cluster"
	local from to
	mkdir -p "$pki/etcd"
	for from in ca front-proxy-ca etcd-ca; do
		to=$pki/$from
		[ $from != etcd-ca ] || to=$pki/etcd/ca
		install -m 0644 "$secrets/$from.crt" "$to.crt"
		install -m 0600 "$secrets/$from.key" "$to.key"
	done
	install -m 0600 "$secrets/sa.key" "$pki/sa.key"
	# kubeadm takes a key that is there, and makes no public one for it
	openssl pkey -in "$pki/sa.key" -pubout -out "$pki/sa.pub"
	chmod 0644 "$pki/sa.pub"
	# from where `kubeadm reset` does not remove it
	[ ! -e "$settings/keystone-webhook.yaml" ] || install -m 0644 "$settings"/{keystone-webhook,authorization}.yaml "$root/etc/kubernetes/"
}

# forget_secrets: what a node keeps lies in /etc/kubernetes by now.
forget_secrets() {
	rm -rf "$secrets" "$run/kubeadm"
}
