package spec

import "strconv"

// APIVersion is the apiVersion of every document this package reads.
const APIVersion = "heatsync/v1"

// Kind is the kind of a document.
type Kind string

// The kinds people write.
const (
	KindTemplate Kind = "ClusterTemplate"
	KindCluster  Kind = "Cluster"
	KindFleet    Kind = "Fleet"
)

// Defaults that both the table and the merge use.
const (
	defaultTimeout       = "60m"
	defaultMaxDeletes    = 1
	defaultMaxConcurrent = 5
)

// kinds is the table: one object per kind, in the order of the page.
var kinds = []*field{
	document(KindTemplate, 63, "What clusters have in common. Editing a template reaches every cluster that uses it.", true, templateFields()),
	document(KindCluster, maxClusterName, "One cluster: the template it is made from and what is its own.", true, clusterFields()),
	document(KindFleet, maxFleetName, "The policies of a fleet. A source holds exactly one, named as the fleet is in the agent's configuration.", false, fleetFields()),
}

func kindTable(k Kind) *field {
	for _, f := range kinds {
		if f.name == string(k) {
			return f
		}
	}
	return nil
}

func document(k Kind, longest int, doc string, specNeeded bool, fields []*field) *field {
	return &field{name: string(k), shape: shapeObject, doc: doc, fields: []*field{
		{name: "apiVersion", shape: shapeText, required: true, enum: []string{APIVersion}, doc: "The version of this format."},
		{name: "kind", shape: shapeText, required: true, enum: []string{string(k)}, doc: "What the document describes."},
		{name: "metadata", shape: shapeObject, required: true, doc: "Who the document is.", fields: []*field{
			{
				name: "name", shape: shapeText, required: true, pattern: namePattern, maxLen: longest,
				doc: "The identity, wherever the file lies. Another name is another " + string(k) + ".",
			},
		}},
		{name: "spec", shape: shapeObject, required: specNeeded, doc: "What is wanted.", fields: fields},
	}}
}

func templateFields() []*field {
	return []*field{
		{
			name: "coe", shape: shapeText, required: true, pattern: wordPattern, maxLen: 32,
			doc: "The container engine: kubernetes, swarm, swarm-mode, mesos, dcos, docker or another word that a driver serves.",
		},
		{
			name: "distro", magnum: "cluster_distro", shape: shapeText, pattern: wordPattern, maxLen: 63,
			doc: "The image's operating system, as in the Glance property os_distro. With coe and serverType it picks the driver.",
		},
		{
			name: "serverType", shape: shapeText, enum: []string{string(VM), string(BareMetal)}, def: string(VM),
			doc: "Virtual machines or bare metal. Bare metal needs fixedSubnet.",
		},
		{
			name: "driver", shape: shapeText, pattern: wordPattern, maxLen: 63,
			doc: "The driver's name, instead of the choice by coe, distro and serverType.",
		},
		{
			name: "image", magnum: "image_id", shape: shapeText, required: true, pattern: plainPattern,
			doc: "The Glance image the servers boot, by name or id.",
		},
		{
			name: "keypair", magnum: "keypair_id", shape: shapeText, pattern: plainPattern, override: true,
			doc: "The Nova keypair that may log in to the servers.",
		},
		{
			name: "externalNetwork", magnum: "external_network_id", shape: shapeText, pattern: plainPattern,
			doc: "The external Neutron network for routers and floating IPs, by name or id.",
		},
		{
			name: "fixedNetwork", shape: shapeText, pattern: plainPattern, override: true,
			doc: "An existing network for the servers, by name or id. Without it the driver makes a private one.",
		},
		{
			name: "fixedSubnet", shape: shapeText, pattern: plainPattern, override: true,
			doc: "An existing subnet of fixedNetwork, by name or id. Needs fixedNetwork, except on bare metal, where the subnet says which network it is.",
		},
		{
			name: "dnsNameserver", shape: shapeText, pattern: ipv4Pattern,
			doc: "DNS servers of the private subnet, comma-separated. IPv4 only, as the subnets that drivers make.",
		},
		{
			name: "flavor", magnum: "flavor_id", shape: shapeText, pattern: plainPattern, override: true,
			doc: "The Nova flavor of workers.",
		},
		{
			name: "masterFlavor", magnum: "master_flavor_id", shape: shapeText, pattern: plainPattern, override: true,
			doc: "The Nova flavor of masters.",
		},
		{
			name: "networkDriver", shape: shapeText, pattern: wordPattern, maxLen: 63, def: "kubernetes: flannel; swarm, swarm-mode, mesos: docker; others: the driver's",
			doc: "The container network: " + engineWords(func(e engine) []string { return e.networks }) + "; for other engines the driver's own.",
		},
		{
			name: "volumeDriver", shape: shapeText, pattern: wordPattern, maxLen: 63,
			doc: "The volume driver for containers: " + engineWords(func(e engine) []string { return e.volumes }) + "; for other engines the driver's own.",
		},
		{
			name: "dockerVolumeSize", shape: shapeNumber, min: 1, max: maxVolumeGiB, override: true,
			doc: "GiB of a volume per server for container images. Without it they lie on the server's disk. At least 3 with devicemapper.",
		},
		{
			name: "dockerStorageDriver", shape: shapeText, pattern: wordPattern, maxLen: 63,
			doc: "How container images are stored: overlay2, overlay, devicemapper or another that the driver knows.",
		},
		{
			name: "httpProxy", shape: shapeText, pattern: proxyPattern,
			doc: "Proxy for http, with its port and without a password: whatever stands here is readable in Git and in plans.",
		},
		{
			name: "httpsProxy", shape: shapeText, pattern: proxyPattern,
			doc: "Proxy for https, like httpProxy.",
		},
		{
			name: "noProxy", shape: shapeText, pattern: listPattern, maxLen: 4096,
			doc: "Addresses and domains to reach without a proxy, comma-separated.",
		},
		{
			name: "registryEnabled", shape: shapeFlag, def: "false",
			doc: "Run an image registry in the cluster, backed by Swift.",
		},
		{
			name: "insecureRegistry", shape: shapeText, pattern: oneWord,
			doc: "A registry to trust without TLS, as host:port or URL.",
		},
		{
			name: "tlsDisabled", shape: shapeFlag, def: "false",
			doc: "Serve the cluster's API without TLS.",
		},
		{
			name: "masterLbEnabled", shape: shapeFlag, def: "false", override: true,
			doc: "Put a load balancer before the masters. Needed for more than one.",
		},
		{
			name: "floatingIpEnabled", shape: shapeFlag, def: "true", override: true,
			doc: "Give every server a floating IP.",
		},
		{
			name: "apiserverPort", shape: shapeNumber, min: 1024, max: 65535,
			doc: "The port of the cluster's API, for drivers that let it be chosen. None of Magnum's own did.",
		},
		labelsField(true, "Settings of the driver, by name: see its page."),
	}
}

func labelsField(override bool, doc string) *field {
	return &field{
		name: "labels", shape: shapeDict, keys: labelKey, override: override, doc: doc,
		item: &field{shape: shapeScalar, maxLen: 65536, doc: "Kept as it is written."},
	}
}

func mergeLabelsField(over string) *field {
	return &field{
		name: "mergeLabels", shape: shapeFlag, def: "true",
		doc: "true: labels are merged over " + over + ". false: labels are taken exactly as written here.",
	}
}

func nodesToRemoveField() *field {
	return &field{
		name: "nodesToRemove", magnum: "nodes_to_remove", shape: shapeList,
		doc:  "Which nodes go first when nodeCount is lowered, by node name or server id. It removes none by itself: without it the driver chooses.",
		item: &field{shape: shapeText, pattern: nodePattern},
	}
}

const maxVolumeGiB = 1 << 20

func clusterFields() []*field {
	own := []*field{
		{
			name: "template", magnum: "cluster_template_id", shape: shapeText, pattern: namePattern, maxLen: 63,
			doc: "The ClusterTemplate's name. Required, except with `lifecycle: Absent`.",
		},
		{
			name: "lifecycle", shape: shapeText, enum: []string{string(Present), string(Suspended), string(Absent)}, def: string(Present),
			doc: "Present: build it and keep it so. Suspended: look, never touch. Absent: delete it; such a document needs only its name.",
		},
		{
			name: "masterCount", shape: shapeNumber, min: 1, max: 99, def: "1", odd: true,
			doc: "Number of masters: odd, and more than one only with masterLbEnabled.",
		},
		{
			name: "nodeCount", shape: shapeNumber, min: 0, max: maxNodes, def: "1",
			doc: "Number of workers in the group default-worker.",
		},
		nodesToRemoveField(),
		{name: "nodeGroups", shape: shapeList, doc: "Extra groups of servers.", item: &field{shape: shapeObject, fields: groupFields()}},
	}
	for _, f := range templateFields() {
		if !f.override {
			continue
		}
		f.override, f.def = false, "the template's"
		switch f.name {
		case "dockerVolumeSize":
			f.min, f.doc = 0, f.doc+" 0: no volume, whatever the template says."
		case "labels":
			f.def, f.doc = "", "Settings of the driver, merged over the template's."
		}
		own = append(own, f)
	}
	return append(own,
		mergeLabelsField("the template's"),
		&field{
			name: "timeout", magnum: "create_timeout", shape: shapeText, pattern: timePattern, def: defaultTimeout,
			doc: "How long Heat may take for one create or update, in hours and whole minutes.",
		},
		&field{
			name: "discoveryUrl", shape: shapeText, pattern: urlPattern, maxLen: 2048,
			doc: "An etcd discovery URL made beforehand, for exactly masterCount members. For drivers that ask a discovery service; no bundled one does.",
		},
		&field{name: "adopt", shape: shapeObject, doc: "Take over an existing stack, keeping its template.", fields: []*field{
			{name: "stack", shape: shapeText, required: true, pattern: stackPattern, doc: "The stack's name or id."},
		}},
	)
}

const maxNodes = 10000

func groupFields() []*field {
	return []*field{
		{
			name: "name", shape: shapeText, required: true, pattern: namePattern, not: reservedGroup, maxLen: maxGroupName,
			doc: "The group's name, unique in the cluster. `master` and names that begin with `default-` are taken.",
		},
		{
			name: "role", shape: shapeText, pattern: namePattern, maxLen: 63, def: RoleWorker, not: reservedRole,
			doc: "What the group's nodes are for; any word but master. Kubernetes nodes carry it as the label magnum.openstack.org/role.",
		},
		{name: "flavor", magnum: "flavor_id", shape: shapeText, pattern: plainPattern, def: "the cluster's", doc: "The Nova flavor."},
		{name: "image", magnum: "image_id", shape: shapeText, pattern: plainPattern, def: "the template's", doc: "The Glance image, by name or id."},
		{name: "nodeCount", shape: shapeNumber, min: 0, max: maxNodes, def: "1", doc: "Number of servers, between minNodeCount and maxNodeCount."},
		nodesToRemoveField(),
		{name: "minNodeCount", shape: shapeNumber, min: 0, max: maxNodes, def: "0", doc: "The fewest that an autoscaler may leave."},
		{name: "maxNodeCount", shape: shapeNumber, min: 1, max: maxNodes, doc: "The most that an autoscaler may make. Without it there is no bound."},
		{
			name: "dockerVolumeSize", shape: shapeNumber, min: 0, max: maxVolumeGiB, def: "the cluster's",
			doc: "GiB of a volume per server for container images. 0: no volume, whatever the cluster says.",
		},
		labelsField(false, "Settings of the driver for this group, merged over the cluster's."),
		mergeLabelsField("the cluster's"),
		{
			name: "nodeLabels", shape: shapeDict, keys: nodeLabelKey, doc: "Kubernetes labels of the nodes. Prefixes of Kubernetes and Magnum are taken, but for node.kubernetes.io and kubelet.kubernetes.io.",
			item: &field{shape: shapeText, pattern: nodeLabelText, maxLen: 63},
		},
		{name: "nodeTaints", shape: shapeList, doc: "Kubernetes taints of the nodes.", item: &field{shape: shapeObject, fields: []*field{
			{name: "key", shape: shapeText, required: true, pattern: nodeLabelKey, doc: "The taint's key."},
			{name: "value", shape: shapeText, pattern: nodeLabelText, maxLen: 63, doc: "The taint's value."},
			{name: "effect", shape: shapeText, required: true, enum: []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}, doc: "What the taint does to pods that do not tolerate it."},
		}}},
	}
}

func fleetFields() []*field {
	return []*field{
		{
			name: "drift", shape: shapeText, enum: []string{string(Correct), string(Report)}, def: string(Correct),
			doc: "What is done about a stack that somebody changed: put it right, or only say so.",
		},
		{
			name: "maxDeletes", shape: shapeNumber, min: 0, max: maxNodes, def: strconv.Itoa(defaultMaxDeletes),
			doc: "How many clusters may be asked away at once. With more, none is deleted.",
		},
		{name: "rollout", shape: shapeObject, doc: "How a change spreads.", fields: []*field{
			{
				name: "maxConcurrent", shape: shapeNumber, min: 1, max: maxNodes, def: strconv.Itoa(defaultMaxConcurrent),
				doc: "How many clusters are changed at one time.",
			},
		}},
	}
}
