package createonce_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
)

// TestCancel: a cancel ends what has not been sent; what has been sent gets its answer.
func TestCancel(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		at    time.Duration // of the cancel; the POST is worked on for ten seconds
		setup func(*vendor)
		want  outcome
		lists int
		takes time.Duration
	}{
		"before the POST": {at: 0, want: outcome{says: "stopped before the request was sent"}},
		"during the POST": {at: 5 * time.Second, want: outcome{id: "1", posts: 1, things: 1}, takes: 10 * time.Second},
		"during a POST whose reply is lost": {
			at: 5 * time.Second, setup: func(v *vendor) { v.onPost = func(int) (bool, *http.Response, error) { return true, nil, io.EOF } },
			want: outcome{id: "1", posts: 1, things: 1}, lists: 1, takes: 10 * time.Second,
		},
		"during a POST that is lost, seen late": {
			at: 5 * time.Second,
			setup: func(v *vendor) {
				v.lag = 12 * time.Second
				v.onPost = func(int) (bool, *http.Response, error) { return true, nil, io.EOF }
			},
			want: outcome{id: "1", posts: 1, things: 1}, lists: 4, takes: 13500 * time.Millisecond,
		},
		"during a POST that is refused": {
			at: 5 * time.Second, setup: refused(503),
			want: outcome{posts: 1, unclear: true, says: "HTTP 503"}, lists: 5, takes: 17500 * time.Millisecond,
		},
		"while it waits to repeat": {
			at: 18 * time.Second, setup: refused(503),
			want: outcome{posts: 1, unclear: true, says: "HTTP 503"}, lists: 5, takes: 18 * time.Second,
		},
		"during a POST that is throttled": {
			at: 5 * time.Second, setup: refused(429), want: outcome{posts: 1, says: "stopped before the request was sent"}, takes: 10 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{t: t, work: 10 * time.Second}
				if tt.setup != nil {
					tt.setup(v)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.at == 0 {
					cancel()
				}
				time.AfterFunc(tt.at, cancel)
				started := time.Now()
				made, err := v.creation().Run(ctx)
				v.check(t, made, err, tt.want)
				if took := time.Since(started); v.lists != tt.lists || took != tt.takes {
					t.Errorf("%d look-ups, in %v, want %d in %v", v.lists, took, tt.lists, tt.takes)
				}
			})
		})
	}
}

func refused(status int) func(*vendor) {
	return func(v *vendor) {
		v.onPost = func(int) (bool, *http.Response, error) { return false, v.reply(status, ""), nil }
	}
}

// TestDeadline: it ends everything, and leaves time to look for what a POST without an answer has made.
func TestDeadline(t *testing.T) {
	t.Parallel()
	for _, timeout := range []time.Duration{8 * time.Second, time.Minute, time.Hour} {
		for _, acts := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{t: t, work: time.Hour}
				ctx, cancel := context.WithTimeout(t.Context(), timeout)
				defer cancel()
				v.onPost = func(int) (bool, *http.Response, error) { return acts, nil, nil }
				started := time.Now()
				made, err := v.creation().Run(ctx)
				want := outcome{posts: 1, unclear: true, says: "the time ran out"}
				if acts {
					want = outcome{id: "1", posts: 1, things: 1}
				} else if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error is %v", err)
				}
				v.check(t, made, err, want)
				if took := time.Since(started); took > timeout {
					t.Errorf("took %v of %v", took, timeout)
				}
			})
		}
	}
}

// TestReserve: a POST gets most of the time; a cancel reaches it.
func TestReserve(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]time.Duration{
		0: 0, 8 * time.Second: 6 * time.Second, 2 * time.Minute: 90 * time.Second, 20 * time.Minute: 19*time.Minute + 30*time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if timeout > 0 {
				ctx, cancel = context.WithTimeout(ctx, timeout)
				defer cancel()
			}
			c := createonce.Creation[thing]{Post: func(ctx context.Context) (thing, error) {
				deadline, ok := ctx.Deadline()
				if ok != (timeout > 0) || ok && time.Until(deadline) != want {
					t.Errorf("of %v it gets %v", timeout, time.Until(deadline))
				}
				cancel()
				if ctx.Err() == nil {
					t.Error("a cancel doesn't reach it")
				}
				return thing{}, nil
			}, Describe: func(thing) createonce.Candidate { return createonce.Candidate{ID: "1"} }}
			if _, err := c.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}
