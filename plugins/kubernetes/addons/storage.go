package addons

import "github.com/heatsync/heatsync/plugins/driver"

func storageLabels() []driver.Label {
	return []driver.Label{
		toggle("cinder_csi_enabled", "true", "Volumes from Cinder. Needs volumeDriver cinder and the cloud provider."),
		tag("cinder_csi_plugin_tag", "the Cinder CSI driver"),
		tag("csi_attacher_tag", "the CSI attacher"),
		tag("csi_provisioner_tag", "the CSI provisioner"),
		tag("csi_snapshotter_tag", "the CSI snapshotter and the snapshot controller"),
		tag("csi_resizer_tag", "the CSI resizer"),
		tag("csi_node_driver_registrar_tag", "the CSI node driver registrar"),
		tag("csi_liveness_probe_tag", "the CSI liveness probe"),
	}
}

func cinderWanted(s settings) bool {
	return s.VolumeDriver == "cinder" && s.on("cinder_csi_enabled") && s.on("cloud_provider_enabled")
}

func cinderValues(s settings) values {
	const sidecars = "registry.k8s.io/sig-storage/"
	return s.with(values{
		"STACK":                     s.Stack,
		"CINDER_CSI_IMAGE":          s.image("registry.k8s.io/provider-os/cinder-csi-plugin", "cinder_csi_plugin_tag"),
		"CSI_ATTACHER_IMAGE":        s.image(sidecars+"csi-attacher", "csi_attacher_tag"),
		"CSI_PROVISIONER_IMAGE":     s.image(sidecars+"csi-provisioner", "csi_provisioner_tag"),
		"CSI_SNAPSHOTTER_IMAGE":     s.image(sidecars+"csi-snapshotter", "csi_snapshotter_tag"),
		"SNAPSHOT_CONTROLLER_IMAGE": s.image(sidecars+"snapshot-controller", "csi_snapshotter_tag"),
		"CSI_RESIZER_IMAGE":         s.image(sidecars+"csi-resizer", "csi_resizer_tag"),
		"CSI_REGISTRAR_IMAGE":       s.image(sidecars+"csi-node-driver-registrar", "csi_node_driver_registrar_tag"),
		"CSI_LIVENESS_IMAGE":        s.image(sidecars+"livenessprobe", "csi_liveness_probe_tag"),
	})
}
