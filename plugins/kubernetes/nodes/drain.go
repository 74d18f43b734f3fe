package nodes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/heatsync/heatsync/plugins/driver"
)

// DrainOptions say how a node is emptied.
type DrainOptions struct {
	// Deadline is how long a node may take; 0 is no bound.
	Deadline time.Duration
	// Force: what is left at the deadline is deleted, whatever budgets say.
	// Otherwise the drain is stalled.
	Force bool
	Now   func() time.Time // nil: time.Now
}

// ErrStalled says that a node was not empty at its deadline: a person has to act.
var ErrStalled = errors.New("the node could not be emptied in time")

// mostEvictions is how many pods one round asks away: what is left is asked in
// the next one.
const mostEvictions = 100

// Drain is one round of emptying a node: cordon it, and ask every pod away that a
// budget lets go. It waits for nothing, and is called again until it says done;
// what it has to remember is the node's annotation. blocked names the pods that
// stay for now, with what keeps them. A node that is gone, or whose name belongs
// to another server by now, is done.
func Drain(ctx context.Context, c *Client, n driver.Node, o DrainOptions) (done bool, blocked []string, err error) {
	since, ready, there, err := c.cordon(ctx, n, o.now())
	if err != nil || !there {
		return err == nil, nil, err
	}
	pods, err := c.pods(ctx, n.Name)
	if err != nil {
		return false, nil, fmt.Errorf("drain node %q: %w", n.Name, err)
	}
	late := o.Deadline > 0 && o.now().Sub(since) > o.Deadline
	left, tried := 0, 0
	for _, p := range pods {
		if p.Spec.NodeName != n.Name || stays(p) {
			continue
		}
		if p.DeletionTimestamp != nil && !ready {
			continue // nobody is there to end it: it goes with its server
		}
		left++
		if p.DeletionTimestamp != nil && !late || tried == mostEvictions {
			continue
		}
		tried++
		why, err := c.ask(ctx, p, late && o.Force)
		if err != nil {
			return false, nil, fmt.Errorf("drain node %q: %w", n.Name, err)
		}
		if why == "" && late && !o.Force {
			why = "is still there"
		}
		if why != "" {
			blocked = append(blocked, p.Namespace+"/"+p.Name+": "+why)
		}
	}
	slices.Sort(blocked)
	if late && !o.Force && left > 0 {
		return false, blocked, fmt.Errorf("drain node %q: %w: %s", n.Name, ErrStalled, told(blocked))
	}
	return left == 0, blocked, nil
}

func (o DrainOptions) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// told names the first few.
func told(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// cordon takes a node out of scheduling and notes since when it is emptied, in
// one write, unless both are so already.
func (c *Client) cordon(ctx context.Context, n driver.Node, now time.Time) (since time.Time, ready, there bool, err error) {
	node, there, err := c.node(ctx, n)
	if err != nil || !there {
		return time.Time{}, false, there, err
	}
	since, invalid := time.Parse(time.RFC3339, node.Annotations[DrainSince])
	if invalid == nil && node.Spec.Unschedulable {
		return since, isReady(node), true, nil
	}
	if invalid != nil {
		since = now
	}
	err = c.patch(ctx, node, true, since.UTC().Format(time.RFC3339))
	if apierrors.IsNotFound(err) {
		return time.Time{}, false, false, nil
	}
	if err != nil {
		return time.Time{}, false, true, fmt.Errorf("cordon node %q: %w", n.Name, err)
	}
	return since, isReady(node), true, nil
}

// node reads a node. there is false when it is gone, or when another server has
// its name.
func (c *Client) node(ctx context.Context, n driver.Node) (corev1.Node, bool, error) {
	var node corev1.Node
	err := c.core.Get().MaxRetries(0).Resource("nodes").Name(n.Name).Do(ctx).Into(&node)
	switch {
	case apierrors.IsNotFound(err):
		return node, false, nil
	case err != nil:
		return node, false, fmt.Errorf("read node %q: %w", n.Name, err)
	}
	id := serverID(node)
	return node, n.ServerID == "" || id == "" || strings.EqualFold(id, n.ServerID), nil
}

// patch sets or takes away the cordon and its annotation, of this very node.
func (c *Client) patch(ctx context.Context, node corev1.Node, cordoned bool, since any) error {
	body, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": node.UID, "annotations": map[string]any{DrainSince: since}},
		"spec":     map[string]any{"unschedulable": cordoned},
	})
	if err != nil {
		return err
	}
	return c.core.Patch(types.MergePatchType).MaxRetries(0).Resource("nodes").Name(node.Name).Body(body).Do(ctx).Error()
}
