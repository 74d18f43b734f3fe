package addons

import "github.com/heatsync/heatsync/plugins/driver"

func healingLabels() []driver.Label {
	return []driver.Label{
		toggle("npd_enabled", "true", "node-problem-detector: what is wrong with a node's kernel and runtime becomes a condition of the node."),
		tag("node_problem_detector_tag", "node-problem-detector"),
		toggle("auto_healing_enabled", "false", "draino: nodes with the label draino-enabled=true are drained where node-problem-detector says that their kernel hangs or their file system went read-only. Its project has ended."),
		toggle("auto_scaling_enabled", "false", "Refused when true: the cluster autoscaler reaches OpenStack through Magnum's API alone, which this driver does without. Set nodeCount in Git."),
		{
			Name: "auto_healing_controller", Type: driver.LabelString, Default: "draino", Allowed: []string{"draino", "magnum-auto-healer"}, Effect: atCreation,
			Doc: "Which controller does so. magnum-auto-healer needs Magnum's API and is refused.",
		},
		tag("draino_tag", "draino"),
	}
}

func detectorValues(s settings) values {
	return s.with(values{"DETECTOR_IMAGE": s.image("registry.k8s.io/node-problem-detector/node-problem-detector", "node_problem_detector_tag")})
}

func drainoWanted(s settings) bool {
	return s.on("auto_healing_enabled") && s.text("auto_healing_controller") == "draino"
}

func drainoValues(s settings) values {
	return s.with(values{"DRAINO_IMAGE": s.image("docker.io/planetlabs/draino", "draino_tag")})
}
