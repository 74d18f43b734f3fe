package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/agent/httpapi"
)

// client talks to a running agent.
type client struct {
	config, url, caFile, username, passwordFile string
}

func (a *client) flags(c *cobra.Command) {
	configFlag(c, &a.config)
	f := c.Flags()
	f.StringVar(&a.url, "url", "", "the agent's `address`, for instance https://host:8480; else what the config file listens on")
	f.StringVar(&a.caFile, "ca-file", "", "PEM `file` of certificates to trust besides the system's")
	f.StringVar(&a.username, "username", "", "`name` for basic authentication")
	f.StringVar(&a.passwordFile, "password-file", "", "`file` with the password for it")
}

// call sends a request and reads the JSON answer into to.
func (a *client) call(ctx context.Context, method, path string, to any) error {
	base, err := a.base()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, base+path, nil)
	if err != nil {
		return err
	}
	hc, err := a.http(r)
	if err != nil {
		return err
	}
	answer, err := hc.Do(r)
	if err != nil {
		return fmt.Errorf("the agent at %s does not answer: %w", base, errors.Unwrap(err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 256<<20))
	if err != nil {
		return fmt.Errorf("the agent's answer broke off: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return refusal(base, answer, body)
	}
	if err := json.Unmarshal(body, to); err != nil {
		return fmt.Errorf("what answers at %s is not heatsync: %w", base, err)
	}
	return nil
}

func refusal(base string, answer *http.Response, body []byte) error {
	var p httpapi.Problem
	if json.Unmarshal(body, &p) == nil && p.Error != "" {
		return errors.New(p.Error)
	}
	if answer.StatusCode == http.StatusUnauthorized {
		return fmt.Errorf("the agent at %s wants another user or password (--username, --password-file)", base)
	}
	return fmt.Errorf("the agent at %s answered %s", base, answer.Status)
}

// base is the agent's address without a last slash.
func (a *client) base() (string, error) {
	if a.url != "" {
		u, err := url.Parse(a.url)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return "", fmt.Errorf("--url %q is not an http or https address", a.url)
		}
		return strings.TrimRight(a.url, "/"), nil
	}
	c, err := config.Load(a.config)
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "", errors.New("the config file has the agent listen nowhere: name its address with --url")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	if usesTLS(c.Web.ConfigFile) {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port), nil
}

// usesTLS looks whether a web config file of exporter-toolkit sets TLS up.
func usesTLS(file string) bool {
	if file == "" {
		return false
	}
	text, err := os.ReadFile(file)
	return err == nil && strings.Contains(string(text), "tls_server_config")
}

func (a *client) http(r *http.Request) (*http.Client, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if a.caFile != "" {
		pem, err := os.ReadFile(a.caFile)
		if err != nil {
			return nil, err
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%q holds no PEM certificate", a.caFile)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	if a.username != "" {
		password, err := os.ReadFile(a.passwordFile)
		if err != nil {
			return nil, err
		}
		r.SetBasicAuth(a.username, strings.TrimSpace(string(password)))
	}
	return &http.Client{Transport: t}, nil
}
