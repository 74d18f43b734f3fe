package heat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// Bounds of what is read and sent, in bytes.
const (
	MaxReply      = 64 << 20 // of a successful answer
	MaxErrorReply = 1 << 20  // of any other answer
	MaxBody       = 1 << 20  // Heat's default max_json_body_size
)

// call is one request to Heat.
type call struct {
	method string
	path   string // below the endpoint, escaped
	query  url.Values
	body   any      // encoded as JSON; nil for none
	hide   []string // texts that no error may repeat
	ok     []int    // statuses that mean success; nil means 200
}

// hidden gives all that no error of the call may repeat.
func (r call) hidden(token string) []string { return append(slices.Clone(r.hide), token) }

// do carries c out and decodes the answer's body into out, unless out is nil.
// A 401 is answered by one renewal of the token and one replay: Heat decides it
// before any work.
func (c *Client) do(ctx context.Context, r call, out any) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	token := c.session.Token()
	resp, err := c.send(ctx, r, body, token)
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusUnauthorized {
		resp, err = c.again(ctx, r, body, token, resp)
		if err != nil {
			return err
		}
	}
	defer resp.Body.Close()
	return c.answer(r, resp, out)
}

// again renews the token and replays r; where there is no new token it gives
// back the answer it was called with.
func (c *Client) again(ctx context.Context, r call, body []byte, old string, refused *http.Response) (*http.Response, error) {
	if err := c.session.Reauthenticate(ctx, old); err != nil {
		refused.Body.Close()
		return nil, &RenewError{Err: err}
	}
	token := c.session.Token()
	if token == old {
		return refused, nil
	}
	drain(refused.Body)
	return c.send(ctx, r, body, token)
}

// send makes one HTTP request. An error is a *SendError.
func (c *Client) send(ctx context.Context, r call, body []byte, token string) (*http.Response, error) {
	var progress progress
	address := c.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(progress.watch(ctx), r.method, address, reader(body))
	if err != nil {
		return nil, &SendError{Method: r.method, Path: r.path, Err: bare(err)}
	}
	for k, v := range c.headers {
		req.Header.Set(k, v)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Cache-Control", "no-cache") // Heat forbids no cache on the way to keep its answers
	req.Header.Set("User-Agent", c.agent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("X-Auth-Token", token)
	}
	if err := ctx.Err(); err != nil {
		return nil, &SendError{Method: r.method, Path: r.path, Err: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &SendError{Method: r.method, Path: r.path, Err: quiet(bare(err), r.hidden(token)), begun: progress.begun(err)}
	}
	resp.Request = req // a transport served in place may leave it out
	return resp, nil
}

// answer reads resp: success into out, all else into an *Error.
func (c *Client) answer(r call, resp *http.Response, out any) error {
	ok := r.ok
	if ok == nil {
		ok = []int{http.StatusOK}
	}
	if !slices.Contains(ok, resp.StatusCode) {
		return refusal(r, resp)
	}
	if out == nil {
		drain(resp.Body)
		return nil
	}
	hide := r.hidden(resp.Request.Header.Get("X-Auth-Token"))
	text, err := readAll(resp, MaxReply)
	if err == nil {
		if err = json.Unmarshal(text, out); err != nil {
			err = notJSON(text, err, hide)
		}
	}
	if err != nil {
		return &ReplyError{Method: r.method, Path: r.path, Status: resp.StatusCode, Err: quiet(err, hide)}
	}
	return nil
}

// unreadable is an answer of JSON that is not what r asked for.
func (c *Client) unreadable(r call, err error) error {
	return &ReplyError{Method: r.method, Path: r.path, Status: http.StatusOK, Err: quiet(err, r.hidden(c.session.Token()))}
}

// encode gives the request's body, nil for none, or a *TooBigError.
func encode(r call) ([]byte, error) {
	if r.body == nil {
		return nil, nil
	}
	text, err := json.Marshal(r.body)
	if err != nil {
		return nil, fmt.Errorf("encode the body of %s %s: %w", r.method, r.path, err)
	}
	if len(text) > MaxBody {
		return nil, &TooBigError{Size: len(text), Limit: MaxBody}
	}
	return text, nil
}

func reader(body []byte) io.Reader {
	if body == nil {
		return nil
	}
	return bytes.NewReader(body)
}

// errLong is why a reply was given up.
var errLong = errors.New("the answer is longer than heatsync reads")

// readAll reads an answer whole, at most limit bytes. The length that its header
// promises spares the copies of a buffer that grows, and is not trusted beyond
// that.
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	var text bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		text.Grow(int(min(n, 1<<20)) + bytes.MinRead)
	}
	_, err := text.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(text.Len()) > limit {
		return nil, errLong
	}
	return text.Bytes(), err
}

// drain reads a short rest so that the connection can be used again.
func drain(r io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, r, 64<<10)
	r.Close()
}

// with gives a copy of q that has more.
func with(q url.Values, more url.Values) url.Values {
	out := maps.Clone(q)
	if out == nil {
		out = url.Values{}
	}
	maps.Copy(out, more)
	return out
}
