// Package config reads the agent's one config file.
//
// [Load] reads a file into a [Config] with every default filled in and every
// path made absolute; [Watch] tells when the file has become another one. Both
// are strict: an unknown field, a key written twice or a wrong type is a
// [Problem] with file:line:column and the nearest known name, and one run tells
// all of them.
//
// Credentials are named by file and never written here, so the file and its
// errors can be shown to anybody. The package refuses to read those files, to
// look at the cloud, and to decide what a changed config means to a running
// agent: that is package agent.
package config
