package heat_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

func TestListReads(t *testing.T) {
	long := strings.Repeat("ä", live.MaxReason)
	body := `{"stacks":[{"id":"1","stack_name":"a","stack_status":"UPDATE_FAILED","stack_status_reason":"` + long + `",
	"creation_time":"2026-11-21T16:33:51Z","updated_time":"2026-11-21T17:00:00","deletion_time":null,"tags":null,"stack_owner":"demo","parent":null},
	{"id":"2","stack_name":"b","stack_status":"WEIRD","creation_time":"2026-11-21T16:33:51.000000","updated_time":null,"tags":["d ","b","b"]}]}`
	rows, err := clientOf(t, answer(200, body)).List(t.Context(), heat.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rows[0].Reason); n > live.MaxReason || !utf8.ValidString(rows[0].Reason) {
		t.Errorf("reason of %d bytes", n)
	}
	rows[0].Reason = ""
	at := time.Date(2026, 11, 21, 16, 33, 51, 0, time.UTC)
	want := []live.Row{
		{ID: "1", Name: "a", Status: live.Status{Action: live.Update, State: live.Failed}, Created: at, Updated: time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC), Owner: "demo"},
		{ID: "2", Name: "b", Status: live.Status{Action: "WEIRD"}, Created: at, Tags: []string{"d ", "b", "b"}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestListDistrusts: an answer that is not a whole list is no list.
func TestListDistrusts(t *testing.T) {
	for name, body := range map[string]string{
		"empty":         ``,
		"null":          `null`,
		"no stacks":     `{}`,
		"null stacks":   `{"stacks":null}`,
		"no id":         `{"stacks":[{"stack_name":"a","stack_status":"CREATE_COMPLETE"}]}`,
		"strange time":  `{"stacks":[{"id":"a","stack_name":"a","stack_status":"CREATE_COMPLETE","creation_time":"yesterday"}]}`,
		"trailing page": `{"stacks":[]}<html>`,
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := clientOf(t, answer(200, body)).List(t.Context(), heat.Query{})
			var reply *heat.ReplyError
			if !errors.As(err, &reply) || rows != nil {
				t.Errorf("rows %v, error %v", rows, err)
			}
			if name == "no stacks" {
				if _, err := clientOf(t, answer(200, body)).Count(t.Context(), heat.Query{}); !errors.As(err, &reply) {
					t.Errorf("count: %v", err)
				}
			}
		})
	}
}

func TestShow(t *testing.T) {
	body := `{"stack":{"id":"id-1","stack_name":"prod--pay","stack_status":"CREATE_COMPLETE","creation_time":"2026-11-21T16:33:51Z","updated_time":null,
	"deletion_time":null,"tags":[],"description":"heatsync prod/pay","parameters":{"n":"3","l":["a"],"z":null},"timeout_mins":60,"disable_rollback":true,
	"parent":"root","outputs":[{"output_key":"k","output_value":{"a":1},"description":"d"},{"output_key":"e","output_value":null,"output_error":"broken"}]}}`
	s, err := clientOf(t, answer(200, body)).Show(t.Context(), ref, true)
	if err != nil {
		t.Fatal(err)
	}
	want := heat.Stack{
		Row: live.Row{
			ID: "id-1", Name: "prod--pay", Status: live.ParseStatus("CREATE_COMPLETE"), Tags: []string{},
			Created: time.Date(2026, 11, 21, 16, 33, 51, 0, time.UTC),
		},
		Description: "heatsync prod/pay", Parameters: map[string]string{"n": "3", "l": `["a"]`, "z": ""},
		TimeoutMinutes: 60, DisableRollback: true, ParentID: "root",
		Outputs: []heat.Output{{Key: "k", Description: "d", Value: map[string]any{"a": 1.0}}, {Key: "e", Error: "broken"}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("stack (-want +got):\n%s", diff)
	}
	if _, err := clientOf(t, answer(200, body)).Show(t.Context(), heat.Ref{Name: "prod--pay", ID: "id-2"}, true); err == nil {
		t.Error("another stack's answer was taken")
	}
}

// An answer without outputs is no answer to a show that asks for them, but of a
// deleted stack.
func TestShowWithoutItsOutputs(t *testing.T) {
	for status, taken := range map[string]bool{"CREATE_COMPLETE": false, "DELETE_FAILED": false, "DELETE_COMPLETE": true} {
		body := `{"stack":{"id":"id-1","stack_name":"prod--pay","stack_status":"` + status + `","creation_time":"2026-11-21T16:33:51Z"}}`
		if _, err := clientOf(t, answer(200, body)).Show(t.Context(), ref, true); (err == nil) != taken {
			t.Errorf("%s: error %v, taken %v", status, err, taken)
		}
		if _, err := clientOf(t, answer(200, body)).Show(t.Context(), ref, false); err != nil {
			t.Errorf("%s: without outputs: %v", status, err)
		}
	}
}

func TestResourcesAndEvents(t *testing.T) {
	const links = `"links":[{"rel":"self","href":"http://h/v1/p/stacks/a/1/resources/r"},{"rel":"stack","href":"http://h/v1/p/stacks/a%2Eb/1"},{"rel":"nested","href":"http://h/v1/p/stacks/c/2"}]`
	c := clientOf(t, answer(200, `{"resources":[{"resource_name":"r","resource_type":"OS::Heat::Value","physical_resource_id":"p","resource_status":"CREATE_FAILED",
		"resource_status_reason":"why","updated_time":"2026-11-21T16:33:51","required_by":["x"],"parent_resource":"g",`+links+`}]}`))
	got, err := c.Resources(t.Context(), ref, 1, heat.ResourceFilter{})
	want := []heat.Resource{{
		Resource: live.Resource{Name: "r", Type: "OS::Heat::Value", PhysicalID: "p", Status: live.ParseStatus("CREATE_FAILED"), Reason: "why"},
		Updated:  time.Date(2026, 11, 21, 16, 33, 51, 0, time.UTC), RequiredBy: []string{"x"}, Parent: "g",
		Stack: heat.Ref{Name: "a.b", ID: "1"}, Nested: heat.Ref{Name: "c", ID: "2"},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, resources (-want +got):\n%s", err, diff)
	}
	c = clientOf(t, answer(200, `{"events":[{"id":"e","event_time":"2026-11-21T16:33:51Z","resource_name":"r","physical_resource_id":"p","resource_status":"CREATE_COMPLETE","resource_status_reason":"ok",`+links+`}]}`))
	events, err := c.Events(t.Context(), ref, 5, 0)
	wantEvents := []heat.Event{{ID: "e", Time: want[0].Updated, Resource: "r", PhysicalID: "p", Status: live.ParseStatus("CREATE_COMPLETE"), Reason: "ok", Stack: heat.Ref{Name: "a.b", ID: "1"}}}
	if diff := cmp.Diff(wantEvents, events); err != nil || diff != "" {
		t.Errorf("error %v, events (-want +got):\n%s", err, diff)
	}
}

func TestContent(t *testing.T) {
	replies := map[string]string{
		"template": `{"a":1}`, "environment": `{"parameters":{}}`, "files": `{"f":"x"}`,
		"outputs": `{"outputs":[{"output_key":"k","description":"d"}]}`, "k": `{"output":{"output_key":"k","output_value":"v"}}`,
	}
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		answer(200, replies[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]])(w, r)
	})
	template, err1 := c.Template(t.Context(), ref)
	environment, err2 := c.Environment(t.Context(), ref)
	files, err3 := c.Files(t.Context(), ref)
	keys, err4 := c.OutputKeys(t.Context(), ref)
	one, err5 := c.Output(t.Context(), ref, "k")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(string(template), string(environment), files, keys, one)
	if want := `{"a":1}{"parameters":{}}map[f:x] [{k d <nil> }] {k  v }`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestLongAnswers: reading stops at the bounds.
func TestLongAnswers(t *testing.T) {
	endless := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			block := []byte(strings.Repeat(" ", 1<<20))
			for r.Context().Err() == nil {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}
	}
	_, err := served(t, endless(200)).List(t.Context(), heat.Query{})
	var reply *heat.ReplyError
	if !errors.As(err, &reply) {
		t.Errorf("list: %v", err)
	}
	_, err = served(t, endless(500)).List(t.Context(), heat.Query{})
	var answered *heat.Error
	if !errors.As(err, &answered) || answered.Status != 500 {
		t.Errorf("error answer: %v", err)
	}
}

// TestRedirects: none is followed, with any method.
func TestRedirects(t *testing.T) {
	var s seen
	c := served(t, func(w http.ResponseWriter, r *http.Request) {
		s.note(r)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	for _, call := range []func() error{
		func() error { return list(t.Context(), c, t) }, func() error { return update(t.Context(), c, t) },
		func() error { return c.Delete(t.Context(), ref) }, func() error { return create(t.Context(), c, t) },
	} {
		var e *heat.Error
		if err := call(); !errors.As(err, &e) || e.Status != http.StatusFound {
			t.Errorf("error %v", err)
		}
	}
	for _, r := range s.requests {
		if r.path == "/elsewhere" {
			t.Errorf("%s followed", r.method)
		}
	}
}

// TestPreviewCreateNested: what a group would make is a list in the list.
func TestPreviewCreateNested(t *testing.T) {
	c := clientOf(t, answer(200, `{"stack":{"resources":[{"resource_name":"a","resource_type":"T"},[[{"resource_name":"0"}],{"resource_name":"1"}]]}}`))
	got, err := c.PreviewCreate(t.Context(), "a", mustTags(t), heat.Spec{Template: []byte(`{}`)})
	var names []string
	for _, change := range got {
		names = append(names, change.Name)
	}
	if diff := cmp.Diff([]string{"a", "0", "1"}, names); err != nil || diff != "" {
		t.Errorf("error %v, names (-want +got):\n%s", err, diff)
	}
}
