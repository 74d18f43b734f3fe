package nodes

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// How a list is read: pages that fit into an answer, and an end to them.
const (
	nodesPage = 100
	podsPage  = 500
	maxPages  = 200
)

var errEndless = errors.New("the list does not end")

func (c *Client) nodes(ctx context.Context) ([]corev1.Node, error) {
	return list(ctx, c.core, "nodes", "", nodesPage, func(l *corev1.NodeList) (string, []corev1.Node) { return l.Continue, l.Items })
}

// pods lists those of a node, of all nodes where it is "".
func (c *Client) pods(ctx context.Context, node string) ([]corev1.Pod, error) {
	selector := ""
	if node != "" {
		selector = "spec.nodeName=" + node
	}
	return list(ctx, c.core, "pods", selector, podsPage, func(l *corev1.PodList) (string, []corev1.Pod) { return l.Continue, l.Items })
}

func (c *Client) budgets(ctx context.Context) ([]policyv1.PodDisruptionBudget, error) {
	return list(ctx, c.policy, "poddisruptionbudgets", "", podsPage,
		func(l *policyv1.PodDisruptionBudgetList) (string, []policyv1.PodDisruptionBudget) {
			return l.Continue, l.Items
		})
}

// list reads all pages, or nothing. A list that expired half way is begun again,
// once.
func list[L any, P interface {
	*L
	runtime.Object
}, T any](ctx context.Context, of rest.Interface, resource, selector string, page int64, read func(P) (string, []T)) ([]T, error) {
	var all []T
	next, again := "", true
	for range maxPages {
		into := P(new(L))
		opts := metav1.ListOptions{Limit: page, Continue: next, FieldSelector: selector}
		err := of.Get().MaxRetries(0).Resource(resource).VersionedParams(&opts, parameters).Do(ctx).Into(into)
		switch {
		case apierrors.IsResourceExpired(err) && next != "" && again:
			all, next, again = nil, "", false
			continue
		case err != nil:
			return nil, fmt.Errorf("list %s: %w", resource, err)
		}
		more, found := read(into)
		all = append(all, found...)
		if more == "" {
			return all, nil
		}
		if more == next {
			break
		}
		next = more
	}
	return nil, fmt.Errorf("list %s: %w", resource, errEndless)
}
