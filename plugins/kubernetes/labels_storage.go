package kubernetes

import "github.com/heatsync/heatsync/plugins/driver"

// storageLabels are of the volumes of nodes. Sizes are GiB.
var storageLabels = []label{
	perGroup(volumeSize("boot_volume_size", "GiB of a volume that servers boot from; 0 boots from the image. A flavor whose disk is 0 needs one. Which those are only Nova knows, so that no plan tells: it lets no server of such a flavor boot from the image, and the create fails with its words.")),
	perGroup(volumeType("boot_volume_type", "the volumes that servers boot from", "boot_volume_size is 0", func(c driver.Cluster) bool {
		return anyGroup(c, func(g driver.NodeGroup) bool { return sizeOf(g.Labels["boot_volume_size"]) > 0 })
	})),
	perGroup(volumeType("docker_volume_type", "the volumes for container images", "dockerVolumeSize is not set", func(c driver.Cluster) bool {
		return c.DockerVolumeSizeGiB > 0 || anyGroup(c, func(g driver.NodeGroup) bool { return g.DockerVolumeSizeGiB > 0 })
	})),
	volumeSize("etcd_volume_size", "GiB of a volume for etcd on each master; 0 keeps it on the server's disk."),
	volumeType("etcd_volume_type", "the volumes for etcd", "etcd_volume_size is 0", func(c driver.Cluster) bool {
		return sizeOf(c.Labels["etcd_volume_size"]) > 0
	}),
}

// volumesLabels are of the volumes that pods claim.
var volumesLabels = needing(withVolumes, one(label{Label: driver.Label{
	Name: volumesPolicy, Type: driver.LabelString, Default: retainVolumes, Effect: driver.EffectNone,
	Doc: "What becomes of the Cinder volumes of claims when the cluster is deleted: retain keeps them, delete deletes them with all that is on them, and their snapshots. Not Magnum's, which keeps them.",
}}, retainVolumes, deleteVolumes))

// withVolumes holds where the CSI driver makes volumes.
var withVolumes = &need{func(c driver.Cluster) bool {
	return c.VolumeDriver == "cinder" && isTrue(c.Labels["cinder_csi_enabled"])
}, "volumeDriver is not cinder, or cinder_csi_enabled is false"}

func volumeSize(name, doc string) label {
	return label{Label: driver.Label{
		Name: name, Type: driver.LabelInt, Default: "0", Pattern: `[0-9]{1,7}`, Effect: driver.EffectRolling, Doc: doc,
	}}
}

func volumeType(name, of, why string, holds func(driver.Cluster) bool) label {
	return label{Label: driver.Label{
		Name: name, Type: driver.LabelString, Pattern: plainPattern, Effect: driver.EffectRolling,
		Doc: "Cinder's type of " + of + "; its default unless it is set.",
	}, needs: &need{holds, why}}
}

func anyGroup(c driver.Cluster, has func(driver.NodeGroup) bool) bool {
	for _, g := range c.NodeGroups {
		if has(g) {
			return true
		}
	}
	return false
}
