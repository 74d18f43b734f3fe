package command

import (
	"os"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/addons"
)

const page = "../../../docs/drivers/kubernetes-airgapped.md"

// Each command of the page is one that there is, with flags that it has.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	some := 0
	for _, line := range strings.Split(string(text), "\n") {
		args, ok := strings.CutPrefix(line, "    heatsync-driver-kubernetes versions ")
		if !ok {
			continue
		}
		some++
		c, rest, err := Versions().Find(strings.Fields(args))
		if err == nil {
			err = c.ParseFlags(rest)
		}
		if err == nil {
			err = c.ValidateRequiredFlags()
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if some == 0 {
		t.Error("the page has no command")
	}
	known := map[string]bool{}
	for _, l := range addons.Labels() {
		known[l.Name] = l.Deprecated == ""
	}
	for _, label := range []string{"coredns_tag", "calico_tag", "cinder_csi_plugin_tag", "post_install_manifest_url"} {
		if !known[label] || !strings.Contains(string(text), "`"+label+"`") {
			t.Errorf("the label %s is not on the page, or not a label", label)
		}
	}
}
