package driverhost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Handle asks one driver, whichever process it is at the time. Every call waits
// for its turn and for a driver that starts, has a deadline of its own beside
// ctx's, and fails with an *[Error] or with ctx's error. It is safe for concurrent
// use and stays good over restarts.
type Handle struct {
	worker   *worker
	timing   Timing
	observer Observer
}

// Name is the driver's.
func (h *Handle) Name() string { return h.worker.name }

// Crashes gives the last crashes, oldest first.
func (h *Handle) Crashes() []Crash { return h.worker.lastCrashes() }

// Describe gives what the driver is, and the checksum of its file: the same as
// long as the process lives.
func (h *Handle) Describe(ctx context.Context) (driver.Description, string, error) {
	s, err := h.worker.session(ctx)
	if err != nil {
		return driver.Description{}, "", err
	}
	return s.description, s.sha256, nil
}

// Validate asks for what is wrong with a cluster.
func (h *Handle) Validate(ctx context.Context, c driver.Cluster) ([]driver.Diagnostic, error) {
	return ask(ctx, h, "Validate", c.Name, h.timing.Call, checkDiagnostics,
		func(ctx context.Context, d *driver.Client) ([]driver.Diagnostic, error) { return d.Validate(ctx, c) })
}

// Render asks for a render.
func (h *Handle) Render(ctx context.Context, in driver.RenderInput) (driver.Rendered, error) {
	return ask(ctx, h, "Render", in.Cluster.Name, h.timing.Call, checkRendered,
		func(ctx context.Context, d *driver.Client) (driver.Rendered, error) { return d.Render(ctx, in) })
}

// Plan asks for a plan.
func (h *Handle) Plan(ctx context.Context, in driver.PlanInput) (driver.Plan, error) {
	return ask(ctx, h, "Plan", in.Cluster.Name, h.timing.Plan, checkPlan,
		func(ctx context.Context, d *driver.Client) (driver.Plan, error) { return d.Plan(ctx, in) })
}

// Preview asks what the backend would do.
func (h *Handle) Preview(ctx context.Context, in driver.PreviewInput) (driver.PreviewReport, error) {
	return ask(ctx, h, "Preview", in.Cluster.Name, h.timing.Apply, checkPreview,
		func(ctx context.Context, d *driver.Client) (driver.PreviewReport, error) { return d.Preview(ctx, in) })
}

// CheckHealth asks how a cluster is.
func (h *Handle) CheckHealth(ctx context.Context, in driver.HealthInput) (driver.HealthReport, error) {
	return ask(ctx, h, "CheckHealth", in.Cluster.Name, h.timing.Apply, checkHealth,
		func(ctx context.Context, d *driver.Client) (driver.HealthReport, error) {
			return d.CheckHealth(ctx, in)
		})
}

// GetAccess asks what a client of the cluster needs.
func (h *Handle) GetAccess(ctx context.Context, c driver.Cluster, s driver.Stack, p driver.Parts) (driver.Access, error) {
	return ask(ctx, h, "GetAccess", c.Name, h.timing.Call,
		func(a driver.Access) error { return checkDiagnostics(a.Diagnostics) },
		func(ctx context.Context, d *driver.Client) (driver.Access, error) { return d.GetAccess(ctx, c, s, p) })
}

// Observe asks for the live clusters that are no Heat stacks. All or an error: a
// list cut short is no list.
func (h *Handle) Observe(ctx context.Context, c driver.Credential) ([]driver.Stack, error) {
	return ask(ctx, h, "Observe", "", h.timing.Apply, func([]driver.Stack) error { return nil },
		func(ctx context.Context, d *driver.Client) (stacks []driver.Stack, err error) {
			err = d.Observe(ctx, c, func(s driver.Stack) { stacks = append(stacks, s) })
			return stacks, err
		})
}

// Apply carries out a step and always gives a verdict: Refused when the driver
// surely was not asked, Ambiguous for every other call that broke or was answered
// in a way that cannot be believed. The driver is asked once. Progress (nil:
// unwanted) is called from the calling goroutine.
func (h *Handle) Apply(ctx context.Context, in driver.ApplyInput, progress func(string)) driver.Result {
	asked := false
	result, err := ask(ctx, h, "Apply", in.Cluster.Name, h.timing.Apply,
		func(r driver.Result) error { return checkResult(in, r) },
		func(ctx context.Context, d *driver.Client) (driver.Result, error) {
			result, err := d.Apply(ctx, in, progress)
			asked = status.Code(err) != codes.Aborted // else it turned the call away
			return result, err
		})
	if err == nil {
		return result
	}
	verdict := driver.Ambiguous
	if !asked || errors.Is(err, driver.ErrNotSent) {
		verdict = driver.Refused
	}
	stack := in.StackID
	fault := driver.Fault{Code: "driver", Who: "operator", Summary: err.Error(), Transient: true}
	if e := new(Error); errors.As(err, &e) {
		fault.Transient = !e.lasting()
		fault.Remedy = e.Remedy
	} else {
		fault.Code, fault.Who = "timeout", "nobody" // ctx's end, which is the caller's doing
	}
	return driver.Result{Verdict: verdict, StackID: stack, Fault: fault}
}

// errNotBegun is wrapped when a driver turned a call away before it began it.
var errNotBegun = errors.New("the driver did not begin the call")

// ask makes one call: its turn, its session, its deadline, its count, its check. A
// call that a draining driver turned away goes to the next session, once.
func ask[T any](ctx context.Context, h *Handle, method, cluster string, deadline time.Duration,
	check func(T) error, call func(context.Context, *driver.Client) (T, error),
) (T, error) {
	began := time.Now()
	answer, err := turn(ctx, h, method, cluster, deadline, check, call)
	if errors.Is(err, errNotBegun) {
		answer, err = turn(ctx, h, method, cluster, deadline, check, call)
	}
	h.observer.DriverCalled(h.worker.name, method, time.Since(began), code(err))
	return answer, err
}

func turn[T any](ctx context.Context, h *Handle, method, cluster string, deadline time.Duration,
	check func(T) error, call func(context.Context, *driver.Client) (T, error),
) (none T, _ error) {
	if err := h.worker.gate.Acquire(ctx, 1); err != nil {
		return none, fmt.Errorf("driver %q: waiting for a turn: %w", h.worker.name, err)
	}
	defer h.worker.gate.Release(1)
	s, err := h.worker.session(ctx)
	if err != nil {
		return none, err
	}
	limited, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	end, ok := s.begin(fmt.Sprintf("%s %s", method, cluster))
	if !ok {
		return none, s.turnedAway(method)
	}
	answer, err := call(limited, s.client)
	end(err != nil && limited.Err() != nil)
	if err != nil {
		return none, s.callError(ctx, method, deadline, err)
	}
	if err := check(answer); err != nil {
		return none, s.badReply(method, err)
	}
	return answer, nil
}

func code(err error) string {
	if err == nil {
		return "ok"
	}
	if e := new(Error); errors.As(err, &e) {
		return string(e.Reason)
	}
	return "cancelled"
}

func (s *session) turnedAway(method string) *Error {
	return &Error{Driver: s.name, Reason: Stopped, Detail: method + " came while it was draining", Err: errNotBegun}
}

// callError says what a broken call broke of.
func (s *session) callError(ctx context.Context, method string, deadline time.Duration, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("driver %q: %s: %w", s.name, method, ctx.Err())
	}
	e := &Error{Driver: s.name, Reason: Failed, Detail: method, Err: err}
	switch status.Code(err) {
	case codes.DeadlineExceeded:
		e.Reason, e.Detail, e.Err = Deadline, fmt.Sprintf("%s gave no answer within %s", method, deadline), nil
	case codes.Unavailable, codes.Canceled:
		// The connection breaks about a millisecond before the process is reaped.
		e.Reason, e.Detail, e.Err = Crashed, method+" broke off", oneLine(err)
		if s.runner.process.wait(2 * outputGrace) {
			e = s.crash(time.Time{}).Err()
			e.Detail = method + " broke off: " + e.Detail
		}
	case codes.Aborted:
		return s.turnedAway(method)
	case codes.Internal:
		e.Reason, e.Detail, e.Err, e.Remedy = Panicked, method+" failed inside: "+status.Convert(err).Message(), nil, "report it to the driver's author"
	case codes.Unimplemented:
		e.Reason, e.Detail, e.Err = Unsupported, "it has no "+method, nil
	case codes.ResourceExhausted:
		e.Reason, e.Detail, e.Remedy = BadReply, method+" is larger than the contract allows", "report it to the driver's author"
	case codes.Unknown:
		if errors.Is(err, driver.ErrNoResult) {
			return s.badReply(method, err)
		}
		if !errors.Is(err, driver.ErrNotSent) {
			e.Err = errors.New(status.Convert(err).Message())
		}
	}
	return e
}
