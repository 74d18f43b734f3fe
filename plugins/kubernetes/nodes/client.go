package nodes

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Client speaks to one cluster's API. It is safe for concurrent use.
type Client struct {
	http         *http.Client
	core, policy rest.Interface
}

// The API groups that are spoken, and no others: the typed clientset would bring
// all of Kubernetes along.
var (
	known      = runtime.NewScheme()
	codecs     = serializer.NewCodecFactory(known)
	parameters = runtime.NewParameterCodec(known)
)

func init() {
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, policyv1.AddToScheme} {
		if err := add(known); err != nil {
			panic(err) // two types of one name
		}
	}
}

// Dial makes a client, which has to be closed; no request is made. An error says
// what is missing or cannot be read, and repeats no key.
func Dial(a driver.ClusterAPI) (*Client, error) {
	u, err := url.Parse(a.Address)
	switch {
	case a.Address == "":
		return nil, errors.New("the address of the cluster's API is not known")
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil:
		return nil, errors.New("the address of the cluster's API is not an https address")
	case len(a.CACertificatePEM) == 0 || len(a.ClientCertificatePEM) == 0 || len(a.ClientKeyPEM) == 0:
		return nil, errors.New("the agent has no certificates for this cluster")
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(a.CACertificatePEM) {
		return nil, errors.New("the certificate of the cluster's CA cannot be read")
	}
	own, err := tls.X509KeyPair(a.ClientCertificatePEM, a.ClientKeyPEM)
	if err != nil {
		return nil, errors.New("the client certificate and its key cannot be read")
	}
	// A transport of our own: those of client-go are kept for ever, and a client
	// certificate lives for minutes.
	c := &Client{http: &http.Client{Transport: bounded{&http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted, Certificates: []tls.Certificate{own}},
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		ForceAttemptHTTP2:     true,
	}}}}
	if c.core, err = c.group(a.Address, "/api", corev1.SchemeGroupVersion); err != nil {
		return nil, err
	}
	c.policy, err = c.group(a.Address, "/apis", policyv1.SchemeGroupVersion)
	return c, err
}

// Close frees the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func (c *Client) group(address, path string, gv schema.GroupVersion) (rest.Interface, error) {
	client, err := rest.RESTClientForConfigAndClient(&rest.Config{
		Host: address, APIPath: path, UserAgent: "heatsync",
		ContentConfig:  rest.ContentConfig{GroupVersion: &gv, NegotiatedSerializer: codecs.WithoutConversion()},
		QPS:            -1, // the rounds of the agent are the pace
		WarningHandler: rest.NoWarnings{},
	}, c.http)
	if err != nil {
		return nil, fmt.Errorf("client of %s: %w", gv, err)
	}
	return client, nil
}
