# shellcheck shell=bash
# Programs: fetched, held against their SHA-256, installed.

downloads=$state/downloads

# verified FILE SHA256
verified() { [ -f "$1" ] && sha256sum --check --status <<<"$2  $1"; }

# fetch PROGRAM: leaves it in $downloads, or stops.
fetch() {
	local program url sum is into=$downloads/$1
	read -r program url sum < <(grep "^$1 " "$settings/downloads") || die "nothing says where $1 is"
	! verified "$into" "$sum" || return 0
	step="fetching $program"
	say "fetching $program from $url"
	mkdir -p "$downloads"
	curl --silent --show-error --fail --location --retry 5 --connect-timeout 30 --output "$into.new" "$url" ||
		die "$program cannot be fetched from $url"
	if ! verified "$into.new" "$sum"; then
		is=$(sha256sum <"$into.new")
		rm -f "$into.new"
		die "REFUSED $program: the SHA-256 of $url is ${is%% *}, and has to be $sum"
	fi
	mv "$into.new" "$into"
}

# unpack PROGRAM FOLDER TO: what an archive holds in a folder.
unpack() {
	local at
	at=$(mktemp -d "$state/unpack.XXXXXX")
	tar -xzf "$downloads/$1" -C "$at" --no-same-owner
	mkdir -p "$3"
	find "$at/$2" -maxdepth 1 -type f -exec install -m 0755 -t "$3" {} +
	rm -rf "$at"
}

install_programs() {
	local program bin=$root$BIN
	for program in containerd runc cni-plugins crictl kubeadm kubelet kubectl; do
		fetch "$program"
	done
	step="installing programs"
	mkdir -p "$bin"
	unpack containerd bin "$bin"
	unpack crictl . "$bin"
	unpack cni-plugins . "$root/opt/cni/bin"
	for program in runc kubeadm kubelet kubectl; do
		install -m 0755 "$downloads/$program" "$bin/$program"
	done
	! command -v restorecon >/dev/null || restorecon -R "$bin" "$root/opt/cni" || true
	say "installed Kubernetes $KUBERNETES and its programs"
}

start_containerd() {
	step="starting containerd"
	systemctl daemon-reload
	systemctl enable containerd.service kubelet.service
	systemctl restart containerd.service # the system's own may run already
}
