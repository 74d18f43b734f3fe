# shellcheck shell=bash
# The node's place in the cluster: the first begins it, the others join.

control_plane() { [ "$ROLE" = control-plane ]; }

# node_zero is the one control-plane node that may be told to begin a cluster.
node_zero() { [ "$FIRST" = yes ] && [ "$index" = 0 ]; }

# hear whether this node may begin the cluster, from what the stack's create said and
# nothing says later; what was heard in time is kept. A silent API is no proof that
# there is no cluster: node 0 may be a new server for an old one.
hear() {
	local until
	until=$(meta heatsync_may_begin)
	node_zero || return 0
	[[ $until =~ ^[0-9]{1,18}$ ]] && (($(date +%s) < until)) || return 0
	mark told
}

# api_status is what our API and no other's answers; nothing, and a failure, where
# it does not. A status that came counts even if the answer is cut short after it.
api_status() {
	local code
	code=$(curl --silent --noproxy '*' --max-time 5 --cacert "$secrets/ca.crt" \
		--output /dev/null --write-out '%{http_code}' "https://$api:$API_PORT/readyz") || true
	[[ $code = [1-9]* ]] && echo "$code"
}

# api_answers: it serves. Even "who are you" is an answer.
api_answers() { [[ $(api_status) = @(200|401|403) ]]; }

# api_exists: whatever has the cluster's certificate is the cluster, be it ill. To
# begin it a second time would be a second etcd.
api_exists() { api_status >/dev/null; }

wait_for_api() {
	step="waiting for the API at $api:$API_PORT"
	local deadline=$((SECONDS + $(patience)))
	say "waiting for the API at $api:$API_PORT"
	until api_answers; do
		((SECONDS < deadline)) || {
			! node_zero || did told || die "no API answers at $api:$API_PORT, and this node may not begin a second cluster: bring the control plane back, or, where its etcd is lost, set the server's metadata heatsync_may_begin to a time ahead in seconds since 1970"
			die "the API at $api:$API_PORT has not answered for $(patience) s: look at the first control-plane node"
		}
		pause
	done
}

# decide whether to begin the cluster, once and for all where this node may: asked
# again after a reboot in the middle of `kubeadm init`, our own half of an API may
# answer. A node that may not goes on being one that joins, until it is told.
decide() {
	[ ! -e "$state/way" ] || return 0
	local way=join tries=3
	if node_zero && ! did told; then
		say "this node was not told to begin a cluster: it joins the one there is"
		return
	fi
	if node_zero; then
		way=init
		while ((tries-- > 0)); do
			! api_exists || { way="join" && break; }
			pause
		done
	fi
	echo $way >"$state/way.new"
	mv "$state/way.new" "$state/way"
}

# names that the API server's certificate is good for, as a YAML list. The service's
# address and names and the node's own are added by kubeadm.
sans() {
	local name list=
	for name in "$api" "$api_public" "$floating_ip" 127.0.0.1 localhost \
		kubernetes kubernetes.default kubernetes.default.svc; do
		[ -n "$name" ] || continue
		[[ $list == *"\"$name\""* ]] || list=$list${list:+,}\"$name\"
	done
	echo "[$list]"
}

# fill DOCUMENT: a copy, for root alone and not on a disk, with what only this node
# knows.
fill() {
	local text token hash
	text=$(<"$settings/kubeadm/$1")
	token=$(tr -d '[:space:]' <"$secrets/token")
	hash=$(tr -d '[:space:]' <"$secrets/ca-hash")
	text=${text//"\${NODE_NAME}"/"$node_name"}
	text=${text//"\${NODE_IP}"/"$node_ip"}
	text=${text//"\${INDEX}"/"$index"}
	text=${text//"\${PROVIDER_ID}"/"$provider_id"}
	text=${text//"\${API_ENDPOINT}"/"$api:$API_PORT"}
	text=${text//"\${CERT_SANS}"/"$(sans)"}
	text=${text//"\${JOIN_TOKEN}"/"$token"}
	text=${text//"\${CA_HASH}"/"$hash"}
	mkdir -p "$run/kubeadm"
	chmod 0700 "$run/kubeadm"
	printf '%s\n' "$text" >"$run/kubeadm/$1"
}

# kubeadm_do ARGUMENT...: its whole say goes to a log of root's; what it said last
# goes to the console, without the token.
kubeadm_do() {
	local token
	(umask 077 && touch "$log")
	"$root$BIN/kubeadm" "$@" >>"$log" 2>&1 && return
	token=$(tr -d '[:space:]' <"$secrets/token")
	tail -n 20 "$log" | while IFS= read -r line; do
		say "kubeadm: ${line//"$token"/<token>}"
	done
	die "kubeadm $1 failed; all of it is in $log"
}

# left_behind: what an init that was cut short leaves is no reason to refuse; a
# volume of etcd's holds lost+found from the beginning.
left_behind() {
	local pod errors=DirAvailable--var-lib-etcd,Port-$API_PORT,Port-10250,Port-10257,Port-10259,Port-2379,Port-2380
	for pod in kube-apiserver kube-controller-manager kube-scheduler etcd; do
		errors+=,FileAvailable--etc-kubernetes-manifests-$pod.yaml
	done
	echo "$errors"
}

begin_cluster() {
	local ignore=DirAvailable--var-lib-etcd
	! did began || ignore=$(left_behind)
	mark began
	step="kubeadm init"
	say "beginning the cluster: kubeadm init"
	fill init.yaml
	kubeadm_do init --config "$run/kubeadm/init.yaml" --skip-token-print --ignore-preflight-errors="$ignore"
	say "the cluster stands: its API answers at $api:$API_PORT"
}

# start_over after a join that was cut short. A worker whose kubelet has got its
# certificate had joined all the same.
start_over() {
	if ! control_plane && [ -e "$root/etc/kubernetes/kubelet.conf" ] && [ -e "$root/var/lib/kubelet/pki/kubelet-client-current.pem" ]; then
		mark joined
		return
	fi
	say "an earlier join was cut short: starting over"
	kubeadm_do reset --force
}

# set_aside what etcd wrote in an earlier life of this volume: a member that joins
# begins empty.
set_aside() {
	local member=$root/var/lib/etcd/member
	[ ! -e "$member" ] || mv "$member" "$member.$(date +%s)"
}

join_cluster() {
	local ignore=DirAvailable--var-lib-etcd
	wait_for_api
	echo join >"$state/way"
	! did began || start_over
	! did joined || return 0
	mark began
	if control_plane; then
		place_keys
		write_cloud_conf
		set_aside
		fill init.yaml
		# with names of this node's own, which the cluster's configuration lacks
		step="making the certificate of the API server"
		kubeadm_do init phase certs apiserver --config "$run/kubeadm/init.yaml"
		bury_the_dead
	fi
	step="kubeadm join"
	say "joining as a $ROLE node: kubeadm join"
	fill join.yaml
	kubeadm_do join --config "$run/kubeadm/join.yaml" --ignore-preflight-errors="$ignore"
	say "joined the cluster"
}

become_node() {
	decide
	if [ -e "$state/way" ] && [ "$(<"$state/way")" = init ]; then
		place_keys
		write_cloud_conf
		begin_cluster
	else
		join_cluster
	fi
}
