package kubernetes_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/plugins/driver"
	"github.com/heatsync/heatsync/plugins/heatstack"
	"github.com/heatsync/heatsync/plugins/kubernetes"
)

// Heat's and Nova's limits in bytes, of Heat 10 to 26 and of every Nova.
const (
	heatBody     = 1 << 20 // max_json_body_size
	heatTemplate = 524_288 // max_template_size, each
	novaUserData = 49_151  // 65,535 of base64
)

// TestLimits sends the biggest cluster as Heat gets it, of each distro and with what
// makes boot texts long, and measures: the request, each template, and what each
// group boots once Heat has put the secrets in. heatstack refuses what it counts as
// too big, so a plan with a step has passed its bounds too.
func TestLimits(t *testing.T) {
	for _, distro := range []string{"ubuntu", "fedora-coreos", "flatcar", "fedora-atomic"} {
		t.Run(distro, func(t *testing.T) {
			c := big()
			c.Distro, c.VolumeDriver, c.DockerVolumeSizeGiB = distro, "cinder", 20
			set("etcd_volume_size", "20", "monitoring_enabled", "true", "ingress_controller", "traefik", "keystone_auth_enabled", "true")(&c)
			r := createRequest(t, c)
			t.Logf("the request has %d bytes, the root template %d", r.bytes, len(r.Template))
			if r.bytes > heatBody {
				t.Errorf("the request has %d bytes, Heat takes %d", r.bytes, heatBody)
			}
			for name, text := range r.Files {
				if strings.HasSuffix(name, ".yaml") && len(text) > heatTemplate {
					t.Errorf("template %s has %d bytes, Heat takes %d", name, len(text), heatTemplate)
				}
			}
			if len(r.Template) > heatTemplate {
				t.Errorf("the root template has %d bytes, Heat takes %d", len(r.Template), heatTemplate)
			}
			booting := r.userData(t)
			if len(booting) != len(c.NodeGroups) {
				t.Errorf("%d texts to boot for %d groups", len(booting), len(c.NodeGroups))
			}
			for name, text := range booting {
				if len(text) > novaUserData {
					t.Errorf("%s has %d bytes, Nova takes %d", name, len(text), novaUserData)
				}
			}
			t.Logf("masters boot %d bytes, workers %d", len(booting["boot_default-master-1"]), len(booting["boot_default-worker-1"]))
		})
	}
}

// request is what a create sends.
type request struct {
	Template   json.RawMessage   `json:"template"`
	Files      map[string]string `json:"files"`
	Parameters map[string]any    `json:"parameters"`

	bytes int
}

// userData is what groups boot: the configs of the root, as Heat fills them in.
func (r request) userData(t *testing.T) map[string]string {
	t.Helper()
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Config struct {
					Replace struct {
						Params   map[string]any
						Template struct {
							File string `json:"get_file"`
						}
					} `json:"str_replace"`
				}
			}
		}
	}
	if err := json.Unmarshal(r.Template, &template); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, res := range template.Resources {
		if res.Type != "OS::Heat::SoftwareConfig" {
			continue
		}
		replace := res.Properties.Config.Replace
		text := r.Files[replace.Template.File]
		if text == "" {
			t.Fatalf("%s boots the file %q, which was not sent", name, replace.Template.File)
		}
		for placeholder, v := range replace.Params {
			if get, ok := v.(map[string]any); ok {
				v = r.Parameters[fmt.Sprint(get["get_param"])]
			}
			if v == nil {
				t.Fatalf("%s has nothing for %s", name, placeholder)
			}
			text = strings.ReplaceAll(text, placeholder, fmt.Sprint(v))
		}
		out[name] = text
	}
	return out
}

// createRequest gives what the driver sends to make a cluster. It reaches no Heat.
func createRequest(t *testing.T, c driver.Cluster) request {
	t.Helper()
	s := simulated(t)
	w := &wiretap{inner: http.DefaultTransport}
	o := options()
	o.Heat = []heatstack.Option{heatstack.WithTransport(w)}
	x := &teller{T: t, site: s, d: kubernetes.New(o), c: c}
	p := x.plan(driver.IntentPresent, driver.Stack{}, false)
	if len(p.Steps) != 1 {
		t.Fatalf("%+v", p)
	}
	result := x.applied(p.Steps[0], p.Digest, driver.Stack{})
	r := request{bytes: len(w.body)}
	if err := json.Unmarshal(w.body, &r); err != nil {
		t.Fatalf("%v of %d bytes, after %+v", err, len(w.body), result)
	}
	return r
}

// wiretap keeps the body of a create and goes no further with it.
type wiretap struct {
	inner http.RoundTripper
	body  []byte
}

func (w *wiretap) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/stacks") {
		return w.inner.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	w.body = body
	return nil, errors.Join(err, errors.New("kept for the test"))
}
