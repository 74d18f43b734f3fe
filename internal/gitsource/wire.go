package gitsource

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
)

// maxAdvertisedBytes bounds the list of references: some 500,000 of them.
const maxAdvertisedBytes = 64 << 20

// conversation is how the Git protocol reaches a server.
type conversation interface {
	// hear opens the server's list of references.
	hear(ctx context.Context) (io.ReadCloser, error)
	// ask sends a request and opens the answer. Called once, after hear.
	ask(ctx context.Context, body []byte) (io.ReadCloser, error)
	io.Closer
}

// wire speaks Git's upload-pack protocol (version 0) over a conversation.
type wire struct {
	conversation
	opts Options
	loc  location
	caps *capability.List
}

var _ remote = (*wire)(nil)

func (w *wire) references(ctx context.Context) (*references, error) {
	body, err := w.hear(ctx)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var start head
	adv := packp.NewAdvRefs()
	err = adv.Decode(io.TeeReader(io.LimitReader(body, maxAdvertisedBytes), &start))
	switch {
	case errors.Is(err, packp.ErrEmptyAdvRefs):
		return &references{}, nil
	case strings.Contains(start.String(), "object-format=sha256"):
		return nil, fault(Unsupported, nil, "repository %q uses SHA-256 object names, which are not supported", w.loc)
	case err != nil:
		return nil, w.notGit(err, start.String())
	}
	w.caps = adv.Capabilities
	return w.gather(adv), nil
}

func (w *wire) gather(adv *packp.AdvRefs) *references {
	refs := &references{
		named:     map[string]plumbing.Hash{},
		anyCommit: adv.Capabilities.Supports(capability.AllowReachableSHA1InWant),
	}
	for name, hash := range adv.References {
		refs.named[name] = hash
	}
	if adv.Head != nil && !adv.Head.IsZero() {
		refs.named["HEAD"] = *adv.Head
	}
	return refs
}

// notGit makes sense of an answer that is no list of references. A server's
// own complaint is passed on; anything else is not Git's protocol.
func (w *wire) notGit(err error, start string) error {
	if line, ok := errors.AsType[*pktline.ErrorLine](err); ok {
		return complaint(w.loc, line.Text)
	}
	if errors.Is(err, packp.ErrEmptyInput) {
		return fault(Protocol, nil, "repository %q: the server closed the connection without an answer", w.loc)
	}
	if _, typed := ReasonOf(err); !typed && start != "" && !startsAsGit(start) {
		return fault(NotGit, nil, "%q does not answer as a Git server: it says %q", w.loc, excerpt(start))
	}
	if _, ok := errors.AsType[*packp.ErrUnexpectedData](err); ok {
		return fault(Protocol, nil, "repository %q: the server's list of references breaks off or is malformed", w.loc)
	}
	return err
}

// startsAsGit says whether an answer begins with a packet's length, as all do
// in Git's protocol.
func startsAsGit(s string) bool {
	_, err := hex.DecodeString(s[:min(len(s), 4)])
	return err == nil
}

func (w *wire) fetch(ctx context.Context, req request, into *store) error {
	up, err := w.request(req)
	if err != nil {
		return err
	}
	body, err := encodeRequest(up)
	if err != nil {
		return err
	}
	answer, err := w.ask(ctx, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	limited := &limit{r: answer, left: w.opts.MaxBytes, err: fault(RepositoryTooBig, nil,
		"repository %q is larger than the limit of %d bytes", w.loc, w.opts.MaxBytes)}
	return w.receive(limited, up, into)
}

func (w *wire) request(req request) (*packp.UploadPackRequest, error) {
	up := packp.NewUploadPackRequest()
	wanted := []capability.Capability{capability.Sideband64k, capability.OFSDelta, capability.NoProgress}
	if len(req.haves) == 0 {
		// Azure DevOps and CodeCommit refuse a request without it (go-git 64).
		// go-git cannot follow the negotiation it allows; without haves there
		// is none. With haves these hosts refuse, and get a fresh fetch.
		wanted = append(wanted, capability.MultiACKDetailed)
	}
	for _, c := range wanted {
		if w.caps.Supports(c) {
			if err := up.Capabilities.Set(c); err != nil {
				return nil, err
			}
		}
	}
	if w.caps.Supports(capability.Agent) {
		if err := up.Capabilities.Set(capability.Agent, capability.DefaultAgent()); err != nil {
			return nil, err
		}
	}
	up.Wants, up.Haves, up.Shallows = req.wants, req.haves, req.shallows
	if w.caps.Supports(capability.Shallow) && (req.tipOnly || len(req.shallows) > 0) {
		if err := up.Capabilities.Set(capability.Shallow); err != nil {
			return nil, err
		}
		if req.tipOnly {
			up.Depth = packp.DepthCommits(1)
		}
	}
	return up, up.Validate()
}

func encodeRequest(up *packp.UploadPackRequest) ([]byte, error) {
	var b bytes.Buffer
	if err := up.UploadRequest.Encode(&b); err != nil {
		return nil, err
	}
	if err := up.UploadHaves.Encode(&b, false); err != nil {
		return nil, err
	}
	err := pktline.NewEncoder(&b).EncodeString("done\n")
	return b.Bytes(), err
}

func (w *wire) receive(limited *limit, up *packp.UploadPackRequest, into *store) error {
	resp := packp.NewUploadPackResponse(up)
	if err := resp.Decode(io.NopCloser(limited)); err != nil {
		return w.badAnswer(err, limited)
	}
	var pack io.Reader = resp
	if up.Capabilities.Supports(capability.Sideband64k) {
		pack = sideband.NewDemuxer(sideband.Sideband64k, resp)
	}
	err := into.add(func(file io.Writer) error {
		_, err := io.Copy(file, pack)
		return err
	}, func() []plumbing.Hash { return resp.Shallows })
	return w.badAnswer(err, limited)
}

func (w *wire) badAnswer(err error, limited *limit) error {
	if err == nil {
		return nil
	}
	if limited.hit {
		return limited.err
	}
	if line, ok := errors.AsType[*pktline.ErrorLine](err); ok {
		return complaint(w.loc, line.Text)
	}
	return err
}
