package heat_test

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/reconcile/live"
)

// secret is a sensitive parameter's value; it has what texts escape. In a fuzzed
// body TOKEN and SECRET stand for what the request held, as a server would repeat
// it in JSON, and XSECRET for how it would in HTML.
const secret = `s3cr"t\canary-<ü>`

func repeat(body string) string {
	asJSON, _ := json.Marshal(secret)
	return strings.NewReplacer(
		"XSECRET", html.EscapeString(secret), "SECRET", strings.Trim(string(asJSON), `"`), "TOKEN", token,
	).Replace(body)
}

// replies gives a client of a server that answers always the same.
func replies(t *testing.T, status int, body, retryAfter, date string) *heat.Client {
	return clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Retry-After"], w.Header()["Date"], w.Header()["Location"] = []string{retryAfter}, []string{date}, []string{body}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

var (
	faultCodes = []heat.Code{
		heat.Auth, heat.Quota, heat.RateLimit, heat.Conflict, heat.Dependency, heat.Capacity, heat.Driver, heat.Timeout,
		heat.Unavailable, heat.Internal, heat.Config, heat.NotFound, heat.TooBig,
	}
	actors = []heat.Who{heat.Author, heat.Operator, heat.Cloud, heat.Nobody}
)

const (
	longestError = 8 << 10        // bytes
	longestWait  = 24 * time.Hour // that an answer can ask for
)

// mustBeFit wants an error that can be shown, and a meaning that is known.
func mustBeFit(t *testing.T, err error, sent ...string) {
	t.Helper()
	f := heat.Classify(err)
	if !slices.Contains(faultCodes, f.Code) || !slices.Contains(actors, f.Who) || f.Remedy == "" || f.Sent == "" {
		t.Errorf("%+v of %v", f, err)
	}
	if f.RetryAfter < 0 || f.RetryAfter > longestWait {
		t.Errorf("a wait of %v", f.RetryAfter)
	}
	text := err.Error()
	if strings.ContainsAny(text, "\n\r\v\f\u0085\u2028\u2029") || len(text) > longestError {
		t.Errorf("not one line of a bounded length: %d bytes, %.200q", len(text), text)
	}
	for _, s := range sent {
		spelt, _ := json.Marshal(s)
		if strings.Contains(text, s) || strings.Contains(text, strings.Trim(string(spelt), `"`)) {
			t.Errorf("the error repeats %q: %.600q", s, text)
		}
	}
}

var fuzzedStatuses = []int{200, 200, 201, 202, 204, 300, 302, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504}

func statusOf(n uint8) int { return fuzzedStatuses[int(n)%len(fuzzedStatuses)] }

func FuzzList(f *testing.F) {
	const row = `{"id":"a","stack_name":"prod--pay","stack_status":"CREATE_COMPLETE","creation_time":"2026-01-02T03:04:05Z","tags":["heatsync"]}`
	for _, body := range []string{
		`{"stacks":[]}`, `{"stacks":null}`, `{"stacks":[` + row + `]}`, `{"stacks":[` + row + `,` + row + `],"count":2}`, `null`, ``, `[]`, `{}`,
		`{"stacks":[` + row, `{"stacks":[{"id":"a"}]}`, `{"stacks":[null]}`, `<html><title>502 TOKEN</title></html>`,
		`{"stacks":[{"id":"TOKEN","stack_name":"x\ny"}]}`,
		`{"stacks":[{"id":"b","stack_name":"x","stack_status":"UPDATE_FAILED","project":"another","updated_time":"2026-01-02T03:04:05"}]}`,
		`{"stacks":[{"id":"b","stack_name":"x","stack_status":"S","creation_time":"TOKEN"}]}`,
	} {
		f.Add(uint8(0), body)
		f.Add(uint8(15), body)
	}
	f.Fuzz(func(t *testing.T, status uint8, body string) {
		body = repeat(body)
		c := replies(t, statusOf(status), body, "", "")
		rows, err := c.List(context.Background(), heat.Query{})
		if err != nil {
			if rows != nil {
				t.Errorf("rows beside an error: %v", rows)
			}
			mustBeFit(t, err, token)
		} else if !json.Valid([]byte(body)) || statusOf(status) != http.StatusOK {
			t.Errorf("status %d and %.100q are a list of %d", statusOf(status), body, len(rows))
		}
		mustBeOurs(t, rows)
		all, complete, err := c.Inventory(context.Background(), 10)
		if err != nil {
			mustBeFit(t, err, token)
		}
		if complete && (err != nil || !strings.Contains(strings.ToLower(body), `"count"`)) && !strings.Contains(body, `\`) {
			t.Errorf("a whole inventory of a body that counts nothing: %v", all)
		}
		mustBeOurs(t, all)
	})
}

func mustBeOurs(t *testing.T, rows []live.Row) {
	t.Helper()
	for _, r := range rows {
		if r.ID == "" || r.Name == "" || r.Status == (live.Status{}) || (r.Project != "" && r.Project != project) || len(r.Reason) > live.MaxReason {
			t.Errorf("a row that is none, or not ours: %+v", r)
		}
	}
}

// FuzzReply holds every call that reads a body to the same.
func FuzzReply(f *testing.F) {
	for _, body := range []string{
		`{"stack":{"id":"id-1","stack_name":"prod--pay","stack_status":"CREATE_COMPLETE","parameters":{"a":1,"b":null,"c":"x","d":[1]},"outputs":[{"output_key":"k","output_value":{"x":1}}],"timeout_mins":60}}`,
		`{"stack":{"id":"TOKEN","stack_name":"prod--pay","stack_status":"CREATE_COMPLETE"}}`, `{"stack":null}`, `{"stack":{"id":"id-2"}}`,
		`{"resources":[{"resource_name":"r","links":[{"rel":"nested","href":"https://heat/v1/p/stacks/n%2fx/id"}],"resource_status":"UPDATE_FAILED"}]}`,
		`{"events":[{"id":"e","event_time":"2026-01-02T03:04:05","resource_name":"r"}]}`, `{"outputs":[{"output_key":"TOKEN"}]}`, `{"output":{"output_key":"k","output_value":null}}`,
		`{"resource_changes":{"added":[{"resource_name":"r"}],"replaced":[null],"updated":[{}]}}`, `<title>Bad SECRET gateway TOKEN</title>`, `<title>XSECRET</title>`,
		`{"stack":"TOKEN"}`, `{"resources":{"TOKEN":1}}`, `{"Parameters":{"p":{"Type":"String","NoEcho":"true"}}}`, ``, `nul`, `{`,
	} {
		for which := range uint8(12) {
			f.Add(which, uint8(0), body)
		}
	}
	f.Fuzz(func(t *testing.T, which, status uint8, body string) {
		body = repeat(body)
		c := replies(t, statusOf(status), body, "", "")
		if err := callOf(c, which); err != nil {
			sent := []string{token}
			if which%12 >= firstWrite {
				sent = append(sent, secret)
			}
			mustBeFit(t, err, sent...)
		} else if statusOf(status) >= 300 {
			t.Errorf("call %d takes status %d for success", which, statusOf(status))
		}
	})
}

// firstWrite is the first of callOf's calls that send the secret.
const firstWrite = 9

// callOf makes one of the client's calls.
func callOf(c *heat.Client, which uint8) error {
	ctx, spec := context.Background(), sensitive()
	tags, err := heat.NewTags("heatsync")
	switch which % 12 {
	case 0:
		var s heat.Stack
		s, err = c.Show(ctx, ref, true)
		if err == nil && s.ID != ref.ID {
			err = errors.New("another stack was shown")
		}
	case 1:
		_, err = c.Resources(ctx, ref, 2, heat.ResourceFilter{})
	case 2:
		_, err = c.Events(ctx, ref, 10, 1)
	case 3:
		_, err = c.OutputKeys(ctx, ref)
	case 4:
		_, err = c.Output(ctx, ref, "k")
	case 5:
		_, err = c.Template(ctx, ref)
	case 6:
		_, err = c.Files(ctx, ref)
	case 7:
		_, err = c.Find(ctx, "prod--pay")
	case 8:
		_, err = c.Count(ctx, heat.Query{})
	case 9:
		_, err = c.Validate(ctx, spec, false)
	case 10:
		_, err = c.PreviewUpdate(ctx, ref, tags, spec, true)
	case 11:
		_, err = c.Create(ctx, "prod--pay", tags, spec)
	}
	return err
}

func sensitive() heat.Spec {
	return heat.Spec{Template: []byte(`"{}"`), Parameters: map[string]any{"password": secret}, Sensitive: []string{"password"}}
}

// FuzzRefusal answers writes with errors.
func FuzzRefusal(f *testing.F) {
	for _, body := range []string{
		`{"error":{"type":"StackExists","message":"The Stack (prod--pay) already exists."}}`,
		`{"error":{"type":"StackValidationFailed","message":"Property error: SECRET\n\tis not TOKEN","traceback":null},"code":400,"title":"Bad Request"}`,
		`{"error":{"type":"TOKEN\nSECRET","message":null}}`, `{"error":{"type":"RemoteError"}}`, `{"error":{"message":"","title":"Unauthorized"}}`, `{"error":[]}`,
		`{"error":{"type":"ActionInProgress","message":1}}`, `<html><head><title>413 XSECRET</title>TOKEN</html>`, `<title>` + strings.Repeat("x", 2040) + `SECRETTOKEN</title>`,
		`https://TOKEN/`, ``, "\xff\xfe", `{"error":{"type":"NotSupported","message":"` + strings.Repeat("ü", 2000) + `"}}`,
	} {
		for i := range fuzzedStatuses[2:] {
			f.Add(uint8(i+2), uint8(i), body, "3", "")
		}
	}
	f.Add(uint8(13), uint8(0), ``, "9223372037", "")
	f.Add(uint8(16), uint8(1), ``, "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 02 Jan 2006 15:04:05 GMT")
	f.Fuzz(func(t *testing.T, status, which uint8, body, retryAfter, date string) {
		c := replies(t, statusOf(status), repeat(body), retryAfter, date)
		tags, _ := heat.NewTags("heatsync")
		var err error
		switch which % 4 {
		case 0:
			_, err = c.Create(context.Background(), "prod--pay", tags, sensitive())
		case 1:
			err = c.Update(context.Background(), ref, tags, sensitive())
		case 2:
			err = c.Patch(context.Background(), ref, heat.Patch{Spec: sensitive(), Tags: tags})
		case 3:
			err = c.Delete(context.Background(), ref)
		}
		if err == nil {
			if statusOf(status) >= 300 {
				t.Errorf("status %d is a success", statusOf(status))
			}
			return
		}
		sent := []string{token}
		if which%4 < 3 {
			sent = append(sent, secret)
		}
		mustBeFit(t, err, sent...)
		if s := statusOf(status); (s >= 500 || s < 300) && !heat.Classify(err).Ambiguous() {
			t.Errorf("a write answered %d cannot have been taken: %v", s, err)
		}
	})
}
