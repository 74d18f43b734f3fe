package demo

import (
	"context"
	"net"
	"net/http"
	"time"
)

// serveLocal answers on a free loopback port until close is called. Requests
// that name another host are refused: they come from a page that got around the
// browser's check of its origin.
func serveLocal(h http.Handler) (base string, end func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: localOnly(h, l.Addr().String()), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	return "http://" + l.Addr().String(), func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.Shutdown(ctx)
		_ = s.Close()
		<-done
	}, nil
}

func localOnly(h http.Handler, address string) http.Handler {
	_, port, _ := net.SplitHostPort(address)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address && r.Host != "localhost:"+port {
			http.Error(w, "this host name is not the demo's", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}
