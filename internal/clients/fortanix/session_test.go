package fortanix_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func TestOneLogin(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	ids := l.seed(10)
	readAll := func() {
		parallel(10, func(i int) {
			if _, err := l.ReadAccount(t.Context(), ids[i], witness.Witness{}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	readAll()
	l.count(1, login)
	l.count(10, get)

	l.mock.ExpireSessions()
	readAll()
	l.count(2, login)
	readAll()
	l.count(2, login)
	l.count(0, refresh)
}

func TestLoginRequest(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.read(l.seed(1)[0])
	sent := l.server.Find(login)[0]
	pair := base64.StdEncoding.EncodeToString([]byte(mock.DemoUsername + ":" + mock.DemoPassword))
	if got := sent.Header.Get("Authorization"); got != mockserver.Hash("Basic "+pair) {
		t.Errorf("Authorization is %s, want the hash of the Basic pair", got)
	}
	if len(sent.Body) != 0 || sent.ContentType != "application/json" {
		t.Errorf("body %q of type %q, want none, as JSON", sent.Body, sent.ContentType)
	}
}

func TestTokenHeaders(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Authorization", "Authentication"} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{TokenHeader: header}, withToken("session.ready-token"))
			l.mock.AddToken("session.ready-token", mock.DemoUsername)
			l.read(l.seed(1)[0])
			if got := l.server.Find(get)[0].Header.Get(header); got != mockserver.Hash("Bearer session.ready-token") {
				t.Errorf("%s is %s, want the hash of the bearer token", header, got)
			}
		})
	}
}

// The caller that has begun a login may leave; those who wait for it get it anyway.
func TestLoginOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	ids := l.seed(10)
	arrived, answer := make(chan struct{}), make(chan struct{})
	l.server.Inject(mockserver.Fault{On: login, Times: 1, Before: func() { close(arrived); <-answer }})

	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := l.ReadAccount(ctx, ids[0], witness.Witness{}, nil)
		first <- err
	}()
	<-arrived
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first caller got %v, want its own cancellation", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		parallel(10, func(i int) {
			if _, err := l.ReadAccount(t.Context(), ids[i], witness.Witness{}, nil); err != nil {
				t.Error(err)
			}
		})
	}()
	close(answer)
	<-done
	l.count(1, login)
	l.count(10, get)
}

func TestRenewalInTime(t *testing.T) {
	t.Parallel()
	const (
		tokenLife   = 10 * time.Minute
		sessionLife = time.Hour
	)
	tests := map[string]struct {
		options   mock.Options
		offset    time.Duration // of the server's clock
		fault     *mockserver.Fault
		wait      time.Duration
		refreshes int
		logins    int
	}{
		"a token that lives on stays as it is": {wait: 8 * time.Minute, logins: 1},
		"refreshed before it ends":             {wait: tokenLife - 30*time.Second, refreshes: 1, logins: 1},
		"refreshed after a long pause":         {wait: tokenLife + time.Minute, refreshes: 1, logins: 1},
		"times in milliseconds": {
			options: mock.Options{SessionMillis: true}, wait: 9*time.Minute + 30*time.Second, refreshes: 1, logins: 1,
		},
		"the server's clock is ahead":             {offset: 5 * time.Minute, wait: 9*time.Minute + 30*time.Second, refreshes: 1, logins: 1},
		"the server's clock is behind":            {offset: -5 * time.Minute, wait: 9*time.Minute + 30*time.Second, refreshes: 1, logins: 1},
		"behind, and the token lives on":          {offset: -time.Hour, wait: 8 * time.Minute, logins: 1},
		"logged in again before the session ends": {wait: sessionLife - 30*time.Second, logins: 2},
		"logged in again where the refresh fails": {
			fault: &mockserver.Fault{On: refresh, Status: 500, Body: "sorry"}, wait: tokenLife - 30*time.Second, refreshes: 6, logins: 2,
		},
		"logged in again where there is no refresh": {
			fault: &mockserver.Fault{On: refresh, Status: 404, Body: "no"}, wait: tokenLife - 30*time.Second, refreshes: 1, logins: 2,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.TokenLifetime, tt.options.SessionLifetime = tokenLife, sessionLife
			l := start(t, tt.options)
			l.server.SetClockOffset(tt.offset)
			ids := l.seed(10)
			l.read(ids[0])
			if tt.fault != nil {
				l.server.Inject(*tt.fault)
			}
			l.clock.move(tt.wait)
			parallel(10, func(i int) {
				if _, err := l.ReadAccount(t.Context(), ids[i], witness.Witness{}, nil); err != nil {
					t.Error(err)
				}
			})
			l.count(tt.refreshes, refresh)
			l.count(tt.logins, login)
			l.count(11, get)
		})
	}
}

func TestGivenToken(t *testing.T) {
	t.Parallel()
	const token = "session.ready-token"
	l := start(t, mock.Options{}, withToken(token))
	l.mock.AddToken(token, mock.DemoUsername)
	id := l.seed(1)[0]
	l.read(id)
	l.read(id)
	l.count(1, refresh) // which tells how long it lives
	l.clock.move(9*time.Minute + 30*time.Second)
	l.read(id)
	l.count(2, refresh)

	l.mock.ExpireSessions()
	_, err := l.ReadAccount(t.Context(), id, witness.Witness{}, nil)
	if err == nil || !strings.Contains(err.Error(), "fortanix.token") || !transport.IsStatus(err, 401) {
		t.Errorf("error is %v, want a 401 that names fortanix.token", err)
	}
	if errors.Is(err, witness.ErrGone) {
		t.Error("an expired token passes for a deleted account")
	}
	l.count(4, get)
	l.count(0, login)
}

func TestGivenTokenWithoutRefresh(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{}, withToken("session.ready-token"))
	l.mock.AddToken("session.ready-token", mock.DemoUsername)
	l.server.Inject(mockserver.Fault{On: refresh, Status: 404, Body: "unknown path"})
	id := l.seed(1)[0]
	l.read(id)
	l.read(id)
	l.count(1, refresh)
	l.count(2, get)
}

func TestRefusedLogin(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options mock.Options
		change  func(*fortanix.Options)
		says    string
	}{
		"no access_token": {options: mock.Options{OmitAccessToken: true}, says: "set fortanix.token"},
		"wrong password": {
			change: func(o *fortanix.Options) { o.Password = transport.NewSecret("a wrong password") },
			says:   "log in",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, tt.options, func(o *fortanix.Options) {
				if tt.change != nil {
					tt.change(o)
				}
			})
			id := l.seed(1)[0]
			parallel(10, func(int) {
				_, err := l.ReadAccount(t.Context(), id, witness.Witness{}, nil)
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("error is %v, want one that says %q", err, tt.says)
				}
			})
			_, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
			if err == nil || transport.Unclear(err) {
				t.Errorf("error is %v, want a clear one", err)
			}
			l.count(1, login) // trying on could lock the user out
			l.count(0, create)
			l.count(0, list)
		})
	}
}

// A login that fails says nothing about the create that waits for it: it has not been sent.
func TestBrokenLogin(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"reset":     {Reset: true},
		"500":       {Status: 500, Body: "sorry"},
		"HTML page": {Status: 200, Body: "<html>maintenance</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			fault.On = login
			fault.Times = 6
			l.server.Inject(fault)
			_, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
			if err == nil || transport.Unclear(err) {
				t.Fatalf("error is %v, want a clear one", err)
			}
			l.count(6, login)
			l.count(0, create)
			l.count(0, list)

			if _, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"}); err != nil {
				t.Errorf("the next one: %v", err)
			}
		})
	}
}

func TestStubborn401(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.server.Inject(mockserver.Fault{On: get, Status: 401, Body: "no"})
	_, err := l.ReadAccount(t.Context(), l.seed(1)[0], witness.Witness{}, nil)
	if !transport.IsStatus(err, 401) || errors.Is(err, witness.ErrGone) {
		t.Errorf("error is %v, want a plain 401", err)
	}
	l.count(2, login)
	l.count(2, get)
}

func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	secret := "the client's secret/+"
	l.server.Inject(
		mockserver.Fault{On: login, Status: 500, EchoCredentials: true, Times: 1},
		mockserver.Fault{On: login, Status: 400, EchoCredentials: true, Times: 1},
		mockserver.Fault{On: create, EchoCredentials: true},
	)
	account := fortanix.NewAccount{Name: "Acme", AuthConfigs: []fortanix.AuthConfig{oauth("Acme", "1", secret)}}
	_, err := l.CreateAccount(t.Context(), account)
	l.mustHide(err, mock.DemoPassword)
	_, err = l.CreateAccount(t.Context(), account)
	l.mustHide(err, mock.DemoPassword, secret)
	l.count(1, create)

	// The token is known to the scrubber as soon as the vendor has sent it.
	var token string
	l.server.Inject(mockserver.Fault{On: get, Where: func(r *http.Request) bool {
		token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		return true
	}, Status: 403, EchoCredentials: true})
	_, err = l.ReadAccountDetails(t.Context(), l.seed(1)[0])
	l.mustHide(err, token, "Bearer "+token)
}

func (l *lab) mustHide(err error, secrets ...string) {
	l.t.Helper()
	if err == nil {
		l.t.Fatal("no error")
	}
	for _, secret := range secrets {
		if secret == "" || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), b64(secret)) {
			l.t.Errorf("the error shows %q: %v", secret, err)
		}
	}
}

func TestCurrentUser(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	id := l.mock.AddUser(mock.DemoUsername, mock.DemoPassword)
	for range 2 {
		if user, err := l.Caller(t.Context()); err != nil || user != id {
			t.Errorf("the login gives user %q, %v, want %s", user, err, id)
		}
	}
	l.count(1, "* *")

	l = start(t, mock.Options{}, withToken("session.ready-token"))
	id = l.mock.AddUser(mock.DemoUsername, mock.DemoPassword)
	l.mock.AddToken("session.ready-token", mock.DemoUsername)
	l.server.Inject(mockserver.Fault{On: refresh, Status: 404, Body: "unknown path"})
	for range 2 {
		if user, err := l.Caller(t.Context()); err != nil || user != id {
			t.Errorf("GET /v1/user gives user %q, %v, want %s", user, err, id)
		}
	}
	l.count(1, "GET /v1/user")
}

// A session whose selected account is locked may be refused everything. It is left after a change that locks the account,
// and after a 403 that a selection didn't help.
func TestLockedSelection(t *testing.T) {
	t.Parallel()
	deactivated := fortanix.AccountUpdate{AccountStatus: wire.Value(fortanix.AccountDeactivated)}
	t.Run("after a change that locks", func(t *testing.T) {
		t.Parallel()
		l := start(t, mock.Options{RequireSelected: true, LockedSelection: true})
		ids := l.seed(2)
		if _, err := l.UpdateAccount(t.Context(), ids[0], deactivated); err != nil {
			t.Fatal(err)
		}
		if _, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"}); err != nil {
			t.Errorf("the session is spoiled: %v", err)
		}
		l.count(2, login)
	})
	t.Run("after a refusal", func(t *testing.T) {
		t.Parallel()
		l := start(t, mock.Options{LockedSelection: true})
		ids := l.seed(3)
		l.mock.Change(ids[0], func(a *mock.Account) { a.AccountStatus = mock.AccountDeactivated })
		l.server.Inject(mockserver.Fault{On: patch, Status: 403, Body: "no", Times: 2})
		if _, err := l.UpdateAccount(t.Context(), ids[0], renamed("new")); !transport.IsStatus(err, 403) {
			t.Errorf("error is %v, want the 403", err)
		}
		parallel(3, func(i int) { l.read(ids[i]) })
		if _, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"}); err != nil {
			t.Errorf("the session is spoiled: %v", err)
		}
		l.count(2, login)
	})
	t.Run("locked by somebody else", func(t *testing.T) {
		t.Parallel()
		l := start(t, mock.Options{RequireSelected: true, LockedSelection: true})
		ids := l.seed(4)
		if _, err := l.UpdateAccount(t.Context(), ids[0], renamed("new")); err != nil {
			t.Fatal(err)
		}
		l.mock.Change(ids[0], func(a *mock.Account) { a.AccountStatus = mock.AccountDeactivated })
		parallel(4, func(i int) { l.read(ids[i]) })
		l.count(2, login)
	})
	t.Run("reactivated", func(t *testing.T) {
		t.Parallel()
		l := start(t, mock.Options{LockedSelection: true})
		id := l.seed(1)[0]
		for _, status := range []string{fortanix.AccountDeactivated, fortanix.AccountActive} {
			if _, err := l.UpdateAccount(t.Context(), id, fortanix.AccountUpdate{AccountStatus: wire.Value(status)}); err != nil {
				t.Fatal(err)
			}
			if got := l.read(id); *got.AccountStatus != status {
				t.Errorf("the status is %s, want %s", *got.AccountStatus, status)
			}
		}
		l.count(1, login)
	})
	t.Run("given token", func(t *testing.T) { // there is nothing to log in with
		t.Parallel()
		l := start(t, mock.Options{RequireSelected: true, LockedSelection: true}, withToken("given"))
		l.mock.AddToken("given", mock.DemoUsername)
		if _, err := l.UpdateAccount(t.Context(), l.seed(1)[0], deactivated); err != nil {
			t.Fatal(err)
		}
		l.count(0, login)
	})
}
