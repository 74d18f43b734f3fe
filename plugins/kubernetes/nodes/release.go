package nodes

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/heatsync/heatsync/plugins/driver"
)

// Release gives a node back that was being emptied and is not to go any more. A
// node that somebody else has cordoned stays so.
func Release(ctx context.Context, c *Client, n driver.Node) error {
	node, there, err := c.node(ctx, n)
	if err != nil || !there || node.Annotations[DrainSince] == "" {
		return err
	}
	if err := c.patch(ctx, node, false, nil); err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("release node %q: %w", n.Name, err)
	}
	return nil
}

// releaseOthers gives back every node that is being emptied and is none of those
// that go. One step has all nodes that go of a cluster, and nobody else writes the
// annotation.
func (c *Client) releaseOthers(ctx context.Context, going []driver.Node) error {
	all, err := c.nodes(ctx)
	if err != nil {
		return err
	}
	for _, node := range all {
		n := FactsOf(node)
		goes := slices.ContainsFunc(going, func(g driver.Node) bool { return g.Name == n.Name })
		if n.DrainSince.IsZero() || goes {
			continue
		}
		if err := Release(ctx, c, n); err != nil {
			return err
		}
	}
	return nil
}
