package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// instant is a clock whose sleeps are over at once, and counted.
type instant struct {
	mu    sync.Mutex
	slept time.Duration
}

func (*instant) Now() time.Time { return time.Now() }

func (c *instant) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept += d
	return ctx.Err()
}

func (c *instant) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slept
}

// vendor is a client and a server of its own on a real socket.
type vendor struct {
	*transport.Client
	server   *httptest.Server
	clock    *instant
	attempts atomic.Int32 // of the client
	arrived  atomic.Int32 // at the server, whole

	mu     sync.Mutex
	logged []map[string]any
}

// newVendor starts a server with handle. Adjust changes the options before the client is made.
func newVendor(t *testing.T, handle http.HandlerFunc, adjust ...func(*transport.Options)) *vendor {
	t.Helper()
	v := &vendor{clock: &instant{}}
	v.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil {
			v.arrived.Add(1)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		handle(w, r)
	}))
	t.Cleanup(v.server.Close)
	v.Client = newClient(t, v.server.URL, func(o *transport.Options) {
		o.Clock = v.clock
		o.Log = func(_ context.Context, _ string, fields map[string]any) {
			v.attempts.Add(1)
			v.mu.Lock()
			defer v.mu.Unlock()
			v.logged = append(v.logged, fields)
		}
		for _, f := range adjust {
			f(o)
		}
	})
	return v
}

func newClient(t *testing.T, address string, adjust ...func(*transport.Options)) *transport.Client {
	t.Helper()
	base, err := transport.ParseBaseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	tripper := transport.NewTransport(nil)
	t.Cleanup(tripper.CloseIdleConnections)
	o := transport.Options{Vendor: "Vendor", BaseURL: base, RoundTripper: tripper, Scrubber: &transport.Scrubber{}}
	for _, f := range adjust {
		f(&o)
	}
	return transport.New(o)
}

// dialing replaces how connections are made.
func dialing(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(*transport.Options) {
	return func(o *transport.Options) { o.RoundTripper.(*http.Transport).DialContext = dial }
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// roundTrip is an http.RoundTripper for tests in a synctest bubble, where real sockets would stop the clock.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(req.Context())
	trace.GetConn("")
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	trace.GotConn(httptrace.GotConnInfo{})
	return f(req)
}

// newFake returns a client in real, or the bubble's, time.
func newFake(t *testing.T, trip roundTrip, adjust ...func(*transport.Options)) *transport.Client {
	t.Helper()
	return newClient(t, "https://vendor.example", append([]func(*transport.Options){func(o *transport.Options) {
		o.RoundTripper = trip
	}}, adjust...)...)
}

func reply(status int, body string, headers ...string) (*http.Response, error) {
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(headers); i += 2 {
		res.Header.Set(headers[i], headers[i+1])
	}
	return res, nil
}

var replays = map[string]transport.Replay{
	"harmless": transport.Idempotent, "guarded": transport.NonIdempotent, "creating": transport.Create,
}

// request is one whose reply has to be JSON.
func request(replay transport.Replay) transport.Request {
	return transport.Request{
		Operation: "create account", Method: http.MethodPost, Path: "/accounts", Body: []byte(`{"name":"Acme"}`), Replay: replay,
		Into: &struct{}{},
	}
}

func mustFail(t *testing.T, err error) *transport.Error {
	t.Helper()
	e, ok := errors.AsType[*transport.Error](err)
	if !ok {
		t.Fatalf("error is %#v, want a *transport.Error", err)
	}
	if e.Vendor != "Vendor" || e.Operation == "" {
		t.Errorf("error lacks vendor or operation: %v", e)
	}
	return e
}
