package acceptance

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/heatsim"
	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// cloud is one project of one cloud, as a story sees it.
type cloud struct {
	heat       *heat.Client
	opened     *openstack.Cloud
	file, name string // of the entry of clouds.yaml
	site       site
	pace       pace

	// exists asks the service itself whether a thing of a resource type is there.
	exists func(t *testing.T, kind, id string) bool

	sim    *heatsim.Cloud  // nil: a real one
	faults *heatsim.Script // of sim
}

// site is what clusters are made of there.
type site struct {
	image, keypair, external string
	flavor, otherFlavor      string
}

// pace is how fast things go there.
type pace struct {
	source, inProgress, recent, inventory, deep string // of the agent's config
	settleIn                                    string // as rpcTimeout, of the kill story
	poll, patience                              time.Duration
	kills                                       int
	killEvery                                   time.Duration // on average
}

// writeFile writes a file that only its owner reads, and gives its path.
func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
