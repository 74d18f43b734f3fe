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
			Doc:     "Role of the nodes that traefik and nginx run on, as in role of a node group, or master.",
		},
		tag("traefik_ingress_controller_tag", "traefik"),
		tag("nginx_ingress_controller_tag", "ingress-nginx"),
		tag("octavia_ingress_controller_tag", "the Octavia ingress controller"),
	}
}

func traefikValues(s settings) values {
	return s.with(values{
		"TRAEFIK_IMAGE": s.image("docker.io/library/traefik", "traefik_ingress_controller_tag"),
		"INGRESS_ROLE":  s.text("ingress_controller_role"),
	})
}

func nginxValues(s settings) values {
	return s.with(values{
		"NGINX_IMAGE":  s.image("registry.k8s.io/ingress-nginx/controller", "nginx_ingress_controller_tag"),
		"INGRESS_ROLE": s.text("ingress_controller_role"),
	})
}

// octaviaValues has no role: load balancers of the cloud do the work.
func octaviaValues(s settings) values {
	return values{"OCTAVIA_IMAGE": s.image("registry.k8s.io/provider-os/octavia-ingress-controller", "octavia_ingress_controller_tag")}
}
