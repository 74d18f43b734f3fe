package acceptance

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/heatsync/heatsync/test/census"
)

// heatShowsNoSecret looks for the pieces of every secret of a cluster, as they are and
// encoded, in all that Heat tells of the cluster's whole tree, and in the agent's log.
func (s *story) heatShowsNoSecret(t *testing.T) {
	who := openServices(s.cloud)
	token, _ := who.Token(t)
	for _, cluster := range []string{"one", "two"} {
		l := leak{T: t, token: token, cluster: cluster, wanted: canaries(t, s.userData(t, cluster))}
		if len(l.wanted.clear) != 6 {
			t.Fatalf("of %s there are %d secrets to look for, not 6", cluster, len(l.wanted.clear))
		}
		stacks := tree(t, who.List("stacks")+"/"+s.stackName(cluster)+"/"+s.row(t, cluster).ID, token)
		for i, stack := range stacks {
			l.pages(stack, i == 0)
		}
		if cluster == "one" { // two's templates are the same, and events are many
			l.events(stacks)
		}
		log, err := os.ReadFile(s.agent.file("log"))
		if err != nil {
			t.Fatal(err)
		}
		l.look("the agent's log", log)
	}
}

// leak is a search for the secrets of one cluster.
type leak struct {
	*testing.T
	token, cluster string
	wanted         pieces
}

func (l leak) look(where string, text []byte) {
	for _, name := range l.wanted.in(text) {
		l.Errorf("%s holds secret %s of %s", where, name, l.cluster)
	}
}

// pages looks at a stack as a whole. What the root's software configs themselves show
// is in docs/guarantees.md.
func (l leak) pages(stack string, root bool) {
	pages := []string{"", "/template", "/environment", "/files", "/resources", "/events?limit=1000"}
	if !root {
		pages = append(pages, "/resources?with_detail=true")
	}
	for _, page := range pages {
		l.look(stack+page, census.Fetch(l.T, stack+page, l.token))
	}
}

// events looks at all events of a tree, one by one: only so properties of resources are
// shown. Those of the root's software configs do show secrets: that all are found there
// proves that they would be found elsewhere.
func (l leak) events(stacks []string) {
	var shown []byte
	for i, stack := range stacks {
		for _, e := range linked(l.T, stack+"/events?limit=1000", l.token, "self") {
			text := census.Fetch(l.T, e, l.token)
			if i == 0 && isConfig(l.T, text) {
				shown = append(shown, text...)
				continue
			}
			l.look(e, text)
		}
	}
	if found := (pieces{encoded: l.wanted.encoded}).in(shown); len(found) != len(l.wanted.encoded) {
		l.Errorf("of the %d secrets of %s the events of the root's software configs show %q alone", len(l.wanted.encoded), l.cluster, found)
	}
}

// tree is the addresses of a stack and of all nested in it.
func tree(t *testing.T, root, token string) []string {
	t.Helper()
	out := append([]string{root}, linked(t, root+"/resources?nested_depth=5", token, "nested")...)
	if len(out) < 3 {
		t.Fatalf("the tree has %d stacks", len(out))
	}
	return out
}

// linked gives what the rows of a list link to by a word.
func linked(t *testing.T, list, token, word string) []string {
	t.Helper()
	var all map[string][]struct {
		Links []struct{ Rel, Href string }
	}
	if err := json.Unmarshal(census.Fetch(t, list, token), &all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, rows := range all {
		for _, row := range rows {
			for _, l := range row.Links {
				if l.Rel == word {
					out = append(out, l.Href)
				}
			}
		}
	}
	return out
}

// isConfig tells whether an event is one of a software config.
func isConfig(t *testing.T, text []byte) bool {
	t.Helper()
	var got struct {
		Event struct {
			Type       string          `json:"resource_type"`
			Properties json.RawMessage `json:"resource_properties"`
		}
	}
	if err := json.Unmarshal(text, &got); err != nil || !bytes.Contains(text, []byte(`"resource_properties"`)) {
		t.Fatalf("no event: %v %.300s", err, text)
	}
	return got.Event.Type == "OS::Heat::SoftwareConfig"
}
