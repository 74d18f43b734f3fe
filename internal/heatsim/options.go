package heatsim

import "time"

// Options say what kind of cloud New builds. The zero value is a Heat 19 with
// project and user "demo" (password "openstack"), no delays and no faults.
type Options struct {
	Clock Clock  // nil: RealClock
	Seed  uint64 // of ids, names, addresses and chances

	// Endpoint is the base URL in the catalog, in links and in Location.
	// Empty: the scheme and host of each request.
	Endpoint string
	Region   string // default RegionOne

	Users       []User
	Credentials []AppCredential
	TokenLife   time.Duration // default one hour

	Durations Durations

	Release      int   // of Heat: 19 (default) to 26; 22 and later let simultaneous creates through
	LegacyEngine bool  // one action per stack: 409 ActionInProgress
	MaxStacks    int   // live root stacks of a project; 0: 512, negative: no limit
	MaxBody      int64 // bytes of a request; 0: 1,048,576
	MaxDepth     int   // of nesting; 0: 5
	MaxEvents    int   // kept per stack; 0: 1000
	AutoSignal   bool  // nodes signal their wait conditions Durations.Boot after these open

	// Missing are names that custom constraints do not find, by constraint
	// ("glance.image": {"gone"}). Everything else exists.
	Missing map[string][]string

	Faults Faults // nil: none

	// Templates, when not nil, are shared with other clouds.
	Templates *Templates `json:"-"`
}

// User may log in with a password and has one role, member, in its projects.
type User struct {
	Name     string
	Password string
	Projects []string // the first is its default
	Admin    bool     // sees every project's stacks, as context_is_admin does
}

// AppCredential logs in for its user in one project. A restricted one may
// not make trusts, so it cannot create stacks.
type AppCredential struct {
	ID, Name, Secret string
	User, Project    string
	Unrestricted     bool
}

// Durations say how long work takes on the cloud's clock. All may be zero;
// even then work is done only after the request that asked for it was answered.
type Durations struct {
	Create, Update, Delete, Check time.Duration            // of one resource
	ByType                        map[string]time.Duration // creates of a type, instead of Create
	Boot                          time.Duration            // of a node, before it signals
	Purge                         time.Duration            // from DELETE_COMPLETE to the row's soft deletion
}

func (o *Options) setDefaults() {
	if o.Clock == nil {
		o.Clock = RealClock{}
	}
	if o.Region == "" {
		o.Region = "RegionOne"
	}
	if len(o.Users) == 0 {
		o.Users = []User{{Name: "demo", Password: "openstack", Projects: []string{"demo"}}}
	}
	if o.Templates == nil {
		o.Templates = &Templates{}
	}
	if o.TokenLife == 0 {
		o.TokenLife = time.Hour
	}
	setDefault(&o.Release, 19)
	setDefault(&o.MaxStacks, 512)
	setDefault(&o.MaxDepth, 5)
	setDefault(&o.MaxEvents, 1000)
	setDefault(&o.MaxBody, 1<<20)
}

func setDefault[T int | int64](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}
