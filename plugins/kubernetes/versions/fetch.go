package versions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// ErrNoChecksum says that a download has no checksum, so that nothing may be
// fetched of it.
var ErrNoChecksum = errors.New("there is no checksum of it: run heatsync-driver-kubernetes versions update")

const (
	maxChecksums = 64 << 20  // the index of a large Helm repository has over 10 MiB
	maxDownload  = 512 << 20 // the largest program is kubelet
)

// Mirrored gives where a mirror has a file: below its URL, the host as a folder.
// An empty mirror is upstream itself.
func Mirrored(mirror, upstream string) string {
	_, rest, ok := strings.Cut(upstream, "://")
	if mirror == "" || !ok {
		return upstream
	}
	return strings.TrimSuffix(mirror, "/") + "/" + rest
}

// Fetch gets a download, whole and in memory, and holds it against its checksum.
// It refuses one without a checksum ([ErrNoChecksum]). A nil client is the default
// one.
func Fetch(ctx context.Context, client *http.Client, mirror string, d Download) ([]byte, error) {
	where := Mirrored(mirror, d.URL)
	if d.SHA256 == "" {
		return nil, fmt.Errorf("%s: %w", d.URL, ErrNoChecksum)
	}
	data, err := get(ctx, client, where, maxDownload)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != d.SHA256 {
		return nil, fmt.Errorf("%s: its SHA-256 is %x, not %s", where, sum, d.SHA256)
	}
	return data, nil
}

// get reads a URL. It follows redirects as long as the scheme stays.
func get(ctx context.Context, client *http.Client, where string, limit int64) ([]byte, error) {
	if client == nil {
		client = http.DefaultClient
	}
	strict := *client
	strict.CheckRedirect = func(next *http.Request, before []*http.Request) error {
		if was := before[0].URL.Scheme; next.URL.Scheme != was {
			return fmt.Errorf("a redirect from %s to %s is not followed", was, next.URL.Scheme)
		}
		if len(before) >= 10 {
			return errors.New("more than 10 redirects")
		}
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return nil, err
	}
	response, err := strict.Do(request)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", where, response.Status)
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
		return nil, fmt.Errorf("%s: it is a web page", where)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: it has more than %d MiB", where, limit>>20)
	}
	return data, nil
}
