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

// TestRetryAfter: both forms are obeyed, in the bubble's time, which begins at midnight.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const most = 2050 * time.Millisecond // of jitter
	for name, tt := range map[string]struct {
		status  int
		headers []string
		replay  transport.Replay
		wait    time.Duration
		jitter  time.Duration
	}{
		"seconds":                   {429, []string{"Retry-After", "90"}, transport.Create, 90 * time.Second, most},
		"part of a second":          {429, []string{"Retry-After", "0.5"}, transport.Create, 500 * time.Millisecond, 175 * time.Millisecond},
		"date":                      {429, []string{"Retry-After", at(90)}, transport.NonIdempotent, 90 * time.Second, most},
		"date by the server, ahead": {429, []string{"Date", at(300), "Retry-After", at(390)}, transport.Create, 90 * time.Second, most},
		"date by the server, late":  {429, []string{"Date", at(-300), "Retry-After", at(-210)}, transport.Create, 90 * time.Second, most},
		"503 in seconds":            {503, []string{"Retry-After", "90"}, transport.Idempotent, 90 * time.Second, 0},
		"503 by date":               {503, []string{"Retry-After", at(90)}, transport.Idempotent, 90 * time.Second, 0},
		// Where nothing sensible is said: a backoff of 125 to 250 ms, and the jitter after a pause.
		"none":           {429, nil, transport.Create, 125 * time.Millisecond, 240 * time.Millisecond},
		"none, 503":      {503, nil, transport.Idempotent, 125 * time.Millisecond, 125 * time.Millisecond},
		"zero":           {429, []string{"Retry-After", "0"}, transport.Create, 125 * time.Millisecond, 240 * time.Millisecond},
		"negative":       {429, []string{"Retry-After", "-90"}, transport.Create, 125 * time.Millisecond, 240 * time.Millisecond},
		"in the past":    {429, []string{"Retry-After", at(-90)}, transport.Create, 125 * time.Millisecond, 240 * time.Millisecond},
		"not a number":   {429, []string{"Retry-After", "NaN"}, transport.Create, 125 * time.Millisecond, 240 * time.Millisecond},
		"something else": {503, []string{"Retry-After", "soon"}, transport.Idempotent, 125 * time.Millisecond, 125 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				client := newFake(t, func(*http.Request) (*http.Response, error) {
					if tries++; tries == 1 {
						return reply(tt.status, "", tt.headers...)
					}
					return reply(200, "{}")
				})
				started := time.Now()
				if _, err := client.Do(t.Context(), request(tt.replay)); err != nil || tries != 2 {
					t.Fatalf("%d tries, error %v", tries, err)
				}
				if waited := time.Since(started); waited < tt.wait || waited > tt.wait+tt.jitter {
					t.Errorf("waited %v, want %v and at most %v more", waited, tt.wait, tt.jitter)
				}
			})
		})
	}
}

func at(seconds int) string {
	bubble := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	return bubble.Add(time.Duration(seconds) * time.Second).Format(http.TimeFormat)
}

// TestWaitTooLong: what can't be waited for fails at once, and says so.
func TestWaitTooLong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status     int
		retryAfter string
		says       string
	}{
		"429":          {429, "90", "HTTP 429 Too Many Requests: busy (asked to wait 1m30s, which is more than the time left)"},
		"429 by date":  {429, at(90), "(asked to wait 1m30s, which is more than the time left)"},
		"429 for ever": {429, "1e300", "(asked to wait 277h46m40s, which is more than the time left)"},
		"429 for eras": {429, "Fri, 31 Dec 9999 23:59:59 GMT", "(asked to wait 277h46m40s, which is more than the time left)"},
		"503":          {503, "90", "HTTP 503 Service Unavailable: busy (asked to wait 1m30s, which is more than the time left)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				client := newFake(t, func(*http.Request) (*http.Response, error) {
					tries++
					return reply(tt.status, "busy", "Retry-After", tt.retryAfter)
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				started := time.Now()
				_, err := client.Do(ctx, request(transport.Idempotent))
				e := mustFail(t, err)
				if !strings.Contains(e.Error(), tt.says) || e.Wait == 0 || e.Wait != e.RetryAfter {
					t.Errorf("error is %v", e)
				}
				if time.Since(started) != 0 || tries != 1 {
					t.Errorf("%d tries in %v", tries, time.Since(started))
				}
				if tt.status != http.StatusTooManyRequests {
					return
				}
				// Neither does the next one go out, unless it has the time.
				_, err = client.Do(ctx, request(transport.Create))
				if e := mustFail(t, err); e.Status != 429 || transport.Unclear(err) || !strings.Contains(e.Error(), "was not sent") {
					t.Errorf("the next one: %v", e)
				}
				if time.Since(started) != 0 || tries != 1 {
					t.Errorf("the next one: %d tries in %v", tries, time.Since(started))
				}
			})
		})
	}
}

// TestBackoffTooLong: our own wait is not the vendor's.
func TestBackoffTooLong(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			client := newFake(t, func(*http.Request) (*http.Response, error) { return reply(status, "") })
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			started := time.Now()
			_, err := client.Do(ctx, request(transport.Idempotent))
			if e := mustFail(t, err); e.Status != status || e.Wait != 0 || time.Since(started) > 3*time.Second {
				t.Errorf("after %v: %v", time.Since(started), e)
			}
		})
	}
}

// TestPauseUntilDeadline: where a pause takes all the time there is, that is what the error tells.
func TestPauseUntilDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newFake(t, func(*http.Request) (*http.Response, error) { return reply(429, "busy", "Retry-After", "60") })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := client.Do(ctx, request(transport.Create))
		if e := mustFail(t, err); e.Status != 429 || !strings.Contains(e.Error(), "busy") || transport.Unclear(err) {
			t.Errorf("error is %v", e)
		}
	})
}

// TestBackoffGrows: 125 ms to 250 ms, then twice that, and so on.
func TestBackoffGrows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		last := time.Now()
		client := newFake(t, func(*http.Request) (*http.Response, error) {
			waits = append(waits, time.Since(last))
			last = time.Now()
			return reply(500, "")
		})
		_, _ = client.Do(t.Context(), request(transport.Idempotent))
		if len(waits) != whole {
			t.Fatalf("waits are %v", waits)
		}
		for i, least := 1, 125*time.Millisecond; i < whole; i, least = i+1, 2*least {
			if waits[i] < least || waits[i] > 2*least {
				t.Errorf("wait %d is %v, want %v to %v", i, waits[i], least, 2*least)
			}
		}
	})
}

// TestPauseIsForAll: one 429 keeps back everything to that vendor, what waits for its turn included, and nothing of
// another vendor.
func TestPauseIsForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		var sent []time.Duration
		var mu sync.Mutex
		client := newFake(t, func(*http.Request) (*http.Response, error) {
			mu.Lock()
			sent = append(sent, time.Since(started))
			first := len(sent) == 1
			mu.Unlock()
			if first {
				time.Sleep(10 * time.Millisecond) // by then all the others wait for their turn
				return reply(429, "", "Retry-After", "60")
			}
			return reply(200, "{}")
		}, func(o *transport.Options) { o.MaxRequestsPerSecond = 1 })
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := client.Do(t.Context(), request(transport.Idempotent)); err != nil {
					t.Error(err)
				}
			})
		}
		other := newFake(t, func(*http.Request) (*http.Response, error) { return reply(200, "{}") })
		if _, err := other.Do(t.Context(), request(transport.Idempotent)); err != nil || time.Since(started) != 0 {
			t.Errorf("the other vendor waits too: %v, %v", time.Since(started), err)
		}
		all.Wait()
		if len(sent) != 11 || sent[0] != 0 || sent[1] < time.Minute {
			t.Errorf("sent at %v, want one at once, the rest after a minute", sent)
		}
	})
}

// TestShorterPause: it doesn't end a longer one.
func TestShorterPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		var replies atomic.Int32
		client := newFake(t, func(*http.Request) (*http.Response, error) {
			switch replies.Add(1) {
			case 1:
				time.Sleep(10 * time.Millisecond) // by then the other is on its way
				return reply(429, "", "Retry-After", "60")
			case 2:
				time.Sleep(time.Second)
				return reply(429, "", "Retry-After", "1")
			}
			if time.Since(started) < time.Minute {
				t.Errorf("sent after %v", time.Since(started))
			}
			return reply(200, "{}")
		})
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := client.Do(t.Context(), request(transport.Idempotent)); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	})
}

// TestStorm: ten at a time against a vendor that takes three a second and answers the rest with 429.
func TestStorm(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{"told to wait": {"Retry-After", "1"}, "told nothing": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				var mu sync.Mutex
				taken := map[int64]int{}
				var made, refused int
				client := newFake(t, func(*http.Request) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					second := time.Now().Unix()
					if taken[second] == 3 {
						refused++
						return reply(429, "", headers...)
					}
					taken[second]++
					made++
					return reply(201, "{}")
				})
				var all sync.WaitGroup
				for range 10 {
					all.Go(func() {
						for range 5 {
							if _, err := client.Do(t.Context(), request(transport.Create)); err != nil {
								t.Error(err)
							}
						}
					})
				}
				all.Wait()
				t.Logf("%d made, %d refused, in %v", made, refused, time.Since(started))
				if made != 50 || refused == 0 || refused > 10*made || time.Since(started) > 5*time.Minute {
					t.Errorf("%d made, %d refused, in %v", made, refused, time.Since(started))
				}
			})
		})
	}
}

// TestRateLimit: no more than two a second, whatever becomes of them.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sent []time.Time
		client := newFake(t, func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Now())
			if len(sent)%3 == 0 {
				return reply(503, "")
			}
			return reply(200, "{}")
		}, func(o *transport.Options) { o.MaxRequestsPerSecond = 2 })
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := client.Do(t.Context(), request(transport.Idempotent)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(sent) < 14 {
			t.Fatalf("only %d sent", len(sent))
		}
		for i := 1; i < len(sent); i++ {
			if gap := sent[i].Sub(sent[i-1]); gap < 500*time.Millisecond-time.Microsecond { // the limiter rounds
				t.Errorf("request %d went out %v after the one before", i, gap)
			}
		}
	})
}

// TestTurnTooFar: a turn that comes too late is given up at once, and leaves no gap for the others.
func TestTurnTooFar(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newFake(t, func(*http.Request) (*http.Response, error) { return reply(200, "{}") },
			func(o *transport.Options) { o.MaxRequestsPerSecond = 0.1 })
		started := time.Now()
		do := func(timeout time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			_, err := client.Do(ctx, request(transport.Create))
			return err
		}
		if err := do(time.Minute); err != nil {
			t.Fatal(err)
		}
		err := do(5 * time.Second)
		e := mustFail(t, err)
		if e.Kind != transport.KindCancelled || !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != 0 ||
			!strings.Contains(e.Error(), "the time ran out before the request was sent") {
			t.Errorf("after %v: %v", time.Since(started), err)
		}
		if err := do(time.Minute); err != nil || time.Since(started) != 10*time.Second {
			t.Errorf("after %v: %v", time.Since(started), err)
		}
	})
}

// TestInstantClock: where sleeping takes no time, a pause is sat out once, not in a loop.
func TestInstantClock(t *testing.T) {
	t.Parallel()
	var v *vendor
	v = newVendor(t, func(w http.ResponseWriter, r *http.Request) {
		if v.arrived.Load() == 1 {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		answer(200, "{}")(w, r)
	})
	if _, err := v.Do(t.Context(), request(transport.Create)); err != nil {
		t.Fatal(err)
	}
	if slept := v.clock.total(); slept < time.Minute-time.Second || slept > time.Minute+3*time.Second {
		t.Errorf("slept for %v", slept)
	}
}

// TestTinyRetryAfter: a vendor that asks for next to no pause, again and again, gets fewer and fewer requests.
func TestTinyRetryAfter(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"0.001", "0", "1e-9", "0.2"} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			client := newFake(t, func(*http.Request) (*http.Response, error) {
				requests++
				return reply(429, "{}", "Retry-After", header)
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if _, err := client.Do(ctx, request(transport.Create)); !transport.IsStatus(err, 429) || requests > 12 {
				t.Errorf("%s: %d requests: %v", header, requests, err)
			}
		})
	}
}
