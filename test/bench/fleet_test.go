package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const fleetDocument = `apiVersion: heatsync/v1
kind: Fleet
metadata: {name: %s}
spec:
  drift: correct
  rollout: {maxConcurrent: 5}
`

const templateDocument = `apiVersion: heatsync/v1
kind: ClusterTemplate
metadata: {name: docker-small}
spec:
  coe: docker
  distro: ubuntu
  image: ubuntu-24.04
  keypair: ops
  flavor: m1.small
  externalNetwork: public
  floatingIpEnabled: true
  labels: {published_ports: "80,443"}
`

const clusterDocument = `# %s, one file for each cluster, as people keep them.
apiVersion: heatsync/v1
kind: Cluster
metadata: {name: %s}
spec:
  template: docker-small
  flavor: %s
  nodeCount: 1
  labels: {docker_log_max_size: 20m}
`

// repository is a fleet's files in a work tree, and the bare repository that the
// agent reads.
type repository struct {
	fleet    string
	bare     string
	tree     string
	clusters int
	edits    int
}

func newRepository(b *testing.B, fleet string, clusters int) *repository {
	b.Helper()
	dir := b.TempDir()
	r := &repository{fleet: fleet, bare: filepath.Join(dir, "fleet.git"), tree: filepath.Join(dir, "tree"), clusters: clusters}
	r.run(b, dir, "init", "--quiet", "--bare", "--initial-branch=main", r.bare)
	r.run(b, dir, "clone", "--quiet", r.bare, r.tree)
	r.run(b, r.tree, "checkout", "--quiet", "-B", "main")
	r.write(b, "fleet.yaml", fmt.Sprintf(fleetDocument, fleet))
	r.write(b, "templates.yaml", templateDocument)
	for i := range clusters {
		r.write(b, r.file(i), fmt.Sprintf(clusterDocument, r.cluster(i), r.cluster(i), "m1.small"))
	}
	r.push(b)
	return r
}

func (r *repository) cluster(i int) string { return fmt.Sprintf("c%05d", i) }
func (r *repository) stack(i int) string   { return r.fleet + "--" + r.cluster(i) }

// file spreads clusters over folders of a hundred.
func (r *repository) file(i int) string {
	return fmt.Sprintf("clusters/%03d/%s.yaml", i/100, r.cluster(i))
}

// edit changes one cluster's flavor to one it never had.
func (r *repository) edit(b *testing.B, i int) {
	b.Helper()
	r.edits++
	r.write(b, r.file(i), fmt.Sprintf(clusterDocument, r.cluster(i), r.cluster(i), fmt.Sprintf("m2.edit%d", r.edits)))
}

// push commits all there is; when it returns, the bare repository has it.
func (r *repository) push(b *testing.B) {
	b.Helper()
	r.run(b, r.tree, "add", "--all")
	r.run(b, r.tree, "commit", "--quiet", "--message", "bench")
	r.run(b, r.tree, "push", "--quiet", "origin", "main")
}

func (r *repository) write(b *testing.B, name, text string) {
	b.Helper()
	path := filepath.Join(r.tree, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

func (r *repository) run(b *testing.B, dir string, args ...string) {
	b.Helper()
	c := exec.CommandContext(b.Context(), "git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@example.org", "GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@example.org")
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("git %q: %v\n%s", args, err, out)
	}
}
