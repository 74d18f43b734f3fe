package secretstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gophercloud/gophercloud/v2"
)

// fakeBarbican behaves as Barbican's /v1/secrets does, and fails when told to.
type fakeBarbican struct {
	url string

	mu      sync.Mutex
	next    int
	names   map[string]string // id to name
	payload map[string]string
	lose    bool // the next create is carried out and its answer lost
	refuse  int  // status of every answer, 0 for none
}

func newFakeBarbican(t *testing.T) *fakeBarbican {
	t.Helper()
	f := &fakeBarbican{names: map[string]string{}, payload: map[string]string{}}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

func (f *fakeBarbican) client() func(context.Context) (*gophercloud.ServiceClient, error) {
	return func(context.Context) (*gophercloud.ServiceClient, error) {
		return &gophercloud.ServiceClient{ProviderClient: &gophercloud.ProviderClient{TokenID: "t"}, Endpoint: f.url + "/v1/", Type: "key-manager"}, nil
	}
}

func (f *fakeBarbican) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	id, below, _ := strings.Cut(strings.Trim(strings.TrimPrefix(r.URL.Path, "/v1/secrets"), "/"), "/")
	switch {
	case f.refuse != 0:
		http.Error(w, `{"title": "no", "description": "`+canary+`"}`, f.refuse)
	case r.Method == http.MethodPost:
		f.create(w, r)
	case r.Method == http.MethodDelete:
		if _, ok := f.names[id]; !ok {
			http.Error(w, "{}", http.StatusNotFound)
			return
		}
		delete(f.names, id)
		w.WriteHeader(http.StatusNoContent)
	case below == "payload":
		fmt.Fprint(w, f.payload[id])
	default:
		f.list(w, r)
	}
}

func (f *fakeBarbican) create(w http.ResponseWriter, r *http.Request) {
	var in struct{ Name, Payload string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	f.next++
	id := fmt.Sprintf("id-%03d", 999-f.next) // a later one may come first in any order
	f.names[id], f.payload[id] = in.Name, in.Payload
	if f.lose {
		f.lose = false
		http.Error(w, "{}", http.StatusGatewayTimeout)
		return
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"secret_ref": %q}`, f.url+"/v1/secrets/"+id)
}

func (f *fakeBarbican) list(w http.ResponseWriter, r *http.Request) {
	all := []map[string]any{}
	for id, name := range f.names {
		if name == r.URL.Query().Get("name") {
			all = append(all, map[string]any{"name": name, "secret_ref": f.url + "/v1/secrets/" + id, "created": "2026-11-28T12:00:00"})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"secrets": all, "total": len(all)})
}

func TestBarbicanAfterALostAnswer(t *testing.T) {
	fake := newFakeBarbican(t)
	b := NewBarbican(fake.client())
	fake.lose = true
	err := b.Put(t.Context(), set(web, "v1"))
	if told, ok := errors.AsType[*Error](err); !ok || !told.Transient {
		t.Fatalf("%v", err)
	}
	if err := b.Put(t.Context(), set(web, "v2")); !errors.Is(err, ErrExists) {
		t.Errorf("%v", err)
	}
	got, err := b.Get(t.Context(), web)
	if err != nil || got.Versions[0].ID != "v1" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestBarbicanHasTwo(t *testing.T) {
	fake := newFakeBarbican(t)
	fake.names["a"], fake.names["b"] = "heatsync/prod/web", "heatsync/prod/web"
	_, err := NewBarbican(fake.client()).Get(t.Context(), web)
	if err == nil || !strings.Contains(err.Error(), "are there twice: a and b") {
		t.Errorf("%v", err)
	}
}

// TestBarbicanHasTwoWriters lets two agents write at once: never are both kept.
func TestBarbicanHasTwoWriters(t *testing.T) {
	for range 100 {
		fake := newFakeBarbican(t)
		kept := make(chan int, 2)
		for _, id := range []string{"v1", "v2"} {
			go func() {
				switch err := NewBarbican(fake.client()).Put(t.Context(), set(web, id)); {
				case err == nil:
					kept <- 1
				case errors.Is(err, ErrExists):
					kept <- 0
				default:
					t.Error(err)
					kept <- 0
				}
			}()
		}
		if n := <-kept + <-kept; n > 1 || n != len(fake.names) {
			t.Fatalf("%d were kept, %d are there", n, len(fake.names))
		}
	}
}

func TestBarbicanErrorsRepeatNothing(t *testing.T) {
	for _, code := range []int{http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable} {
		fake := newFakeBarbican(t)
		fake.refuse = code
		for _, err := range []error{
			NewBarbican(fake.client()).Put(t.Context(), set(web, "v1")),
			NewBarbican(fake.client()).Delete(t.Context(), web),
		} {
			if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), fmt.Sprint(code)) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
		}
	}
}
