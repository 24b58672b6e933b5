package bulkread

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// More than rapid's default, and still overridden by the command line.
	if err := flag.Set("rapid.checks", "200"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// A thing is what the tests read. Version grows with each change; list items of a partial vendor lack Detail.
type thing struct {
	ID      string
	Version int
	Detail  string
}

const detail = "all fields"

// A paging is how a vendor's listing is paged.
type paging string

const (
	offsets      paging = "offset"
	offsetsBlind paging = "offset without total"
	cursors      paging = "cursor"
)

var pagings = []paging{offsets, offsetsBlind, cursors}

// A failure is a vendor's error, distinct from every other one.
type failure struct{ id, what string }

func (f *failure) Error() string { return f.id + ": " + f.what }

// A vendor holds things and counts requests. Its fields are set before use; latencies pass on the bubble's clock.
type vendor struct {
	paging   paging
	maxLimit int                             // larger limits are capped; 0 = none
	latency  func(request int) time.Duration // half of it passes before the vendor acts; nil = none
	partial  bool                            // list items lack Detail
	lag      bool                            // listings show things as they were first
	unlisted map[string]bool                 // exists, but is in no listing
	failPage int                             // the number of the listing request that fails, from 1; 0 = none
	failGet  func(n int) bool                // does the nth single read fail
	onPage   func(ctx context.Context) error // runs before a listing request is answered

	mu       sync.Mutex
	order    []string // as listed
	things   map[string]thing
	first    map[string]thing
	versions map[string]int // outlive removals
	gets     []string       // ids, in order of request
	listings map[string]int // requests per position of the listing
	listed   map[string]bool
	failures map[error]bool // handed out by get
	busy     int            // listing requests under way
	busiest  int
}

func newVendor(p paging, things int) *vendor {
	v := &vendor{
		paging:   p,
		things:   map[string]thing{},
		first:    map[string]thing{},
		versions: map[string]int{},
		listings: map[string]int{},
		listed:   map[string]bool{},
		failures: map[error]bool{},
	}
	for i := range things {
		id := strconv.Itoa(i)
		v.first[id] = v.change(id)
	}
	return v
}

func (v *vendor) source(pageSize int) Source[thing] {
	s := Source[thing]{
		Name:     "things",
		PageSize: pageSize,
		Get:      v.get,
		ID:       func(t thing) string { return t.ID },
		Same:     func(a, b thing) bool { return a == b },
	}
	if v.paging == cursors {
		s.Cursor = v.cursor
	} else {
		s.Offset = v.page
	}
	return s
}

// pause lets half of the latency of the nth request pass.
func (v *vendor) pause(ctx context.Context, n int) error {
	if v.latency == nil {
		return ctx.Err()
	}
	select {
	case <-time.After(v.latency(n) / 2):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *vendor) get(ctx context.Context, id string) (thing, error) {
	v.mu.Lock()
	v.gets = append(v.gets, id)
	n := len(v.gets)
	v.mu.Unlock()
	if err := v.pause(ctx, n); err != nil {
		return thing{}, err
	}
	v.mu.Lock()
	t, ok := v.things[id]
	var err *failure
	switch {
	case v.failGet != nil && v.failGet(n):
		err = &failure{id, "broken"}
	case !ok:
		err = &failure{id, "not found"}
	}
	if err != nil {
		v.failures[err] = true
	}
	v.mu.Unlock()
	if err != nil {
		return thing{}, err
	}
	return t, v.pause(ctx, n)
}

func (v *vendor) page(ctx context.Context, offset, limit int) (Page[thing], error) {
	if v.maxLimit > 0 {
		limit = min(limit, v.maxLimit)
	}
	items, total, err := v.list(ctx, fmt.Sprint("offset ", offset), func(all []thing) []thing {
		return all[min(offset, len(all)):min(offset+limit, len(all))]
	})
	if v.paging == offsetsBlind {
		total = -1
	}
	return Page[thing]{Items: items, Total: total, Limit: limit}, err
}

func (v *vendor) cursor(ctx context.Context, after string, limit int) (Page[thing], error) {
	if v.maxLimit > 0 {
		limit = min(limit, v.maxLimit)
	}
	items, _, err := v.list(ctx, "after "+after, func(all []thing) []thing {
		passed := map[string]bool{}
		for _, id := range v.order[:slices.Index(v.order, after)+1] {
			passed[id] = true // even where it has been removed since
		}
		all = slices.DeleteFunc(all, func(t thing) bool { return passed[t.ID] })
		return all[:min(limit, len(all))]
	})
	page := Page[thing]{Items: items, Total: -1}
	if len(items) == limit {
		page.Next = items[limit-1].ID
	}
	return page, err
}

func (v *vendor) list(ctx context.Context, at string, cut func([]thing) []thing) ([]thing, int, error) {
	v.mu.Lock()
	v.listings[at]++
	n := v.pages()
	v.busy++
	v.busiest = max(v.busiest, v.busy)
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		v.busy--
		v.mu.Unlock()
	}()
	if v.onPage != nil {
		if err := v.onPage(ctx); err != nil {
			return nil, 0, err
		}
	}
	if err := v.pause(ctx, n); err != nil {
		return nil, 0, err
	}
	v.mu.Lock()
	var all []thing
	for _, id := range v.order {
		t, ok := v.things[id]
		if v.lag {
			t, ok = v.first[id]
		}
		if v.partial {
			t.Detail = ""
		}
		if ok && !v.unlisted[id] {
			all = append(all, t)
		}
	}
	items := cut(all)
	for _, t := range items {
		v.listed[t.ID] = true
	}
	v.mu.Unlock()
	if n == v.failPage {
		return nil, 0, &failure{at, "no listing"}
	}
	return items, len(all), v.pause(ctx, n)
}

// change makes and returns the next version of id, which it creates if need be, before all others.
func (v *vendor) change(id string) thing {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.versions[id] == 0 {
		v.order = slices.Insert(v.order, 0, id)
	}
	v.versions[id]++
	v.things[id] = thing{id, v.versions[id], detail}
	return v.things[id]
}

func (v *vendor) exists(id string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, ok := v.things[id]
	return ok
}

// remove returns a version that is newer than all that id has had and older than all that it may get; 0 if it has had
// none.
func (v *vendor) remove(id string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.things, id)
	if v.versions[id] > 0 {
		v.versions[id]++
	}
	return v.versions[id]
}

// pages counts the listing requests. It needs v.mu while requests are under way, as does requests.
func (v *vendor) pages() int {
	n := 0
	for _, times := range v.listings {
		n += times
	}
	return n
}

func (v *vendor) requests() int { return len(v.gets) + v.pages() }
