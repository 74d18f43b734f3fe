package leftovers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Options say whose leftovers go, and which.
type Options struct {
	// Cluster is the name that the cluster's cloud controller, ingress controller and
	// CSI driver were given; it has no underscore.
	Cluster string
	// Volumes: the volumes of claims go too, with all that is on them.
	Volumes bool
	// Transport carries the requests; nil is one by the credential's CA.
	Transport http.RoundTripper
}

// Clean is one round. left names what is still there and why; the cluster is clean
// when there is neither an error nor anything left. After an error of a list
// nothing was asked to go.
func Clean(ctx context.Context, c driver.Credential, o Options) (left []string, err error) {
	if o.Cluster == "" || strings.ContainsAny(o.Cluster, "_ ") {
		return nil, fmt.Errorf("%q is no name that the marks of a cluster could be told by", o.Cluster)
	}
	cloud, done, err := newCloud(c, o.Transport)
	if err != nil {
		return nil, err
	}
	defer done()
	found, err := cloud.find(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, a := range found.addresses {
		left = add(left, "floating IP "+a.Address, cloud.delete(ctx, cloud.network, "/floatingips/"+a.ID))
	}
	for _, b := range found.balancers {
		left = append(left, "load balancer "+b.Name+": "+cloud.dropBalancer(ctx, b))
	}
	for _, v := range found.volumes {
		left = append(left, "volume "+v.title()+": "+cloud.dropVolume(ctx, v))
	}
	slices.Sort(left)
	return left, ctx.Err()
}

// CleanStep is one round as heatstack's Cleaner wants it. The marks are those of a
// cluster whose controllers were given its stack's name.
func CleanStep(ctx context.Context, in driver.ApplyInput, volumes bool) (waitsFor []string, fault *driver.Fault) {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	left, err := Clean(ctx, in.Credential, Options{Cluster: in.StackName, Volumes: volumes})
	if err != nil {
		f := FaultOf(err)
		return nil, &f
	}
	return left, nil
}

// roundTime bounds one round of a step.
const roundTime = 2 * time.Minute

// found is what has the cluster's marks.
type found struct {
	balancers []balancer
	addresses []address
	volumes   []volume
}

// find reads every list whole before anything is asked to go.
func (c *cloud) find(ctx context.Context, o Options) (found, error) {
	var out found
	balancers, err := list[balancer](ctx, c, c.balancing, "/lbaas/loadbalancers", "loadbalancers", nil)
	if err != nil {
		return found{}, err
	}
	addresses, err := list[address](ctx, c, c.network, "/floatingips", "floatingips", nil)
	if err != nil {
		return found{}, err
	}
	var volumes []volume
	if o.Volumes {
		only := map[string]string{"metadata": fmt.Sprintf("{'%s':'%s'}", volumeKey, o.Cluster)}
		if volumes, err = list[volume](ctx, c, c.storage, "/volumes/detail", "volumes", only); err != nil {
			return found{}, err
		}
	}
	for _, b := range balancers {
		if ownsBalancer(b, o.Cluster) && b.Status != "DELETED" {
			out.balancers = append(out.balancers, b)
		}
	}
	for _, a := range addresses {
		if ownsAddress(a, o.Cluster) {
			out.addresses = append(out.addresses, a)
		}
	}
	for _, v := range volumes {
		if ownsVolume(v, o.Cluster) {
			out.volumes = append(out.volumes, v)
		}
	}
	return out, nil
}

// add tells of what could not be removed at once.
func add(left []string, what string, err error) []string {
	if err == nil {
		return left
	}
	return append(left, what+": "+why(err))
}

// dropBalancer asks for a load balancer's end, unless Octavia works on it: it
// then takes no request. It is there until a list is without it.
func (c *cloud) dropBalancer(ctx context.Context, b balancer) string {
	if strings.HasPrefix(b.Status, "PENDING_") {
		return "is " + b.Status
	}
	if err := c.delete(ctx, c.balancing, "/lbaas/loadbalancers/"+b.ID+"?cascade=true"); err != nil {
		return why(err)
	}
	return "is being deleted"
}

// dropVolume asks for a volume's end; one that is attached is taken off its
// server first. Snapshots go with it.
func (c *cloud) dropVolume(ctx context.Context, v volume) string {
	var err error
	next := "is being deleted"
	switch v.Status {
	case "available", "error", "error_deleting", "error_restoring", "error_extending":
		err = c.delete(ctx, c.storage, "/volumes/"+v.ID+"?cascade=true")
	case "in-use":
		next = "is being detached"
		for _, a := range v.Attachments {
			err = errors.Join(err, c.delete(ctx, c.compute, "/servers/"+a.Server+"/os-volume_attachments/"+v.ID))
		}
	default:
		next = "is " + v.Status
	}
	if err != nil {
		return why(err)
	}
	return next
}
