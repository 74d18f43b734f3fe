package carry

import (
	"slices"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/reconcile"
)

// DescribedOf reads what a driver says of itself.
func DescribedOf(d driver.Description, sha256 string) reconcile.Driver {
	out := reconcile.Driver{
		Name: d.Name, Version: d.Version, SHA256: sha256,
		Health:     slices.Contains(d.Features, driver.FeatureHealth),
		Masterless: !slices.ContainsFunc(d.Attributes, func(a driver.Attribute) bool { return a.Name == "masterCount" }),
	}
	for _, t := range d.Targets {
		out.Targets = append(out.Targets, reconcile.Target{COE: t.COE, Distro: t.Distro, ServerType: t.ServerType})
	}
	for _, s := range d.Secrets {
		out.Secrets = append(out.Secrets, reconcile.SecretNeed{Name: s.Name, Kind: string(s.Kind)})
	}
	return out
}
