package contract

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const none = "heat_template_version: 2018-08-31\n"

// tagged makes n stacks that share a tag nobody else has, a second apart.
func (c *cloud) tagged(t *testing.T, n int) (string, []stack) {
	t.Helper()
	tag := name(t)
	var all []stack
	for i := range n {
		if i > 0 {
			c.tick()
		}
		all = append(all, c.made(t, none, map[string]any{"tags": tag + ",n" + string(rune('0'+i))}))
	}
	return tag, all
}

func (c *cloud) names(t *testing.T, query string) []string {
	t.Helper()
	r := c.do(t, http.MethodGet, "/stacks?"+query, nil)
	if r.status != http.StatusOK {
		t.Fatalf("list %s: %d %s", query, r.status, r.text)
	}
	got := []string{}
	for _, row := range r.list("stacks") {
		got = append(got, row.(map[string]any)["stack_name"].(string))
	}
	return got
}

func pick(all []stack, which ...int) []string {
	got := []string{}
	for _, i := range which {
		got = append(got, all[i].name)
	}
	return got
}

func listPages(t *testing.T, c *cloud) {
	tag, all := c.tagged(t, 3)
	for _, k := range []struct {
		query string
		want  []string
	}{
		{"", pick(all, 2, 1, 0)},
		{"&sort_keys=creation_time&sort_dir=asc", pick(all, 0, 1, 2)},
		{"&sort_keys=creation_time&sort_dir=asc&limit=2", pick(all, 0, 1)},
		{"&sort_keys=creation_time&sort_dir=asc&limit=2&marker=" + all[1].id, pick(all, 2)},
		{"&sort_keys=creation_time&sort_dir=asc&limit=2&marker=" + all[2].id, pick(all)},
		{"&limit=2&marker=" + all[1].id, pick(all, 0)},
		{"&limit=0", pick(all)},
		{"&sort_keys=creation_time&sort_dir=asc&limit=2&marker=no-such-stack", pick(all, 0, 1)},
		{"&sort_keys=name&limit=1", pick(all, 2)},
	} {
		if diff := cmp.Diff(k.want, c.names(t, "tags="+tag+k.query)); diff != "" {
			t.Errorf("%s: %s", k.query, diff)
		}
	}
	full := c.do(t, http.MethodGet, "/stacks?tags="+tag+"&limit=3&with_count=true", nil)
	if full.at("count") != float64(3) {
		t.Errorf("count %v, want 3", full.at("count"))
	}
	links := full.list("links")
	if len(links) != 1 {
		t.Fatalf("links %v, want next", full.at("links"))
	}
	next, err := url.Parse(links[0].(map[string]any)["href"].(string))
	if err != nil || next.Query().Get("marker") == "" {
		t.Errorf("next %v", links)
	}
	if r := c.do(t, http.MethodGet, "/stacks?tags="+tag+"&limit=4", nil); r.at("links") != nil {
		t.Errorf("links on a page that is not full: %v", r.at("links"))
	}
	if r := c.do(t, http.MethodGet, "/stacks?tags="+tag+"&limit=0&with_count=true", nil); r.at("count") != float64(3) || len(r.list("stacks")) != 0 {
		t.Errorf("limit=0: %s", r.text)
	}
}

func listFilters(t *testing.T, c *cloud) {
	tag, all := c.tagged(t, 2)
	c.tick() // Heat's times have seconds: stacks of one second are listed by id
	bad := c.create(t, failing, map[string]any{"tags": tag})
	c.settled(t, bad, "CREATE_FAILED")
	c.accepted(t, http.MethodPatch, all[1], map[string]any{})
	c.settled(t, all[1], "UPDATE_COMPLETE")
	for _, k := range []struct {
		query string
		want  []string
	}{
		{"tags=" + tag + ",n0", pick(all, 0)},
		{"tags=" + strings.ToUpper(tag) + ",N0", pick(all, 0)},
		{"tags_any=" + tag + "&status=FAILED", []string{bad.name}},
		{"tags_any=" + tag + "&status=COMPLETE&sort_keys=creation_time&sort_dir=asc", pick(all, 0, 1)},
		{"tags_any=" + tag + "&status=CREATE_COMPLETE", pick(all, 0)},
		{"tags_any=" + tag + "&status=CREATE_FAILED&status=UPDATE_COMPLETE&sort_keys=creation_time&sort_dir=asc", []string{all[0].name, all[1].name, bad.name}},
		{"tags_any=" + tag + "&action=UPDATE", pick(all, 1)},
		{"tags_any=n0,n1&tags=" + tag + "&sort_keys=creation_time&sort_dir=asc", pick(all, 0, 1)},
		{"tags=" + tag + "&not_tags_any=n0,n1", []string{bad.name}},
		{"tags=" + tag + "&not_tags=n0&sort_keys=creation_time&sort_dir=asc", []string{all[1].name, bad.name}},
		{"name=" + strings.ToUpper(all[0].name), pick(all, 0)},
		{"stack_name=" + all[0].name, pick(all, 0)},
		{"name=" + all[0].name + "&name=" + all[1].name + "&sort_keys=creation_time&sort_dir=asc", pick(all, 0, 1)},
		{"id=" + all[0].id, pick(all, 0)},
		{"id=" + all[0].id + "&id=" + all[1].id + "&sort_keys=creation_time&sort_dir=asc", pick(all, 0, 1)},
		{"name=" + all[0].name + "&status=", pick(all, 0)},
		{"name=" + all[0].name + "&colour=red", pick(all, 0)},
		{"name=" + all[0].name + "&username=" + c.user, pick(all, 0)},
		{"name=" + all[0].name + "&username=nobody", pick(all)},
		{"name=no-such-stack", pick(all)},
		{"name=" + all[0].name[:5], pick(all)},
	} {
		if diff := cmp.Diff(k.want, c.names(t, k.query)); diff != "" {
			t.Errorf("%s: %s", k.query, diff)
		}
	}
	r := c.do(t, http.MethodGet, "/stacks?limit=0&with_count=true&name="+all[0].name, nil)
	if r.at("count") != float64(1) {
		t.Errorf("count with name: %s", r.text)
	}
}

func listTagTrap(t *testing.T, c *cloud) {
	tag, all := c.tagged(t, 1)
	for _, filter := range []string{
		"status=COMPLETE", "status=COMPLETE&status=COMPLETE", "action=CREATE", "name=" + all[0].name,
		"username=" + c.user, "owner_id=" + all[0].id, "status=CREATE_COMPLETE",
	} {
		r := c.do(t, http.MethodGet, "/stacks?tags="+tag+"&"+filter, nil)
		if r.refusal() != "500 RemoteError" {
			t.Errorf("%s: %d %s", filter, r.status, r.text)
		}
	}
	if got := c.names(t, "tags="+tag+"&id="+all[0].id); len(got) != 0 {
		t.Errorf("id: %v, want none", got)
	}
	for _, filter := range []string{"id=" + all[0].id + "&id=" + all[0].id, "name=a&name=" + all[0].name} {
		if diff := cmp.Diff(pick(all, 0), c.names(t, "tags="+tag+"&"+filter)); diff != "" {
			t.Errorf("%s: %s", filter, diff)
		}
	}
}

func listNullLoss(t *testing.T, c *cloud) {
	tag, all := c.tagged(t, 3)
	c.changed(t, http.MethodPatch, all[0], map[string]any{})
	walk := func(dir string) []string {
		seen, marker := []string{}, ""
		for range 4 {
			r := c.do(t, http.MethodGet, "/stacks?tags="+tag+"&limit=1&sort_keys=updated_time&sort_dir="+dir+marker, nil)
			rows := r.list("stacks")
			if len(rows) == 0 {
				break
			}
			row := rows[0].(map[string]any)
			seen = append(seen, row["stack_name"].(string))
			marker = "&marker=" + row["id"].(string)
		}
		slices.Sort(seen)
		return slices.Compact(seen)
	}
	if got := walk("desc"); len(got) != 1 || got[0] != all[0].name {
		t.Errorf("desc: %v, want only the one that was updated", got)
	}
	// after a null marker only ids count: the updated one is found where its id is the greatest
	want := []string{all[1].name, all[2].name}
	if all[0].id > max(all[1].id, all[2].id) {
		want = append(want, all[0].name)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, walk("asc")); diff != "" {
		t.Errorf("asc (-want +got):\n%s", diff)
	}
	first := c.names(t, "tags="+tag+"&sort_keys=updated_time&sort_dir=desc")
	if len(first) != 3 || first[0] != all[0].name {
		t.Errorf("without a marker: %v", first)
	}
}

func listRefusals(t *testing.T, c *cloud) {
	for _, q := range []string{"show_deleted=maybe", "limit=x", "limit=-1", "with_count=2", "show_nested=1"} {
		r := c.do(t, http.MethodGet, "/stacks?"+q, nil)
		if r.refusal() != "400 HTTPBadRequest" {
			t.Errorf("%s: %d %.200s", q, r.status, r.text)
		}
	}
	if r := c.do(t, http.MethodGet, "/stacks?sort_dir=up", nil); r.refusal() != "400 ValueError" {
		t.Errorf("sort_dir: %d %.200s", r.status, r.text)
	}
	if r := c.do(t, http.MethodGet, "/stacks?global_tenant=true", nil); r.status != http.StatusForbidden {
		t.Errorf("global_tenant: %d %.200s", r.status, r.text)
	}
}

// listAgreesWithShow through a stack's life: the engine takes what show tells of a
// stack for the state that the list has by status and updated_time.
func listAgreesWithShow(t *testing.T, c *cloud) {
	s := c.made(t, failing, map[string]any{"parameters": map[string]any{"fail": false}})
	agree := func(when string) {
		t.Helper()
		row, _ := c.do(t, http.MethodGet, "/stacks?name="+s.name, nil).list("stacks")[0].(map[string]any)
		shown, _ := c.show(t, s).at("stack").(map[string]any)
		for _, key := range []string{"id", "stack_status", "creation_time", "updated_time"} {
			if row[key] != shown[key] {
				t.Errorf("%s the list says %s %v, show %v", when, key, row[key], shown[key])
			}
		}
	}
	agree("created")
	c.accepted(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"fail": true, "value": "two"}})
	c.settled(t, s, "UPDATE_FAILED")
	agree("failed")
	c.changed(t, http.MethodPatch, s, map[string]any{"parameters": map[string]any{"fail": false}})
	agree("updated")
	for _, step := range []struct{ action, to string }{{"check", "CHECK_COMPLETE"}, {"suspend", "SUSPEND_COMPLETE"}, {"resume", "RESUME_COMPLETE"}} {
		c.act(t, s, step.action)
		c.reached(t, s, step.to)
		agree(step.to)
	}
}
