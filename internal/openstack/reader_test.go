package openstack_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// listed is a list entry.
func listed(id, name, status, deleted string) string {
	return fmt.Sprintf(`{"id":%q,"stack_name":%q,"stack_status":%q,"creation_time":"2026-01-01T00:00:00Z","updated_time":null,"deletion_time":%s}`, id, name, status, deleted)
}

// readerOf gives a Reader over paths below the project; the last key that is a
// prefix of what is asked for, query and all, answers.
func readerOf(t *testing.T, answers map[string]string) (*openstack.Reader, *[]string) {
	t.Helper()
	k, asked := newFakeCloud(), &[]string{}
	k.heat = func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.RequestURI(), "/v1/"+project)
		*asked = append(*asked, path)
		body, ok := answers[path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = `{"error":{"type":"EntityNotFound","message":"no"}}`
		}
		_, _ = io.WriteString(w, body)
	}
	return opened(t, k, openstack.CloudOptions{}).Reader(), asked
}

func TestLanes(t *testing.T) {
	const (
		progress = "/stacks?limit=500&sort_dir=asc&sort_keys=creation_time&status=IN_PROGRESS&tags_any=heatsync.fleet%3Dprod"
		failed   = "/stacks?limit=500&sort_dir=asc&sort_keys=creation_time&status=FAILED&tags_any=heatsync.fleet%3Dprod"
		created  = "/stacks?limit=50&sort_dir=desc&sort_keys=creation_time"
		updated  = "/stacks?limit=50&sort_dir=desc&sort_keys=updated_time"
	)
	r, asked := readerOf(t, map[string]string{
		progress: `{"stacks":[` + listed("1", "a", "CREATE_IN_PROGRESS", "null") + `]}`,
		failed:   `{"stacks":[` + listed("2", "b", "CREATE_FAILED", "null") + `]}`,
		created:  `{"stacks":[` + listed("3", "c", "CREATE_IN_PROGRESS", "null") + `,` + listed("2", "b", "CREATE_FAILED", "null") + `]}`,
		updated:  `{"stacks":[` + listed("3", "c", "CREATE_COMPLETE", "null") + `]}`,
	})
	rows1, err1 := r.InProgress(t.Context(), "prod")
	rows2, err2 := r.Failed(t.Context(), "prod")
	rows3, err3 := r.Recent(t.Context())
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range append(append(rows1, rows2...), rows3...) {
		got = append(got, row.ID+" "+row.Status.String())
	}
	if diff := cmp.Diff([]string{"1 CREATE_IN_PROGRESS", "2 CREATE_FAILED", "3 CREATE_COMPLETE", "2 CREATE_FAILED"}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{progress, failed, created, updated}, *asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestLook(t *testing.T) {
	const find = "/stacks?name=a&name=a&sort_dir=asc&sort_keys=creation_time"
	show := func(id, status, deleted string) string { return `{"stack":` + listed(id, "a", status, deleted) + `}` }
	for _, tc := range []struct {
		name    string
		id      string
		rows    string
		show    string
		want    openstack.Fate
		count   int
		request int
	}{
		{"nothing of that name", "", "", "", openstack.NotAsked, 0, 1},
		{"there", "1", listed("1", "a", "CREATE_COMPLETE", "null"), "", openstack.Present, 1, 1},
		{"two of a name", "2", listed("1", "a", "CREATE_COMPLETE", "null") + "," + listed("2", "a", "CREATE_COMPLETE", "null"), "", openstack.Present, 2, 1},
		{"deleted", "1", "", show("1", "DELETE_COMPLETE", `"2026-01-02T00:00:00Z"`), openstack.Deleted, 0, 2},
		{"deleted and made anew", "1", listed("2", "a", "CREATE_COMPLETE", "null"), show("1", "DELETE_COMPLETE", `"2026-01-02T00:00:00Z"`), openstack.Deleted, 1, 2},
		{"DELETE_COMPLETE and not gone yet", "1", listed("1", "a", "DELETE_COMPLETE", "null"), "", openstack.Present, 1, 1},
		{"purged", "1", "", "", openstack.Unknown, 0, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			answers := map[string]string{find: `{"stacks":[` + tc.rows + `]}`}
			if tc.show != "" {
				answers["/stacks/a/1?resolve_outputs=false"] = tc.show
			}
			r, asked := readerOf(t, answers)
			got, err := r.Look(t.Context(), "a", tc.id)
			if err != nil {
				t.Fatal(err)
			}
			if got.Fate != tc.want || len(got.Rows) != tc.count || len(*asked) != tc.request {
				t.Errorf("%+v after %d requests", got, len(*asked))
			}
			if known := tc.want == openstack.Present || tc.want == openstack.Deleted; known != (got.ByID.ID == tc.id && tc.id != "") {
				t.Errorf("by id: %+v", got.ByID)
			}
		})
	}
}

func TestReadParts(t *testing.T) {
	stack := `{"stack":{"id":"1","stack_name":"a","stack_status":"CREATE_COMPLETE","creation_time":"2026-01-01T00:00:00Z","description":"d","parameters":{"k":"v"},"outputs":[{"output_key":"o","output_value":1}]}}`
	answers := map[string]string{
		"/stacks/a/1?resolve_outputs=true":  stack,
		"/stacks/a/1?resolve_outputs=false": stack,
		"/stacks/a/1/template":              `{"x":1}`,
		"/stacks/a/1/resources":             `{"resources":[{"resource_name":"r","resource_type":"T","resource_status":"CREATE_COMPLETE"}]}`,
	}
	for _, tc := range []struct {
		name    string
		parts   []live.Part
		request int
		want    live.Parts
	}{
		{"show", []live.Part{live.PartShow}, 1, live.Parts{StackID: "1", Read: []live.Part{live.PartShow}, Status: live.ParseStatus("CREATE_COMPLETE"), Description: "d", Parameters: map[string]string{"k": "v"}}},
		{"outputs", []live.Part{live.PartOutputs}, 1, live.Parts{StackID: "1", Read: []live.Part{live.PartOutputs}, Status: live.ParseStatus("CREATE_COMPLETE"), Outputs: map[string]any{"o": 1.0}}},
		{"all, one twice", []live.Part{live.PartOutputs, live.PartTemplate, live.PartShow, live.PartResources, live.PartTemplate}, 3, live.Parts{
			StackID: "1", Read: []live.Part{live.PartShow, live.PartOutputs, live.PartTemplate, live.PartResources}, Status: live.ParseStatus("CREATE_COMPLETE"),
			Description: "d", Parameters: map[string]string{"k": "v"}, Outputs: map[string]any{"o": 1.0}, Template: []byte(`{"x":1}`),
			Resources: []live.Resource{{Name: "r", Type: "T", Status: live.ParseStatus("CREATE_COMPLETE")}},
		}},
		{"none", nil, 0, live.Parts{StackID: "1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, asked := readerOf(t, answers)
			got, err := r.ReadParts(t.Context(), "a", "1", tc.parts)
			if diff := cmp.Diff(tc.want, got); err != nil || diff != "" {
				t.Errorf("error %v, parts (-want +got):\n%s", err, diff)
			}
			if len(*asked) != tc.request {
				t.Errorf("asked %q", *asked)
			}
		})
	}
	r, _ := readerOf(t, answers)
	if _, err := r.ReadParts(t.Context(), "a", "1", []live.Part{"gossip"}); err == nil {
		t.Error("an unknown part was read")
	}
	if _, err := r.ReadParts(t.Context(), "a", "2", []live.Part{live.PartShow}); !errors.Is(err, heat.ErrNotFound) {
		t.Errorf("error %v", err)
	}
}
