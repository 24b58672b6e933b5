package transport_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// TestReadOnly: what changes something is refused before it is sent, and counts as not sent; the rest passes.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get"} {
		for _, adjust := range []func(*transport.Request){
			func(*transport.Request) {}, func(r *transport.Request) { r.Login = true }, func(r *transport.Request) { r.Selection = true },
		} {
			v := newVendor(t, answer(200, "{}"), func(o *transport.Options) { o.ReadOnly = true })
			r := transport.Request{Operation: "test", Method: method, Path: "/x", Replay: transport.Create}
			adjust(&r)
			_, err := v.Do(t.Context(), r)
			if method == "GET" || method == "HEAD" || r.Login || r.Selection {
				if err != nil || v.arrived.Load() != 1 {
					t.Errorf("%s, login %v, selection %v: %v", method, r.Login, r.Selection, err)
				}
				continue
			}
			e := mustFail(t, err)
			if !errors.Is(err, transport.ErrReadOnly) || e.Kind != transport.KindCancelled || transport.Unclear(err) || v.attempts.Load() != 0 {
				t.Errorf("%s: %v", method, err)
			}
			for _, word := range []string{"read_only", "ACCOUNTS_READ_ONLY", "test"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%s doesn't say %s", err, word)
				}
			}
		}
	}
}

// TestGuard: it is asked once, before anything else is sent, while requests of its own and logins pass.
func TestGuard(t *testing.T) {
	t.Parallel()
	var v *vendor
	var calls, logins atomic.Int32
	v = newVendor(t, answer(200, "{}"), func(o *transport.Options) {
		o.Guard = func(ctx context.Context) error {
			calls.Add(1)
			if n := v.arrived.Load() - logins.Load(); n != 0 {
				t.Errorf("%d requests before the guard", n)
			}
			_, err := v.Do(ctx, transport.Request{Operation: "who am I", Method: http.MethodGet, Path: "/me"})
			return err
		}
	})
	login := transport.Request{Operation: "log in", Method: http.MethodPost, Path: "/login", Login: true}
	logins.Add(1)
	if _, err := v.Do(t.Context(), login); err != nil || calls.Load() != 0 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := v.Do(t.Context(), request(transport.Create)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if calls.Load() != 1 || v.arrived.Load() != 22 {
		t.Errorf("%d calls, %d requests", calls.Load(), v.arrived.Load())
	}
}

// TestGuardRefuses: nothing is sent, neither then nor later, and the refusal is no answer of the vendor's.
func TestGuardRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err   error
		calls int32 // for two requests
	}{
		"another caller": {errors.New("the credential belongs to 7"), 1},
		"a failed check": {&transport.Error{Vendor: "Vendor", Operation: "who am I", Status: 404, Message: "hunter2"}, 2},
		"refused there":  {&transport.Error{Vendor: "Vendor", Operation: "who am I", Status: 503}, 2},
		"a cancel":       {context.Canceled, 2},
	} {
		for kind, replay := range replays {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				var calls atomic.Int32
				v := newVendor(t, answer(200, "{}"), func(o *transport.Options) {
					o.Guard = func(context.Context) error { calls.Add(1); return tt.err }
					o.Scrubber.Add(transport.NewSecret("hunter2"))
				})
				r := request(replay)
				r.Selection = true // which the guard doesn't let pass
				for range 2 {
					_, err := v.Do(t.Context(), r)
					_ = mustFail(t, err)
					if transport.Unclear(err) || transport.IsNotFound(err) || transport.Refused(err) || transport.StatusOf(err) != 0 ||
						strings.Contains(err.Error(), "hunter2") {
						t.Errorf("error is %v", err)
					}
				}
				if calls.Load() != tt.calls || v.attempts.Load() != 0 {
					t.Errorf("%d calls, %d requests", calls.Load(), v.attempts.Load())
				}
			})
		}
	}
}

// TestGuardSlow: who waits for another's check can be cancelled, and asks itself where that check was cancelled.
func TestGuardSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		client := newFake(t, func(*http.Request) (*http.Response, error) { return reply(200, "{}") }, func(o *transport.Options) {
			o.Guard = func(ctx context.Context) error {
				calls++
				select {
				case <-time.After(time.Minute):
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		})
		outcome := func(ctx context.Context, ends time.Duration, fails bool) {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
			defer cancel()
			if fails {
				time.AfterFunc(ends, cancel)
			}
			started := time.Now()
			_, err := client.Do(ctx, request(transport.Create))
			if (err != nil) != fails || time.Since(started) != ends || transport.Unclear(err) {
				t.Errorf("after %v: %v", time.Since(started), err)
			}
		}
		var all sync.WaitGroup
		all.Go(func() { outcome(t.Context(), 5*time.Second, true) })
		time.Sleep(time.Second)
		all.Go(func() { outcome(t.Context(), 2*time.Second, true) })
		all.Go(func() { outcome(t.Context(), 64*time.Second, false) })
		all.Wait()
		if calls != 2 {
			t.Errorf("%d calls", calls)
		}
	})
}
