package fortanix_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// clock is the client's time; sleeping moves it on at once.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
	slept  int
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.move(d)
	return nil
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
	c.slept++
}

// lab is a client before a mock.
type lab struct {
	*fortanix.Client
	t        *testing.T
	mock     *mock.Mock
	server   *mockserver.Server
	clock    *clock
	scrubber *transport.Scrubber
	mu       sync.Mutex
	warnings []string
}

// start logs the client in as the demo user, unless change says otherwise. Bulk reads are off.
func start(t *testing.T, o mock.Options, change ...func(*fortanix.Options)) *lab {
	t.Helper()
	l := &lab{t: t, mock: mock.New(o), clock: &clock{}, scrubber: &transport.Scrubber{}}
	l.server = mockserver.Start(t, l.mock)
	base, err := url.Parse(l.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	pool := &http.Transport{MaxIdleConnsPerHost: 32}
	t.Cleanup(pool.CloseIdleConnections)
	options := fortanix.Options{
		Transport: transport.Options{
			BaseURL: base, RoundTripper: pool, UserAgent: "test", Clock: l.clock, Scrubber: l.scrubber,
		},
		Username: mock.DemoUsername, Password: transport.NewSecret(mock.DemoPassword),
		Warn: func(_ context.Context, message string) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.warnings = append(l.warnings, message)
		},
	}
	for _, f := range change {
		f(&options)
	}
	l.Client = fortanix.New(options)
	return l
}

func withToken(token string) func(*fortanix.Options) {
	return func(o *fortanix.Options) {
		o.Username, o.Password, o.Token = "", transport.Secret{}, transport.NewSecret(token)
	}
}

func bulk(o *fortanix.Options) { o.BulkReads = true }

// count fails the test unless the mock has received so many requests that match the pattern.
func (l *lab) count(want int, pattern string) {
	l.t.Helper()
	if got := l.server.Count(pattern); got != want {
		l.t.Errorf("%s: %d requests, want %d", pattern, got, want)
	}
}

func (l *lab) read(id string) fortanix.Account {
	l.t.Helper()
	account, err := l.ReadAccount(l.t.Context(), id, witness.Witness{}, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	return account
}

// seen is what a caller remembers of an account that it has just read.
func (l *lab) seen() witness.Witness {
	l.t.Helper()
	user, err := l.Caller(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return witness.Witness{Owner: user, Address: l.Address()}
}

// seed stores n accounts and returns their ids.
func (l *lab) seed(n int, change ...func(*mock.Account)) []string {
	var ids []string
	for range n {
		account := mock.Account{Name: "account"}
		for _, f := range change {
			f(&account)
		}
		ids = append(ids, l.mock.Seed(account).ID)
	}
	return ids
}

// parallel runs f n times at once.
func parallel(n int, f func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { f(i) })
	}
	group.Wait()
}

const (
	login   = "POST /v1/sys/auth"
	refresh = "POST /v1/sys/session/refresh"
	selects = "POST /v1/sys/session/select_account/*"
	create  = "POST /v1/accounts"
	list    = "GET /v1/accounts"
	get     = "GET /v1/accounts/*"
	patch   = "PATCH /v1/accounts/*"
	remove  = "DELETE /v1/accounts/*"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// png is a logo.
func png(content string) string { return b64("\x89PNG\r\n\x1a\n" + content) }

func oauth(idp, clientID, secret string) fortanix.AuthConfig {
	return fortanix.AuthConfig{OAuth: &fortanix.OAuth{
		IDPName: idp, IDPIconURL: "https://idp.example.com/icon.png",
		IDPAuthorizationEndpoint: "https://idp.example.com/authorize", IDPTokenEndpoint: "https://idp.example.com/token",
		TLS:      fortanix.TLS{Mode: fortanix.TLSOpportunistic},
		ClientID: clientID, ClientSecret: transport.NewSecret(secret),
	}}
}

func password(require2FA bool) fortanix.AuthConfig {
	return fortanix.AuthConfig{Password: &fortanix.PasswordAuth{Require2FA: require2FA}}
}

func cluster(target string) fortanix.AuthConfig {
	return fortanix.AuthConfig{ClusterAuthRef: &fortanix.ClusterAuthRef{TargetID: target}}
}

func renamed(name string) fortanix.AccountUpdate {
	return fortanix.AccountUpdate{Name: wire.Value(name)}
}

func configs(want ...fortanix.AuthConfig) fortanix.AccountUpdate {
	return fortanix.AccountUpdate{AuthConfigs: &fortanix.AuthConfigsUpdate{Want: want}}
}
