package kubernetes

// componentLabels set the programs of Kubernetes itself.
var componentLabels = append(beginning(
	text("admission_control_list", "", `[A-Za-z]+(,[A-Za-z]+)*`, "Admission plugins of the API server besides those that Kubernetes turns on, separated by commas."),
	text("kubeapi_options", "", optionsPattern, "Further arguments of the API server."),
	text("kubecontroller_options", "", optionsPattern, "Further arguments of the controller manager."),
	text("kubescheduler_options", "", optionsPattern, "Further arguments of the scheduler."),
	text("kubeproxy_options", "", optionsPattern, "Further arguments of kube-proxy."),
), booted(
	perGroup(text("kubelet_options", "", optionsPattern, "Further arguments of kubelet, as --name=value, separated by spaces. Labels of nodes are nodeLabels of a node group.")),
	text("feature_gates", "", `[A-Za-z]+=(true|false)(,[A-Za-z]+=(true|false))*`, "Feature gates of all programs of Kubernetes, as Name=true, separated by commas."),
)...)

// optionsPattern is one or more --name=value.
const optionsPattern = `(--[a-zA-Z0-9-]+(=\S*)?( +--[a-zA-Z0-9-]+(=\S*)?)*)?`
