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
				got, err := r.Get(t.Context(), id, nil)
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

func TestPagesAreFetchedConcurrently(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(offsets, 1500)
		v.latency = steady
		start := time.Now()
		readAll(t, New(v.source(100)), v, 10, numbers(1000, 1500))
		if v.busiest != pagesAtOnce {
			t.Errorf("%d pages at once, want %d", v.busiest, pagesAtOnce)
		}
		// The first page with three single reads, ten single reads, ten pages with two single reads, four pages.
		if got, most := time.Since(start), 4*latency; got > most {
			t.Errorf("took %v, want %v at most", got, most)
		}
	})
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
		_, err := r.Get(t.Context(), "none", nil)
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
		"partial items":     {func(v *vendor) { v.partial = true }, "other values"},
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
		v.partial = true
		s := v.source(100)
		warned := warnings(&s)
		readAll(t, New(s), v, 1, []string{"0", "1", "2", "3", "4"})
		if len(*warned) != 1 {
			t.Errorf("%s: warnings %q, want one", p, *warned)
		}
	}
}

// Ten readers at once, and a listing that is quicker than the single reads that it has to be compared with.
func TestReadersWaitForComparison(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor(p, 10)
			v.latency = steady
			s := v.source(100)
			s.Get = func(ctx context.Context, id string) (thing, error) {
				time.Sleep(latency)
				return v.get(ctx, id)
			}
			readAll(t, New(s), v, 10, numbers(10, 10))
			if len(v.gets) != 3 || v.pages() != 1 {
				t.Errorf("%s: %d single reads and %d pages, want 3 and 1", p, len(v.gets), v.pages())
			}
		})
	}
}

// Two single reads of what the listing lacks agree with each other, which says nothing about the listing.
func TestSingleReadsProveNothing(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor(p, 10)
			v.latency = steady
			v.unlisted = map[string]bool{"0": true, "1": true, "2": true, "3": true}
			v.partial = true
			r := New(v.source(100))
			readAll(t, r, v, 1, []string{"0", "1", "2"})
			readAll(t, r, v, 3, []string{"3", "3", "3"})
			readAll(t, r, v, 1, []string{"4", "5"})
		})
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
				if _, err := r.Get(t.Context(), strconv.Itoa(i), nil); err == nil {
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
		go func() { _, _ = r.Get(t.Context(), "5", nil) }()
		synctest.Wait()
		r.Written("5", v.change("5"))
		close(slow)
		synctest.Wait()
		readAll(t, r, v, 1, []string{"5"})
	})
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
				_, err := r.Get(ctx, "20", nil)
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
					if _, err := r.Get(ctx, "20", nil); !errors.Is(err, context.DeadlineExceeded) {
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
			_, err := r.Get(ctx, "20", nil)
			if !errors.Is(err, context.DeadlineExceeded) || len(v.gets) != 33 {
				t.Errorf("%s: a cancelled reader makes a request", p)
			}
		})
	}
}

// Vendors page in odd ways. Whatever they do, reads are right and listings end.
