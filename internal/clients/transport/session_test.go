package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// session hands out the token "n" at the nth renewal.
type session struct {
	renewals  int
	authorize func() error
	renew     func() (bool, error)
}

func (s *session) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", fmt.Sprint("Bearer ", s.renewals))
	if s.authorize != nil {
		return s.authorize()
	}
	return nil
}

func (s *session) Renew(_ context.Context, failed *http.Request) (bool, error) {
	if got := failed.Header.Get("Authorization"); got != fmt.Sprint("Bearer ", s.renewals) {
		return false, fmt.Errorf("renewing for a request with %q", got)
	}
	s.renewals++
	if s.renew != nil {
		return s.renew()
	}
	return true, nil
}

// TestRenewal: after a 401 the session is renewed once and the request repeated once, whatever it is.
func TestRenewal(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		session  *session
		accepted string // the header that the server wants
		arrived  int32
		renewals int
		fails    bool
	}{
		"good from the start": {session: &session{}, accepted: "Bearer 0", arrived: 1},
		"good once renewed":   {session: &session{}, accepted: "Bearer 1", arrived: 2, renewals: 1},
		"never good":          {session: &session{}, accepted: "never", arrived: 2, renewals: 1, fails: true},
		"nothing to renew with": {
			session: &session{renew: func() (bool, error) { return false, nil }}, accepted: "Bearer 1", arrived: 1, renewals: 1, fails: true,
		},
	} {
		for kind, replay := range replays {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				s := *tt.session
				v := newVendor(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Authorization") != tt.accepted {
						w.WriteHeader(http.StatusUnauthorized)
					}
					_, _ = w.Write([]byte("{}"))
				})
				r := request(replay)
				r.Session = &s
				_, err := v.Do(t.Context(), r)
				if tt.fails && (!transport.IsStatus(err, 401) || transport.Unclear(err)) || !tt.fails && err != nil {
					t.Errorf("error is %v", err)
				}
				if v.arrived.Load() != tt.arrived || s.renewals != tt.renewals {
					t.Errorf("%d requests, %d renewals", v.arrived.Load(), s.renewals)
				}
			})
		}
	}
}

// TestNoSession: without credentials there is nothing to renew.
func TestNoSession(t *testing.T) {
	t.Parallel()
	v := newVendor(t, answer(401, ""))
	if _, err := v.Do(t.Context(), request(transport.Idempotent)); !transport.IsStatus(err, 401) || v.arrived.Load() != 1 {
		t.Errorf("%d requests: %v", v.arrived.Load(), err)
	}
}

// TestFailedLogin: whatever the login's failure, the request that waited for it has not been sent, is not sent again,
// and has not been answered.
func TestFailedLogin(t *testing.T) {
	t.Parallel()
	failures := map[string]error{
		"no transport error": errors.New("the password is hunter2, and wrong"),
		"no reply":           &transport.Error{Vendor: "Vendor", Operation: "log in", Kind: transport.KindNoReply},
		"cancelled":          &transport.Error{Vendor: "Vendor", Operation: "log in", Kind: transport.KindCancelled, Err: context.Canceled},
	}
	for _, status := range []int{401, 403, 404, 429, 500, 503} {
		failures[fmt.Sprint(status)] = &transport.Error{Vendor: "Vendor", Operation: "log in", Status: status, Message: "hunter2"}
	}
	for name, failure := range failures {
		for when, s := range map[string]*session{
			"before":      {authorize: func() error { return failure }},
			"after a 401": {renew: func() (bool, error) { return false, failure }},
		} {
			t.Run(name+"/"+when, func(t *testing.T) {
				t.Parallel()
				v := newVendor(t, answer(401, ""))
				v.Scrubber.Add(transport.NewSecret("hunter2"))
				for i, replay := range []transport.Replay{transport.Idempotent, transport.NonIdempotent, transport.Create} {
					r := request(replay)
					s := *s
					r.Session = &s
					_, err := v.Do(t.Context(), r)
					_ = mustFail(t, err)
					if transport.Unclear(err) || transport.Refused(err) || transport.IsNotFound(err) ||
						transport.StatusOf(err) != 0 && transport.StatusOf(err) != 401 {
						t.Errorf("taken for an answer: %v", err)
					}
					if strings.Contains(err.Error(), "hunter2") {
						t.Errorf("error is %v", err)
					}
					want := 0
					if when != "before" {
						want = i + 1
					}
					if int(v.arrived.Load()) != want || v.clock.total() != 0 {
						t.Errorf("%d requests, want %d, slept for %v", v.arrived.Load(), want, v.clock.total())
					}
				}
			})
		}
	}
}

// TestCancelInLogin: a cancel during the login is before the request.
func TestCancelInLogin(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	v := newVendor(t, nil, func(o *transport.Options) {
		o.RoundTripper = roundTrip(nil) // which must not be called
	})
	r := request(transport.Create)
	r.Session = &session{authorize: func() error { cancel(); return nil }}
	_, err := v.Do(ctx, r)
	if e := mustFail(t, err); e.Kind != transport.KindCancelled || v.attempts.Load() != 0 {
		t.Errorf("%d attempts: %v", v.attempts.Load(), err)
	}
}

// TestLoginTakesNothingAway: a slow login leaves a request its whole time.
func TestLoginTakesNothingAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newFake(t, func(req *http.Request) (*http.Response, error) {
			if deadline, _ := req.Context().Deadline(); time.Until(deadline) != time.Minute {
				t.Errorf("%v are left", time.Until(deadline))
			}
			return reply(200, "{}")
		})
		r := request(transport.Idempotent)
		r.Session = &session{authorize: func() error { time.Sleep(50 * time.Second); return nil }}
		if _, err := client.Do(t.Context(), r); err != nil {
			t.Error(err)
		}
	})
}
