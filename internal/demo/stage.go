package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"filippo.io/age"

	"github.com/heatsync/heatsync/reconcile"
)

// stage is everything that runs: the cloud, the repository, the agent.
type stage struct {
	options Options
	screen  *screen
	dir     string // the temporary folder
	bare    string // the repository people clone
	config  string // the agent's config file
	cloud   *cloud
	gitURL  string // by smart HTTP; "" without a git program
	listen  string // the agent's address
	author  *author
	events  *events
	ended   chan error
	ends    []func() // in the order they were begun

	revision string // the last commit of a story
}

const fleet = "demo"

// newStage sets up all but the agent, with the drivers of these names. What it made
// is undone by close, also after an error.
func newStage(o Options, clusters bool, drivers ...string) (s *stage, err error) {
	s = &stage{options: o, screen: &screen{out: o.Out, terminal: o.Terminal, color: o.Color}}
	if s.dir, err = os.MkdirTemp("", "heatsync-demo-"); err != nil {
		return s, err
	}
	s.bare, s.config = filepath.Join(s.dir, "git", "fleet.git"), filepath.Join(s.dir, "heatsync.yaml")
	log, err := os.Create(filepath.Join(s.dir, "agent.log"))
	if err != nil {
		return s, err
	}
	s.ends = append(s.ends, func() { _ = log.Close() })
	s.events = &events{file: log}
	for _, f := range []func() error{
		func() error {
			return pinDrivers(o.DriverDir, filepath.Join(s.dir, "drivers"), filepath.Join(s.dir, "drivers.lock"), drivers...)
		},
		func() error { return s.openRepository(clusters) },
		s.openCloud,
		s.writeIdentity,
		s.writeConfig,
	} {
		if err := f(); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *stage) openRepository(clusters bool) error {
	if err := newBare(s.bare); err != nil {
		return err
	}
	var err error
	if s.author, err = newAuthor("Somebody", filepath.Join(s.dir, "clone"), s.bare); err != nil {
		return err
	}
	files, err := seedFiles(clusters)
	if err != nil {
		return err
	}
	if _, err := s.author.commit("a fleet and a template", files); err != nil {
		return err
	}
	h := gitHandler(filepath.Dir(s.bare))
	if h == nil {
		return nil
	}
	base, end, err := serveLocal(h)
	if err != nil {
		return err
	}
	s.ends = append(s.ends, end)
	s.gitURL = base + "/" + filepath.Base(s.bare)
	return nil
}

func (s *stage) openCloud() error {
	c, err := newCloud()
	if err != nil {
		return err
	}
	s.cloud = c
	s.ends = append(s.ends, c.end)
	return c.writeCloudsYAML(s.cloudsFile())
}

func (s *stage) cloudsFile() string { return filepath.Join(s.dir, "clouds.yaml") }

const configYAML = `listen: 127.0.0.1:0
stateDir: state
drivers: {dir: drivers, lock: drivers.lock}
log: {format: json}
secrets: {age: {dir: secrets, identityFile: age.key}}
fleets:
- name: demo
  source:
    git: {url: %s, branch: main, interval: 200ms}
  cloud: {name: demo, file: clouds.yaml, rpcTimeout: 0s, margin: 0s}
  poll: {inProgress: 200ms, recent: 300ms, inventory: 400ms, deepCheck: {rate: 10/s}}
`

// writeIdentity makes the key that the secrets of clusters are kept with.
func (s *stage) writeIdentity() error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.dir, "age.key"), []byte(id.String()+"\n"), 0o600)
}

func (s *stage) writeConfig() error {
	url := strconv.Quote("file://" + filepath.ToSlash(s.bare))
	return os.WriteFile(s.config, fmt.Appendf(nil, configYAML, url), 0o600)
}

// startAgent runs the agent and returns once it serves.
func (s *stage) startAgent() error {
	ctx, stop := context.WithCancel(context.Background())
	s.ended = make(chan error, 1)
	ready := make(chan string, 1)
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.ended <- s.options.Agent.Run(ctx, s.options.Now, s.config, s.events, func(listen string) { ready <- listen })
	}()
	s.ends = append(s.ends, func() { stop(); <-over })
	select {
	case s.listen = <-ready:
		return nil
	case err := <-s.ended:
		return fmt.Errorf("the agent does not start: %w", err)
	}
}

// close ends what runs, last things first, and removes the temporary folder
// unless it is to be kept.
func (s *stage) close() error {
	for i := len(s.ends) - 1; i >= 0; i-- {
		s.ends[i]()
	}
	s.ends = nil
	if s.dir == "" || s.options.Keep {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// status asks the agent's API.
func (s *stage) status(ctx context.Context) (reconcile.FleetStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.listen+"/api/v1/clusters", nil)
	if err != nil {
		return reconcile.FleetStatus{}, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return reconcile.FleetStatus{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return reconcile.FleetStatus{}, err
	}
	var all struct {
		Fleets []reconcile.FleetStatus `json:"fleets"`
	}
	if err := json.Unmarshal(body, &all); err != nil || answer.StatusCode != http.StatusOK {
		return reconcile.FleetStatus{}, fmt.Errorf("the agent answers %s: %.200s", answer.Status, body)
	}
	if len(all.Fleets) != 1 {
		return reconcile.FleetStatus{}, errors.New("the agent does not show the demo's fleet")
	}
	return all.Fleets[0], nil
}
