package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// TestOnlyMastersAreToldToBegin, and by a parameter that only a create sends.
func TestOnlyMastersAreToldToBegin(t *testing.T) {
	stack, ds := kubernetes.Rendered(options(), blue())
	if len(ds) > 0 || stack.Begin != "may_begin" {
		t.Fatalf("Begin is %q (%v)", stack.Begin, ds)
	}
	for name, text := range stack.Files {
		told := strings.Contains(text, "heatsync_may_begin: {get_param: may_begin}")
		if want := strings.HasPrefix(name, "master"); told != want {
			t.Errorf("%s tells its servers that they may begin: %t", name, told)
		}
	}
}
