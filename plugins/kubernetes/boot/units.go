package boot

import "strings"

// units are systemd's, in the order in which a boot comes to them.
func (s Settings) units() []unit {
	bin := strings.NewReplacer("BIN", s.System.bin())
	units := []unit{
		{name: "heatsync-metadata-guard.service", text: bin.Replace(guardUnit), enable: true},
		{name: "heatsync-bootstrap.service", text: bin.Replace(bootstrapUnit), enable: true},
		{name: "containerd.service", text: bin.Replace(containerdUnit)},
		{name: "kubelet.service", text: bin.Replace(kubeletUnit)},
	}
	if s.EtcdVolume && s.Role == ControlPlane {
		units = append(units, unit{name: "var-lib-etcd.mount", text: mountUnit("etcd", "/var/lib/etcd", "kubelet.service")})
	}
	if s.ContainersVolume {
		units = append(units, unit{name: "var-lib-containerd.mount", text: mountUnit("containers", "/var/lib/containerd", "containerd.service")})
	}
	if s.System == Flatcar {
		// a node reboots when its cluster has it drained
		units = append(units, unit{name: "locksmithd.service", mask: true})
	}
	return units
}

const bootstrapUnit = `[Unit]
Description=Make this server a node of its cluster
Wants=network-online.target
After=network-online.target
ConditionPathExists=!/var/lib/heatsync/done
StartLimitIntervalSec=0

[Service]
ExecStart=BIN/heatsync-bootstrap
Restart=on-failure
RestartSec=15
StandardOutput=journal+console
StandardError=journal+console

[Install]
WantedBy=multi-user.target
`

// A server's user data holds the keys of its cluster, and any pod could ask the
// metadata service for it.
const guardUnit = `[Unit]
Description=Keep pods from the metadata service
Before=kubelet.service
After=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=BIN/heatsync-bootstrap guard

[Install]
WantedBy=multi-user.target
`

// As containerd's project ships it, with our folder.
const containerdUnit = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target local-fs.target

[Service]
Environment=PATH=BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStartPre=-/sbin/modprobe overlay
ExecStart=BIN/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
LimitNOFILE=1048576
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`

// As kubeadm's packages ship it, its drop-in included; no pod starts unguarded.
const kubeletUnit = `[Unit]
Description=kubelet, the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Requires=heatsync-metadata-guard.service
Wants=network-online.target
After=network-online.target containerd.service heatsync-metadata-guard.service
StartLimitIntervalSec=0

[Service]
Environment=PATH=BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=BIN/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
`

// mountUnit is enabled by the script once the volume has a file system; what
// writes there does not start without it. The script says in a drop-in which volume
// it is; the label is what is left without.
func mountUnit(label, where, user string) string {
	return strings.NewReplacer("LABEL", label, "WHERE", where, "USER", user).Replace(`[Unit]
Description=The volume of WHERE
Before=USER

[Mount]
What=/dev/disk/by-label/heatsync-LABEL
Where=WHERE
Type=ext4

[Install]
RequiredBy=USER
WantedBy=multi-user.target
`)
}
