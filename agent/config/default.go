package config

import "time"

// What a file that does not say otherwise means.
const (
	DefaultListen       = "127.0.0.1:8480"
	DefaultStateDir     = "/var/lib/heatsync"
	DefaultDriversDir   = "/usr/lib/heatsync/drivers"
	DefaultDriversLock  = "/etc/heatsync/drivers.lock"
	DefaultInterval     = 30 * time.Second
	DefaultConcurrency  = 20
	DefaultMaxCreates   = 20
	DefaultRPCTimeout   = 180 * time.Second
	DefaultMargin       = 30 * time.Second
	DefaultMaxResources = 1000
	DefaultRecording    = 64 << 20
)

// folderInterval is how often a directory is asked for changes, which it is told.
const folderInterval = time.Second

func defaults() Config {
	return Config{
		Listen:    DefaultListen,
		StateDir:  DefaultStateDir,
		Drivers:   Drivers{Dir: DefaultDriversDir, Lock: DefaultDriversLock},
		Log:       Log{Level: "info", Format: "text"},
		Recording: Recording{MaxBytes: DefaultRecording},
	}
}

// defaultFleet is what each entry of fleets begins as.
func defaultFleet() Fleet {
	return Fleet{
		Cloud: Cloud{RPCTimeout: DefaultRPCTimeout, MaxResources: DefaultMaxResources, Margin: DefaultMargin},
		Poll: Poll{
			InProgress: 5 * time.Second, Recent: 30 * time.Second, Inventory: 5 * time.Minute,
			DeepCheck: DeepCheck{Rate: Rate{Count: 30, Per: time.Minute}},
		},
		Concurrency: DefaultConcurrency,
		MaxCreates:  DefaultMaxCreates,
	}
}

func defaultGit() Git { return Git{Interval: DefaultInterval} }
