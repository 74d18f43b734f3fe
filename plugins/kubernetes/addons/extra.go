package addons

import "github.com/heatsync/heatsync/plugins/driver"

func extraLabels() []driver.Label {
	return []driver.Label{
		{
			Name: "post_install_manifest_url", Type: driver.LabelURL, Pattern: `https?://[!-~]+`, Effect: atCreation,
			Doc: "Manifest that is applied last, with all rights. In Magnum this was an option of the conductor.",
		},
		{
			Name: "pod_security_standard", Type: driver.LabelString, Default: "privileged", Allowed: []string{"privileged", "baseline", "restricted"}, Effect: atCreation,
			Doc: "Pod security standard of the namespace default.",
		},
	}
}
