package access

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/heatsync/heatsync/internal/pki"
	"github.com/heatsync/heatsync/reconcile/live"
)

// written is how a kubeconfig of ours begins.
const written = "# written by heatsync access; the certificate ends "

// Kubeconfig signs a client and gives a kubeconfig for it, as Magnum's: one
// cluster, one context called default, one user called admin.
func (c Cluster) Kubeconfig(ctx context.Context, client pki.Client, now time.Time) ([]byte, error) {
	ca, err := c.CA(ctx, "kubernetes")
	if err != nil {
		return nil, err
	}
	_, parts, err := c.stack(ctx)
	if err != nil {
		return nil, err
	}
	server, err := apiServer(parts)
	if err != nil {
		return nil, fmt.Errorf("cluster %q: %w", c.Name, err)
	}
	certificate, key, err := ca.SignClient(client, now)
	if err != nil {
		return nil, err
	}
	type named map[string]any
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "preferences": named{}, "current-context": "default",
		"clusters": []named{{"name": c.Name, "cluster": named{
			"server": server, "certificate-authority-data": base64.StdEncoding.EncodeToString(ca.CertificatePEM()),
		}}},
		"contexts": []named{{"name": "default", "context": named{"cluster": c.Name, "user": "admin"}}},
		"users": []named{{"name": "admin", "user": named{
			"client-certificate-data": base64.StdEncoding.EncodeToString(certificate), "client-key-data": base64.StdEncoding.EncodeToString(key),
		}}},
	})
	if err != nil {
		return nil, errors.New("the kubeconfig cannot be written as YAML")
	}
	ends := now.Add(client.Validity).UTC().Format(time.RFC3339)
	return append([]byte(written+ends+"\n"), text...), nil
}

// apiPort is where a Kubernetes API listens whose address says no port.
const apiPort = "6443"

// apiServer reads where the API of a Kubernetes stack listens: the output
// api_address, a URL or an address alone, which Magnum's stacks have too; where the
// port is another, the stack says so in api_url.
func apiServer(parts live.Parts) (string, error) {
	address, _ := parts.Outputs["api_address"].(string)
	url, _ := parts.Outputs["api_url"].(string)
	switch {
	case address == "":
		return "", errors.New("its stack gives no address of the API, which its output api_address would hold: wait until it is complete")
	case url != "":
		return url, nil
	case strings.Contains(address, "://"):
		return address, nil
	}
	if _, _, err := net.SplitHostPort(address); err == nil {
		return "https://" + address, nil
	}
	return "https://" + net.JoinHostPort(strings.Trim(address, "[]"), apiPort), nil
}
