package gcore

import (
	"context"
	"sync"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// resellerView is what has been learnt about the reseller's view since the process began.
type resellerView struct {
	probing transport.Lock // held by whoever finds something out

	mu       sync.Mutex
	refused  bool // the view has refused this credential
	answered bool // the view has shown an account
}

func (v *resellerView) init() { v.probing = transport.NewLock() }

// saw notes that the view has shown an account.
func (v *resellerView) saw() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answered, v.refused = true, false
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

// awaitProbe waits while another read finds out whether the credential has the view: else ten reads at once would all be
// refused. Where that isn't known yet it is the caller's turn to find out, until it calls done.
func (v *resellerView) awaitProbe(ctx context.Context) (done func(), err error) {
	nothing := func() {}
	if v.isRefused() || v.hasAnswered() {
		return nothing, nil
	}
	if err := v.probing.Acquire(ctx); err != nil {
		return nil, err
	}
	done = sync.OnceFunc(v.probing.Release)
	if v.isRefused() || v.hasAnswered() {
		done()
	}
	return done, nil
}
