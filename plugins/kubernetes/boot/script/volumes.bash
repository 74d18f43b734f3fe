# shellcheck shell=bash
# Volumes: found by the serial that is a part of their id, formatted if blank, and
# mounted by that, not by the label: a volume of somebody's may have the same.

# volume_device ID: a disk shows the first 20 characters of a volume's id on
# virtio-blk (virtio-…), and all of it on SCSI (scsi-0QEMU_QEMU_HARDDISK_…).
volume_device() {
	local device
	for device in "$root"/dev/disk/by-id/*"${1:0:20}"*; do
		[ -e "$device" ] || continue
		[[ $device != *-part[0-9]* ]] || continue
		echo "$device"
		return
	done
	return 1
}

# use_volume TAG FOLDER UNIT: puts the volume at the folder.
use_volume() {
	step="the volume of $2"
	local id device deadline=$((SECONDS + $(patience)))
	id=$(meta "heatsync_$1_volume")
	[ -n "$id" ] || id=$(tagged_serial "$metadata" "$1")
	[ -n "$id" ] || die "the metadata of this server does not say which volume is for $2"
	until device=$(volume_device "$id"); do
		((SECONDS < deadline)) || die "volume $id for $2 is not attached"
		pause
	done
	format_blank "$(readlink -f "$device")" "heatsync-$1" "$id"
	mkdir -p "$root$2" "$root/etc/systemd/system/$3.d"
	printf '[Mount]\nWhat=%s\n' "${device#"$root"}" >"$root/etc/systemd/system/$3.d/10-heatsync.conf"
	systemctl daemon-reload
	systemctl enable --now "$3"
}

# format_blank DEVICE LABEL ID: never over anything.
format_blank() {
	local found rc=0
	found=$(blkid -p -o export "$1") || rc=$?
	if [ "$rc" = 2 ]; then
		say "formatting volume $3, which is blank"
		mkfs.ext4 -q -L "$2" "$1"
		udevadm settle || true
	elif [ "$rc" != 0 ] || ! grep -qx "LABEL=$2" <<<"$found"; then
		die "volume $3 holds something that is not ours; it is left alone"
	fi
}

use_volumes() {
	[ "$ETCD_VOLUME" = no ] || use_volume etcd /var/lib/etcd var-lib-etcd.mount
	[ "$CONTAINERS_VOLUME" = no ] || use_volume containers /var/lib/containerd var-lib-containerd.mount
}
