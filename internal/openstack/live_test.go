package openstack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// realCloud opens the OpenStack that HEATSYNC_TEST_CLOUDS_YAML describes.
func realCloud(t *testing.T, name string) *openstack.Cloud {
	t.Helper()
	file := os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")
	if file == "" {
		t.Skip("HEATSYNC_TEST_CLOUDS_YAML is not set")
	}
	if name == "" {
		name = os.Getenv("HEATSYNC_TEST_CLOUD")
	}
	if name == "" {
		name = "dev"
	}
	c, err := openstack.Open(t.Context(), openstack.CloudOptions{Name: name, File: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// template has no resource that needs another service than Heat.
const template = `{"heat_template_version":"2018-08-31","description":"heatsync test/live",
"parameters":{"word":{"type":"string","default":"a"},"secret":{"type":"string","hidden":true,"default":"none"}},
"resources":{"value":{"type":"OS::Heat::Value","properties":{"type":"string","value":{"get_param":"word"}}},
"group":{"type":"OS::Heat::ResourceGroup","properties":{"count":1,"resource_def":{"type":"OS::Heat::RandomString"}}},
"file":{"type":"OS::Heat::Value","properties":{"type":"string","value":{"get_file":"boot.sh"}}}},
"outputs":{"word":{"value":{"get_attr":["value","value"]}}}}`

func spec(word string) heat.Spec {
	return heat.Spec{
		Template: json.RawMessage(template), Files: map[string]string{"boot.sh": "#!/bin/sh\n"},
		Parameters: map[string]any{"word": word, "secret": "pw-canary"}, Sensitive: []string{"secret"},
	}
}

// TestRealHeat walks one stack through its life.
func TestRealHeat(t *testing.T) {
	c := realCloud(t, "")
	h, r := c.Heat(), c.Reader()
	fleet := fmt.Sprintf("edge%d", time.Now().UnixNano()%1e9)
	name := fleet + "--one"
	tags, err := heat.NewTags(live.Marks{Fleet: fleet, Cluster: "one", Driver: "none", Digest: "1-0"}.Tags()...)
	if err != nil {
		t.Fatal(err)
	}

	if made, err := h.PreviewCreate(t.Context(), name, tags, spec("a")); err != nil || len(made) < 3 {
		t.Errorf("preview of the create: %v, %v", made, err)
	}
	id, err := h.Create(t.Context(), name, tags, spec("a"))
	if err != nil {
		t.Fatal(err)
	}
	ref := heat.Ref{Name: name, ID: id}
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		if err := h.Delete(ctx, ref); err != nil && !errors.Is(err, heat.ErrNotFound) {
			t.Errorf("clean up: %v", err)
		}
	})
	if _, err := h.Create(t.Context(), strings.ToUpper(name), tags, spec("a")); !errors.Is(err, heat.ErrExists) {
		t.Errorf("second create: %v", err)
	}
	row := settle(t, h, ref, live.Create)
	if diff := cmp.Diff([]string{"heatsync", "heatsync.cluster=one", "heatsync.driver=none", "heatsync.fleet=" + fleet, "heatsync.spec=1-0"}, slices.Sorted(slices.Values(row.Tags))); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}

	rows, complete, err := r.Inventory(t.Context())
	if err != nil || !complete || !slices.ContainsFunc(rows, func(r live.Row) bool { return r.ID == id }) {
		t.Errorf("inventory of %d rows, complete %v, error %v", len(rows), complete, err)
	}
	recent, err := r.Recent(t.Context())
	if err != nil || !slices.ContainsFunc(recent, func(r live.Row) bool { return r.ID == id }) {
		t.Errorf("recent: %d rows, error %v", len(recent), err)
	}
	for lane, read := range map[string]func(context.Context, string) ([]live.Row, error){"in progress": r.InProgress, "failed": r.Failed} {
		if rows, err := read(t.Context(), fleet); err != nil || len(rows) != 0 {
			t.Errorf("%s: %v, %v", lane, rows, err)
		}
	}

	seen, err := r.Look(t.Context(), name, id)
	if err != nil || len(seen.Rows) != 1 || seen.Fate != openstack.Present {
		t.Errorf("look: %+v, %v", seen, err)
	}
	if seen, err = r.Look(t.Context(), name, "00000000-0000-0000-0000-000000000000"); err != nil || seen.Fate != openstack.Unknown {
		t.Errorf("look at another id: %+v, %v", seen, err)
	}

	parts, err := r.ReadParts(t.Context(), name, id, []live.Part{live.PartShow, live.PartTemplate, live.PartResources, live.PartOutputs})
	if err != nil {
		t.Fatal(err)
	}
	if parts.Description != "heatsync test/live" || parts.Parameters["word"] != "a" || parts.Parameters["secret"] != "******" ||
		len(parts.Resources) != 3 || parts.Outputs["word"] != "a" || !json.Valid(parts.Template) || len(parts.Read) != 4 {
		t.Errorf("parts: %+v", parts)
	}
	files, err1 := h.Files(t.Context(), ref)
	environment, err2 := h.Environment(t.Context(), ref)
	keys, err3 := h.OutputKeys(t.Context(), ref)
	word, err4 := h.Output(t.Context(), ref, "word")
	events, err5 := h.Events(t.Context(), ref, 3, 1)
	deep, err6 := h.Resources(t.Context(), ref, 2, heat.ResourceFilter{})
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		t.Fatal(err)
	}
	if files["boot.sh"] == "" || !json.Valid(environment) || len(keys) != 1 || word.Value != "a" || len(events) != 3 || events[0].Time.IsZero() {
		t.Errorf("files %v, keys %v, word %v, events %v", files, keys, word, events)
	}
	if i := slices.IndexFunc(deep, func(r heat.Resource) bool { return r.Parent == "group" }); i < 0 || deep[i].Stack.ID == id {
		t.Errorf("deep resources: %+v", deep)
	}

	changes, err := h.PreviewPatch(t.Context(), ref, heat.Patch{Spec: heat.Spec{Parameters: map[string]any{"word": "b"}}}, true)
	if err != nil || len(changes.Updated)+len(changes.Replaced) == 0 {
		t.Errorf("preview of a patch: %+v, %v", changes, err)
	}
	if changes, err = h.PreviewUpdate(t.Context(), ref, tags, spec("a"), false); err != nil || len(changes.Unchanged) == 0 || changes.Unchanged[0].Name == "" || changes.Unchanged[0].Stack != name {
		t.Errorf("preview of an update: %+v, %v", changes, err)
	}
	v, err := h.Validate(t.Context(), spec("a"), false)
	if err != nil || !v.Parameters["secret"].Hidden() || v.Parameters["word"].Hidden() {
		t.Errorf("validation: %+v, %v", v, err)
	}

	if err := h.Update(t.Context(), ref, tags, spec("b")); err != nil {
		t.Fatal(err)
	}
	settle(t, h, ref, live.Update)
	if err := h.Patch(t.Context(), ref, heat.Patch{ClearParameters: []string{"word"}}); err != nil {
		t.Fatal(err)
	}
	settle(t, h, ref, live.Update)
	if s, err := h.Show(t.Context(), ref, false); err != nil || s.Parameters["word"] != "a" || len(s.Tags) != 5 || s.TimeoutMinutes != 0 && s.TimeoutMinutes != 60 {
		t.Errorf("after the patch: %+v, %v", s, err)
	}
	if err := h.Act(t.Context(), ref, heat.Check); err != nil {
		t.Error(err)
	}
	settle(t, h, ref, live.Check)
	for name, f := range map[string]struct {
		err  error
		code heat.Code
	}{
		"unknown parameter": {h.Update(t.Context(), ref, tags, heat.Spec{Template: json.RawMessage(template), Files: spec("").Files, Parameters: map[string]any{"wrod": "x"}}), heat.Config},
		"bad template":      {h.Update(t.Context(), ref, tags, heat.Spec{Template: json.RawMessage(`{"heat_template_version":"2018-08-31","resources":{"x":{"type":"OS::No::Such"}}}`)}), heat.Config},
		"cancel nothing":    {h.Act(t.Context(), ref, heat.CancelUpdate), heat.Conflict},
		"signal nobody":     {h.Signal(t.Context(), ref, "nobody", nil), heat.NotFound},
		"another name":      {h.Patch(t.Context(), heat.Ref{Name: "other", ID: id}, heat.Patch{}), heat.NotFound},
	} {
		if got := heat.Classify(f.err); got.Code != f.code || got.Ambiguous() {
			t.Errorf("%s: %+v of %v", name, got, f.err)
		}
	}

	if err := h.Delete(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "deletion", func() bool {
		seen, err := r.Look(t.Context(), name, id)
		return err == nil && seen.Fate == openstack.Deleted
	})
	if err := h.Delete(t.Context(), ref); !errors.Is(err, heat.ErrNotFound) {
		t.Errorf("second delete: %v", err)
	}
}

// settle waits for an action to complete.
func settle(t *testing.T, h *heat.Client, ref heat.Ref, a live.Action) live.Row {
	t.Helper()
	var s heat.Stack
	waitFor(t, string(a), func() bool {
		var err error
		s, err = h.Show(t.Context(), ref, false)
		if err == nil && s.Status.State == live.Failed {
			t.Fatalf("%s: %s", s.Status, s.Reason)
		}
		return err == nil && s.Status == live.Status{Action: a, State: live.Complete}
	})
	return s.Row
}

// waitFor asks until it is so, for a minute.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("no %s within a minute", what)
		}
	}
}

// TestRealAdmin: an admin sees every project's stacks; the client shows one's.
func TestRealAdmin(t *testing.T) {
	c := realCloud(t, "dev-admin")
	rows, complete, err := c.Reader().Inventory(t.Context())
	if err != nil || !complete {
		t.Fatalf("complete %v, error %v", complete, err)
	}
	for _, row := range rows {
		if row.Project != c.ProjectID() {
			t.Errorf("stack %q of project %q", row.Name, row.Project)
		}
	}
}

// TestRealRefusals: each wrong line of clouds.yaml has its own sentence.
func TestRealRefusals(t *testing.T) {
	c := realCloud(t, "")
	file := os.Getenv("HEATSYNC_TEST_CLOUDS_YAML")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	heatURL, err := url.Parse(c.Heat().Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	keystone := strings.Trim(strings.TrimPrefix(strings.Fields(c.IdentityKey())[0], heatURL.Scheme+"://"), "/")
	for _, tc := range []struct {
		name     string
		from, to string
		want     openstack.Problem
	}{
		{"password", "password: openstack", "password: pw-canary", openstack.WrongCredentials},
		{"user", "username: demo\n", "username: nobody\n", openstack.WrongCredentials},
		{"project", "project_name: demo\n", "project_name: nothing\n", openstack.UnknownProject},
		{"no project", "      project_name: demo\n      user_domain_id: default\n      project_domain_id: default\n", "      user_domain_id: default\n", openstack.NoProject},
		{"region", "region_name: RegionOne", "region_name: Mars", openstack.NoEndpoint},
		{"auth_url of another service", keystone, heatURL.Host + "/v3", openstack.NoKeystone},
		{"auth_url of nobody", keystone, "127.0.0.1:9/v3", openstack.KeystoneDown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if !strings.Contains(string(good), tc.from) {
				t.Skipf("this clouds.yaml has no %q", tc.from)
			}
			_, err := openstack.Open(t.Context(), openstack.CloudOptions{Name: "dev", File: written(t, strings.ReplaceAll(string(good), tc.from, tc.to))})
			if !errors.Is(err, &openstack.Error{Problem: tc.want}) || strings.Contains(err.Error(), "canary") {
				t.Errorf("error %v", err)
			}
		})
	}
	if token, err := c.StepToken(t.Context(), 30*time.Minute); err != nil || token.Remaining < 30*time.Minute {
		t.Errorf("token %v, error %v", token, err)
	}
}
