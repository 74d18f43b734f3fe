package addons

import "github.com/heatsync/heatsync/plugins/driver"

func healingLabels() []driver.Label {
	return []driver.Label{
		toggle("npd_enabled", "true", "node-problem-detector: what is wrong with a node's kernel and runtime becomes a condition of the node."),
		tag("node_problem_detector_tag", "node-problem-detector"),
		toggle("auto_healing_enabled", "false", "Refused when true: a healer has nodes drained and replaced, which the agent does not serve yet. Watch the conditions that npd_enabled gives nodes."),
		toggle("auto_scaling_enabled", "false", "Refused when true: the cluster autoscaler reaches OpenStack through Magnum's API alone, which this driver does without. Set nodeCount in Git."),
		{
			Name: "auto_healing_controller", Type: driver.LabelString, Default: "draino", Allowed: []string{"draino", "magnum-auto-healer"}, Effect: atCreation,
			Doc: "Which healer that would be; without effect as long as auto_healing_enabled is refused. magnum-auto-healer needs Magnum's API, draino's project has ended.",
		},
		tag("draino_tag", "draino, which nothing runs as long as auto_healing_enabled is refused"),
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
