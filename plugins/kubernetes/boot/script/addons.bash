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

apply_addons() {
	local name names
	if [ -e "$root/etc/kubernetes/cloud" ]; then
		step="handing the cloud's credential to the cluster"
		insist "the secret cloud-config" cloud_secret
	fi
	[ "$ADDONS" = yes ] || return 0
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
