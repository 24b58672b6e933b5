package bulkread

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// numbered are the ids from, from+1, … to-1.
func numbered(from, to int) (items []thing) {
	for i := from; i < to; i++ {
		items = append(items, thing{ID: fmt.Sprint(i)})
	}
	return items
}

// listingOf is a listing by offset.
func listingOf(page func(offset int) Page[thing]) Listing[thing] {
	return Listing[thing]{
		Vendor: "Vendor", Operation: "list things", ID: func(t thing) string { return t.ID },
		Page: func(_ context.Context, offset int, _ string) (Page[thing], error) { return page(offset), nil },
	}
}

func collect(ctx context.Context, l Listing[thing]) (ids []string, err error) {
	for item, failure := range l.Each(ctx) {
		if failure != nil {
			return ids, failure
		}
		ids = append(ids, item.ID)
	}
	return ids, nil
}

// TestEach: pages follow one another by what has arrived, and each item comes once.
func TestEach(t *testing.T) {
	t.Parallel()
	all := numbered(0, 25)
	cut := func(from, to int) []thing { return all[min(from, len(all)):min(to, len(all))] }
	for name, tt := range map[string]struct {
		listing  Listing[thing]
		requests int
		short    int // items shown, where it is short of 25
		fails    string
	}{
		"with a total": {listing: listingOf(func(o int) Page[thing] { return Page[thing]{Items: cut(o, o+10), Total: 25} }), requests: 3},
		"pages of any size": {
			listing: listingOf(func(o int) Page[thing] { return Page[thing]{Items: cut(o, o+1+o%7), Total: 25} }), requests: 12,
		},
		"without a total": {listing: listingOf(func(o int) Page[thing] { return Page[thing]{Items: cut(o, o+10), Total: -1} }), requests: 4},
		"says what is last": {
			listing: listingOf(func(o int) Page[thing] { return Page[thing]{Items: cut(o, o+10), Total: -1, Last: o == 20} }), requests: 3,
		},
		"everything at once": {listing: listingOf(func(int) Page[thing] { return Page[thing]{Items: all, Total: 25} }), requests: 1},
		"some left out": {
			listing: listingOf(func(o int) Page[thing] {
				if o == 0 {
					return Page[thing]{Arrived: 10, Total: -1}
				}
				return Page[thing]{Items: cut(o-10, o), Total: -1}
			}), requests: 5,
		},
		"moving items": {
			listing: listingOf(func(o int) Page[thing] { return Page[thing]{Items: cut(max(o-3, 0), o+10), Total: 25} }), requests: 3,
		},
		"short once": {listing: func() Listing[thing] {
			calls := 0
			return listingOf(func(o int) Page[thing] {
				if calls++; calls == 2 {
					return Page[thing]{Total: 25}
				}
				return Page[thing]{Items: cut(o, o+10), Total: 25}
			})
		}(), requests: 5},
		"short twice": {
			listing: listingOf(func(o int) Page[thing] { return Page[thing]{Items: cut(o, min(o+10, 20)), Total: 25} }), requests: 6, short: 20,
		},
		"the same page for ever": {
			listing: listingOf(func(int) Page[thing] { return Page[thing]{Items: all, Total: 60} }), requests: 2, fails: "repeats itself",
		},
		"two pages in turn": {
			listing: func() Listing[thing] {
				calls := 0
				return listingOf(func(int) Page[thing] {
					calls++
					return Page[thing]{Items: cut(calls%2*10, calls%2*10+10), Total: -1}
				})
			}(), requests: 3, fails: "repeats itself",
		},
		"repeats end it": {listing: func() Listing[thing] {
			l := listingOf(func(int) Page[thing] { return Page[thing]{Items: all, Total: -1, Next: "again"} })
			l.Cursors, l.RepeatEnds = true, true
			return l
		}(), requests: 2},
		"a total out of this world": {
			listing: listingOf(func(o int) Page[thing] {
				return Page[thing]{Items: cut(o, o+10), Total: math.MaxInt, Limit: math.MaxInt - 1}
			}), requests: 8, short: 25,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			page := tt.listing.Page
			tt.listing.Page = func(ctx context.Context, offset int, after string) (Page[thing], error) {
				requests++
				return page(ctx, offset, after)
			}
			ids, err := collect(t.Context(), tt.listing)
			short, isShort := errors.AsType[*wire.ShortListingError](err)
			switch {
			case tt.fails != "":
				if err == nil || !strings.Contains(err.Error(), "Vendor: list things: the listing "+tt.fails) {
					t.Errorf("error is %v", err)
				}
			case tt.short > 0:
				if !isShort || short.Shown != tt.short || len(ids) != tt.short {
					t.Errorf("%d items, error %v", len(ids), err)
				}
			case err != nil || len(ids) != 25:
				t.Errorf("%d items, error %v", len(ids), err)
			}
			if requests != tt.requests {
				t.Errorf("%d requests", requests)
			}
			slices.Sort(ids)
			if len(slices.Compact(ids)) != len(ids) {
				t.Errorf("an item twice: %v", ids)
			}
		})
	}
}

// TestEachByCursor: the next page is where the last one says.
func TestEachByCursor(t *testing.T) {
	t.Parallel()
	v := newVendor(cursors, 25)
	l := Listing[thing]{
		ID: func(t thing) string { return t.ID }, Cursors: true,
		Page: func(ctx context.Context, _ int, after string) (Page[thing], error) { return v.cursor(ctx, after, 10) },
	}
	if ids, err := collect(t.Context(), l); err != nil || len(ids) != 25 || v.pages() != 3 {
		t.Errorf("%d items of %d pages: %v", len(ids), v.pages(), err)
	}
	v.failPage = 5
	ids, err := collect(t.Context(), l)
	if failed, ok := errors.AsType[*failure](err); !ok || failed.what != "no listing" || len(ids) != 10 {
		t.Errorf("%d items: %v", len(ids), err)
	}
	for _, err := range l.Each(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break // which must end it
	}
	if v.pages() != 6 {
		t.Errorf("%d pages", v.pages())
	}
}

// TestEndless: a listing that never ends is given up, whatever it is that never ends.
func TestEndless(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		page  func(offset int) Page[thing]
		pages int
	}{
		"items":    {func(o int) Page[thing] { return Page[thing]{Items: numbered(o, o+1000), Total: -1} }, MaxItems/1000 + 1},
		"a total":  {func(o int) Page[thing] { return Page[thing]{Items: numbered(o, o+1000), Total: o + 5000} }, MaxItems/1000 + 1},
		"pages":    {func(o int) Page[thing] { return Page[thing]{Items: numbered(o, o+1), Total: -1} }, MaxPages},
		"left out": {func(int) Page[thing] { return Page[thing]{Arrived: 1000, Total: -1} }, MaxItems/1000 + 1},
		"bytes":    {func(o int) Page[thing] { return Page[thing]{Items: numbered(o, o+1), Total: -1, Size: 10 << 20} }, 103},
		"overflow": {func(int) Page[thing] { return Page[thing]{Arrived: math.MaxInt, Total: -1} }, 1},
	} {
		pages := 0
		l := listingOf(func(offset int) Page[thing] {
			if pages++; offset < 0 {
				t.Errorf("%s: offset %d", name, offset)
			}
			return tt.page(offset)
		})
		_, err := collect(t.Context(), l)
		if !errors.Is(err, ErrTooLong) || pages != tt.pages {
			t.Errorf("%s: %d pages: %v", name, pages, err)
		}
		if e, ok := errors.AsType[*transport.Error](err); !ok || e.Kind != transport.KindUnexpected {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

// TestEachTakesNoLonger than it may, where the caller sets no deadline.
func TestEachTakesNoLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := Listing[thing]{
			ID: func(t thing) string { return t.ID },
			Page: func(ctx context.Context, offset int, _ string) (Page[thing], error) {
				select {
				case <-time.After(45 * time.Second):
				case <-ctx.Done():
				}
				return Page[thing]{Items: numbered(offset, offset+1), Total: -1}, ctx.Err()
			},
		}
		started := time.Now()
		if _, err := collect(context.Background(), l); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != MaxTime {
			t.Errorf("after %v: %v", time.Since(started), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		started = time.Now()
		if _, err := collect(ctx, l); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != time.Hour {
			t.Errorf("after %v: %v", time.Since(started), err)
		}
	})
}

// FuzzPages: whatever a vendor states, the reader asks for no page twice, beyond the end or before the beginning, for no
// more than the reads are worth, and finds everything.
func FuzzPages(f *testing.F) {
	for _, seed := range [][4]int{
		{10, 10, 10, 100}, {25, math.MaxInt - 1, math.MaxInt, 10}, {25, math.MaxInt - 1, 25, 10}, {25, 25, math.MaxInt, 10}, {25, 0, 25, 10},
		{25, -1, -7, 10}, {0, 0, 0, 1},
		{25, math.MinInt, math.MinInt, 10}, {25, 1, 25, 10}, {25, 10, MaxItems, 10}, {25, 10, MaxItems + 1, 10},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, things, limit, total, pageSize int) {
		things, pageSize = max(things%200, -things%200), 1+max(pageSize%50, -pageSize%50)
		asked := map[int]int{}
		gets := 0
		v := newVendor(offsets, things)
		source := v.source(pageSize)
		source.Get = func(_ context.Context, id string) (thing, error) { gets++; return v.things[id], nil }
		source.Offset = func(_ context.Context, offset, size int) (Page[thing], error) {
			v.mu.Lock()
			defer v.mu.Unlock()
			if asked[offset]++; offset < 0 || offset > 0 && offset >= max(total, things) || asked[offset] > 1 {
				t.Errorf("offset %d, %d times", offset, asked[offset])
			}
			var items []thing
			for _, id := range v.order[min(offset, things):min(offset+size, things)] {
				items = append(items, v.things[id])
			}
			return Page[thing]{Items: items, Limit: limit, Total: total}, nil
		}
		r := New(source)
		for i := range things {
			if got, err := r.Get(t.Context(), fmt.Sprint(i), nil); err != nil || got.ID != fmt.Sprint(i) {
				t.Fatalf("%d: %v, %v", i, got, err)
			}
		}
		if len(asked) > things || gets > things {
			t.Errorf("%d pages and %d reads of %d", len(asked), gets, things)
		}
	})
}

// The guide states the bounds.
func TestGuideStatesBounds(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/guides/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	thousands := func(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }
	for _, row := range []string{
		"| pages of a listing | " + thousands(MaxPages) + " |",
		"| items of a listing | " + thousands(MaxItems) + " |",
		"| a listing in memory, all pages together | " + thousands(MaxBytes>>20) + " MiB:",
		fmt.Sprintf("| time of a listing | the `timeouts` of the block; %.0f minutes", MaxTime.Minutes()),
	} {
		if !strings.Contains(string(page), row) {
			t.Errorf("it lacks %q", row)
		}
	}
}
