// Package secretstore keeps the secrets of clusters: certificate authorities, keys,
// tokens and cloud credentials that were made once and must outlive the agent's
// state folder. A [Set] is all that one cluster has; a [Store] gets, puts and
// deletes whole sets. There are two: [Folder], a folder of age-encrypted files, and
// [Barbican].
//
// It refuses to make a secret, to change or to write over one, to tell who may
// drop one, and to print a value.
//
// The design note is docs/design/0003-secrets.md.
package secretstore
