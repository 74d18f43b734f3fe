package httpapi

import (
	"bytes"
	"net/http"
)

// collected has a handler answer into memory and only then writes to the client,
// so that one who does not read holds no place among the handler's own limited
// number of requests in hand.
func collected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := collector{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(&c, r)
		w.WriteHeader(c.status)
		_, _ = w.Write(c.body.Bytes())
	})
}

// collector is an answer in memory.
type collector struct {
	header http.Header
	status int
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*collector)(nil)

func (c *collector) Header() http.Header         { return c.header }
func (c *collector) WriteHeader(status int)      { c.status = status }
func (c *collector) Write(p []byte) (int, error) { return c.body.Write(p) }
