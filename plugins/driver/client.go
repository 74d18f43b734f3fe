package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/heatsync/heatsync/plugins/driverpb"
)

// Client calls a driver over a connection. Errors are gRPC statuses as they come;
// replies are translated and not judged. It is safe for concurrent use.
type Client struct {
	wire pb.DriverServiceClient
}

// NewClient calls the driver at the other end of conn, which stays the caller's.
func NewClient(conn grpc.ClientConnInterface) *Client {
	return &Client{wire: pb.NewDriverServiceClient(conn)}
}

// Describe asks what the driver is.
func (c *Client) Describe(ctx context.Context) (Description, error) {
	d, err := c.wire.Describe(ctx, &pb.DescribeRequest{})
	return descriptionFromWire(d), err
}

// Validate asks for what is wrong with a cluster: what [Check] finds, and what
// the driver's own [Validator] finds.
func (c *Client) Validate(ctx context.Context, cluster Cluster) ([]Diagnostic, error) {
	out, err := c.wire.Validate(ctx, &pb.ValidateRequest{Cluster: clusterToWire(cluster)})
	return each(out.GetDiagnostics(), diagnosticFromWire), err
}

// Render asks for a render. Values of secrets are not sent.
func (c *Client) Render(ctx context.Context, in RenderInput) (Rendered, error) {
	out, err := c.wire.Render(ctx, renderInputToWire(in))
	return renderedFromWire(out), err
}

// Plan asks for a plan. Values of secrets are not sent.
func (c *Client) Plan(ctx context.Context, in PlanInput) (Plan, error) {
	out, err := c.wire.Plan(ctx, planInputToWire(in))
	return planFromWire(out), err
}

// Preview asks what the backend would do. Values of secrets are not sent.
func (c *Client) Preview(ctx context.Context, in PreviewInput) (PreviewReport, error) {
	out, err := c.wire.Preview(ctx, previewInputToWire(in))
	return previewReportFromWire(out), err
}

// ErrNotSent is wrapped by an error of Apply that came before anything was sent.
var ErrNotSent = errors.New("nothing was sent to the driver")

// ErrNoResult is given when the driver ended a call without a result.
var ErrNoResult = errors.New("the driver ended the call without a result")

// Apply carries out a step; progress (nil: unwanted) is called from the calling
// goroutine. An error that does not wrap [ErrNotSent] means that the work may
// have been taken.
func (c *Client) Apply(ctx context.Context, in ApplyInput, progress func(string)) (Result, error) {
	request := applyInputToWire(in)
	if size := proto.Size(request); size > MaxMessageBytes {
		return Result{}, fmt.Errorf("%w: the call has %d bytes, the contract allows %d", ErrNotSent, size, MaxMessageBytes)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.wire.Apply(ctx, request)
	if err != nil {
		return Result{}, err
	}
	for {
		message, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return Result{}, ErrNoResult
		case err != nil:
			return Result{}, err
		case message.GetResult() != nil:
			return resultFromWire(message.GetResult()), nil
		case progress != nil && message.GetProgress() != nil:
			progress(message.GetProgress().GetText())
		}
	}
}

// Observe gives each live cluster to found, from the calling goroutine.
func (c *Client) Observe(ctx context.Context, credential Credential, found func(Stack)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.wire.Observe(ctx, &pb.ObserveRequest{Credential: credentialToWire(credential)})
	if err != nil {
		return err
	}
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		found(stackFromWire(message.GetStack()))
	}
}

// CheckHealth asks how a cluster is.
func (c *Client) CheckHealth(ctx context.Context, in HealthInput) (HealthReport, error) {
	out, err := c.wire.CheckHealth(ctx, healthInputToWire(in))
	return healthReportFromWire(out), err
}

// GetAccess asks what a client of the cluster needs.
func (c *Client) GetAccess(ctx context.Context, cluster Cluster, stack Stack, parts Parts) (Access, error) {
	out, err := c.wire.GetAccess(ctx, &pb.GetAccessRequest{
		Cluster: clusterToWire(cluster), Stack: stackToWire(stack), Parts: partsToWire(parts),
	})
	return accessFromWire(out), err
}

// Drain tells the driver to take no further calls and waits for the running ones
// for at most the deadline (whole seconds). It gives how many still run.
func (c *Client) Drain(ctx context.Context, deadline time.Duration) (unfinished int, err error) {
	seconds := int32(min(math.Ceil(deadline.Seconds()), math.MaxInt32))
	out, err := c.wire.Drain(ctx, &pb.DrainRequest{DeadlineSeconds: seconds})
	return int(out.GetUnfinished()), err
}
