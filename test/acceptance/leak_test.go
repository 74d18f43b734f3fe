package acceptance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"testing"
)

// heatShowsNoSecret looks for every secret of a cluster, as it is and encoded, in
// all that Heat tells of the cluster's whole tree, and in the agent's log. What the
// root's software configs themselves show is in docs/guarantees.md.
func (s *story) heatShowsNoSecret(t *testing.T) {
	who := openServices(t, s.cloud)
	token, _ := who.token(t)
	for _, cluster := range []string{"one", "two"} {
		wanted := canaries(t, s.userData(t, cluster))
		look := func(where string, text []byte) {
			for name, value := range wanted {
				if bytes.Contains(text, value) {
					t.Errorf("%s holds secret %s of %s", where, name, cluster)
				}
			}
		}
		root := who.base["orchestration"] + "/stacks/" + s.stackName(cluster) + "/" + s.row(t, cluster).ID
		for _, stack := range tree(t, root, token) {
			pages := []string{"", "/template", "/environment", "/files", "/resources", "/events?limit=1000"}
			if stack != root {
				pages = append(pages, "/resources?with_detail=true")
			}
			for _, page := range pages {
				look(stack+page, fetch(t, stack+page, token))
			}
		}
		log, err := os.ReadFile(s.agent.file("log"))
		if err != nil {
			t.Fatal(err)
		}
		look("the agent's log", log)
	}
}

// tree is the addresses of a stack and of all nested in it.
func tree(t *testing.T, root, token string) []string {
	t.Helper()
	var all struct {
		Resources []struct {
			Links []struct{ Rel, Href string }
		}
	}
	if err := json.Unmarshal(fetch(t, root+"/resources?nested_depth=5", token), &all); err != nil {
		t.Fatal(err)
	}
	out := []string{root}
	for _, r := range all.Resources {
		for _, l := range r.Links {
			if l.Rel == "nested" {
				out = append(out, l.Href)
			}
		}
	}
	if len(out) < 3 {
		t.Fatalf("the tree has %d stacks", len(out))
	}
	return out
}

// canaries are the pieces of secrets to look for, by name: a line from the middle of
// a key, and all of what is no PEM, in clear and in the base64 that nodes get.
func canaries(t *testing.T, files map[string][]byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, text := range files {
		if name == "ca-hash" {
			continue // a hash of what is public
		}
		if block, _ := pem.Decode(text); block != nil {
			if block.Type == "CERTIFICATE" {
				continue
			}
			lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
			out[name] = lines[len(lines)/2]
		} else {
			out[name] = text
		}
		out[name+" (base64)"] = []byte(base64.StdEncoding.EncodeToString(text))
	}
	if len(out) < 10 {
		t.Fatalf("only %d pieces to look for", len(out))
	}
	return out
}
