package transport

import "context"

// Lock is a mutex whose wait ends with a context.
type Lock chan struct{}

// NewLock returns a lock that nobody holds.
func NewLock() Lock { return make(Lock, 1) }

// Acquire waits until the lock is free, or returns ctx's error.
func (l Lock) Acquire(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Release frees the lock, which the caller holds.
func (l Lock) Release() { <-l }
