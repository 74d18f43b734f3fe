package demo

import (
	"context"
	"errors"
	"time"
)

// Serve sets the stage, tells where it is, and runs until ctx ends.
func Serve(ctx context.Context, o Options) error {
	o = o.filled()
	s, err := newStage(o, true, dockerDriver)
	if err == nil {
		began := time.Now()
		s.events.tell = func(e event) { s.screen.event(time.Since(began), e) }
		err = s.play(ctx)
	}
	return errors.Join(err, s.close())
}

func (s *stage) play(ctx context.Context) error {
	if err := s.startAgent(); err != nil {
		return err
	}
	s.directions()
	select {
	case err := <-s.ended:
		return err
	case <-ctx.Done():
		s.screen.line("\nstopping")
		if s.options.Keep {
			s.screen.line("the demo's files stay in %s", s.dir)
		}
		return nil
	}
}

// directions say where things are and what to try.
func (s *stage) directions() {
	p := s.screen.line
	p("%s", s.screen.paint(bold, "heatsync demo: a simulated cloud, a Git repository and an agent, on this machine alone"))
	clone := s.gitURL
	if clone == "" {
		clone = s.bare
	}
	p("  clone, edit, push   git clone %s", clone)
	if s.gitURL != "" {
		p("                      the same on disk: %s", s.bare)
	}
	p("  see what it knows   %s status --url http://%s", s.options.Command, s.listen)
	p("  status page         http://%s/", s.listen)
	p("  metrics             http://%s/metrics", s.listen)
	p("  plan it yourself    %s plan --config %s", s.options.Command, s.config)
	p("  the simulated cloud OS_CLIENT_CONFIG_FILE=%s openstack --os-cloud demo stack list", s.cloudsFile())
	p("  the agent's log     %s", s.dir+"/agent.log")
	p("")
	p("Try: set nodeCount: 3 in clusters/web.yaml, commit and push. Ctrl-C ends the demo%s.", map[bool]string{
		false: " and removes its files", true: "",
	}[s.options.Keep])
	p("")
}
