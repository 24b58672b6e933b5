package bulkread

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// inTurn reports whether the next page is known only from the one before.
func (r *Reader[T]) inTurn() bool { return r.total < 0 }

// serving reports whether reads may be served from entries. Offset pages wait for the last one, so that everything has
// been compared by then; pages in turn can't, since there may never be enough reads to pay for the last one.
func (r *Reader[T]) serving() bool {
	return r.complete || r.inTurn() && r.pages > 0
}

// due reports whether enough single reads were made to pay for the next fetch.
func (r *Reader[T]) due() bool {
	switch {
	case r.pages == 0:
		return r.singles >= handful
	case r.inTurn():
		return r.singles > r.pages
	default:
		return r.singles >= (r.total-1)/r.stride+1
	}
}

// fetch fetches the next page, or all that are left, in the background and detached from ctx: other readers wait for
// it too. It ends with its last request, when await cancels it, or after MaxTime.
func (r *Reader[T]) fetch(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), MaxTime)
	r.cancel = cancel
	all := !r.inTurn()
	go func() {
		defer cancel()
		var err error
		if all {
			err = r.fetchRest(ctx)
		} else {
			err = r.fetchNext(ctx)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.cancel = nil
		switch {
		case r.off:
		case errors.Is(ctx.Err(), context.Canceled): // nobody waits any more
			r.stop()
		case err != nil:
			r.giveUp(ctx, fmt.Errorf("listing them failed: %w", err))
		default:
			r.expires = r.src.Now().Add(r.src.MaxAge)
			r.wake()
		}
	}()
}

// fetchNext fetches the next page. Only one fetch runs at a time, so nothing else changes the position.
func (r *Reader[T]) fetchNext(ctx context.Context) error {
	var page Page[T]
	var err error
	if r.src.Cursor != nil {
		page, err = r.src.Cursor(ctx, r.after, r.src.PageSize)
	} else {
		page, err = r.src.Offset(ctx, r.offset, r.src.PageSize)
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages++
	news, err := r.add(ctx, page)
	if err != nil {
		return err
	}
	if r.src.Cursor != nil {
		r.after = page.Next
		r.complete = page.Next == ""
	} else {
		// A limit above what was asked for and what arrived would skip items, or overflow.
		r.stride = max(min(page.Limit, r.src.PageSize), len(page.Items))
		r.offset += r.stride
		r.total = max(page.Total, -1)
		if err := outOfBounds(r.total/max(r.stride, 1), r.total, 0); err != nil {
			return err
		}
		r.complete = r.offset >= r.total || r.stride == 0
		if r.inTurn() {
			r.complete = len(page.Items) < r.stride
		}
	}
	if r.inTurn() && news == 0 {
		r.complete = true // a vendor that ignores the position sends the same page for ever
	}
	return nil
}

// fetchRest fetches all pages from the next one on. Pages that have become empty since then are not an error, nor are
// items that have moved from one page to another: what is missed that way is read singly.
func (r *Reader[T]) fetchRest(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(pagesAtOnce)
	for offset := r.offset; offset < r.total && ctx.Err() == nil; offset += r.stride {
		group.Go(func() error {
			page, err := r.src.Offset(ctx, offset, r.src.PageSize)
			if err != nil {
				return err
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			_, err = r.add(ctx, page)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.complete = true
	return nil
}

// add takes the items of a page and returns how many of them were not known.
func (r *Reader[T]) add(ctx context.Context, page Page[T]) (news int, err error) {
	r.bytes += max(page.Size, 0)
	if err := outOfBounds(r.pages, len(r.entries)+len(page.Items), r.bytes); err != nil {
		return 0, err
	}
	for _, listed := range page.Items {
		id := r.src.ID(listed)
		if r.off {
			return news, nil
		}
		if id == "" || r.own[id] != 0 {
			continue
		}
		if _, ok := r.entries[id]; !ok {
			news++
		}
		r.entries[id] = listed
		if single, ok := r.singly[id]; ok {
			r.compare(ctx, id, single, listed)
		}
	}
	return news, nil
}

func (r *Reader[T]) compare(ctx context.Context, id string, single, listed T) {
	if !r.src.Same(single, listed) {
		r.giveUp(ctx, fmt.Errorf("the listing shows %s with other values than a single read", id))
		return
	}
	r.agreed = true
}
