package heat_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heatsync/heatsync/internal/openstack/heat"
)

// shelf is a stack list that pages as Heat does, and misbehaves when told to.
type shelf struct {
	ids     []string // oldest first
	pages   int      // pages served
	counts  int      // counts served
	onPage  func(s *shelf)
	onCount func(s *shelf)
	page    func(s *shelf, ids []string) []string // what a proxy makes of a page
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Has("with_count") {
		s.counts++
		if s.onCount != nil {
			s.onCount(s)
		}
		fmt.Fprintf(w, `{"stacks":[],"count":%d}`, len(s.ids))
		return
	}
	s.pages++
	if s.onPage != nil {
		s.onPage(s)
	}
	from := 0
	for i, id := range s.ids {
		if id <= q.Get("marker") && strings.Contains(strings.Join(s.ids, ","), q.Get("marker")) {
			from = i + 1 // an unknown marker starts again
		}
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	ids := s.ids[from:min(len(s.ids), from+limit)]
	if s.page != nil {
		ids = s.page(s, ids)
	}
	var rows []string
	for _, id := range ids {
		n, _ := strconv.Atoi(id)
		rows = append(rows, entry(id, n))
	}
	fmt.Fprintf(w, `{"stacks":[%s]}`, strings.Join(rows, ","))
}

func shelfOf(n int) *shelf {
	s := &shelf{}
	for i := range n {
		s.ids = append(s.ids, fmt.Sprintf("%04d", i+1))
	}
	return s
}

func TestInventory(t *testing.T) {
	once := func(page int, do func(*shelf)) func(*shelf) {
		done := false
		return func(s *shelf) {
			if s.pages == page && !done {
				done = true
				do(s)
			}
		}
	}
	for _, tc := range []struct {
		name     string
		shelf    *shelf
		rows     int
		complete bool
		pages    int
	}{
		{"empty", shelfOf(0), 0, true, 1},
		{"one short page", shelfOf(3), 3, true, 1},
		{"last page exactly full", shelfOf(20), 20, true, 3},
		{"several pages", shelfOf(25), 25, true, 3},
		{"stacks made meanwhile come at the end", func() *shelf {
			s := shelfOf(25)
			s.onPage = once(2, func(s *shelf) { s.ids = append(s.ids, "0026", "0027") })
			return s
		}(), 27, true, 3},
		{"one deleted behind the walk", func() *shelf {
			s := shelfOf(25)
			s.onPage = once(2, func(s *shelf) { s.ids = s.ids[1:] })
			return s
		}(), 25, true, 3},
		{"one deleted before the walk", func() *shelf {
			s := shelfOf(25)
			s.onPage = once(2, func(s *shelf) { s.ids = s.ids[:24] })
			return s
		}(), 24, true, 3},
		{"the marker purged: walked again", func() *shelf {
			s := shelfOf(25)
			s.onPage = once(2, func(s *shelf) { s.ids = append(append([]string{}, s.ids[:9]...), s.ids[10:]...) })
			return s
		}(), 24, true, 5},
		{"a page from before the marker, though its rows are new", func() *shelf {
			s := shelfOf(35)
			s.ids = s.ids[10:]
			s.onPage = once(2, func(s *shelf) { s.ids = append([]string{"0001"}, s.ids[10:]...) })
			return s
		}(), 16, true, 4},
		{"every page but the first lost for good", func() *shelf {
			s := shelfOf(25)
			s.page = func(s *shelf, ids []string) []string { return s.ids[:10] }
			return s
		}(), 10, false, 6},
		{"rows dropped by a proxy", func() *shelf {
			s := shelfOf(25)
			s.page = func(_ *shelf, ids []string) []string { return ids[:len(ids)-1] }
			return s
		}(), 9, false, 3},
		{"limit ignored by a proxy", func() *shelf {
			s := shelfOf(25)
			s.page = func(s *shelf, _ []string) []string { return s.ids }
			return s
		}(), 0, false, 3},
		{"a mass deletion meanwhile is not believed at once", func() *shelf {
			s := shelfOf(25)
			s.onPage = once(2, func(s *shelf) { s.ids = s.ids[:12] })
			return s
		}(), 12, true, 4},
		{"a list that keeps shrinking", func() *shelf {
			s := shelfOf(25)
			s.onPage = func(s *shelf) { s.ids = s.ids[:len(s.ids)/2] }
			return s
		}(), 1, false, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows, complete, err := clientOf(t, tc.shelf.ServeHTTP).Inventory(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != tc.rows || complete != tc.complete || tc.shelf.pages != tc.pages {
				t.Errorf("%d rows, complete %v, %d pages; want %d, %v, %d", len(rows), complete, tc.shelf.pages, tc.rows, tc.complete, tc.pages)
			}
		})
	}
}

// TestInventoryFails: a failed page is an error, never a short list.
func TestInventoryFails(t *testing.T) {
	for page := range 3 {
		s := shelfOf(25)
		rows, complete, err := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			if s.pages == page && !r.URL.Query().Has("with_count") {
				answer(503, "")(w, r)
				return
			}
			s.ServeHTTP(w, r)
		}).Inventory(t.Context(), 10)
		if err == nil || complete || rows != nil {
			t.Errorf("page %d: %d rows, complete %v, error %v", page, len(rows), complete, err)
		}
	}
}

// TestOtherProjects: an admin's list has every project's stacks.
func TestOtherProjects(t *testing.T) {
	mine := strings.Replace(entry("a", 1), `"id"`, `"project":"`+project+`","id"`, 1)
	other := strings.Replace(entry("b", 2), `"id"`, `"project":"other","id"`, 1)
	body := `{"stacks":[` + mine + `,` + other + `]}`
	c := clientOf(t, answer(200, body))
	rows, err := c.List(t.Context(), heat.Query{})
	if err != nil || len(rows) != 1 || rows[0].ID != "a" {
		t.Errorf("rows %v, error %v", rows, err)
	}
	if _, err := c.WithProject("").List(t.Context(), heat.Query{}); err == nil {
		t.Error("an admin's list taken without a project")
	}
	if diff := cmp.Diff(project, c.Project()); diff != "" {
		t.Error(diff)
	}
}
