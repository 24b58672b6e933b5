package bulkread

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Bounds on every listing, so that a vendor whose pages never end stops nobody for long and fills no memory.
const (
	// MaxItems is how many items a listing may hold.
	MaxItems = 100_000
	// MaxPages is how many pages it may have.
	MaxPages = 10_000
	// MaxBytes is how much all its pages may be together, as Page.Size counts.
	MaxBytes = 1 << 30
	// MaxTime is how long it may take where the caller sets no deadline.
	MaxTime = 30 * time.Minute
)

// Listing says how a listing is read page by page, in turn: for look-ups, proofs and whatever shows everything.
type Listing[T any] struct {
	Vendor    string // "Gcore", for errors
	Operation string // "list accounts", for errors
	// ID is what makes two items the same; items with the id "" are left out.
	ID func(T) string
	// Page fetches the page after the first offset items, or, where the vendor has cursors, the page after the one whose
	// Page.Next was after. Both are zero for the first page. offset counts what has arrived.
	Page func(ctx context.Context, offset int, after string) (Page[T], error)
	// Cursors is whether Page.Next says where the next page is, and that there is one.
	Cursors bool
	// RepeatEnds is whether a page that shows nothing new ends the listing, since a vendor that ignores the position sends
	// everything at once. Else such a page is an error: what it leaves out can't be known.
	RepeatEnds bool
}

// Each yields the items of a listing, each once, though they may move from page to page meanwhile. It stops after the
// first error. A listing that ends with fewer items than the total of its last page is made once more; where it is still
// short, the error holds a *wire.ShortListingError. Errors of Page are passed on as they are, all others are
// *transport.Error.
func (l Listing[T]) Each(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		ctx := ctx
		_, hasDeadline := ctx.Deadline()
		if !hasDeadline {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, MaxTime)
			defer cancel()
		}
		w := walk[T]{Listing: l, seen: map[string]bool{}, cursors: map[string]bool{}}
		for range 2 {
			err := w.pass(ctx, func(item T) bool { return yield(item, nil) })
			switch {
			case w.stopped:
				return
			case err != nil && !hasDeadline && errors.Is(ctx.Err(), context.DeadlineExceeded):
				yield(none, l.tooLong(fmt.Errorf("%w: it takes longer than %v: %w", ErrTooLong, MaxTime, err)))
				return
			case err != nil:
				yield(none, err)
				return
			case len(w.seen) >= w.total:
				return
			}
		}
		short := &wire.ShortListingError{Shown: len(w.seen), Total: w.total}
		yield(none, l.unexpected(short.Error(), short))
	}
}

func (l Listing[T]) unexpected(message string, cause error) error {
	return &transport.Error{Vendor: l.Vendor, Operation: l.Operation, Kind: transport.KindUnexpected, Message: message, Err: cause}
}

var (
	// ErrTooLong is the cause of the error of a listing that is out of bounds.
	ErrTooLong = errors.New("the listing is longer than this provider reads")
	// ErrRepeats is the cause of the error of a listing that comes back to what it has shown.
	ErrRepeats = errors.New("the listing repeats itself")
)

// outOfBounds is ErrTooLong with the bound that is passed; nil where none is.
func outOfBounds(pages, items, bytes int) error {
	for _, b := range []struct {
		is, most int
		text     string
	}{
		{pages, MaxPages, fmt.Sprintf("%d pages", MaxPages)},
		{items, MaxItems, fmt.Sprintf("%d items", MaxItems)},
		{bytes, MaxBytes, fmt.Sprintf("%d MiB", MaxBytes>>20)},
	} {
		if b.is > b.most {
			return fmt.Errorf("%w: it has more than %s", ErrTooLong, b.text)
		}
	}
	return nil
}

// tooLong is what is said of a listing that is out of bounds.
func (l Listing[T]) tooLong(why error) error {
	return l.unexpected(fmt.Sprintf("%v. Ask for less, with a filter or an id; if %s has less than that, its listing never ends, and "+
		"its support should know", why, l.Vendor), why)
}

// walk is a listing under way.
type walk[T any] struct {
	Listing[T]
	seen    map[string]bool
	cursors map[string]bool // all that Page was called with
	pages   int
	bytes   int
	total   int  // as the last page said; -1 where it didn't
	stopped bool // the caller wants no more
}

// pass goes through all pages once, and passes on what has not been seen in an earlier pass either.
func (w *walk[T]) pass(ctx context.Context, take func(T) bool) error {
	shown := map[string]bool{} // in this pass
	for offset, after := 0, ""; ; {
		page, err := w.Page(ctx, offset, after)
		if err != nil {
			return err
		}
		before := len(shown)
		w.pages++
		w.bytes += max(page.Size, 0)
		for _, item := range page.Items {
			id := w.ID(item)
			if id == "" {
				continue
			}
			shown[id] = true
			if w.seen[id] {
				continue
			}
			w.seen[id] = true
			if !take(item) {
				w.stopped = true
				return nil
			}
		}
		w.total = page.Total
		arrived := max(page.Arrived, len(page.Items))
		offset += arrived
		if w.last(page, arrived, offset) {
			return nil
		}
		if err := outOfBounds(w.pages+1, max(len(w.seen), offset), w.bytes); err != nil {
			return w.tooLong(err)
		}
		switch {
		case len(shown) > before || len(page.Items) < arrived: // where items were left out, what they were isn't known
		case w.Cursors && !w.cursors[page.Next]: // it may lead to what is new
		case w.RepeatEnds:
			return nil
		default:
			return w.unexpected(fmt.Sprintf("%v after %d items, so there may be others that it doesn't show. Try again; if it stays so, %s's "+
				"support should know", ErrRepeats, len(shown), w.Vendor), ErrRepeats)
		}
		after = page.Next
		w.cursors[after] = true
	}
}

// last reports whether no page follows. offset is the number of items up to the end of this page.
func (w *walk[T]) last(page Page[T], arrived, offset int) bool {
	switch {
	case w.Cursors:
		return page.Next == ""
	case page.Last, arrived == 0:
		return true
	}
	return page.Total >= 0 && offset >= page.Total
}
