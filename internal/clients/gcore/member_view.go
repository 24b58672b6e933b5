package gcore

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// memberViewAge is how long a snapshot of the member's view may serve.
const memberViewAge = time.Minute

// memberView is the listing of users as one snapshot that all reads share: which users there are, and which accounts
// they may enter. The latter is all that a member's credential ever sees of accounts.
type memberView struct {
	load func(context.Context) iter.Seq2[User, error]
	now  func() time.Time
	lock transport.Lock // held by whoever uses or replaces latest
	// latest is the newest snapshot; it is never changed, only replaced.
	latest *snapshot

	mu  sync.Mutex
	own map[string]ownAccount
}

// snapshot holds what the listing of users shows.
type snapshot struct {
	begun    time.Time
	users    map[string]bool   // ids of those not deleted
	accounts map[string]string // company names by id
	err      error             // why it holds less than the listing does
}

// ownAccount is an account that this process has written.
type ownAccount struct {
	Account
	at time.Time
}

func (v *memberView) init(now func() time.Time, load func(context.Context) iter.Seq2[User, error]) {
	v.now, v.load = now, load
	v.lock = transport.NewLock()
	v.own = map[string]ownAccount{}
}

// written notes an account as the reply to a write of ours has it: the listing may lag behind, and an older snapshot
// knows nothing of it.
func (v *memberView) written(a Account) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.own[a.ID] = ownAccount{Account{ID: a.ID, Company: a.Company, View: MemberView}, v.now()}
}

// account looks an account up. Where believeOwn is set, the reply to a write of ours counts as a look.
func (v *memberView) account(ctx context.Context, id string, believeOwn bool) (Account, bool, error) {
	v.mu.Lock()
	own, wrote := v.own[id]
	v.mu.Unlock()
	if wrote && believeOwn && v.now().Sub(own.at) < memberViewAge {
		return own.Account, true, nil
	}
	s, err := v.snapshot(ctx, own.at)
	company, found := s.accounts[id]
	if !found {
		return Account{}, false, err
	}
	return Access{ClientID: id, Company: company}.account(), true, nil // whatever else is missing
}

// hasUser reports whether a user is listed and not deleted.
func (v *memberView) hasUser(ctx context.Context, id string) (bool, error) {
	s, err := v.snapshot(ctx, time.Time{})
	if s.users[id] {
		return true, nil
	}
	return false, err
}

// snapshot returns one that was begun after a certain time and isn't too old. While one caller loads, the others wait;
// should it give up, the next one loads. A failure serves as long as a success would: asking once per account would only
// make the vendor's trouble worse.
func (v *memberView) snapshot(ctx context.Context, after time.Time) (*snapshot, error) {
	if err := v.lock.Acquire(ctx); err != nil {
		return &snapshot{}, asError(listUsers, err)
	}
	defer v.lock.Release()
	if s := v.latest; s != nil && s.begun.After(after) && v.now().Sub(s.begun) < memberViewAge {
		return s, s.err
	}
	s := &snapshot{begun: v.now(), users: map[string]bool{}, accounts: map[string]string{}}
	for user, err := range v.load(ctx) {
		if err != nil {
			s.err = err
			break
		}
		if user.Deleted {
			continue // where it could go says nothing about the present
		}
		s.users[user.ID] = true
		for _, a := range user.Access {
			s.accounts[a.ClientID] = a.Company
		}
	}
	if ctx.Err() == nil {
		v.latest = s
	}
	return s, s.err
}

// all returns the accounts that users may enter, by id, and what keeps it from showing more.
func (v *memberView) all(ctx context.Context) ([]Account, error) {
	var newest time.Time
	v.mu.Lock()
	for _, own := range v.own {
		if own.at.After(newest) {
			newest = own.at
		}
	}
	v.mu.Unlock()
	s, err := v.snapshot(ctx, newest)
	var accounts []Account
	for _, id := range slices.SortedFunc(maps.Keys(s.accounts), compareIDs) {
		accounts = append(accounts, Access{ClientID: id, Company: s.accounts[id]}.account())
	}
	return accounts, err
}
