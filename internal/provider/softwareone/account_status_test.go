package softwareone_test

import (
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// actionsSent are the actions that the mock was asked for, in order.
func actionsSent(s *mockserver.Server) string {
	var names []string
	for _, r := range s.Find(actions) {
		names = append(names, r.Path[strings.LastIndex(r.Path, "/")+1:])
	}
	return strings.Join(names, " ")
}

// Every change of status is one or two actions, or is refused at plan time.
func TestAccountStatusChanges(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		account    mock.Account
		options    mock.Options
		config     Values
		action     string // "" where it is refused
		problem    string
		externalID string // at the vendor, after
	}{
		{name: "Client, Enabled to Active", account: mock.Account{Type: "Client", Status: "Enabled"},
			config: Values{"status": "Active", "external_id": "C1"}, action: "activate", externalID: "C1"},
		{name: "Client, Enabled to Active, its id set by actions only", account: mock.Account{Type: "Client", Status: "Enabled"},
			options: mock.Options{PUTIgnoresExternalID: true},
			config:  Values{"status": "Active", "external_id": "C1"}, action: "activate", externalID: "C1"},
		{name: "Client, Enabled to Active, without an id", account: mock.Account{Type: "Client", Status: "Enabled"},
			config: Values{"status": "Active"}, problem: "only with an external_id"},
		{name: "Client, Active to Enabled", account: mock.Account{Type: "Client", Status: "Active", ExternalID: "C1"},
			config: Values{"status": "Enabled"}, action: "deactivate"},
		{name: "Client, Active to Enabled, its id wanted", account: mock.Account{Type: "Client", Status: "Active", ExternalID: "C1"},
			config: Values{"status": "Enabled", "external_id": "C1"}, action: "deactivate", externalID: "C1"},
		{name: "Client, Active to Enabled, its id kept", account: mock.Account{Type: "Client", Status: "Active", ExternalID: "C1"},
			options: mock.Options{DeactivateKeepsExternalID: true},
			config:  Values{"status": "Enabled"}, action: "deactivate"},
		{name: "Client, Active to Disabled", account: mock.Account{Type: "Client", Status: "Active", ExternalID: "C1"},
			config: Values{"status": "Disabled", "external_id": "C1"}, action: "disable", externalID: "C1"},
		{name: "Client, Enabled to Disabled", account: mock.Account{Type: "Client", Status: "Enabled"},
			config: Values{"status": "Disabled"}, action: "disable"},
		{name: "Client, Disabled to Active", account: mock.Account{Type: "Client", Status: "Disabled", ExternalID: "C1"},
			config: Values{"status": "Active", "external_id": "C1"}, action: "enable", externalID: "C1"},
		{name: "Client, Disabled to Active, without an id", account: mock.Account{Type: "Client", Status: "Disabled"},
			config: Values{"status": "Active", "external_id": "C1"}, action: "enable", externalID: "C1"},
		{name: "Client, Disabled to Active, without an id, its id set by actions only", account: mock.Account{Type: "Client", Status: "Disabled"},
			options: mock.Options{PUTIgnoresExternalID: true},
			config:  Values{"status": "Active", "external_id": "C1"}, action: "enable activate", externalID: "C1"},
		{name: "Client, Disabled to Enabled", account: mock.Account{Type: "Client", Status: "Disabled"},
			config: Values{"status": "Enabled"}, action: "enable"},
		{name: "Client, Disabled to Enabled, with an id", account: mock.Account{Type: "Client", Status: "Disabled", ExternalID: "C1"},
			config: Values{"status": "Enabled", "external_id": "C1"}, action: "enable deactivate", externalID: "C1"},
		{name: "Client, Active loses its id", account: mock.Account{Type: "Client", Status: "Active", ExternalID: "C1"},
			config: Values{"status": "Active"}, problem: "only with an external_id"},
		{name: "Vendor, Active to Disabled", account: mock.Account{Type: "Vendor", Status: "Active"},
			config: Values{"status": "Disabled"}, action: "disable"},
		{name: "Vendor, Disabled to Active", account: mock.Account{Type: "Vendor", Status: "Disabled"},
			config: Values{"status": "Active"}, action: "enable"},
		{name: "Vendor, Active to Enabled", account: mock.Account{Type: "Vendor", Status: "Active"},
			config: Values{"status": "Enabled"}, problem: "never Enabled"},
		{name: "Vendor, Enabled to Active", account: mock.Account{Type: "Vendor", Status: "Enabled"},
			config: Values{"status": "Active", "external_id": "V1"}, action: "disable enable", externalID: "V1"},
		{name: "Operations", account: mock.Account{Type: "Operations", Status: "Active"},
			config: Values{"status": "Disabled"}, problem: "Operations account can't be changed"},
		{name: "a status that nobody knows", account: mock.Account{Type: "Client", Status: "Suspended"},
			config: Values{"status": "Active", "external_id": "C1"}, problem: "from Suspended"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, test.options)
			if test.account.Status == "Suspended" {
				t.Cleanup(func() { s.Violations() }) // the contract's statuses are closed
			}
			test.account.Name = "Acme"
			a := m.Seed(test.account)
			config := acctest.With(Values{"name": "Acme", "type": a.Type}, test.config)

			r := p.Resource("softwareone_account")
			if said := r.Import(a.ID); len(said) > 0 {
				t.Fatal(said)
			}
			plan := r.Plan(config)
			if test.action == "" {
				plan.Diagnostics.Refused(t, s, test.problem, "status")
				return
			}
			if len(plan.Diagnostics) > 0 {
				t.Fatal(plan.Diagnostics)
			}
			if said := r.Execute(plan); len(said) > 0 {
				t.Fatal(said)
			}
			settled(t, r, config)
			if got := actionsSent(s); got != test.action {
				t.Errorf("the actions %q were sent, want %q", got, test.action)
			}
			now, _ := m.Get(a.ID)
			if now.Status != config["status"] || now.ExternalID != test.externalID {
				t.Errorf("the account is %s with the id %q, want %s with %q", now.Status, now.ExternalID, config["status"], test.externalID)
			}
		})
	}
}

// A new account gets its status by one action after the create call.
func TestAccountStatusOnCreate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		config  Values
		options mock.Options
		action  string
		problem string
	}{
		{name: "Client", config: Values{"type": "Client"}},
		{name: "Client, Enabled", config: Values{"type": "Client", "status": "Enabled"}},
		{name: "Client, Active", config: Values{"type": "Client", "status": "Active", "external_id": "C1"}, action: "activate"},
		{name: "Client, Active, at once", config: Values{"type": "Client", "status": "Active", "external_id": "C1"},
			options: mock.Options{CreateActivates: true}},
		{name: "Client, Enabled, with an id that activates", config: Values{"type": "Client", "status": "Enabled", "external_id": "C1"},
			options: mock.Options{CreateActivates: true}, action: "deactivate"},
		{name: "Client, Active, without an id", config: Values{"type": "Client", "status": "Active"}, problem: "only with an external_id"},
		{name: "Client, Disabled", config: Values{"type": "Client", "status": "Disabled"}, action: "disable"},
		{name: "Client, Disabled, with an id", config: Values{"type": "Client", "status": "Disabled", "external_id": "C1"}, action: "disable"},
		{name: "Vendor, Active", config: Values{"type": "Vendor", "status": "Active"}},
		{name: "Vendor, Disabled", config: Values{"type": "Vendor", "status": "Disabled"}, action: "disable"},
		{name: "Vendor, Enabled", config: Values{"type": "Vendor", "status": "Enabled"}, problem: "never Enabled"},
		{name: "Operations", config: Values{"type": "Operations"}, problem: "Operations account can't be created"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, test.options)
			r := p.Resource("softwareone_account")
			config := acctest.With(test.config, Values{"name": "Acme"})
			if test.problem != "" {
				r.Apply(config).Refused(t, s, test.problem)
				return
			}
			applied(t, r, config)
			if got := actionsSent(s); got != test.action {
				t.Errorf("the actions %q were sent, want %q", got, test.action)
			}
			if n := s.Count(posts); n != 1 {
				t.Errorf("%d creates were sent, want 1", n)
			}
		})
	}
}

// What the ERP says about an account changes with its status, so a plan doesn't promise it.
func TestAccountStatusPlansERPFields(t *testing.T) {
	t.Parallel()
	m, _, p := startProtocol(t, mock.Options{})
	a := m.Seed(mock.Account{Name: "Acme", ExternalID: "C1"})
	r := p.Resource("softwareone_account")
	if said := r.Import(a.ID); len(said) > 0 {
		t.Fatal(said)
	}
	if said := r.Apply(Values{"name": "Acme", "type": "Client", "external_id": "C1", "status": "Active"}); len(said) > 0 {
		t.Fatal(said)
	}
	now, _ := m.Get(a.ID)
	ids, _ := r.State()["external_ids"].(Values)
	if r.State()["external_name"] != now.ExternalName || ids["pyra_tenant_id"] != now.PyraTenantID || now.ExternalName == "" {
		t.Errorf("the state has %v and %v, the vendor %q and %q", r.State()["external_name"], ids, now.ExternalName, now.PyraTenantID)
	}
}

// A walk that stops half-way saves where it is, and the next apply goes on from there.
func TestAccountStatusHalfWay(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{DeactivateKeepsExternalID: true})
	a := m.Seed(mock.Account{Name: "Acme", Status: "Disabled", ExternalID: "C1"})
	r := p.Resource("softwareone_account")
	if said := r.Import(a.ID); len(said) > 0 {
		t.Fatal(said)
	}
	s.Inject(mockserver.Fault{On: actions, Skip: 1, Times: 1, Status: 403, Body: gatewayError})
	config := Values{"name": "Acme", "type": "Client", "status": "Enabled", "external_id": "C1"}
	r.Apply(config).Errors().Contain(t, "Unable to deactivate", "The gateway says no")
	if r.State()["status"] != "Active" || r.Tainted {
		t.Errorf("the state has %v", r.State()["status"])
	}
	applied(t, r, config)
	if got := actionsSent(s); got != "enable deactivate deactivate" { //nolint:dupword // two calls
		t.Errorf("the actions %q were sent", got)
	}
}

// Another actor who is faster doesn't stop the way.
func TestAccountStatusOvertaken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		from, target string
		change       func(*mock.Account)
	}{
		"there already": {"Enabled", "Disabled", func(a *mock.Account) { a.Status = "Disabled" }},
		"elsewhere":     {"Active", "Enabled", func(a *mock.Account) { a.Status, a.ExternalID = "Disabled", "C1" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{DeactivateKeepsExternalID: true})
			a := m.Seed(mock.Account{Name: "Acme", Status: test.from, ExternalID: "C1"})
			r := p.Resource("softwareone_account")
			config := Values{"name": "Acme", "type": "Client", "external_id": "C1"}
			r.Import(a.ID)
			s.Inject(mockserver.Fault{On: actions, Times: 1, Before: func() { m.Change(a.ID, test.change) }})
			said := r.Apply(acctest.With(config, Values{"status": test.target}))
			now, _ := m.Get(a.ID)
			if test.target == "Disabled" && (len(said) > 0 || now.Status != "Disabled") {
				t.Errorf("the account is %s: %s", now.Status, said)
			}
			if test.target == "Enabled" && len(said.Errors()) == 0 && now.Status != "Enabled" {
				t.Errorf("the account is %s: %s", now.Status, said)
			}
			if r.State()["status"] != now.Status {
				t.Errorf("the state has %v, the account is %s", r.State()["status"], now.Status)
			}
		})
	}
}
