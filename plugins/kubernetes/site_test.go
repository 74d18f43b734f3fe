package kubernetes_test

import (
	"testing"

	"github.com/heatsync/heatsync/test/heatsite"
)

// site is a Heat to try the driver on.
type site = heatsite.Site

func simulated(t *testing.T) *site { t.Helper(); return heatsite.Simulated(t) }

func realCloud(t *testing.T) *site { t.Helper(); return heatsite.Real(t) }
