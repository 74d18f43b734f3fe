package heatsim

import (
	"slices"
	"sort"
)

// stackIndex finds a project's root stacks without walking them all. Deleted
// ones are kept apart.
type stackIndex struct {
	byName   map[string][]*stack // live ones, nested too, by folded name, earliest first
	byCreate ordered             // live root stacks
	byUpdate ordered             // the same; never updated ones first
	byStatus map[string]map[*stack]bool
	deleted  ordered
	nested   map[*stack]bool
}

func newStackIndex() stackIndex {
	return stackIndex{
		byName:   map[string][]*stack{},
		byCreate: ordered{less: createdBefore}, byUpdate: ordered{less: updatedBefore},
		deleted: ordered{less: createdBefore}, byStatus: map[string]map[*stack]bool{}, nested: map[*stack]bool{},
	}
}

func createdBefore(a, b *stack) bool {
	if !a.created.Equal(b.created) {
		return a.created.Before(b.created)
	}
	return a.id < b.id
}

func updatedBefore(a, b *stack) bool {
	if !a.updated.Equal(b.updated) {
		return a.updated.Before(b.updated)
	}
	return a.id < b.id
}

func (x *stackIndex) add(s *stack) {
	x.byName[fold(s.name)] = append(x.byName[fold(s.name)], s)
	if s.parent != nil {
		x.nested[s] = true
		return
	}
	x.byCreate.add(s)
	x.byUpdate.add(s)
	x.noteStatus(s)
}

// remove takes a stack out; keep leaves it among the deleted.
func (x *stackIndex) remove(s *stack, keep bool) {
	name := fold(s.name)
	x.byName[name] = slices.DeleteFunc(x.byName[name], func(o *stack) bool { return o == s })
	if len(x.byName[name]) == 0 {
		delete(x.byName, name)
	}
	delete(x.nested, s)
	if s.parent != nil {
		return
	}
	x.byCreate.remove(s)
	x.byUpdate.remove(s)
	x.forgetStatus(s)
	if keep {
		x.deleted.add(s)
	}
}

func (x *stackIndex) noteStatus(s *stack) {
	set := x.byStatus[s.status]
	if set == nil {
		set = map[*stack]bool{}
		x.byStatus[s.status] = set
	}
	set[s] = true
}

func (x *stackIndex) forgetStatus(s *stack) { delete(x.byStatus[s.status], s) }

// withStatus are the live root stacks of the given statuses, by creation.
func (x *stackIndex) withStatus(statuses []string) []*stack {
	var found []*stack
	for _, st := range slices.Compact(slices.Sorted(slices.Values(statuses))) {
		for s := range x.byStatus[st] {
			found = append(found, s)
		}
	}
	sort.Slice(found, func(i, j int) bool { return createdBefore(found[i], found[j]) })
	return found
}

// ordered is a sorted slice: an insert moves pointers, which for ten thousand
// stacks costs microseconds.
type ordered struct {
	less  func(a, b *stack) bool
	items []*stack
}

// place is where s is or would be.
func (o *ordered) place(s *stack) int {
	return sort.Search(len(o.items), func(i int) bool { return !o.less(o.items[i], s) })
}

func (o *ordered) add(s *stack) { o.items = slices.Insert(o.items, o.place(s), s) }

func (o *ordered) remove(s *stack) {
	if i := o.place(s); i < len(o.items) && o.items[i] == s {
		o.items = slices.Delete(o.items, i, i+1)
	}
}
