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
