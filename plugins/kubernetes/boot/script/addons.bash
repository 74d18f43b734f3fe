# shellcheck shell=bash
# Add-ons: manifests of one bundle, with the values that were selected.

kubectl() { "$root$BIN/kubectl" --kubeconfig "$root/etc/kubernetes/admin.conf" "$@"; }

# apply: of what comes in. The server merges, so that big definitions have room.
apply() { kubectl apply --server-side --force-conflicts --field-manager heatsync -f - >/dev/null; }

# insist WHAT COMMAND...: a definition needs a moment before what it defines is
# known, and an API server a few after it began.
insist() {
	local deadline=$((SECONDS + $(patience)))
	until "${@:2}"; do
		((SECONDS < deadline)) || die "$1 cannot be applied"
		pause
	done
}

cloud_secret() {
	kubectl --namespace kube-system create secret generic cloud-config \
		--from-file="$root/etc/kubernetes/cloud" --dry-run=client --output yaml | apply
}

# apply_manifest FILE VALUES: a value for each ${NAME}.
apply_manifest() {
	local text name value
	text=$(<"$1")
	while read -r name value; do
		[ -n "$name" ] || continue
		value=$(base64 --decode <<<"$value")
		text=${text//"\${$name}"/"$value"}
	done <<<"$2"
	apply <<<"$text"
}

apply_addon() {
	local manifest values some=
	step="applying add-on $1"
	say "applying add-on $1"
	values=$(addon_values "$settings/addons.json" "$1")
	for manifest in "$state/bundle/$1"/*.yaml; do
		[ -e "$manifest" ] || continue
		some=yes
		insist "add-on $1, $(basename "$manifest")," apply_manifest "$manifest" "$values"
	done
	[ -n "$some" ] || die "the bundle has no add-on $1"
}

# marker is what says in the cluster that its add-ons were applied: from then on they
# are its own, and a node 0 that was replaced leaves them as people changed them.
marked() { marker=$(kubectl --namespace kube-system get configmap heatsync-addons --ignore-not-found --output name); }

leave_marker() {
	kubectl --namespace kube-system create configmap heatsync-addons --dry-run=client --output yaml | apply
}

apply_addons() {
	local marker=
	step="asking whether the cluster has its add-ons"
	insist "what says that the cluster has its add-ons" marked
	if [ -n "$marker" ]; then
		say "the cluster has its add-ons"
		return
	fi
	if [ -e "$root/etc/kubernetes/cloud" ]; then
		step="handing the cloud's credential to the cluster"
		insist "the secret cloud-config" cloud_secret
	fi
	[ "$ADDONS" != yes ] || apply_bundle
	step="marking the cluster as one with add-ons"
	insist "the mark that add-ons were applied" leave_marker
}

apply_bundle() {
	local name names
	fetch addons
	step="unpacking the add-ons"
	rm -rf "$state/bundle"
	mkdir -p "$state/bundle"
	tar -xzf "$downloads/addons" -C "$state/bundle" --no-same-owner
	names=$(addon_names "$settings/addons.json")
	for name in $names; do
		once "addon.$name" apply_addon "$name"
	done
}
