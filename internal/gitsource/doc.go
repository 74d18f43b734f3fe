// Package gitsource turns a revision into a read-only tree of blobs.
//
// A [Source] follows one branch, tag or commit of one Git repository; a
// [Folder] follows a plain local folder. Both hand out a [Snapshot]: an
// immutable list of the YAML files below a path, each with the hash of its
// content, read on demand. [Diff] tells by hash what differs between two
// snapshots, so a commit that touches one file of ten thousand costs one read.
//
// What is kept on disk is a bare object store and a record of the last good
// revision, in one folder of the source alone. There is no work tree: files
// are read from Git's objects, so a half-written checkout cannot exist, a
// hostile path has nowhere to go, and nothing the repository contains is ever
// executed or followed. No git binary is used.
//
// # How a revision is fetched
//
// Each look first asks the server for its references and fetches only when the
// one that is followed has moved. The first fetch is of depth 1 into a fresh
// store. A later one tells the server which commits are already here and asks
// for the history since, without a depth: the server then sends the new commits
// and only the objects that are new, and whether the new head descends from the
// old one can be seen. Deepening or re-shallowing an existing store is never
// asked for, because that is where go-git loses objects (go-git issues 305, 802
// and 1443). Every fetch is checked for completeness; when it is not complete,
// when the store is damaged or when it has gathered too many packs, the source
// starts a fresh store and moves over once that is whole. Older snapshots stay
// readable for as long as somebody holds them.
//
// # What it refuses
//
// An empty answer is never an empty desired state: a repository without
// commits, a missing path and a path without YAML are errors, and so is a
// sign-in page where a Git server was expected. Credentials go over TLS or SSH
// (plain HTTP only to a loopback address), never to another host than the one
// configured, and never into an error. Unknown SSH host keys are refused.
// Symbolic links, submodules and names that begin with a dot are not read.
//
// Every failure is an [*Error] with a [Reason] from a closed set.
package gitsource
