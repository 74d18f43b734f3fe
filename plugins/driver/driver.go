package driver

import "context"

// Driver is what a driver must implement. Methods are called concurrently, for
// different clusters.
type Driver interface {
	// Describe gives the same value at every call.
	Describe() Description
	Renderer
	Planner
	Applier
}

// Renderer turns a resolved cluster into a digest. Pure.
type Renderer interface {
	Render(RenderInput) Rendered
}

// Planner compares a resolved cluster with what is live. Pure.
type Planner interface {
	Plan(PlanInput) Plan
}

// Applier carries out one step, idempotently, and returns as soon as the backend
// has taken the work. It may call progress from the calling goroutine, with a
// line for people that holds no secret. A cancelled context ends it early: the
// result is then Ambiguous if anything may have been sent.
type Applier interface {
	Apply(ctx context.Context, in ApplyInput, progress func(string)) Result
}

// Validator is implemented by a driver that checks more than its schema of
// attributes and labels says; the SDK checks the schema itself. Pure.
type Validator interface {
	Validate(Cluster) []Diagnostic
}

// HealthChecker asks the cluster itself. Feature "health".
type HealthChecker interface {
	CheckHealth(ctx context.Context, in HealthInput) HealthReport
}

// AccessGiver gives what a client needs. Feature "access". Pure.
type AccessGiver interface {
	GetAccess(Cluster, Stack, Parts) Access
}

// Previewer asks the backend what it would do. Feature "preview". heatstack drivers are
// one; today's agent does not call it and plans with the driver's own effects alone.
type Previewer interface {
	Preview(ctx context.Context, in PreviewInput) (PreviewReport, error)
}

// Observer lists live clusters that are not Heat stacks, as those of a Magnum, each
// given to found from the calling goroutine. Feature "observe". Today's agent does not
// call it: it keeps Heat stacks, and lists those itself.
type Observer interface {
	Observe(ctx context.Context, c Credential, found func(Stack)) error
}
