package fortanix

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// ErrGone means that an account is proven to be gone.
var ErrGone = errors.New("the account is gone")

// NotProvenError is a 404 that doesn't prove that the account is gone.
type NotProvenError struct {
	Reason string
	Err    error // the 404, a *transport.Error
}

// Error implements error.
func (e *NotProvenError) Error() string {
	return fmt.Sprintf("%v; that doesn't prove that the account is gone: %s", e.Err, e.Reason)
}

// Unwrap implements errors.Unwrap.
func (e *NotProvenError) Unwrap() error { return e.Err }

// Witness is what the caller has recorded of an account when it was last seen.
type Witness struct {
	Subject string // CurrentUser at the time; "" where nothing is recorded
}

// proveGone reports whether a 404 proves that an account is gone.
func (c *Client) proveGone(ctx context.Context, id string, witness Witness, notFound error) error {
	notProven := func(reason string, args ...any) error {
		return &NotProvenError{Reason: fmt.Sprintf(reason, args...), Err: notFound}
	}
	if witness.Subject != "" {
		user, err := c.CurrentUser(ctx)
		if err != nil {
			return notProven("who is logged in is not known: %v", err)
		}
		if !sameID(user, witness.Subject) {
			return notProven("it was last seen by the user %s, and the session is of the user %s, who may not belong to it",
				witness.Subject, user)
		}
	}
	listed, others, err := c.accountSet.find(ctx, c, id)
	switch {
	case err != nil:
		return notProven("the listing that should confirm it failed: %v", err)
	case listed:
		return notProven("the listing shows it still; try again")
	case others == 0 && witness.Subject == "":
		return notProven("the listing is empty, which may be due to another user's credentials")
	}
	return fmt.Errorf("%w: %w", ErrGone, notFound)
}

// accountSetAge is how long a listing may serve to confirm that accounts are gone.
const accountSetAge = time.Minute

// accountSet is the set of accounts that the user belongs to, from a complete listing. It confirms 404s; many may come at
// once, so a listing serves for a while.
type accountSet struct {
	lock    lock
	ids     map[string]bool // nil before the first listing
	taken   time.Time
	creates int64 // value of creating when the listing began

	creating atomic.Int64 // counts the creates of this process
}

// outdated ends the use of the listing, if there is one: an account that is created now would seem gone by it.
func (s *accountSet) outdated() { s.creating.Add(1) }

// find reports whether a listing has the account, and how many it has.
func (s *accountSet) find(ctx context.Context, c *Client, id string) (listed bool, total int, err error) {
	if err := s.lock.acquire(ctx); err != nil {
		return false, 0, err
	}
	defer s.lock.release()
	good := s.ids != nil && c.Now().Before(s.taken.Add(accountSetAge)) && s.creates == s.creating.Load()
	// What an older listing still has may be gone since.
	if !good || s.ids[readerID(id)] {
		if err := s.take(ctx, c); err != nil {
			return false, 0, err
		}
	}
	return s.ids[readerID(id)], len(s.ids), nil
}

func (s *accountSet) take(ctx context.Context, c *Client) error {
	s.ids = nil
	taken, creates, listing := c.Now(), s.creating.Load(), c.newListing(true)
	for listing.more {
		if _, err := listing.next(ctx); err != nil {
			return err
		}
	}
	s.ids, s.taken, s.creates = listing.seen, taken, creates
	return nil
}
