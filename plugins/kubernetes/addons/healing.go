package addons

import "github.com/heatsync/heatsync/plugins/driver"

func healingLabels() []driver.Label {
	return []driver.Label{
		toggle("npd_enabled", "true", "node-problem-detector: what is wrong with a node's kernel and runtime becomes a condition of the node."),
		tag("node_problem_detector_tag", "node-problem-detector"),
		toggle("auto_healing_enabled", "false", "A controller that drains nodes with a problem."),
		{
			Name: "auto_healing_controller", Type: driver.LabelString, Default: "draino", Allowed: []string{"draino", "magnum-auto-healer"}, Effect: atCreation,
			Doc: "draino. magnum-auto-healer needs Magnum and is refused.",
		},
		tag("draino_tag", "draino"),
	}
}
