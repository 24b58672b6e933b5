package gcore

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
)

// directoryAge is how long a snapshot of the directory may serve.
const directoryAge = time.Minute

// directory is the listing of users as one snapshot that all reads share: which users there are, and which accounts
// they may enter. The latter is all that a member's credential ever sees of accounts.
type directory struct {
	load func(context.Context) iter.Seq2[User, error]
	now  func() time.Time
	turn chan struct{} // held by whoever uses or replaces latest
	// latest is the newest snapshot; it is never changed, only replaced.
	latest *snapshot

	mu  sync.Mutex
	own map[string]ownAccount
}

type snapshot struct {
	begun    time.Time
	users    map[string]User // by id, those not deleted
	accounts map[string]Account
	err      error
}

// ownAccount is an account that this process has written.
type ownAccount struct {
	Account
	at time.Time
}

func (d *directory) init(now func() time.Time, load func(context.Context) iter.Seq2[User, error]) {
	d.now, d.load = now, load
	d.turn = make(chan struct{}, 1)
	d.own = map[string]ownAccount{}
}

// written notes an account as the reply to a write of ours has it: the listing may lag behind, and an older snapshot
// knows nothing of it.
func (d *directory) written(a Account) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.own[a.ID] = ownAccount{Account{ID: a.ID, Company: a.Company, View: MemberView}, d.now()}
}

// account looks an account up. Where believeOwn is set, the reply to a write of ours counts as a look.
func (d *directory) account(ctx context.Context, id string, believeOwn bool) (Account, bool, error) {
	d.mu.Lock()
	own, wrote := d.own[id]
	d.mu.Unlock()
	if wrote && believeOwn && d.now().Sub(own.at) < directoryAge {
		return own.Account, true, nil
	}
	s, err := d.snapshot(ctx, own.at)
	if err != nil {
		return Account{}, false, err
	}
	a, found := s.accounts[id]
	return a, found, nil
}

// hasUser reports whether a user is listed and not deleted.
func (d *directory) hasUser(ctx context.Context, id string) (bool, error) {
	s, err := d.snapshot(ctx, time.Time{})
	if err != nil {
		return false, err
	}
	_, listed := s.users[id]
	return listed, nil
}

// usersWithEmail names the users who have an e-mail address; none where the listing fails.
func (d *directory) usersWithEmail(ctx context.Context, email string) []createonce.Candidate {
	s, err := d.snapshot(ctx, time.Time{})
	if err != nil {
		return nil
	}
	var found []createonce.Candidate
	for _, u := range s.users {
		if sameText(u.Email, email) {
			found = append(found, createonce.Candidate{ID: u.ID, Label: u.Email})
		}
	}
	return found
}

// hasCommonUser reports whether a user is listed who is neither a reseller's nor a seller's.
func (d *directory) hasCommonUser(ctx context.Context, id string) (bool, error) {
	s, err := d.snapshot(ctx, time.Time{})
	if err != nil {
		return false, err
	}
	kind, _ := s.users[id].UserType.Get()
	return kind != nil && *kind == "common", nil
}

// snapshot returns one that was begun after a certain time and isn't too old. While one caller loads, the others wait;
// should it give up, the next one loads. A failure serves as long as a success would: asking once per account would only
// make the vendor's trouble worse.
func (d *directory) snapshot(ctx context.Context, after time.Time) (*snapshot, error) {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, asError("list users", ctx.Err())
	}
	defer func() { <-d.turn }()
	if s := d.latest; s != nil && s.begun.After(after) && d.now().Sub(s.begun) < directoryAge {
		return s, s.err
	}
	s := &snapshot{begun: d.now(), users: map[string]User{}, accounts: map[string]Account{}}
	for user, err := range d.load(ctx) {
		if err != nil {
			s.err = err
			break
		}
		if user.Deleted {
			continue // where it could go says nothing about the present
		}
		s.users[user.ID] = user
		for _, a := range user.Access {
			s.accounts[a.ClientID] = a.account()
		}
	}
	if ctx.Err() == nil {
		d.latest = s
	}
	return s, s.err
}

// all returns the accounts that users may enter, by id.
func (d *directory) all(ctx context.Context) ([]Account, error) {
	var newest time.Time
	d.mu.Lock()
	for _, own := range d.own {
		if own.at.After(newest) {
			newest = own.at
		}
	}
	d.mu.Unlock()
	s, err := d.snapshot(ctx, newest)
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(s.accounts), func(a, b Account) int { return compareIDs(a.ID, b.ID) }), nil
}
