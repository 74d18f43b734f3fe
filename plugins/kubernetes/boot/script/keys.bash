# shellcheck shell=bash
# Keys of the control plane, and the credential of the cloud.

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
}

# cloud_conf_line FILE KEY NAME: of the credential, in quotes as gcfg reads them.
cloud_conf_line() {
	local value
	value=$(json "$secrets/cloud.json" "$1")
	[ -n "$value" ] || return 0
	value=${value//\\/\\\\}
	printf '%s="%s"\n' "$2" "${value//\"/\\\"}"
}

write_cloud_conf() {
	step="writing cloud.conf"
	local conf=$root/etc/kubernetes/cloud.conf ca
	[ -s "$secrets/cloud.json" ] || return 0
	ca=$(json "$secrets/cloud.json" ca)
	(
		umask 077
		{
			echo "[Global]"
			cloud_conf_line auth_url auth-url
			cloud_conf_line region region
			cloud_conf_line id application-credential-id
			cloud_conf_line secret application-credential-secret
			[ -z "$ca" ] || echo 'ca-file="/etc/kubernetes/cloud-ca.crt"'
			echo "[LoadBalancer]"
			[ -z "$(meta heatsync_subnet)" ] || printf 'subnet-id="%s"\n' "$(meta heatsync_subnet)"
			cat "$settings/cloud.conf"
		} >"$conf.new"
	)
	[ -z "$ca" ] || printf '%s\n' "$ca" >"$root/etc/kubernetes/cloud-ca.crt"
	mv "$conf.new" "$conf"
}

# forget_secrets: what a node keeps lies in /etc/kubernetes by now.
forget_secrets() {
	rm -rf "$secrets" "$run/kubeadm"
}
