package demo

import (
	"context"
	"io"
	"time"
)

// Agent is heatsync itself, as the demo uses it.
type Agent interface {
	// Run runs an agent with a config file until ctx ends, then stops it
	// gracefully; when now ends it stops at once. It calls ready with the address
	// it listens on and writes its log, as the config says, to log.
	Run(ctx, now context.Context, configFile string, log io.Writer, ready func(listen string)) error
	// Plan says what would be done now.
	Plan(ctx context.Context, configFile string) (Planned, error)
	// Access gives a kubeconfig for a cluster.
	Access(ctx context.Context, configFile, cluster string) ([]byte, error)
}

// Planned is the answer of planning once.
type Planned struct {
	Text    string // as people read it
	Pending bool   // something would change
	Failed  bool   // something could not be planned
}

// Options say what stage is set. Agent is required.
type Options struct {
	Agent Agent
	// DriverDir holds heatsync-driver-docker and, for the tour,
	// heatsync-driver-kubernetes; "" looks beside the program that runs, then where
	// packages put drivers.
	DriverDir string
	Command   string // how the user called heatsync, for the commands that are told; "" is "heatsync"
	Keep      bool   // leave the temporary folder behind
	// StepTimeout is how long one step of the tour may take; 0 is a minute.
	StepTimeout time.Duration
	Out         io.Writer // for people; nil discards
	Terminal    bool      // Out is a terminal: the line in progress is overwritten
	Color       bool
	// Now ends when there is no time for a graceful stop. Nil: never.
	Now context.Context
}

const defaultStepTimeout = time.Minute

func (o Options) filled() Options {
	if o.StepTimeout <= 0 {
		o.StepTimeout = defaultStepTimeout
	}
	if o.Command == "" {
		o.Command = "heatsync"
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Now == nil {
		o.Now = context.Background()
	}
	return o
}
