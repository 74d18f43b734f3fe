package openstack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

const project = "0123456789abcdef0123456789abcdef"

// fakeCloud is a Keystone and a Heat in place: a transport without sockets, so
// that synctest's clock rules.
type fakeCloud struct {
	project  string
	region   string
	services []string
	life     time.Duration
	broken   error // what every request to Keystone ends in

	keystone func(w http.ResponseWriter, r *http.Request, body string) // nil gives tokens
	heat     http.HandlerFunc                                          // nil gives an empty list

	mu     sync.Mutex
	auths  []string
	issued int
}

func newFakeCloud() *fakeCloud {
	return &fakeCloud{project: project, region: "RegionOne", services: []string{"identity", "orchestration"}, life: time.Hour}
}

func (k *fakeCloud) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	if r.URL.Host != "ks.test:5000" {
		if k.heat == nil {
			_, _ = io.WriteString(w, `{"stacks":[],"count":0}`)
		} else {
			k.heat(w, r)
		}
		return w.Result(), nil
	}
	if k.broken != nil {
		return nil, k.broken
	}
	body := k.note(r)
	if k.keystone != nil {
		k.keystone(w, r, body)
	} else {
		k.token(w, r)
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// note keeps what was asked: the body, or the token that was looked at.
func (k *fakeCloud) note(r *http.Request) string {
	text, _ := io.ReadAll(r.Body)
	if r.Method == http.MethodGet {
		text = []byte("GET " + r.Header.Get("X-Subject-Token"))
	} else {
		var v any
		_ = json.Unmarshal(text, &v)
		text, _ = json.Marshal(v)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.auths = append(k.auths, string(text))
	return string(text)
}

func (k *fakeCloud) asked() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]string{}, k.auths...)
}

// token answers with a new token, token-1 first.
func (k *fakeCloud) token(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	k.issued++
	id := fmt.Sprintf("token-%d", k.issued)
	k.mu.Unlock()
	if r.Method == http.MethodGet {
		id = r.Header.Get("X-Subject-Token")
	}
	now := time.Now().UTC()
	w.Header().Set("X-Subject-Token", id)
	w.Header().Set("Date", now.Add(48*time.Hour).Format(http.TimeFormat)) // Keystone's clock is two days ahead
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
	}
	var catalog []string
	for _, s := range k.services {
		host, path := s+".test", ""
		if s == "orchestration" {
			host, path = "heat.test:8004", "/v1/"+project
		}
		catalog = append(catalog, fmt.Sprintf(`{"type":%q,"name":"x","endpoints":[
			{"interface":"public","region_id":%q,"region":%q,"url":"http://%s%s"},
			{"interface":"internal","region_id":%q,"region":%q,"url":"http://internal.%s%s"}]}`, s, k.region, k.region, host, path, k.region, k.region, host, path))
	}
	project := ""
	if k.project != "" {
		project = fmt.Sprintf(`"project":{"id":%q,"name":"prod"},`, k.project)
	}
	fmt.Fprintf(w, `{"token":{"expires_at":%q,"issued_at":%q,%s"user":{"id":"u","name":"demo"},"roles":[{"name":"reader"},{"name":"member"},{"name":"load-balancer_member"}],"catalog":[%s]}}`,
		now.Add(48*time.Hour+k.life).Format("2006-01-02T15:04:05.000000Z"), now.Format("2006-01-02T15:04:05.000000Z"), project, strings.Join(catalog, ","))
}
