package driver

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// ClusterAPI is what a client of a cluster's own API needs. An empty address
// means that the agent knows none; without a key it signs none for this cluster.
type ClusterAPI struct {
	Address              string // as Facts.APIAddress
	CACertificatePEM     []byte // the cluster's own
	ClientCertificatePEM []byte // valid for minutes
	ClientKeyPEM         []byte // never logged, never kept
}

type shownClusterAPI struct{ Address, ClientKeyPEM string }

func (a ClusterAPI) shown() shownClusterAPI {
	return shownClusterAPI{Address: a.Address, ClientKeyPEM: mask(len(a.ClientKeyPEM))}
}

// Format hides the client's key, whatever the verb.
func (a ClusterAPI) Format(f fmt.State, verb rune) { fmt.Fprintf(f, "%+v", a.shown()) }

// LogValue hides the client's key.
func (a ClusterAPI) LogValue() slog.Value { return slog.AnyValue(a.shown()) }

// MarshalJSON hides the client's key; it is for logs, not for the wire.
func (a ClusterAPI) MarshalJSON() ([]byte, error) { return json.Marshal(a.shown()) }
