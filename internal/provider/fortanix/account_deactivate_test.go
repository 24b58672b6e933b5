package fortanix_test

import (
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// What a destroy under "deactivate" meets at the vendor.
func TestAccountDeactivate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options mock.Options
		before  func(m *mock.Mock, s *mockserver.Server, id string)
		sent    int
		gone    bool
		fails   string
	}{
		"":             {sent: 1},
		"not selected": {options: mock.Options{RequireSelected: true, LockedSelection: true}, sent: 2},
		"already":      {before: func(m *mock.Mock, _ *mockserver.Server, id string) { lockAccount(m, id) }, sent: 1},
		"gone by then": {before: func(m *mock.Mock, _ *mockserver.Server, id string) { m.Remove(id) }, sent: 1, gone: true},
		"reply is lost": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: patches, Effect: true, Close: true, Times: 1})
		}, sent: 2},
		"forbidden": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: patches, Status: 403, Body: "not you"})
		}, sent: 2, fails: "not you"},
		"ignored": {before: func(_ *mock.Mock, s *mockserver.Server, id string) {
			s.Inject(mockserver.Fault{On: patches, Body: `{"acct_id":"` + id + `","name":"Acme","account_status":"Active"}`})
		}, sent: 1, fails: "account_status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, test.options)
			r := p.Resource(accountType)
			r.Applied(Values{"name": "Acme", "deletion_policy": "deactivate"})
			id := r.ID()
			s.Reset()
			if test.before != nil {
				test.before(m, s, id)
			}
			said := r.Execute(r.Plan(nil)) // without the refresh, which would see it first
			if n := s.Count(patches); n != test.sent || acctest.Changes(s) != n {
				t.Errorf("%d updates were sent, want %d, and %d changes in all", n, test.sent, acctest.Changes(s))
			}
			a, there := m.Get(id)
			if test.fails != "" {
				said.Errors().Contain(t, test.fails, id, "deactivate")
				if r.State() == nil || a.AccountStatus != "Active" {
					t.Errorf("the state has %v, the vendor %+v", r.State(), a)
				}
				return
			}
			if len(said) > 0 || r.State() != nil || there == test.gone || there && a.AccountStatus != "Deactivated" {
				t.Errorf("the vendor has %+v, the state %v: %s", a, r.State(), said)
			}
		})
	}
}

func lockAccount(m *mock.Mock, id string) {
	m.Change(id, func(a *mock.Account) { a.AccountStatus = "Deactivated" })
}

// A deactivated account can be read, imported and activated again, and "deactivate" allows no replacement.
func TestAccountDeactivatedAndBack(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{LockedSelection: true})
	config := Values{"name": "Acme", "deletion_policy": "deactivate"}
	r := p.Resource(accountType)
	r.Applied(config)
	r.Replace(config).Diagnostics.Errors().Contain(t, "can't be replaced", "deactivated")
	r.Plan(acctest.With(config, Values{"component": "CONFIDENTIAL_AI"})).Diagnostics.Errors().Contain(t, "create-only")
	id := r.ID()
	said := r.Apply(nil)
	said.Warnings().Contain(t, "leaves something behind", id, "deactivated, and stays")
	if len(said.Errors()) > 0 {
		t.Fatal(said)
	}

	again := p.Resource(accountType)
	if said := again.Import(id); len(said) > 0 || again.State()["account_status"] != "Deactivated" {
		t.Fatalf("imported as %v: %s", again.State(), said)
	}
	again.Applied(config) // not said, so it stays
	if a := stored(t, m, again); a.AccountStatus != "Deactivated" {
		t.Errorf("the status is %s", a.AccountStatus)
	}
	again.Applied(acctest.With(config, Values{"account_status": "Active"}))
	if a := stored(t, m, again); a.AccountStatus != "Active" || s.Count(posts) != 1 {
		t.Errorf("the status is %s after %d creates", a.AccountStatus, s.Count(posts))
	}
}

// The same with the command line: destroyed, imported, and active again.
func TestAccountDeactivatedByCLI(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	cli := acctest.NewCLI(t, env)
	cli.Write("main.tf", account(`name = "Acme"`, `deletion_policy = "deactivate"`))
	cli.OK("apply", "-auto-approve")
	cli.OK("destroy", "-auto-approve")
	a := theAccount(t, m)
	if a.AccountStatus != "Deactivated" || cli.State(address) != nil {
		t.Fatalf("the vendor has %+v, the state %v", a, cli.State(address))
	}
	cli.Write("main.tf", account(`name = "Acme"`, `deletion_policy = "deactivate"`, `account_status = "Active"`))
	cli.OK("import", address, strings.ToUpper(a.ID))
	cli.OK("apply", "-auto-approve")
	if result := cli.Run("plan", "-detailed-exitcode"); result.Exit != 0 {
		t.Errorf("there is something to do:\n%s", result)
	}
	if a = theAccount(t, m); a.AccountStatus != "Active" || s.Count(posts) != 1 || cli.State(address).AttributeValues["id"] != a.ID {
		t.Errorf("the vendor has %+v, the state %v", a, cli.State(address))
	}
}
