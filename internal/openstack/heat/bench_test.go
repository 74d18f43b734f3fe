package heat_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// BenchmarkListPage reads a page of 500 rows with five tags each.
func BenchmarkListPage(b *testing.B) {
	var rows []string
	for i := range 500 {
		id := fmt.Sprintf("%032x", i)
		rows = append(rows, fmt.Sprintf(`{"id":%q,"links":[{"href":"https://heat.test:8004/v1/%s/stacks/prod--cluster-%d/%s","rel":"self"}],"description":"","stack_name":"prod--cluster-%d","stack_status":"UPDATE_COMPLETE","stack_status_reason":"Stack UPDATE completed successfully","creation_time":"2026-11-21T16:33:51Z","updated_time":"2026-11-21T17:33:51Z","deletion_time":null,"stack_owner":"demo","parent":null,"stack_user_project_id":%q,"tags":["heatsync","heatsync.fleet=prod","heatsync.cluster=cluster-%d","heatsync.driver=kubernetes","heatsync.spec=1-%s"]}`, id, project, i, id, i, project, i, id))
	}
	page := `{"stacks":[` + strings.Join(rows, ",") + `]}`
	c := heat.NewWithToken("https://heat.test/v1/"+project, token, &http.Client{Transport: inPlace{answer(200, page)}})
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.List(b.Context(), heat.Query{Limit: 500}); err != nil {
			b.Fatal(err)
		}
	}
}
