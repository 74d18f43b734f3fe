package boot_test

import (
	"os"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/kubernetes/boot"
)

// TestMembersWithoutAServerGo before a control-plane node joins: kubeadm would not
// let it while one does not answer. The first node of each has no etcd that answers.
func TestMembersWithoutAServerGo(t *testing.T) {
	const members = "a1, started, master-old, https://10.0.0.7:2380, https://10.0.0.7:2379, false\n" +
		"b2, started, master-two, https://10.0.0.8:2380, https://10.0.0.8:2379, false\n" +
		"c3, started, master-three, https://10.0.0.9:2380, https://10.0.0.9:2379, false\n" +
		"d4, unstarted, , https://10.0.0.5:2380, , true\n"
	for _, c := range []struct {
		name, nodes string
		gone        []string // what is done
		say         string
	}{
		{
			"its node is there still", "master-old 1\nmaster-two 2\nmaster-three 0\nworker 1x\n",
			[]string{"etcdctl member remove a1", "kubectl delete node master-old"},
			"taking master-old out of etcd, whose server is gone",
		},
		{
			"the cloud controller took its node", "worker 1x\nmaster-two 2\nmaster-three 0\n",
			[]string{"etcdctl member remove a1"},
			"taking master-old out of etcd, whose server is gone",
		},
		{"nobody is dead", "worker 1x\nmaster-old 2\nmaster-two 3\nmaster-three 0\n", nil, ""},
		{"nothing can be read", "", nil, "etcd does not say which members it has; joining all the same"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, master(boot.FedoraCoreOS), "jq", index(1))
			w.write(w.around("api"), "")
			w.write(w.around("members"), members)
			if c.nodes != "" {
				w.write(w.around("nodes"), c.nodes)
			}
			said, ok := w.run()
			if !ok || !strings.Contains(said, c.say) || w.did("kubeadm join") != 1 {
				t.Fatalf("it said:\n%s%s", said, w.log())
			}
			if got := w.did("etcdctl member remove") + w.did("kubectl delete node"); got != len(c.gone) {
				t.Errorf("%d went, want %q:\n%s", got, c.gone, w.log())
			}
			for _, line := range c.gone {
				if w.did(line) != 1 {
					t.Errorf("%s is not there once:\n%s", line, w.log())
				}
			}
			if _, err := os.Stat(w.on("/run/heatsync/kubeadm")); !os.IsNotExist(err) {
				t.Error("the certificate of an administrator is left behind")
			}
		})
	}
}
