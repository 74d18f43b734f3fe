package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/heatsync/heatsync/reconcile"
)

func faultError(f *reconcile.Fault) error {
	if f == nil {
		return nil
	}
	return errors.New(f.Summary)
}

// expired asks for no more than what is known without waiting.
func expired(r *http.Request) context.Context {
	ctx, cancel := context.WithCancel(r.Context())
	cancel()
	return ctx
}
