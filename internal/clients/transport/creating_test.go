package transport_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// TestCancelBeforeSent: whatever a request waits for before it goes out, a cancel ends that at once.
func TestCancelBeforeSent(t *testing.T) {
	t.Parallel()
	type setup func(t *testing.T, cancel context.CancelFunc) []func(*transport.Options)
	for name, waiting := range map[string]setup{
		"cancelled from the start": func(_ *testing.T, cancel context.CancelFunc) []func(*transport.Options) {
			cancel()
			return nil
		},
		"connecting": func(_ *testing.T, cancel context.CancelFunc) []func(*transport.Options) {
			return []func(*transport.Options){dialing(func(ctx context.Context, _, _ string) (net.Conn, error) {
				cancel()
				<-ctx.Done()
				return nil, ctx.Err()
			})}
		},
		"resolving the name": func(_ *testing.T, cancel context.CancelFunc) []func(*transport.Options) {
			return []func(*transport.Options){dialing(func(ctx context.Context, _, _ string) (net.Conn, error) {
				cancel()
				<-ctx.Done()
				return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "operation was canceled", UnwrapErr: ctx.Err()}}
			})}
		},
		"shaking hands": func(t *testing.T, cancel context.CancelFunc) []func(*transport.Options) {
			t.Helper()
			return []func(*transport.Options){toTLS(t, func(c net.Conn) {
				cancel()
				_, _ = io.Copy(io.Discard, c) // until the client hangs up
			})}
		},
	} {
		for kind, replay := range replays {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				v := newVendor(t, answer(201, "{}"), waiting(t, cancel)...)
				started := time.Now()
				_, err := v.Do(ctx, request(replay))
				e := mustFail(t, err)
				if e.Kind != transport.KindCancelled || transport.Unclear(err) || !errors.Is(err, context.Canceled) ||
					!strings.Contains(e.Error(), "stopped before the request was sent") {
					t.Errorf("kind %d: %v", e.Kind, err)
				}
				if v.arrived.Load() != 0 || time.Since(started) > 5*time.Second {
					t.Errorf("%d arrived, after %v", v.arrived.Load(), time.Since(started))
				}
			})
		}
	}
}

// TestCancelOnceSent: a creating request is awaited, others are not.
func TestCancelOnceSent(t *testing.T) {
	t.Parallel()
	for kind, replay := range replays {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			v := newVendor(t, func(w http.ResponseWriter, r *http.Request) {
				cancel()
				if replay == transport.Create {
					awaitHangUp(r)
				} else {
					<-r.Context().Done()
				}
				_, _ = io.WriteString(w, `{"id":"1"}`)
			})
			var got struct{ ID string }
			r := request(replay)
			r.Into = &got
			_, err := v.Do(ctx, r)
			if replay == transport.Create {
				if err != nil || got.ID != "1" {
					t.Errorf("got %v, error %v", got, err)
				}
			} else if e := mustFail(t, err); e.Kind != transport.KindNoReply || !transport.Unclear(err) {
				t.Errorf("kind %d: %v", e.Kind, err)
			}
			if v.arrived.Load() != 1 {
				t.Errorf("%d arrived", v.arrived.Load())
			}
		})
	}
}

// awaitHangUp gives a client that has been cancelled the time to show it.
func awaitHangUp(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(50 * time.Millisecond):
	}
}

// TestCancelWhileReading: the reply of a creating request is read to its end.
func TestCancelWhileReading(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	v := newVendor(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"id":`)
		_ = http.NewResponseController(w).Flush()
		cancel()
		awaitHangUp(r)
		_, _ = io.WriteString(w, `"1"}`)
	})
	if _, err := v.Do(ctx, request(transport.Create)); err != nil {
		t.Error(err)
	}
}

// TestCancelBetween: after a reply that can't have had an effect, a cancel stops what would follow.
func TestCancelBetween(t *testing.T) {
	t.Parallel()
	for kind, replay := range replays {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			v := newVendor(t, func(w http.ResponseWriter, _ *http.Request) {
				cancel()
				if replay == transport.Create {
					w.WriteHeader(http.StatusTooManyRequests) // the others don't wait for it
				}
			})
			_, err := v.Do(ctx, request(replay))
			if replay == transport.Create && transport.Unclear(err) {
				t.Errorf("unclear: %v", err)
			}
			_ = mustFail(t, err)
			if v.arrived.Load() != 1 {
				t.Errorf("%d arrived", v.arrived.Load())
			}
		})
	}
}

// TestDeadlineOnceSent: it ends even what a cancel does not, and the request's own time-out doesn't.
func TestDeadlineOnceSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		client := newFake(t, func(req *http.Request) (*http.Response, error) {
			cancel()
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, func(o *transport.Options) { o.RequestTimeout = time.Second })
		started := time.Now()
		_, err := client.Do(ctx, request(transport.Create))
		e := mustFail(t, err)
		if e.Kind != transport.KindNoReply || !errors.Is(err, context.DeadlineExceeded) || !transport.Unclear(err) {
			t.Errorf("kind %d: %v", e.Kind, err)
		}
		if took := time.Since(started); took != time.Hour {
			t.Errorf("it took %v", took)
		}
	})
}

// TestNoReplayByGo: net/http repeats a request by itself where a connection that it used again breaks, if it believes
// that harmless. A POST it must not believe harmless.
func TestNoReplayByGo(t *testing.T) {
	t.Parallel()
	for name, method := range map[string]string{"POST": http.MethodPost, "PATCH": http.MethodPatch} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var second atomic.Int32
			address := listen(t, func(c net.Conn) {
				for in := bufio.NewReader(c); ; {
					req, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, req.Body)
					if req.URL.Path != "/first" {
						second.Add(1)
						return
					}
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				}
			})
			client := newClient(t, "http://"+address)
			first := request(transport.Create)
			first.Path = "/first"
			if _, err := client.Do(t.Context(), first); err != nil {
				t.Fatal(err)
			}
			r := request(transport.Create)
			r.Method = method
			_, err := client.Do(t.Context(), r)
			if e := mustFail(t, err); e.Kind != transport.KindNoReply || second.Load() != 1 {
				t.Errorf("sent %d times: %v", second.Load(), err)
			}
		})
	}
}

// TestDetach keeps deadline and values, not the cancellation.
func TestDetach(t *testing.T) {
	t.Parallel()
	type key struct{}
	parent, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
	cancel()
	ctx, stop := transport.Detach(parent)
	defer stop()
	deadline, _ := ctx.Deadline()
	if want, _ := parent.Deadline(); ctx.Err() != nil || !deadline.Equal(want) || ctx.Value(key{}) != "value" {
		t.Errorf("got %v, %v, %v", ctx.Err(), deadline, ctx.Value(key{}))
	}
	endless, stop := transport.Detach(t.Context())
	defer stop()
	if deadline, ok := endless.Deadline(); !ok || time.Until(deadline) > 10*time.Minute {
		t.Errorf("without a deadline it gets %v, %v", deadline, ok)
	}
}
