package bulkread

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	tests := []struct {
		reads, things, pageSize int
		want                    map[paging]int
	}{
		{1, 5000, 100, map[paging]int{offsets: 1, offsetsBlind: 1, cursors: 1}},
		{3, 5000, 100, map[paging]int{offsets: 3, offsetsBlind: 3, cursors: 3}},
		{10, 5000, 100, map[paging]int{offsets: 11, offsetsBlind: 20, cursors: 20}},
		{4, 4, 100, map[paging]int{offsets: 4, offsetsBlind: 4, cursors: 4}},
		{100, 100, 100, map[paging]int{offsets: 4, offsetsBlind: 5, cursors: 5}},
		{1000, 1000, 100, map[paging]int{offsets: 20, offsetsBlind: 22, cursors: 22}},
		{1000, 1000, 25, map[paging]int{offsets: 80, offsetsBlind: 82, cursors: 82}},
	}
	for _, tt := range tests {
		for _, p := range pagings {
			for _, atOnce := range []int{1, 10} {
				t.Run(fmt.Sprintf("%d of %d by %d, %s, %d at once", tt.reads, tt.things, tt.pageSize, p, atOnce), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						v := newVendor(p, tt.things)
						v.latency = steady
						readAll(t, New(v.source(tt.pageSize)), v, atOnce, numbers(tt.reads, tt.things))
						if got := v.requests(); got > tt.want[p] {
							t.Errorf("%d single reads and %d pages, want %d requests at most", len(v.gets), v.pages(), tt.want[p])
						}
					})
				})
			}
		}
	}
}

func TestDisabled(t *testing.T) {
	t.Parallel()
	v := newVendor(offsets, 10)
	disabled := v.source(10)
	disabled.Disabled = true
	unlistable := v.source(10)
	unlistable.Offset = nil
	for name, s := range map[string]Source[thing]{"disabled": disabled, "no listing": unlistable} {
		r := New(s)
		before := len(v.gets)
		r.Dirty("3")
		r.Written("3", thing{ID: "3"})
		readAll(t, r, v, 1, numbers(10, 10))
		if got := len(v.gets) - before; got != 10 || v.pages() != 0 {
			t.Errorf("%s: %d single reads and %d pages for 10 reads", name, got, v.pages())
		}
	}
}

func TestMaxAge(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		v := newVendor(p, 20)
		s := v.source(100)
		now := time.Now()
		s.Now = func() time.Time { return now }
		s.MaxAge = time.Minute
		warned := warnings(&s)
		r := New(s)
		readAll(t, r, v, 1, numbers(20, 20))
		v.change("3") // by another actor
		now = now.Add(time.Minute - 1)
		if got, _ := r.Get(t.Context(), "3", nil); got.Version != 1 {
			t.Errorf("%s: a listing of less than MaxAge was not used", p)
		}
		now = now.Add(1)
		readAll(t, r, v, 1, numbers(20, 20))
		if v.pages() != 1 || len(*warned) > 0 {
			t.Errorf("%s: %d listings, warnings %q", p, v.pages(), *warned)
		}
	}
}

func TestOddPages(t *testing.T) {
	t.Parallel()
	const things = 40
	all := newVendor(offsets, things)
	items := make([]thing, things)
	for i, id := range all.order {
		items[i] = all.things[id]
	}
	cut := func(from, to int) []thing { return items[min(from, to, things):min(to, things)] }
	tests := map[string]struct {
		offset   func(offset, limit int) Page[thing]
		cursor   func(after string) Page[thing]
		requests int // at most, for reading everything once
	}{
		"limit ignored": {offset: func(int, int) Page[thing] {
			return Page[thing]{Items: items, Total: things, Limit: 10}
		}, requests: 4},
		"limit not told": {offset: func(offset, limit int) Page[thing] {
			return Page[thing]{Items: cut(offset, offset+limit), Total: things}
		}, requests: 8},
		"pages overlap": {offset: func(offset, limit int) Page[thing] {
			return Page[thing]{Items: cut(max(offset-3, 0), offset+limit), Total: things, Limit: limit}
		}, requests: 8},
		"total shrinks": {offset: func(offset, limit int) Page[thing] {
			if offset > 0 {
				return Page[thing]{Items: cut(offset, min(offset+limit, 25)), Total: 25, Limit: limit}
			}
			return Page[thing]{Items: cut(0, limit), Total: things, Limit: limit}
		}, requests: 8 + 15},
		"total grows": {offset: func(offset, limit int) Page[thing] {
			return Page[thing]{Items: cut(offset, offset+limit), Total: 25 + offset, Limit: limit}
		}, requests: 6 + 10},
		"total and nothing else": {offset: func(int, int) Page[thing] {
			return Page[thing]{Total: things}
		}, requests: 1 + things},
		"offset ignored, no total": {offset: func(_, limit int) Page[thing] {
			return Page[thing]{Items: cut(0, limit), Total: -1, Limit: limit}
		}, requests: 2 + things},
		"cursor ignored": {cursor: func(string) Page[thing] {
			return Page[thing]{Items: cut(0, 10), Next: "more"}
		}, requests: 2 + things},
		"empty listing": {cursor: func(string) Page[thing] {
			return Page[thing]{}
		}, requests: 1 + things},
		"items without id": {cursor: func(string) Page[thing] {
			return Page[thing]{Items: append(make([]thing, 3), items...)}
		}, requests: 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(offsets, things)
			s := v.source(10)
			var mu sync.Mutex
			pages := 0
			count := func() {
				mu.Lock()
				defer mu.Unlock()
				pages++
			}
			s.Offset = nil
			if tt.offset != nil {
				s.Offset = func(_ context.Context, offset, limit int) (Page[thing], error) {
					count()
					return tt.offset(offset, limit), nil
				}
			} else {
				s.Cursor = func(_ context.Context, after string, _ int) (Page[thing], error) {
					count()
					return tt.cursor(after), nil
				}
			}
			warned := warnings(&s)
			readAll(t, New(s), v, 1, v.order)
			if got := len(v.gets) + pages; got > tt.requests {
				t.Errorf("%d single reads and %d pages, want %d requests at most", len(v.gets), pages, tt.requests)
			}
			if len(*warned) > 0 {
				t.Errorf("warnings %q", *warned)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	v := newVendor(offsets, 10)
	var limits []int
	r := New(Source[thing]{
		Get: v.get,
		ID:  func(t thing) string { return t.ID },
		Offset: func(ctx context.Context, offset, limit int) (Page[thing], error) {
			limits = append(limits, limit)
			return v.page(ctx, offset, limit)
		},
	})
	readAll(t, r, v, 1, numbers(10, 10))
	if diff := cmp.Diff([]int{100}, limits); diff != "" {
		t.Errorf("limits of the pages (-want +got):\n%s", diff)
	}
}
