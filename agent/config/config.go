package config

import (
	"time"

	"github.com/heatsync/heatsync/reconcile"
)

// Config is the whole file. The zero value of an optional field has been
// replaced by its default. Relative paths are taken from the file's folder.
type Config struct {
	// Listen is host:port of the HTTP server, "" for none.
	Listen string `yaml:"listen"`
	// StateDir is a cache of this agent alone: losing it costs time.
	StateDir  string    `yaml:"stateDir"`
	Drivers   Drivers   `yaml:"drivers"`
	Fleets    []Fleet   `yaml:"fleets"`
	Secrets   Secrets   `yaml:"secrets"` // of every fleet that has none of its own
	Web       Web       `yaml:"web"`
	Log       Log       `yaml:"log"`
	Recording Recording `yaml:"recording"`
}

// Drivers says where drivers are and which may run.
type Drivers struct {
	Dir  string `yaml:"dir"`  // holds heatsync-driver-*
	Lock string `yaml:"lock"` // pins them by SHA-256
}

// Fleet is one source on one cloud project.
type Fleet struct {
	Name     string `yaml:"name"`
	ReadOnly bool   `yaml:"readOnly"` // plan and report, never write
	Source   Source `yaml:"source"`
	Cloud    Cloud  `yaml:"cloud"`
	Poll     Poll   `yaml:"poll"`
	// Concurrency bounds requests to the cloud under way, and calls to each
	// driver under way.
	Concurrency int `yaml:"concurrency"`
	// MaxCreates is the creation guard: more stacks to be made for the first
	// time than that are held until approved.
	MaxCreates int `yaml:"maxCreates"`
	// Secrets is this fleet's own secret store.
	Secrets Secrets `yaml:"secrets"`
}

// Source is where a fleet's files come from: exactly one of Git and Directory.
type Source struct {
	Git       *Git   `yaml:"git"`
	Auth      Auth   `yaml:"auth"`
	Directory string `yaml:"directory"`
}

// Git is one branch, tag or commit of one repository.
type Git struct {
	URL      string        `yaml:"url"`
	Branch   string        `yaml:"branch"`
	Tag      string        `yaml:"tag"`
	Commit   string        `yaml:"commit"`
	Path     string        `yaml:"path"` // below the repository's root
	Interval time.Duration `yaml:"interval"`
	CAFile   string        `yaml:"caFile"` // trusted besides the system's
}

// Auth names the files that prove who the agent is to the Git host.
type Auth struct {
	TokenFile      string `yaml:"tokenFile"`
	Username       string `yaml:"username"`
	PasswordFile   string `yaml:"passwordFile"`
	SSHKeyFile     string `yaml:"sshKeyFile"`
	KnownHostsFile string `yaml:"knownHostsFile"`
}

// Cloud is an entry of a clouds.yaml; without a name the OS_* variables decide,
// as with every OpenStack client.
type Cloud struct {
	Name string `yaml:"name"`
	File string `yaml:"file"` // "": where OpenStack clients look for clouds.yaml
	// Region wins over the entry's; "" is for a cloud that has one.
	Region string `yaml:"region"`
	// AllowInsecure takes an entry's "verify: false" at its word.
	AllowInsecure bool `yaml:"allowInsecure"`
	// RPCTimeout is Heat's rpc_response_timeout: how long a create whose answer
	// was lost may still be taken.
	RPCTimeout time.Duration `yaml:"rpcTimeout"`
	// MaxResources is Heat's max_resources_per_stack; -1 is no limit.
	MaxResources int `yaml:"maxResources"`
	// Margin is added to RPCTimeout; with both 0 nothing is waited for.
	Margin time.Duration `yaml:"margin"`
}

// Poll is how often the cloud is looked at.
type Poll struct {
	InProgress time.Duration `yaml:"inProgress"`
	Recent     time.Duration `yaml:"recent"`
	Inventory  time.Duration `yaml:"inventory"`
	DeepCheck  DeepCheck     `yaml:"deepCheck"`
}

// DeepCheck is the tour that compares all that is stored.
type DeepCheck struct {
	Rate Rate `yaml:"rate"`
}

// Secrets says where the secrets of clusters are kept: at most one of Age and
// Barbican. Without either, clusters whose driver needs secrets are held.
type Secrets struct {
	Age      *Age      `yaml:"age"`
	Barbican *Barbican `yaml:"barbican"`
}

// Age is a folder of age-encrypted files, which its owner backs up.
type Age struct {
	Dir          string `yaml:"dir"`          // outside the state folder
	IdentityFile string `yaml:"identityFile"` // as age-keygen writes it
}

// Barbican is the key manager of the fleet's own project.
type Barbican struct{}

// None tells whether there is no store.
func (s Secrets) None() bool { return s.Age == nil && s.Barbican == nil }

// SecretsOf is the store of one of the fleets.
func (c Config) SecretsOf(f Fleet) Secrets {
	if f.Secrets.None() {
		return c.Secrets
	}
	return f.Secrets
}

// Web names the file of prometheus/exporter-toolkit that sets TLS and
// authentication of the HTTP server.
type Web struct {
	ConfigFile string `yaml:"configFile"`
}

// Log says how much is logged, and how.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text, json
}

// Recording is a bounded file of events for `heatsync replay`, one per fleet:
// the fleet's name is put before the file's extension. No File: no recording.
type Recording struct {
	File     string `yaml:"file"`
	MaxBytes int64  `yaml:"maxBytes"` // then a new file begins; one old one is kept
}

// quietLists is how many lists a minute the quiet fleets of one agent may ask
// together to see the newest updates, each of two requests. A fleet alone asks
// less; what many then see later, each one's inventory bounds.
const quietLists = 15

// Settings are what the engine of one of the fleets is told.
func (c Config) Settings(f Fleet) reconcile.Settings {
	s := reconcile.DefaultSettings(f.Name)
	s.ReadOnly = f.ReadOnly
	s.MaxCreates = f.MaxCreates
	s.Secrets = !c.SecretsOf(f).None()
	s.MaxResources = f.Cloud.MaxResources
	s.SettleIn = f.Cloud.RPCTimeout + f.Cloud.Margin
	s.Poll.InProgress = f.Poll.InProgress
	s.Poll.Recent = f.Poll.Recent
	s.Poll.Quiet = min(time.Duration(len(c.Fleets))*2*time.Minute/quietLists, max(f.Poll.Inventory, 2*f.Poll.Recent))
	s.Poll.Inventory = f.Poll.Inventory
	s.Poll.DeepEvery = f.Poll.DeepCheck.Rate.Every()
	s.Poll.Source = folderInterval
	if f.Source.Git != nil {
		s.Poll.Source = f.Source.Git.Interval
	}
	return s
}
