package gitsource

import (
	"errors"
	"fmt"
)

// Reason says why a source could not be read. It is an error itself, so
// errors.Is(err, gitsource.BranchGone) works. The set is closed: see [Reasons].
type Reason string

// The reasons, roughly in the order a look at a source meets them.
const (
	Unreachable      Reason = "unreachable"
	Timeout          Reason = "timeout"
	Unavailable      Reason = "unavailable"
	Certificate      Reason = "certificate"
	Credentials      Reason = "credentials"
	AuthRefused      Reason = "auth-refused"
	HostKeyUnknown   Reason = "host-key-unknown"
	HostKeyMismatch  Reason = "host-key-mismatch"
	Redirected       Reason = "redirected"
	NotGit           Reason = "not-git"
	RepositoryGone   Reason = "repository-gone"
	RepositoryEmpty  Reason = "repository-empty"
	Unsupported      Reason = "unsupported"
	BranchGone       Reason = "branch-gone"
	TagGone          Reason = "tag-gone"
	CommitGone       Reason = "commit-gone"
	RepositoryTooBig Reason = "repository-too-big"
	PathMissing      Reason = "path-missing"
	NoYAML           Reason = "no-yaml"
	FileTooBig       Reason = "file-too-big"
	TooManyFiles     Reason = "too-many-files"
	LFSPointer       Reason = "lfs-pointer"
	FolderUnreadable Reason = "folder-unreadable"
	DiskFull         Reason = "disk-full"
	StateDir         Reason = "state-dir"
	StoreDamaged     Reason = "store-damaged"
	Protocol         Reason = "protocol"
)

// Who must act on a fault.
type Who string

// The people who may have to act.
const (
	Author   Who = "author"   // who writes the repository
	Operator Who = "operator" // who runs the agent
	Cloud    Who = "cloud"    // who runs the cloud; no reason here names it
	Nobody   Who = "nobody"   // it passes by itself
)

type advice struct {
	who  Who
	text string
}

var advices = map[Reason]advice{
	Unreachable:      {Nobody, "nothing to do if it passes; else check the URL, the network and the proxy"},
	Timeout:          {Nobody, "nothing to do if it passes; else look at the Git host and the network, or make the repository smaller"},
	Unavailable:      {Nobody, "nothing to do if it passes; the Git host is overloaded or down"},
	Certificate:      {Operator, "check the host name in the URL, or name the host's CA in the source's CA file"},
	Credentials:      {Operator, "correct the file or the setting that holds the credentials"},
	AuthRefused:      {Operator, "renew the credentials, and check that they may read this repository"},
	HostKeyUnknown:   {Operator, "check the host's key by another way, then add it to the known_hosts file"},
	HostKeyMismatch:  {Operator, "find out why the host's key changed before putting the new one into the known_hosts file"},
	Redirected:       {Operator, "put the address the host redirects to into the source's URL"},
	NotGit:           {Operator, "check the URL: it must be what git clone takes, and its credentials must be valid"},
	RepositoryGone:   {Operator, "check the URL, and that the credentials may see this repository"},
	RepositoryEmpty:  {Author, "push a first commit"},
	Unsupported:      {Author, "use a repository with SHA-1 object names and ordinary reference files"},
	BranchGone:       {Author, "push the branch again, or name another in the source"},
	TagGone:          {Author, "push the tag again, or name another in the source"},
	CommitGone:       {Operator, "name a commit that a branch or a tag of the repository contains"},
	RepositoryTooBig: {Operator, "keep the clusters in a repository of their own, without large files"},
	PathMissing:      {Author, "put the folder back, or correct the source's path"},
	NoYAML:           {Author, "put the files back; to delete clusters set lifecycle: Absent"},
	FileTooBig:       {Author, "make the ignore file smaller"},
	TooManyFiles:     {Author, "remove files, name them in .heatsyncignore or narrow the source's path"},
	LFSPointer:       {Author, "store the file in Git itself: git lfs untrack, then commit it again"},
	FolderUnreadable: {Operator, "check that the folder exists and that the agent may read it"},
	DiskFull:         {Operator, "free space where the state folder is"},
	StateDir:         {Operator, "let the agent write to its state folder"},
	StoreDamaged:     {Nobody, "nothing to do: the next look fetches the repository afresh"},
	Protocol:         {Nobody, "nothing to do if it passes; else report what the Git host answered"},
}

// Reasons returns every reason there is, in no particular order.
func Reasons() []Reason {
	all := make([]Reason, 0, len(advices))
	for r := range advices {
		all = append(all, r)
	}
	return all
}

// Error returns the reason's code.
func (r Reason) Error() string { return string(r) }

// Who says who must act.
func (r Reason) Who() Who { return advices[r].who }

// Advice says in one line what they should do.
func (r Reason) Advice() string { return advices[r].text }

// Error is a source that could not be read. Its text is one line, holds no
// credentials, and stays the same while the cause does.
type Error struct {
	Reason Reason
	// File is the file at fault, relative to the source's path; often empty.
	File string

	text  string
	cause error
}

// Error returns what happened, cause last.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.text
	}
	return e.text + ": " + e.cause.Error()
}

// Unwrap makes errors.Is find the reason and the cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.cause}
}

// Who says who must act.
func (e *Error) Who() Who { return e.Reason.Who() }

// Advice says in one line what they should do.
func (e *Error) Advice() string { return e.Reason.Advice() }

// ReasonOf returns the reason err carries, and whether it carries one.
func ReasonOf(err error) (Reason, bool) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason, true
	}
	return "", false
}

func fault(r Reason, cause error, format string, args ...any) *Error {
	return &Error{Reason: r, text: fmt.Sprintf(format, args...), cause: cause}
}

func fileFault(r Reason, file, format string, args ...any) *Error {
	e := fault(r, nil, format, args...)
	e.File = file
	return e
}
