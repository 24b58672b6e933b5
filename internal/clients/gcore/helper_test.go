package gcore

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is the vendor's mock behind a server that checks every request and reply.
type world struct {
	*testing.T
	*mock.Mock
	server *mockserver.Server
	http   *http.Transport
}

func start(t *testing.T, o mock.Options) *world {
	t.Helper()
	m := mock.New(o)
	pool := transport.NewTransport(nil)
	w := &world{t, m, mockserver.Start(t, m), pool}
	t.Cleanup(pool.CloseIdleConnections)
	return w
}

// client is a new process with an API key.
func (w *world) client(key string, change ...func(*Options)) *Client {
	w.Helper()
	base, err := url.Parse(w.server.URL)
	if err != nil {
		w.Fatal(err)
	}
	o := Options{
		Transport: transport.Options{BaseURL: base, RoundTripper: w.http, Clock: &fastClock{}},
		APIKey:    transport.NewSecret(key),
		BulkReads: true,
	}
	for _, f := range change {
		f(&o)
	}
	return New(o)
}

func (w *world) reseller(change ...func(*Options)) *Client {
	return w.client(mock.DemoAPIKey, change...)
}

func (w *world) member(change ...func(*Options)) *Client {
	return w.client(mock.DemoMemberKey, change...)
}

// otherReseller is the credential of another reseller, with as many clients as given.
func (w *world) otherReseller(clients int) *Client {
	const key, id = "9002_other-reseller-key", 9001
	w.AddCredential(mock.Reseller, key, id)
	for range clients {
		w.SeedClient(mock.Client{Reseller: id})
	}
	return w.client(key)
}

// seenHere is what a reseller's earlier run has recorded of any of its accounts.
func (w *world) seenHere() witness.Witness {
	return witness.Witness{Owner: text(mock.DemoReseller), Address: w.server.URL}
}

// count asserts how often requests that match arrived.
func (w *world) count(pattern string, want int) {
	w.Helper()
	if got := w.server.Count(pattern); got != want {
		w.Errorf("%d requests %q, want %d", got, pattern, want)
		for _, r := range w.server.Requests() {
			w.Logf("%s %s?%s → %d", r.Method, r.Path, r.Query, r.Status)
		}
	}
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// transportError asserts that err holds one.
func (w *world) transportError(err error) *transport.Error {
	w.Helper()
	e, ok := errors.AsType[*transport.Error](err)
	if !ok {
		w.Fatalf("no transport error in %v", err)
	}
	return e
}

// fastClock's Sleep returns at once, with the time that it was to wait gone by.
type fastClock struct {
	mu    sync.Mutex
	slept time.Duration
}

func (c *fastClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.slept)
}

func (c *fastClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept += max(d, 0)
	return ctx.Err()
}

func text(id int64) string { return strconv.FormatInt(id, 10) }

func number(t *testing.T, id string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
