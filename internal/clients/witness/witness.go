// Package witness proves that an account is gone.
//
// A 404 by itself proves nothing: another credential, a lost permission or another installation's address answer with the
// same. It counts only together with a listing that succeeds through the same credential at the same address, shows
// another account of the same owner, and doesn't show this one. What can't be proven is a *NotProvenError.
package witness

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Witness is what a caller remembers of an account from one run to the next: who has shown it, and where.
type Witness struct {
	// Owner is whose accounts the credential saw: at Gcore the reseller's id, at Fortanix the session's user; "" where
	// nothing is remembered, or where the vendor doesn't show it.
	Owner string `json:"owner,omitempty"`
	// Address is the base URL at which the account was last seen; "" where nothing is remembered.
	Address string `json:"address,omitempty"`
}

// ErrGone says that an account is proven to be gone. No other error means that.
var ErrGone = errors.New("it is gone at the vendor")

// Gone is ErrGone with the vendor's answer that proves it.
func Gone(answer error) error { return fmt.Errorf("%w: %w", ErrGone, answer) }

// NotProvenError is a 404 that doesn't prove that the account is gone.
type NotProvenError struct {
	Reason string // why, as the end of a sentence
	Err    error  // the vendor's answer
}

// Error implements error.
func (e *NotProvenError) Error() string {
	return fmt.Sprintf("%v; that doesn't prove that it is gone: %s", e.Err, e.Reason)
}

// Unwrap implements errors.Unwrap.
func (e *NotProvenError) Unwrap() error { return e.Err }

// Listed is one account of a listing.
type Listed struct {
	ID    string
	Owner string // as in Witness; "" where the listing doesn't show it
}

// maxAge is how long a listing may confirm 404s.
const maxAge = time.Minute

// Listing is the second request of a proof: all accounts that the credential sees. Many 404s may come at once, so one
// listing serves for a minute. All its methods may be called concurrently.
type Listing struct {
	list func(ctx context.Context) iter.Seq2[Listed, error]
	now  func() time.Time

	lock   transport.Lock    // guards what follows
	owners map[string]string // owners by id, both folded; nil before the first listing
	began  time.Time
	writes int64 // value of changed when the listing began

	changed atomic.Int64
}

// NewListing returns a Listing that has listed nothing yet. list yields every account that isn't deleted, or an error where
// it can't show them all.
func NewListing(list func(ctx context.Context) iter.Seq2[Listed, error], now func() time.Time) *Listing {
	return &Listing{list: list, now: now, lock: transport.NewLock()}
}

// Changed ends the use of the listing: an account that is being created would seem gone by it. Call it before a create is
// sent, and again once it has ended.
func (l *Listing) Changed() { l.changed.Add(1) }

// ProveGone returns ErrGone where the listing confirms notFound, the vendor's 404 for an account that has just arrived;
// else a *NotProvenError. address is where the 404 came from, and w is what is remembered of the account. Ids and owners
// are compared ignoring case.
func (l *Listing) ProveGone(ctx context.Context, id, address string, w Witness, notFound error) error {
	doubt := func(format string, args ...any) error {
		return &NotProvenError{Reason: transport.SafeText(fmt.Sprintf(format, args...)), Err: notFound}
	}
	switch {
	case w.Address == "":
		return doubt("the state doesn't say at which address it was last seen")
	case w.Address != address:
		return doubt("it was last seen at %s, and this is %s", w.Address, address)
	case w.Owner == "":
		return doubt("the state doesn't say whose credential saw it last")
	case id == "":
		return doubt("it has no id")
	}
	id = fold(id)
	asked := l.now()
	if err := l.lock.Acquire(ctx); err != nil {
		return doubt("the listing that should confirm it was not made: %v", err)
	}
	defer l.lock.Release()
	usable := l.owners != nil && l.now().Before(l.began.Add(maxAge)) && l.writes == l.changed.Load()
	// What an older listing shows may be gone since.
	if _, listed := l.owners[id]; !usable || listed && l.began.Before(asked) {
		if err := l.renew(ctx); err != nil {
			return doubt("the listing that should confirm it failed: %v", err)
		}
	}
	if _, listed := l.owners[id]; listed {
		return doubt("the vendor's listing still shows it; try again")
	}
	for _, owner := range l.owners {
		if owner == fold(w.Owner) {
			return Gone(notFound)
		}
	}
	return doubt("this credential shows no other account of the same owner (%s)", w.Owner)
}

func (l *Listing) renew(ctx context.Context) error {
	l.owners = nil
	began, writes, owners := l.now(), l.changed.Load(), map[string]string{}
	for account, err := range l.list(ctx) {
		if err != nil {
			return err
		}
		if account.ID == "" {
			return errors.New("it shows an account without id")
		}
		owners[fold(account.ID)] = fold(account.Owner)
	}
	l.owners, l.began, l.writes = owners, began, writes
	return nil
}

// fold makes ids equal that differ only in case, as those of UUIDs may.
func fold(id string) string { return strings.ToLower(id) }
