package agent

import (
	"log/slog"

	"github.com/heatsync/heatsync/agent/carry"
	"github.com/heatsync/heatsync/agent/config"
	"github.com/heatsync/heatsync/internal/secretstore"
)

// secretsOf gives the store of a fleet, nil for none. It touches nothing but, for
// an agent that writes, the store's folder. What is wrong with it is told again by
// every cluster that needs it, and stops none that does not.
func secretsOf(c config.Config, f config.Fleet, p *carry.Project, log *slog.Logger) secretstore.Store {
	s := c.SecretsOf(f)
	switch {
	case s.Barbican != nil:
		return secretstore.NewBarbican(p.KeyManager)
	case s.Age == nil:
		return nil
	}
	folder := secretstore.NewFolder(s.Age.Dir, s.Age.IdentityFile)
	if f.ReadOnly {
		return folder
	}
	if err := folder.Prepare(); err != nil {
		log.Error("the secret store cannot be used", keyErr, err)
	}
	return folder
}
