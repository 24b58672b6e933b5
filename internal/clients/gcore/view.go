package gcore

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Witness is what the caller remembers of an account from one run to the next.
type Witness struct {
	// SeenByReseller reports whether the account was ever read through the reseller's view.
	SeenByReseller bool `json:"seen_by_reseller,omitempty"`
	// Reseller is the reseller that the account belonged to; "" where unknown.
	Reseller string `json:"reseller,omitempty"`
	// Viewer is the user whose credential read the account last through the reseller's view; "" where unknown.
	Viewer string `json:"viewer,omitempty"`
	// Company is the account's name, as the caller's state has it; "" where unknown.
	Company string `json:"-"`
}

// After is what to remember once account was read. The member's view adds nothing.
func (k Witness) After(account Account) Witness {
	if account.View != ResellerView {
		return k
	}
	k.SeenByReseller = true
	k.Reseller = orPrior(account.Reseller, k.Reseller)
	k.Viewer = orPrior(account.Viewer, k.Viewer)
	return k
}

func orPrior(value, prior string) string {
	if value == "" {
		return prior
	}
	return value
}

// ErrGone says that an account or user is proven to be deleted. No other error means that.
var ErrGone = errors.New("it is deleted at Gcore")

// Reason says why not finding something proves nothing.
type Reason int

const (
	// proven is no reason: there is no doubt.
	proven Reason = iota
	// NotInMembersView means that the credential has the member's view alone, or that the reseller's view has never
	// shown the account: it may exist where this credential can't look.
	NotInMembersView
	// NothingShown means that the credential is not known to be a reseller's who would see the account.
	NothingShown
	// OtherReseller means that the reseller's view shows accounts of other resellers alone.
	OtherReseller
	// StillListed means that the account or user can't be read, but is in the listing.
	StillListed
	// AccountHidden means that the account behind the user can't be seen either.
	AccountHidden
)

// String implements fmt.Stringer.
func (r Reason) String() string {
	switch r {
	case proven:
		return "it is"
	case NotInMembersView:
		return "this credential has never shown it as a reseller's"
	case NothingShown:
		return "this credential doesn't show accounts as that of the reseller did"
	case OtherReseller:
		return "this credential seems to belong to another reseller"
	case StillListed:
		return "the vendor's list still holds it"
	case AccountHidden:
		return "this credential can't see the account behind it"
	}
	return "unknown reason"
}

// NotProvenError says that an account or user wasn't found, and that this doesn't prove it deleted.
type NotProvenError struct {
	ID     string
	Reason Reason
	Err    error // the vendor's answer
}

// Error implements error.
func (e *NotProvenError) Error() string {
	return fmt.Sprintf("%v; that does not prove %s deleted: %v", e.Err, e.ID, e.Reason)
}

// Unwrap implements errors.Unwrap.
func (e *NotProvenError) Unwrap() error { return e.Err }

// resellerView is what has been learnt about the reseller's view since the process began.
type resellerView struct {
	turn chan struct{} // held by whoever finds something out

	mu        sync.Mutex
	refused   bool            // the view has refused this credential
	answered  bool            // the view has shown an account
	resellers map[string]bool // those that the accounts shown belong to
	viewer    string          // the user whose credential this is; "" where unknown
}

func (v *resellerView) init() {
	v.turn = make(chan struct{}, 1)
	v.resellers = map[string]bool{}
}

// saw notes an account that the view has shown.
func (v *resellerView) saw(a Account) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answered, v.refused = true, false
	v.viewer = orPrior(a.Viewer, v.viewer)
	if a.Reseller != "" {
		v.resellers[a.Reseller] = true
	}
}

// refuse notes that the view is closed to this credential. What it has shown before counts for more: then a single
// account was refused.
func (v *resellerView) refuse() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refused = !v.answered
}

func (v *resellerView) isRefused() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.refused
}

func (v *resellerView) hasAnswered() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.answered
}

// seen returns whose credential this is and whether the accounts shown speak for this reseller: some belong to it, or
// none tells whom it belongs to. known is false where none tells.
func (v *resellerView) seen(reseller string) (viewer string, fits, known bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	known = len(v.resellers) > 0
	return v.viewer, reseller == "" || !known || v.resellers[reseller], known
}

// awaitProbe waits while another read finds out whether the credential has the view: else ten reads at once would all be
// refused. Where that isn't known yet it is the caller's turn to find out, until it calls done.
func (v *resellerView) awaitProbe(ctx context.Context) (done func(), err error) {
	nothing := func() {}
	if v.isRefused() || v.hasAnswered() {
		return nothing, nil
	}
	select {
	case v.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done = sync.OnceFunc(func() { <-v.turn })
	if v.isRefused() || v.hasAnswered() {
		done()
	}
	return done, nil
}
