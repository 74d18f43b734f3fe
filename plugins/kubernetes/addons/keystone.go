package addons

import "github.com/heatsync/heatsync/plugins/driver"

func keystoneLabels() []driver.Label {
	return []driver.Label{
		toggle("keystone_auth_enabled", "false", "People log in with Keystone tokens, and a policy says what they may do. Magnum's default was true."),
		tag("k8s_keystone_auth_tag", "the Keystone webhook"),
	}
}
