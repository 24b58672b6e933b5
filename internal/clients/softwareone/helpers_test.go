package softwareone_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

const (
	posts   = "POST /public/v1/accounts/accounts"
	lists   = "GET /public/v1/accounts/accounts"
	gets    = "GET /public/v1/accounts/accounts/*"
	puts    = "PUT /public/v1/accounts/accounts/*"
	actions = "POST /public/v1/accounts/accounts/*/*"
)

// clock runs ahead instead of waiting, and remembers what it was to wait for.
type clock struct {
	mu    sync.Mutex
	slept []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	for _, d := range c.slept {
		now = now.Add(d)
	}
	return now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, max(d, 0))
	return ctx.Err()
}

// start starts a mock and a client that doesn't wait.
func start(t *testing.T, o mock.Options) (*mock.Mock, *mockserver.Server, *softwareone.Client, *clock) {
	t.Helper()
	m := mock.New(o)
	s := mockserver.Start(t, m)
	time := &clock{}
	return m, s, clientOf(t, s, mock.DemoToken, time), time
}

// clientOf returns a client of a server.
func clientOf(t *testing.T, s *mockserver.Server, token string, wait transport.Clock) *softwareone.Client {
	t.Helper()
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return softwareone.New(softwareone.Options{
		Transport: transport.Options{BaseURL: base, RoundTripper: &http.Transport{}, Clock: wait, UserAgent: "test"},
		APIToken:  transport.NewSecret(token),
	})
}

// collect reads a listing to its end.
func collect(t *testing.T, c *softwareone.Client, filter softwareone.Filter, details bool) ([]softwareone.Account, error) {
	t.Helper()
	var all []softwareone.Account
	for a, err := range c.ListAccounts(t.Context(), filter, details) {
		if err != nil {
			return all, err
		}
		all = append(all, a)
	}
	return all, nil
}

// direct hands requests to a handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

func directClient(h http.Handler) *softwareone.Client {
	return softwareone.New(softwareone.Options{
		Transport: transport.Options{
			BaseURL: &url.URL{Scheme: "https", Host: "api.example"}, RoundTripper: direct{h}, Clock: &clock{},
		},
		APIToken: transport.NewSecret(mock.DemoToken),
	})
}
