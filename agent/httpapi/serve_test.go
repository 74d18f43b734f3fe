package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"
)

// A request in hand at the stop gets its answer before Serve returns: whoever
// called it ends the process next.
func TestServeEndsAfterWhatIsInHand(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "paused")
	})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	served := make(chan struct{})
	go func() {
		defer close(served)
		Serve(ctx, l, h, "", slog.New(slog.DiscardHandler))
	}()
	answers := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answers <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			answers <- err.Error()
			return
		}
		answers <- string(text)
	}()
	<-entered
	stop()
	select {
	case <-served:
		t.Error("Serve returned while a request was in hand")
	case <-time.After(200 * time.Millisecond):
	}
	close(leave)
	if got := <-answers; got != "paused" {
		t.Errorf("the client got %q", got)
	}
	select {
	case <-served:
	case <-time.After(stopLimit):
		t.Error("Serve does not end when its last request has")
	}
}
