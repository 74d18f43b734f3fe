package addons

import "github.com/heatsync/heatsync/plugins/driver"

func ingressLabels() []driver.Label {
	return []driver.Label{
		{
			Name: "ingress_controller", Type: driver.LabelString, Pattern: `(?i:traefik|nginx|octavia)?`, Effect: atCreation,
			Doc: "Ingress controller: traefik, nginx, octavia or none. ingress-nginx has had no releases since March 2026.",
		},
		{
			Name: "ingress_controller_role", Type: driver.LabelString, Default: "ingress", Effect: atCreation,
			Pattern: `[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?`,
			Doc:     "Role of the nodes that traefik and nginx run on, as in role of a node group.",
		},
		tag("traefik_ingress_controller_tag", "traefik"),
		tag("nginx_ingress_controller_tag", "ingress-nginx"),
		tag("octavia_ingress_controller_tag", "the Octavia ingress controller"),
	}
}
