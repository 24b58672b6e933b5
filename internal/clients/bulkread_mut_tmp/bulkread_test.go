package bulkread

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const latency = 100 * time.Millisecond

func steady(int) time.Duration { return latency }

// readAll reads ids, atOnce at a time as Terraform does, and checks that each shows what the vendor has.
func readAll(t *testing.T, r *Reader[thing], v *vendor, atOnce int, ids []string) {
	t.Helper()
	queue := make(chan string)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for id := range queue {
				got, err := r.Get(t.Context(), id)
				v.mu.Lock()
				want := v.things[id]
				v.mu.Unlock()
				if err != nil || got != want {
					t.Errorf("Get(%q) = %v, %v, want %v", id, got, err, want)
				}
			}
		})
	}
	for _, id := range ids {
		queue <- id
	}
	close(queue)
	workers.Wait()
}

// numbers returns n ids, spread over the things of a vendor that holds that many.
func numbers(n, things int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = strconv.Itoa(i * 7919 % things)
	}
	return ids
}

// warnings makes s record its warnings.
func warnings(s *Source[thing]) *[]string {
	var list []string
	s.Warn = func(_ context.Context, msg string) { list = append(list, msg) }
	return &list
}

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

func TestPagesAreFetchedConcurrently(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(offsets, 1300)
		v.latency = steady
		start := time.Now()
		readAll(t, New(v.source(100)), v, 10, numbers(1300, 1300))
		if v.busiest != pagesAtOnce {
			t.Errorf("%d pages at once, want %d", v.busiest, pagesAtOnce)
		}
		// The first page beside three single reads, ten single reads, twelve pages.
		if got, most := time.Since(start), 5*latency; got > most {
			t.Errorf("took %v, want %v at most", got, most)
		}
	})
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

func TestLackingIsReadSingly(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		v := newVendor(p, 20)
		v.unlisted = map[string]bool{"7": true}
		r := New(v.source(5))
		readAll(t, r, v, 1, numbers(20, 20))
		before := v.requests()
		readAll(t, r, v, 1, []string{"7", "7"})
		if got := v.requests() - before; got > 1 {
			t.Errorf("%s: %d requests for two reads of what the listing lacks", p, got)
		}
		_, err := r.Get(t.Context(), "none")
		if !v.failures[err] {
			t.Errorf("%s: error %v is not the vendor's own", p, err)
		}
	}
}

// A listing is given up for what it says or for failing to answer: that costs no read its answer, and one warning.
func TestListingGivenUp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		vendor  func(*vendor)
		warning string
	}{
		"thin items":        {func(v *vendor) { v.thin = true }, "other values"},
		"first page fails":  {func(v *vendor) { v.failPage = 1 }, "no listing"},
		"second page fails": {func(v *vendor) { v.failPage = 2 }, "no listing"},
		"last page fails":   {func(v *vendor) { v.failPage = 6 }, "no listing"},
	}
	for name, tt := range tests {
		for _, p := range pagings {
			t.Run(name+", "+string(p), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					v := newVendor(p, 60)
					v.latency = steady
					tt.vendor(v)
					s := v.source(10)
					warned := warnings(&s)
					readAll(t, New(s), v, 10, numbers(60, 60))
					if len(*warned) != 1 || !strings.Contains((*warned)[0], tt.warning) || !strings.HasPrefix((*warned)[0], "things ") {
						t.Errorf("warnings %q, want one with %q", *warned, tt.warning)
					}
					if got := v.pages(); got > 6 {
						t.Errorf("%d pages requested", got)
					}
				})
			})
		}
	}
}

func TestNothingIsServedUncompared(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		v := newVendor(p, 10)
		v.unlisted = map[string]bool{"0": true, "1": true, "2": true}
		v.thin = true
		s := v.source(100)
		warned := warnings(&s)
		readAll(t, New(s), v, 1, []string{"0", "1", "2", "3", "4"})
		if len(*warned) != 1 {
			t.Errorf("%s: warnings %q, want one", p, *warned)
		}
	}
}

// Where no single read succeeds, the listing can't be compared with any: readers must not queue up for that.
func TestListedButNotReadable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(offsets, 100)
		v.latency = steady
		v.failGet = func(int) bool { return true }
		s := v.source(100)
		warned := warnings(&s)
		r := New(s)
		start := time.Now()
		var readers sync.WaitGroup
		for i := range 100 {
			readers.Go(func() {
				if _, err := r.Get(t.Context(), strconv.Itoa(i)); err == nil {
					t.Errorf("%d: no error", i)
				}
			})
		}
		readers.Wait()
		if got := time.Since(start); got > 3*latency || len(*warned) != 1 {
			t.Errorf("took %v with warnings %q", got, *warned)
		}
	})
}

func TestWrites(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		write func(v *vendor, r *Reader[thing])
		reads int // single reads of "5" in two reads
	}{
		"written": {func(v *vendor, r *Reader[thing]) {
			r.Dirty("5")
			r.Written("5", v.change("5"))
		}, 0},
		"unclear": {func(v *vendor, r *Reader[thing]) {
			r.Dirty("5")
			v.change("5")
			r.Dirty("5")
		}, 1},
		"refused": {func(_ *vendor, r *Reader[thing]) {
			r.Dirty("5")
		}, 1},
	}
	for name, tt := range tests {
		for _, p := range pagings {
			for _, lag := range []bool{false, true} {
				for _, when := range []string{"before", "during", "after"} {
					t.Run(fmt.Sprintf("%s %s the listing, %s, lag %v", name, when, p, lag), func(t *testing.T) {
						t.Parallel()
						v := newVendor(p, 10)
						v.lag = lag
						s := v.source(100)
						warned := warnings(&s)
						r := New(s)
						write := func() { tt.write(v, r) }
						switch when {
						case "before":
							readAll(t, r, v, 1, []string{"5"}) // must not be compared with the listing any more
							write()
						case "during":
							v.onPage = func(context.Context) error { write(); return nil }
						}
						readAll(t, r, v, 1, []string{"0", "1", "2", "3"})
						if when == "after" {
							write()
						}
						before := v.requests()
						readAll(t, r, v, 1, []string{"5", "5"})
						if got := v.requests() - before; got != tt.reads {
							t.Errorf("%d requests for two reads after the write, want %d", got, tt.reads)
						}
						if v.pages() != 1 || len(*warned) > 0 {
							t.Errorf("%d listings, warnings %q", v.pages(), *warned)
						}
					})
				}
			}
		}
	}
}

// A single read that a write of ours overtakes may return what was before; it must not be remembered.
func TestWriteDuringSingleRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(offsets, 10)
		s := v.source(100)
		slow := make(chan struct{})
		s.Get = func(ctx context.Context, id string) (thing, error) {
			got, err := v.get(ctx, id)
			if id == "5" && got.Version == 1 {
				<-slow
			}
			return got, err
		}
		r := New(s)
		readAll(t, r, v, 1, []string{"0", "1", "2", "3"})
		r.Dirty("5")
		go func() { _, _ = r.Get(t.Context(), "5") }()
		synctest.Wait()
		r.Written("5", v.change("5"))
		close(slow)
		synctest.Wait()
		readAll(t, r, v, 1, []string{"5"})
	})
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
		if got, _ := r.Get(t.Context(), "3"); got.Version != 1 {
			t.Errorf("%s: a listing of less than MaxAge was not used", p)
		}
		now = now.Add(1)
		readAll(t, r, v, 1, numbers(20, 20))
		if v.pages() != 1 || len(*warned) > 0 {
			t.Errorf("%s: %d listings, warnings %q", p, v.pages(), *warned)
		}
	}
}

// Ten readers share a listing; the one that started it is cancelled.
func TestCancelledReaderLeavesListingToOthers(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor(p, 30)
			release := make(chan struct{})
			v.onPage = func(ctx context.Context) error {
				select {
				case <-release:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			s := v.source(100)
			warned := warnings(&s)
			r := New(s)
			readAll(t, r, v, 1, numbers(3, 30))
			ctx, cancel := context.WithCancel(t.Context())
			starter := make(chan error)
			go func() {
				_, err := r.Get(ctx, "20")
				starter <- err
			}()
			synctest.Wait()
			var others sync.WaitGroup
			others.Go(func() { readAll(t, r, v, 9, numbers(30, 30)) })
			synctest.Wait()
			cancel()
			if err := <-starter; !errors.Is(err, context.Canceled) {
				t.Errorf("%s: cancelled reader's error: %v", p, err)
			}
			close(release)
			others.Wait()
			if len(v.gets) != 3 || v.pages() != 1 || len(*warned) > 0 {
				t.Errorf("%s: %d single reads, %d pages, warnings %q", p, len(v.gets), v.pages(), *warned)
			}
		})
	}
}

// The listing of which all readers are cancelled ends, or the bubble would not.
func TestLastCancelledReaderEndsListing(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor(p, 30)
			v.onPage = func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			}
			s := v.source(10)
			warned := warnings(&s)
			r := New(s)
			readAll(t, r, v, 1, numbers(3, 30))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var readers sync.WaitGroup
			for range 5 {
				readers.Go(func() {
					if _, err := r.Get(ctx, "20"); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%s: error %v", p, err)
					}
				})
			}
			readers.Wait()
			synctest.Wait()
			if v.busy != 0 {
				t.Errorf("%s: the listing goes on", p)
			}
			readAll(t, r, v, 5, numbers(30, 30))
			if v.pages() != 1 || len(*warned) > 0 {
				t.Errorf("%s: %d pages, warnings %q", p, v.pages(), *warned)
			}
			_, err := r.Get(ctx, "20")
			if !errors.Is(err, context.DeadlineExceeded) || len(v.gets) != 33 {
				t.Errorf("%s: a cancelled reader makes a request", p)
			}
		})
	}
}

// Vendors page in odd ways. Whatever they do, reads are right and listings end.
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
