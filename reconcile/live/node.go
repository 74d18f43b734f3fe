package live

import "time"

// Node is what a cluster's own API says of one of its nodes.
type Node struct {
	Name             string    `json:"name"`
	ServerID         string    `json:"serverID,omitempty"`
	Group            string    `json:"group,omitempty"`
	Ready            bool      `json:"ready,omitempty"`
	Cordoned         bool      `json:"cordoned,omitempty"`
	Pods             int       `json:"pods,omitempty"`
	BlockedEvictions int       `json:"blockedEvictions,omitempty"`
	Created          time.Time `json:"created,omitzero"`
	DrainSince       time.Time `json:"drainSince,omitzero"` // zero: nobody drains it
}
