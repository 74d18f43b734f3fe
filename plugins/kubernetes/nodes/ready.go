package nodes

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// failing is a line of /readyz?verbose about a check that fails.
var failing = regexp.MustCompile(`(?m)^\[-\]([A-Za-z0-9./_-]{1,80}) failed`)

// mostChecks is how many failing checks are told of.
const mostChecks = 20

// ready asks the API server for its own checks and names those that fail. The
// REST client drops the text of an error, which is what is wanted here.
func (c *Client) ready(ctx context.Context) ([]string, error) {
	at := c.core.Get().AbsPath("/readyz").Param("verbose", "").URL()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("read /readyz: %w", err)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("read /readyz: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read /readyz: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return nil, nil
	}
	var checks []string
	for _, m := range failing.FindAllStringSubmatch(string(body), mostChecks) {
		checks = append(checks, m[1])
	}
	if len(checks) == 0 {
		return nil, fmt.Errorf("read /readyz: %w", answerError(resp.StatusCode))
	}
	slices.Sort(checks)
	return slices.Compact(checks), nil
}

// answerError is an HTTP status in the client's own words.
func answerError(code int) error {
	return apierrors.NewGenericServerResponse(code, http.MethodGet, schema.GroupResource{}, "", "", 0, false)
}
