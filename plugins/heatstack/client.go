package heatstack

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/heatsync/heatsync/internal/openstack/heat"
	"github.com/heatsync/heatsync/plugins/driver"
)

// client makes a Heat client of a step's credential, after checking what can be
// checked without asking anybody. done frees its connections.
func (d *stackDriver) client(c driver.Credential) (*heat.Client, func(), error) {
	endpoint := c.Endpoints["orchestration"]
	u, err := url.Parse(endpoint)
	switch {
	case endpoint == "":
		return nil, nil, errors.New("the catalogue has no endpoint for orchestration")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil:
		return nil, nil, errors.New("the endpoint for orchestration is not an http or https address")
	case c.Token == "":
		return nil, nil, errors.New("the step has no token")
	case !c.Expires.IsZero() && !d.now().Before(c.Expires):
		return nil, nil, errors.New("the step's token has expired")
	}
	if d.transport != nil {
		return heat.NewWithToken(endpoint, c.Token, &http.Client{Transport: d.transport}), func() {}, nil
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.InsecureTLS} //nolint:gosec // clouds.yaml says verify: false
	if len(c.CABundlePEM) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(c.CABundlePEM) {
			return nil, nil, fmt.Errorf("the CA bundle for %s holds no certificate", u.Host)
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return heat.NewWithToken(endpoint, c.Token, &http.Client{Transport: t}), t.CloseIdleConnections, nil
}

func (r *rendered) environmentJSON() json.RawMessage {
	text, _ := json.Marshal(r.stack.Environment) // checked by the digest
	return text
}

// sensitive names the parameters whose values no error may repeat.
func (r *rendered) sensitive() []string {
	var out []string
	for _, name := range keys(r.declared) {
		if _, secret := r.stack.Secrets[name]; secret || r.isSensitive(name) {
			out = append(out, name)
		}
	}
	return out
}
