package nodes

import (
	"context"
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ask asks one pod away, by eviction, or by deletion where budgets do not count
// any more. why says what keeps it; an error is one of the API as a whole.
func (c *Client) ask(ctx context.Context, p corev1.Pod, force bool) (why string, err error) {
	this := &metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &p.UID}}
	if force {
		none := int64(0)
		this.GracePeriodSeconds = &none
		err = c.core.Delete().MaxRetries(0).Namespace(p.Namespace).Resource("pods").Name(p.Name).Body(this).Do(ctx).Error()
	} else {
		err = c.core.Post().MaxRetries(0).Namespace(p.Namespace).Resource("pods").Name(p.Name).SubResource("eviction").
			Body(&policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: p.Namespace}, DeleteOptions: this}).
			Do(ctx).Error()
	}
	switch {
	case err == nil, apierrors.IsNotFound(err):
		return "", nil
	case apierrors.IsConflict(err):
		return "", nil // another pod has its name by now: the next round sees it
	case apierrors.IsTooManyRequests(err):
		return blocker(err), nil
	case statusOf(err) == http.StatusInternalServerError:
		return "the API cannot say which budget counts: it may have more than one", nil
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err):
		return "the API refuses to evict it: " + causeOf(err).text, nil
	}
	return "", fmt.Errorf("evict pod %q: %w", p.Namespace+"/"+p.Name, err)
}

// blocker reads why an eviction was answered with 429: a budget, or a server that
// wants to be asked less.
func blocker(err error) string {
	for _, c := range causesOf(err) {
		if c.Type == policyv1.DisruptionBudgetCause {
			return plain(c.Message)
		}
	}
	return "the API wants to be asked less"
}

func causesOf(err error) []metav1.StatusCause {
	status, ok := err.(apierrors.APIStatus) //nolint:errorlint // as the REST client gives it
	if !ok || status.Status().Details == nil {
		return nil
	}
	return status.Status().Details.Causes
}
