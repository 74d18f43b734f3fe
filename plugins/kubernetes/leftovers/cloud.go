package leftovers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// What is read of the services.
type (
	balancer struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
		Status      string `json:"provisioning_status"`
	}
	address struct {
		ID          string `json:"id"`
		Address     string `json:"floating_ip_address"`
		Description string `json:"description"`
	}
	volume struct {
		ID          string            `json:"id"`
		Name        string            `json:"name"`
		Status      string            `json:"status"`
		Metadata    map[string]string `json:"metadata"`
		Attachments []struct {
			Server string `json:"server_id"`
		} `json:"attachments"`
	}
)

func (b balancer) key() string { return b.ID }
func (a address) key() string  { return a.ID }
func (v volume) key() string   { return v.ID }

func (v volume) title() string {
	if v.Name != "" {
		return v.Name
	}
	return v.ID
}

// endpoint is one service, by its word for people. Without an address the cloud
// has no such service, and nothing of it.
type endpoint struct{ service, url string }

// cloud is one project, for one round.
type cloud struct {
	http                                 *http.Client
	token                                string
	balancing, network, storage, compute endpoint
}

// page is how many rows are asked for at once, mostAnswer how many bytes of one
// answer are read, mostPages where a list counts as endless.
const (
	page       = 200
	mostAnswer = 16 << 20
	mostPages  = 500
)

func newCloud(c driver.Credential, rt http.RoundTripper) (*cloud, func(), error) {
	done := func() {}
	if rt == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.InsecureTLS} //nolint:gosec // clouds.yaml says verify: false
		if len(c.CABundlePEM) > 0 {
			t.TLSClientConfig.RootCAs = x509.NewCertPool()
			if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(c.CABundlePEM) {
				return nil, nil, errors.New("the CA bundle holds no certificate")
			}
		}
		rt, done = t, t.CloseIdleConnections
	}
	out := &cloud{token: c.Token, http: &http.Client{
		Transport: rt, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, s := range []struct {
		to      *endpoint
		service string
		version string
		types   []string
	}{
		{&out.balancing, "Octavia", "/v2.0", []string{"load-balancer"}},
		{&out.network, "Neutron", "/v2.0", []string{"network"}},
		{&out.storage, "Cinder", "", []string{"block-storage", "volumev3"}},
		{&out.compute, "Nova", "", []string{"compute"}},
	} {
		s.to.service = s.service
		for _, t := range s.types {
			if at := c.Endpoints[t]; at != "" && s.to.url == "" {
				u, err := url.Parse(at)
				if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
					return nil, nil, fmt.Errorf("the endpoint of %s is not an http or https address", s.service)
				}
				s.to.url = versioned(strings.TrimSuffix(at, "/"), s.version)
			}
		}
	}
	return out, done, nil
}

var hasVersion = regexp.MustCompile(`/v2(\.0)?$`)

// versioned adds the version to an address of a catalogue that names none.
func versioned(at, version string) string {
	if version == "" || hasVersion.MatchString(at) {
		return at
	}
	return at + version
}

// list reads every row of a list, or none. Pages are asked for by the last id, as
// every service understands it; the next-links of a service behind a proxy may
// lead anywhere. Only an empty page is the end: a service may give fewer rows than
// it was asked for.
func list[T interface{ key() string }](ctx context.Context, c *cloud, at endpoint, path, name string, only map[string]string) ([]T, error) {
	if at.url == "" {
		return nil, nil
	}
	var all []T
	seen := map[string]bool{}
	for range mostPages {
		q := url.Values{"limit": {strconv.Itoa(page)}}
		for k, v := range only {
			q.Set(k, v)
		}
		if len(all) > 0 {
			q.Set("marker", all[len(all)-1].key())
		}
		var rows map[string]json.RawMessage
		var more []T
		err := c.send(ctx, http.MethodGet, at, path+"?"+q.Encode(), &rows)
		if err == nil && rows[name] == nil {
			err = errors.New("the answer holds no such list")
		}
		if err == nil {
			err = json.Unmarshal(rows[name], &more)
		}
		if err != nil {
			return nil, fmt.Errorf("list %s of %s: %w", name, at.service, err)
		}
		if len(more) == 0 {
			return all, nil
		}
		for _, row := range more {
			if row.key() == "" || seen[row.key()] {
				return nil, fmt.Errorf("list %s of %s: %w", name, at.service, errMoved)
			}
			seen[row.key()] = true
		}
		all = append(all, more...)
	}
	return nil, fmt.Errorf("list %s of %s: it does not end", name, at.service)
}

// errMoved says that rows came twice: the list changed while it was read.
var errMoved = errors.New("rows came twice, the list changed while it was read")

// delete asks for a thing's end. One that is gone is no error.
func (c *cloud) delete(ctx context.Context, at endpoint, path string) error {
	if at.url == "" {
		return fmt.Errorf("the catalogue has no endpoint of %s", at.service)
	}
	err := c.send(ctx, http.MethodDelete, at, path, nil)
	var a *AnswerError
	if errors.As(err, &a) && a.Code == http.StatusNotFound {
		return nil
	}
	return err
}

func (c *cloud) send(ctx context.Context, method string, at endpoint, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, at.url+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-Auth-Token", c.token)
	r.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &AnswerError{Service: at.service, Code: resp.StatusCode}
	}
	if into == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer+1))
	switch {
	case err != nil:
		return err
	case len(body) > mostAnswer:
		return errors.New("the answer is longer than 16 MiB")
	}
	return json.Unmarshal(body, into)
}
