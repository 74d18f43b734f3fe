package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
)

const (
	stopLimit  = 2 * time.Second // for requests in hand at the stop
	againAfter = 5 * time.Second // a lost listener is opened again
)

// Listen opens the address, so that a port in use is told at the start.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// CheckWebConfig says what is wrong with a web config file of
// prometheus/exporter-toolkit; "" is none.
func CheckWebConfig(file string) error {
	if file == "" {
		return nil
	}
	if err := web.Validate(file); err != nil {
		return fmt.Errorf("web config %q: %s", file, strings.Join(strings.Fields(err.Error()), " "))
	}
	return nil
}

// Serve answers on the listener until ctx ends, and then those in hand for a
// moment. TLS and authentication are as webConfig says, which is checked before. A
// listener that is lost is opened again.
func Serve(ctx context.Context, l net.Listener, h http.Handler, webConfig string, log *slog.Logger) {
	address := l.Addr().String()
	for {
		err := serveOnce(ctx, l, h, webConfig, log)
		if ctx.Err() != nil {
			return
		}
		log.Error("the HTTP listener was lost, it is opened again", "listen", address, "err", err)
		if l = again(ctx, address); l == nil {
			return
		}
	}
}

func serveOnce(ctx context.Context, l net.Listener, h http.Handler, webConfig string, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	down := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(down)
		limit, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		if srv.Shutdown(limit) != nil {
			_ = srv.Close()
		}
	})
	systemd := false
	err := web.Serve(l, srv, &web.FlagConfig{WebConfigFile: &webConfig, WebSystemdSocket: &systemd}, log)
	if !stop() { // the server stops taking requests at once, and lets go of those in hand later
		<-down
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// again opens the address as soon as it can be, nil when ctx ends.
func again(ctx context.Context, address string) net.Listener {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(againAfter):
		}
		if l, err := Listen(address); err == nil {
			return l
		}
	}
}
