package heatsim

import (
	"github.com/heatsync/heatsync/internal/heatsim/hot"
)

// checkBootable is what Heat 19 holds a server's boot source to. An image that is
// null counts as one that is there: a template cannot choose by if.
func checkBootable(where string, props map[string]any) error {
	_, image := props["image"]
	volume := false
	list, _ := props["block_device_mapping_v2"].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		volume = volume || hot.Text(m["boot_index"]) == "0" && (m["volume_id"] != nil || m["snapshot_id"] != nil || m["image"] != nil)
	}
	if image && volume {
		return invalid("%s: : Multiple bootable sources for instance server.", where)
	}
	return nil
}
