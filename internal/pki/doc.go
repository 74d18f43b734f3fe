// Package pki makes what a cluster's trust hangs on: certificate authorities
// ([CA]), private keys, bootstrap tokens, and the certificates that a CA signs for
// people, for the agent and for whoever brings a request. Everything goes in and
// out as PEM.
//
// It refuses to keep anything, to know a cluster or a store, to sign a second CA,
// and to repeat any part of a key in an error.
//
// The design note is docs/design/0003-secrets.md.
package pki
