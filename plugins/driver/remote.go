package driver

import "context"

// Remote is a driver at the other end of a connection, as a Driver: what tests of
// a driver hold, wherever it runs. It has all optional methods; Describe's
// Features say which of them the driver behind it has. A call that breaks becomes
// an error diagnostic with the code "driver", in Apply an Ambiguous result.
type Remote struct {
	client      *Client
	description Description
	ctx         context.Context
}

var (
	_ Driver        = (*Remote)(nil)
	_ Validator     = (*Remote)(nil)
	_ HealthChecker = (*Remote)(nil)
	_ AccessGiver   = (*Remote)(nil)
	_ Previewer     = (*Remote)(nil)
	_ Observer      = (*Remote)(nil)
)

// NewRemote asks the driver behind c what it is. The pure calls end with ctx.
func NewRemote(ctx context.Context, c *Client) (*Remote, error) {
	d, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	return &Remote{client: c, description: d, ctx: ctx}, nil
}

// Describe gives what the driver said when it was connected to.
func (r *Remote) Describe() Description { return r.description }

// Validate calls the driver.
func (r *Remote) Validate(c Cluster) []Diagnostic {
	found, err := r.client.Validate(r.ctx, c)
	return append(found, broken(err)...)
}

// Render calls the driver.
func (r *Remote) Render(in RenderInput) Rendered {
	out, err := r.client.Render(r.ctx, in)
	out.Diagnostics = append(out.Diagnostics, broken(err)...)
	return out
}

// Plan calls the driver.
func (r *Remote) Plan(in PlanInput) Plan {
	out, err := r.client.Plan(r.ctx, in)
	out.Diagnostics = append(out.Diagnostics, broken(err)...)
	return out
}

// Apply calls the driver.
func (r *Remote) Apply(ctx context.Context, in ApplyInput, progress func(string)) Result {
	out, err := r.client.Apply(ctx, in, progress)
	if err != nil {
		return Result{Verdict: Ambiguous, Fault: Fault{Code: "driver", Who: "operator", Summary: err.Error()}}
	}
	return out
}

// CheckHealth calls the driver.
func (r *Remote) CheckHealth(ctx context.Context, in HealthInput) HealthReport {
	out, err := r.client.CheckHealth(ctx, in)
	if err != nil {
		return HealthReport{Health: Unknown, Reasons: map[string]string{"driver": err.Error()}}
	}
	return out
}

// GetAccess calls the driver.
func (r *Remote) GetAccess(c Cluster, s Stack, p Parts) Access {
	out, err := r.client.GetAccess(r.ctx, c, s, p)
	out.Diagnostics = append(out.Diagnostics, broken(err)...)
	return out
}

// Preview calls the driver.
func (r *Remote) Preview(ctx context.Context, in PreviewInput) (PreviewReport, error) {
	return r.client.Preview(ctx, in)
}

// Observe calls the driver.
func (r *Remote) Observe(ctx context.Context, c Credential, found func(Stack)) error {
	return r.client.Observe(ctx, c, found)
}

func broken(err error) []Diagnostic {
	if err == nil {
		return nil
	}
	return []Diagnostic{{Severity: SeverityError, Code: "driver", Summary: err.Error()}}
}
