// Package bulkread reads things by id, one call at a time, and decides online whether to fetch each by itself or to
// list them all: the ski-rental problem, where single reads are the rent and the listing is the price.
//
// A [Reader] starts with single reads. After a handful of them it fetches the first page of the listing, which shows
// what the whole listing costs: pages = ⌈total / page size⌉. Single reads go on until as many were made as there are
// pages; then the remaining pages are fetched, once, and later reads are served from them. Where pages have to be
// fetched in turn (a cursor, or no total), they are fetched while there are fewer of them than single reads, and each
// serves from its arrival.
//
// Bound: as long as the listing serves,
//
//	requests ≤ 2 × min(reads, pages) + reads that the listing can't answer + 4
//
// Reads that it can't answer are those of ids that it lacks and those of ids with a write of unknown outcome (see
// [Reader.Dirty]). Where the listing is given up or too old, requests ≤ reads + min(reads, pages). No page is fetched
// twice. So the worst case is about twice what the better of both ways would have cost.
//
// What a listing says is trusted only so far:
//   - an id that it lacks is read singly, so that only the vendor's answer for that very id can say "gone";
//   - each id that was also read singly is compared with its entry, and nothing is served before one comparison was
//     made: a difference means that list items hold less than single reads, and ends the use of the listing;
//   - ids that the caller has written are never taken from a listing, since it may lag behind the write;
//   - a failed page ends the use of the listing.
package bulkread

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	handful         = 3  // single reads before the first page is fetched
	pagesAtOnce     = 10 // pages of known offset that are fetched concurrently, as many as Terraform makes requests at once
	defaultPageSize = 100
	defaultMaxAge   = 5 * time.Minute
)

// Page is one page of a listing.
type Page[T any] struct {
	Items []T
	// Total counts all items that the listing holds; -1 where the vendor does not say. Only offset pages use it.
	Total int
	// Next is the cursor of the page after this one; "" on the last page. Only cursor pages use it.
	Next string
	// Limit is the page size that the vendor applied, before the client left any item out. The next offset is this
	// page's plus Limit, or plus the number of Items if that is more. More than the larger of both is not believed. Only the
	// Reader uses it.
	Limit int
	// Arrived counts the items of the reply where the client has left some of them out of Items. Only a Listing uses it.
	Arrived int
	// Last is set where the vendor says that no page follows. Only a Listing by offset uses it.
	Last bool
	// Size is what the reply counts for in MaxBytes: transport.Response.Size.
	Size int
}

// Source says how one kind of thing is read at one vendor. ID, Get and one of Offset and Cursor are needed; without
// either of these two, every read is a single one. Its functions are called concurrently; ID, Same, Warn and Now must
// not call the Reader.
type Source[T any] struct {
	// Name is the kind in log lines, as in "Gcore clients".
	Name string
	// PageSize is the limit that Offset and Cursor are called with; 100 if 0.
	PageSize int
	// Get reads one. Its errors reach the caller of [Reader.Get] untouched.
	Get func(ctx context.Context, id string) (T, error)
	// Offset reads the page of limit items after the first offset ones.
	Offset func(ctx context.Context, offset, limit int) (Page[T], error)
	// Cursor reads the page of limit items after the one that after stands for; "" stands for the beginning.
	Cursor func(ctx context.Context, after string, limit int) (Page[T], error)
	// ID is the id that Get would find v by; items with the id "" are left out.
	ID func(v T) string
	// Same reports whether a single read and a list item agree in everything that the caller uses. If nil, they do.
	Same func(single, listed T) bool
	// Warn gets, once, the reason why the listing is no longer used. May be nil.
	Warn func(ctx context.Context, msg string)
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// MaxAge is how long the listing may serve after its newest page arrived; five minutes if 0.
	MaxAge time.Duration
	// Disabled makes every read a single one.
	Disabled bool
}

// Reader reads things of one kind by id. All its methods may be called concurrently.
type Reader[T any] struct {
	src Source[T]

	// mu guards what follows. Unexported methods are called with it held, except fetchNext and fetchRest.
	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever a waiting reader may have something to do
	off     bool          // the listing is not used, for good

	singles int // single reads started
	flying  int // of these, not yet answered
	waiting int // readers that wait for a change

	cancel   context.CancelFunc // of the fetch under way; nil if none is
	pages    int                // pages fetched one by one
	bytes    int                // of all pages
	after    string             // cursor of the next page
	offset   int                // offset of the next page
	stride   int                // from one page's offset to the next
	total    int                // items in the listing; -1 if unknown
	complete bool               // all pages are there
	expires  time.Time

	entries map[string]T   // what a read may be served from: list items, and what is known of those in own
	singly  map[string]T   // single reads, kept to be compared with list items
	agreed  bool           // at least one comparison was made; none has failed
	own     map[string]int // ids whose entries are not the listing's, with the number of the touch
	touches int
}

// New returns a Reader that has read nothing yet.
func New[T any](s Source[T]) *Reader[T] {
	if s.PageSize <= 0 {
		s.PageSize = defaultPageSize
	}
	if s.MaxAge <= 0 {
		s.MaxAge = defaultMaxAge
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Same == nil {
		s.Same = func(T, T) bool { return true }
	}
	if s.Warn == nil {
		s.Warn = func(context.Context, string) {}
	}
	return &Reader[T]{
		src:     s,
		changed: make(chan struct{}),
		off:     s.Disabled || s.Offset == nil && s.Cursor == nil,
		total:   -1,
		entries: map[string]T{},
		singly:  map[string]T{},
		own:     map[string]int{},
	}
}

// Get reads one, by itself or from the listing. An entry of the listing serves only where accept, if it is not nil,
// returns true for it; else id is read by itself, since a listing may show less than a single read. Its errors are those of
// Source.Get and ctx's own; a listing never causes one. Several callers may get the same value, so none may change what it
// points to. It can't be used to wait for a change: a value from the listing stays the same until it is too old.
func (r *Reader[T]) Get(ctx context.Context, id string, accept func(listed T) bool) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	r.mu.Lock()
	for {
		switch r.choose(id) {
		case serve:
			v := r.entries[id]
			if r.own[id] == 0 && accept != nil && !accept(v) {
				r.touch(id)
				continue
			}
			r.mu.Unlock()
			return v, nil
		case readSingly:
			return r.single(ctx, id)
		case fetchPages:
			r.fetch(ctx)
		case wait:
		}
		if err := r.await(ctx); err != nil {
			r.mu.Unlock()
			return none, err
		}
	}
}

// Written notes that the caller has written id, and what the vendor has answered. v must be as complete as what
// Source.Get returns; where the vendor answers with less, call Dirty instead.
func (r *Reader[T]) Written(id string, v T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.off {
		return
	}
	r.touch(id)
	r.entries[id] = v
}

// Dirty notes that the caller is about to write id (create, change or delete), or that such a write has ended with an
// unknown outcome. What was known of id is forgotten, and reads of it are single ones until one succeeds or Written
// is called. Writes of one id must not overlap.
func (r *Reader[T]) Dirty(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.off {
		r.touch(id)
	}
}

// touch forgets what is known of id, and ignores what listings and reads under way will say about it.
func (r *Reader[T]) touch(id string) {
	r.touches++
	r.own[id] = r.touches
	delete(r.entries, id)
	delete(r.singly, id)
	r.wake()
}

// A choice is how a read goes on.
type choice int

const (
	serve choice = iota
	readSingly
	fetchPages
	wait
)

func (r *Reader[T]) choose(id string) choice {
	if r.off {
		return readSingly
	}
	// A fetch under way is about to make the listing young again.
	if r.serving() && r.cancel == nil && !r.src.Now().Before(r.expires) {
		r.stop()
		return readSingly
	}
	_, known := r.entries[id]
	ours := r.own[id] != 0
	switch {
	case ours && !known:
		return readSingly
	case r.serving() && known && (ours || r.agreed):
		return serve
	case r.serving() && known && r.flying > 0:
		return wait // for a comparison
	case r.serving() && known:
		return readSingly // to compare
	case r.complete:
		return readSingly
	case r.cancel != nil:
		return wait
	case r.due():
		return fetchPages
	default:
		return readSingly
	}
}

// single makes a single read and learns from it. It returns with r.mu released.
func (r *Reader[T]) single(ctx context.Context, id string) (T, error) {
	r.singles++
	r.flying++
	last := r.own[id]
	r.mu.Unlock()

	v, err := r.src.Get(ctx, id)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.flying--
	r.wake()
	if r.off || r.own[id] != last {
		return v, err // v may be older than a write that came in between
	}
	listed, known := r.entries[id]
	switch {
	case err != nil:
		// Without this, readers of a listing that nothing can be compared with would fail one after the other.
		if known && last == 0 && !r.agreed && ctx.Err() == nil {
			r.giveUp(ctx, fmt.Errorf("an item of the listing can't be read by itself: %w", err))
		}
	case last != 0:
		r.entries[id] = v
	case r.complete && !known:
		r.touch(id) // else a second read of id would be compared with this one
		r.entries[id] = v
	case known:
		r.compare(ctx, id, v, listed)
	default:
		r.singly[id] = v
	}
	return v, err
}

// await waits for a change, with r.mu released meanwhile. A fetch outlives the reader that started it, but not the
// cancellation of the last one that waits for it.
func (r *Reader[T]) await(ctx context.Context) error {
	changed := r.changed
	r.waiting++
	r.mu.Unlock()
	var err error
	select {
	case <-changed:
	case <-ctx.Done():
		err = ctx.Err()
	}
	r.mu.Lock()
	r.waiting--
	if err != nil && r.waiting == 0 && r.cancel != nil {
		r.cancel()
	}
	return err
}

func (r *Reader[T]) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// stop ends the use of the listing.
func (r *Reader[T]) stop() {
	r.off = true
	r.entries, r.singly, r.own = nil, nil, nil
	if r.cancel != nil {
		r.cancel()
	}
	r.wake()
}

// giveUp is stop with a warning.
func (r *Reader[T]) giveUp(ctx context.Context, why error) {
	r.stop()
	r.src.Warn(ctx, fmt.Sprintf("%s are read one by one from now on: %v", r.src.Name, why))
}
