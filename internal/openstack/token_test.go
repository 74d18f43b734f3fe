package openstack_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heatsync/heatsync/internal/openstack"
	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// opened gives a cloud on k.
func opened(t *testing.T, k *fakeCloud, o openstack.CloudOptions) *openstack.Cloud {
	t.Helper()
	o.File, o.Name = written(t, passwordYAML), "one"
	c, err := open(t, k, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A clock that is handed in is the one that counts.
func TestStepTokenByAGivenClock(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c := opened(t, newFakeCloud(), openstack.CloudOptions{Now: func() time.Time { return now }, Unpaced: true})
	now = now.Add(40 * time.Minute)
	got, err := c.StepToken(t.Context(), 10*time.Minute)
	if err != nil || got.Value != "token-1" || got.Remaining.Round(time.Minute) != 20*time.Minute {
		t.Errorf("%s, %v left, %v; want token-1 with 20 minutes left", got.Value, got.Remaining, err)
	}
}

// TestStepToken: what counts is the remaining life by our own steps, though
// Keystone's clock is two days ahead.
func TestStepToken(t *testing.T) {
	for _, tc := range []struct {
		name  string
		after time.Duration // since the cloud was opened
		life  time.Duration // asked for
		want  string
		left  time.Duration
	}{
		{"long enough", 10 * time.Minute, 30 * time.Minute, "token-1", 50 * time.Minute},
		{"too short", 40 * time.Minute, 30 * time.Minute, "token-2", time.Hour},
		{"ended", 3 * time.Hour, time.Minute, "token-2", time.Hour},
		{"more than keystone gives, still young", 3 * time.Minute, 2 * time.Hour, "token-1", 57 * time.Minute},
		{"more than keystone gives", 10 * time.Minute, 2 * time.Hour, "token-2", time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newFakeCloud()
				c := opened(t, k, openstack.CloudOptions{})
				time.Sleep(tc.after)
				got, err := c.StepToken(t.Context(), tc.life)
				if err != nil {
					t.Fatal(err)
				}
				if got.Value != tc.want || got.Remaining != tc.left {
					t.Errorf("%s, %v left; want %s, %v", got.Value, got.Remaining, tc.want, tc.left)
				}
			})
		})
	}
}

// TestStepTokenMerges: many steps at once cost one request, and the new token
// serves Heat's client too.
func TestStepTokenMerges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newFakeCloud()
		var used string
		k.heat = func(w http.ResponseWriter, r *http.Request) {
			used = r.Header.Get("X-Auth-Token")
			_, _ = io.WriteString(w, `{"stacks":[]}`)
		}
		c := opened(t, k, openstack.CloudOptions{})
		time.Sleep(time.Hour)
		k.keystone = func(w http.ResponseWriter, r *http.Request, _ string) {
			time.Sleep(time.Second)
			k.token(w, r)
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if got, err := c.StepToken(t.Context(), time.Minute); err != nil || got.Value != "token-2" {
					t.Errorf("token %q, error %v", got.Value, err)
				}
			})
		}
		wg.Wait()
		if n := len(k.asked()); n != 2 {
			t.Errorf("%d requests to keystone, want 2", n)
		}
		if _, err := c.Heat().List(t.Context(), heat.Query{}); err != nil || used != "token-2" {
			t.Errorf("heat was asked with %q, error %v", used, err)
		}
	})
}

// TestRenewal: requests refused together cost one renewal, and each is replayed
// once.
func TestRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newFakeCloud()
		var mu sync.Mutex
		served := map[string]int{}
		k.heat = func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			served[r.Header.Get("X-Auth-Token")]++
			mu.Unlock()
			time.Sleep(time.Second)
			if r.Header.Get("X-Auth-Token") == "token-1" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_, _ = io.WriteString(w, `{"stacks":[]}`)
		}
		c := opened(t, k, openstack.CloudOptions{InFlight: 32})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := c.Heat().List(t.Context(), heat.Query{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(k.asked()); n != 2 || served["token-1"] != 20 || served["token-2"] != 20 {
			t.Errorf("%d requests to keystone, heat served %v", n, served)
		}
	})
}

// TestRenewalFails: the fault of a request whose token could not be renewed is
// Keystone's.
func TestRenewalFails(t *testing.T) {
	for _, tc := range []struct {
		name string
		set  func(*fakeCloud)
		want openstack.Problem
		code heat.Code
	}{
		{"keystone down", func(k *fakeCloud) { k.broken = io.ErrUnexpectedEOF }, openstack.KeystoneDown, heat.Unavailable},
		{"password changed", func(k *fakeCloud) {
			k.keystone = func(w http.ResponseWriter, _ *http.Request, _ string) {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, `{"error":{"message":"no"}}`)
			}
		}, openstack.WrongCredentials, heat.Auth},
		{"another project", func(k *fakeCloud) { k.project = "other" }, openstack.UnknownProject, heat.Auth},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := newFakeCloud()
			k.heat = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
			c := opened(t, k, openstack.CloudOptions{})
			tc.set(k)
			_, err := c.Heat().List(t.Context(), heat.Query{})
			if f := heat.Classify(err); !errors.Is(err, &openstack.Error{Problem: tc.want}) || f.Code != tc.code || f.Ambiguous() {
				t.Errorf("fault %+v of %v", f, err)
			}
		})
	}
}

// TestTokenIsNotShown in any way of printing.
func TestTokenIsNotShown(t *testing.T) {
	token := openstack.Token{Value: "token-canary", Remaining: time.Minute}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", token)
	for _, shown := range []string{fmt.Sprint(token), fmt.Sprintf("%v %+v %#v %s", token, token, token, token), log.String()} {
		if strings.Contains(shown, "canary") {
			t.Errorf("shown: %s", shown)
		}
	}
}

// Two clients whose requests are refused together renew the token one after the
// other: the session then has another one than Heat's client. A step still gets
// one that lives as long as asked, for one request to Keystone.
func TestStepTokenAfterTwoRenewals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newFakeCloud()
		k.services = append(k.services, "key-manager")
		k.heat = func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Auth-Token") == "token-1" {
				w.WriteHeader(http.StatusUnauthorized)
			}
			_, _ = io.WriteString(w, `{"stacks":[]}`)
		}
		c := opened(t, k, openstack.CloudOptions{})
		barbican, err := c.KeyManager()
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if _, err := c.Heat().List(t.Context(), heat.Query{}); err != nil {
			t.Fatal(err)
		}
		if _, err := barbican.Get(t.Context(), barbican.ServiceURL("secrets"), nil, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Minute)
		before := len(k.asked())
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				got, err := c.StepToken(t.Context(), 30*time.Minute)
				if err != nil || got.Remaining < 30*time.Minute {
					t.Errorf("%s, %v left, %v; want one that lives for 30 minutes", got.Value, got.Remaining, err)
				}
			})
		}
		wg.Wait()
		if n := len(k.asked()) - before; n != 1 {
			t.Errorf("%d requests to keystone, want 1", n)
		}
	})
}
