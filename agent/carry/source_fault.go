package carry

import (
	"errors"

	"github.com/heatsync/heatsync/internal/gitsource"
	"github.com/heatsync/heatsync/reconcile"
)

// sourceCodes says which of the engine's codes a reason of the source is; all
// others are a matter of the config or the repository's content.
var sourceCodes = map[gitsource.Reason]reconcile.Code{
	gitsource.Unreachable:      reconcile.FaultUnavailable,
	gitsource.Unavailable:      reconcile.FaultUnavailable,
	gitsource.Timeout:          reconcile.FaultTimeout,
	gitsource.AuthRefused:      reconcile.FaultAuth,
	gitsource.Credentials:      reconcile.FaultAuth,
	gitsource.HostKeyUnknown:   reconcile.FaultAuth,
	gitsource.HostKeyMismatch:  reconcile.FaultAuth,
	gitsource.RepositoryTooBig: reconcile.FaultQuota,
	gitsource.FileTooBig:       reconcile.FaultQuota,
	gitsource.TooManyFiles:     reconcile.FaultQuota,
	gitsource.StoreDamaged:     reconcile.FaultInternal,
	gitsource.Protocol:         reconcile.FaultInternal,
}

// sourceFault reads an error of the source.
func sourceFault(err error) reconcile.Fault {
	e, ok := errors.AsType[*gitsource.Error](err)
	if !ok {
		return reconcile.Fault{
			Code: reconcile.FaultInternal, Who: reconcile.Nobody, Summary: OneLine(err), Transient: true,
		}
	}
	code, ok := sourceCodes[e.Reason]
	if !ok {
		code = reconcile.FaultConfig
	}
	return reconcile.Fault{
		Code: code, Who: reconcile.Who(e.Who()), Summary: OneLine(err), Remedy: e.Advice(),
		Transient: e.Who() == gitsource.Nobody,
	}
}
