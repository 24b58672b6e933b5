package fortanix_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const (
	sessionType = "fortanix_session"
	selects     = "POST /v1/sys/session/select_account/*"
	terminates  = "POST /v1/sys/session/terminate"
	refreshes   = "POST /v1/sys/session/refresh"
)

// A session of its own has the account selected, is renewed and ended, interrupted or not; the provider's goes on.
func TestSession(t *testing.T) {
	t.Parallel()
	for _, o := range []mock.Options{{}, {SessionMillis: true}, {TokenHeader: "Authentication"}, {TokenHeader: "Authorization"}} {
		m, s, p := startProtocol(t, o)
		first, second := m.Seed(mock.Account{Name: "First"}), m.Seed(mock.Account{Name: "Second"})
		if _, said := p.Data("fortanix_account", Values{"id": first.ID}); len(said) > 0 {
			t.Fatal(said)
		}
		var open []*acctest.Opened
		for _, a := range []mock.Account{first, second} {
			o, said := p.Open(sessionType, Values{"account_id": strings.ToUpper(a.ID)})
			if len(said) > 0 {
				t.Fatal(said)
			}
			token := fmt.Sprint(o.Values["access_token"])
			if selected, alive := m.Session(token); !alive || selected != a.ID {
				t.Errorf("it has %q selected, open %v", selected, alive)
			}
			ends, err := time.Parse(time.RFC3339, fmt.Sprint(o.Values["expires_at"]))
			if left := time.Until(ends).Round(time.Minute); err != nil || left != 10*time.Minute || o.RenewAt.IsZero() || !o.RenewAt.Before(ends) {
				t.Errorf("it ends in %s, renewed at %s", left, o.RenewAt)
			}
			open = append(open, o)
		}
		if n := m.Sessions(); n != 3 {
			t.Errorf("%d sessions", n)
		}
		s.SetClockOffset(8 * time.Minute)
		if said := open[0].Renew(); len(said) > 0 || open[0].RenewAt.IsZero() {
			t.Error(said, open[0].RenewAt)
		}
		s.SetClockOffset(15 * time.Minute) // the end that the second one was opened with is past
		if _, alive := m.Session(fmt.Sprint(open[0].Values["access_token"])); !alive {
			t.Error("it was not renewed")
		}
		interrupted, cancel := context.WithCancel(t.Context())
		cancel()
		for _, o := range open { // one of which has ended by itself
			if said := o.Close(interrupted); len(said) > 0 {
				t.Error(said)
			}
			if _, alive := m.Session(fmt.Sprint(o.Values["access_token"])); alive {
				t.Error("it is open still")
			}
		}
		if _, said := p.Data("fortanix_account", Values{"id": second.ID}); len(said) > 0 {
			t.Error(said)
		}
	}
}

// Towards the end of the whole session nothing is renewed that could not be.
func TestSessionEnd(t *testing.T) {
	t.Parallel()
	m, _, p := startProtocol(t, mock.Options{TokenLifetime: time.Hour, SessionLifetime: 30 * time.Minute})
	o, said := p.Open(sessionType, Values{"account_id": m.Seed(mock.Account{Name: "A"}).ID})
	if len(said) > 0 {
		t.Fatal(said)
	}
	ends, err := time.Parse(time.RFC3339, fmt.Sprint(o.Values["expires_at"]))
	if left := time.Until(ends).Round(time.Minute); err != nil || left != 30*time.Minute || !o.RenewAt.IsZero() {
		t.Errorf("it ends in %s, renewed at %s", left, o.RenewAt)
	}
}

// What can't be opened is an error, and what was opened on the way is ended.
func TestSessionRefused(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	_, said := p.Open(sessionType, Values{"account_id": someID})
	said.Errors().Contain(t, "404", someID)
	if n := m.Sessions(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	_, said = p.Open(sessionType, Values{"account_id": "x"})
	said.Errors().Contain(t, "account_id", "UUID")

	a := m.Seed(mock.Account{Name: "A"})
	s.Inject(mockserver.Fault{On: logins, Body: `no JSON "access_token":"session.ABCDEFGHIJ"`})
	_, said = p.Open(sessionType, Values{"account_id": a.ID})
	if len(said.Errors()) == 0 || strings.Contains(said.String(), "ABCDEFGHIJ") {
		t.Errorf("it says %s", said)
	}
	s.ClearFaults()

	// A password that was refused is not tried again: that could lock the user out.
	s.Inject(mockserver.Fault{On: logins, Status: 401, Times: 1})
	s.Reset()
	for range 2 {
		_, said = p.Open(sessionType, Values{"account_id": a.ID})
		said.Errors().Contain(t, "401")
	}
	if n := s.Count(logins); n != 1 {
		t.Errorf("%d logins", n)
	}
}

// A ready token can't open a session.
func TestSessionNeedsALogin(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	m.AddToken("session.ready", mock.DemoUsername)
	delete(env, "FORTANIX_CCM_USERNAME")
	delete(env, "FORTANIX_CCM_PASSWORD")
	env["FORTANIX_CCM_TOKEN"] = "session.ready"
	p := acctest.StartProtocol(t, env, nil)
	_, said := p.Open(sessionType, Values{"account_id": someID})
	said.Refused(t, s, "fortanix.username and fortanix.password")
	if n := s.Count(""); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// A login that Ctrl-C overtakes is ended.
func TestSessionInterrupted(t *testing.T) {
	t.Parallel()
	for _, on := range []string{logins, selects} {
		m, s, p := startProtocol(t, mock.Options{})
		a := m.Seed(mock.Account{Name: "A"})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.Inject(mockserver.Fault{On: on, Before: cancel})
		_, said := p.OpenContext(ctx, sessionType, Values{"account_id": a.ID})
		said.Errors().Contain(t, "stopped")
		if n := m.Sessions(); n != 0 || s.Count(terminates) != 1 {
			t.Errorf("%d sessions are left", n)
		}
	}
}

// Failures to renew and to end are warnings.
func TestSessionWarnings(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	o, said := p.Open(sessionType, Values{"account_id": m.Seed(mock.Account{Name: "A"}).ID})
	if len(said) > 0 {
		t.Fatal(said)
	}
	s.Inject(mockserver.Fault{On: refreshes, Status: 403, Body: "no"}, mockserver.Fault{On: terminates, Status: 403, Body: "no"})
	said = append(o.Renew(), o.Close(t.Context())...)
	said.Warnings().Contain(t, "was not renewed", "was not ended", "HTTP 403")
	if len(said.Errors()) > 0 {
		t.Error(said)
	}
}

// Under read_only sessions are opened and ended: nothing changes at the vendor.
func TestSessionReadOnly(t *testing.T) {
	t.Parallel()
	m, _, env := start(t, mock.Options{})
	p := acctest.StartProtocol(t, env, Values{"read_only": true})
	o, said := p.Open(sessionType, Values{"account_id": m.Seed(mock.Account{Name: "A"}).ID})
	if len(said) > 0 {
		t.Fatal(said)
	}
	if said := append(o.Renew(), o.Close(t.Context())...); len(said) > 0 || m.Sessions() != 0 {
		t.Error(said)
	}
}

// Terraform itself opens and ends it, and a run that fails leaves none.
func TestSessionInTerraform(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	a := m.Seed(mock.Account{Name: "A"})
	c := acctest.NewCLI(t, env)
	config := fmt.Sprintf(`
ephemeral "fortanix_session" "a" {
  provider   = accounts
  account_id = %q
}

provider "accounts" {
  alias = "inside"
  fortanix {
    token = ephemeral.fortanix_session.a.access_token
  }
}

data "fortanix_account" "a" {
  provider = accounts.inside
  id       = %q
}
`, a.ID, a.ID)
	c.Write("main.tf", config)
	c.OK("apply", "-auto-approve")
	if n := m.Sessions(); n != 0 || s.Count(terminates) == 0 {
		t.Errorf("%d sessions are left", n)
	}
	s.Inject(mockserver.Fault{On: gets, Status: 501})
	s.Reset()
	if said := c.Run("plan"); said.Exit == 0 || m.Sessions() != 0 || s.Count(terminates) == 0 {
		t.Errorf("%d sessions are left\n%s", m.Sessions(), said)
	}
}
