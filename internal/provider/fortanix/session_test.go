package fortanix_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// imported are n accounts, in the state by imports that ran at once.
func imported(t *testing.T, m *mock.Mock, p *acctest.Protocol, n int) []*acctest.Resource {
	t.Helper()
	var resources []*acctest.Resource
	for i := range n {
		resources = append(resources, p.Resource(accountType))
		m.Seed(mock.Account{Name: fmt.Sprint("Acme ", i), AuthConfigs: map[string]mock.AuthConfig{someID: {Password: &mock.PasswordConfig{}}}})
	}
	ids := m.All()
	atOnce(resources, func(i int, r *acctest.Resource) {
		if said := r.Import(ids[i].ID); len(said) > 0 {
			t.Error(said)
		}
	})
	return resources
}

func atOnce(resources []*acctest.Resource, do func(int, *acctest.Resource)) {
	var group sync.WaitGroup
	for i, r := range resources {
		group.Go(func() { do(i, r) })
	}
	group.Wait()
}

// Reads at once log in once; so do they when the session ends between them, and nobody notices.
func TestOneLogin(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	p := acctest.StartProtocol(t, env, Values{"bulk_reads": false})
	resources := imported(t, m, p, 10)
	if n := s.Count(logins); n != 1 {
		t.Errorf("%d logins for ten reads at once, want 1", n)
	}
	m.ExpireSessions()
	atOnce(resources, func(_ int, r *acctest.Resource) {
		if said := r.Refresh(); len(said) > 0 {
			t.Error(said)
		}
	})
	if n := s.Count(logins); n != 2 {
		t.Errorf("%d logins after the session has ended, want 2", n)
	}
	p.Restart()
	for _, r := range resources {
		r.Refresh()
	}
	if n := s.Count(logins); n != 3 {
		t.Errorf("%d logins with a second process, want 3", n)
	}
}

// The session may end between any two requests of an operation.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{RequireSelected: true})
	r := p.Resource(accountType)
	for _, on := range []string{posts, patches, gets, lists, deletes, "POST /v1/sys/session/select_account/*"} {
		s.Inject(mockserver.Fault{On: on, Times: 1, Before: m.ExpireSessions})
	}
	config := Values{"name": "Acme", "account_status": "Deactivated", "deletion_policy": "delete"}
	r.Applied(config)
	s.Inject(mockserver.Fault{On: patches, Skip: 1, Times: 1, Before: m.ExpireSessions})
	r.Applied(acctest.With(config, Values{"name": "Acme 2", "auth_configs": []any{password(true)}}))
	if said := r.Apply(nil); len(said) > 0 || len(m.All()) > 0 {
		t.Errorf("destroy: %s", said)
	}
	if n := s.Count(posts); n != 2 {
		t.Errorf("%d creates were sent, want one and its repeat after the 401", n)
	}
}

// Changes that need the account to be selected don't get in each other's way.
func TestSelection(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{RequireSelected: true})
	resources := imported(t, m, p, 6)
	atOnce(resources, func(i int, r *acctest.Resource) {
		if said := r.Apply(Values{
			"name": fmt.Sprint("New ", i), "auth_configs": []any{password(true)}, "deletion_policy": "delete",
		}); len(said) > 0 {
			t.Error(said)
		}
	})
	for _, a := range m.All() {
		if a.Name[:3] != "New" || !a.AuthConfigs[someID].Password.Require2FA {
			t.Errorf("left unchanged: %+v", a)
		}
	}
	atOnce(resources, func(_ int, r *acctest.Resource) {
		if said := r.Apply(nil); len(said) > 0 {
			t.Error(said)
		}
	})
	if len(m.All()) > 0 || s.Count(logins) != 1 {
		t.Errorf("%d accounts are left after %d logins", len(m.All()), s.Count(logins))
	}
}

// A ready token serves as long as it lives; then the error says what to do.
func TestToken(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	delete(env, "FORTANIX_CCM_USERNAME")
	delete(env, "FORTANIX_CCM_PASSWORD")
	env["FORTANIX_CCM_TOKEN"] = "a-ready-token"
	m.AddToken("a-ready-token", mock.DemoUsername)
	p := acctest.StartProtocol(t, env, nil)
	r := p.Resource(accountType)
	r.Applied(Values{"name": "Acme"})
	m.ExpireSessions()
	r.Refresh().Errors().Contain(t, "session token is not valid", "FORTANIX_CCM_TOKEN")
	if n := s.Count(logins); n > 0 || r.State() == nil {
		t.Errorf("%d logins; the state has %v", n, r.State())
	}
}

// Without credentials, or before they are known, nothing is asked of the vendor, and what needs it says what to set.
func TestNoCredentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env   acctest.Environment
		block Values
		says  []string
	}{
		"none":             {says: []string{"fortanix", "FORTANIX_CCM_USERNAME", "FORTANIX_CCM_PASSWORD"}},
		"unknown password": {block: Values{"username": "ops@example.com", "password": acctest.Unknown}, says: []string{"fortanix.password"}},
		"unknown token":    {block: Values{"token": acctest.Unknown}, says: []string{"fortanix.token"}},
		"unknown endpoint": {
			env: acctest.Environment{"FORTANIX_CCM_TOKEN": "x"}, block: Values{"endpoint": acctest.Unknown}, says: []string{"fortanix.endpoint"},
		},
		"of another product": {env: acctest.Environment{"FORTANIX_API_KEY": "x", "FORTANIX_API_ENDPOINT": "https://x.example"},
			says: []string{"FORTANIX_CCM_USERNAME"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, env := start(t, mock.Options{})
			if test.env == nil {
				test.env = acctest.Environment{}
			}
			test.env["FORTANIX_CCM_ENDPOINT"] = env["FORTANIX_CCM_ENDPOINT"]
			var block Values
			if test.block != nil {
				block = Values{"fortanix": test.block}
			}
			p := acctest.StartProtocol(t, test.env, block)
			r := p.Resource(accountType)
			if plan := r.Plan(Values{"name": "Acme"}); plan.Action != "create" || len(plan.Diagnostics) > 0 {
				t.Errorf("%q is planned: %s", plan.Action, plan.Diagnostics)
			}
			r.Apply(Values{"name": "Acme"}).Errors().Contain(t, test.says...)
			r.Import(someID).Errors().Contain(t, test.says...)
			_, said := p.Data("fortanix_account", Values{"id": someID})
			said.Errors().Contain(t, test.says...)
			_, said = p.List(accountType, Values{}, 0, false)
			said.Errors().Contain(t, test.says...)
			if n := len(s.Requests()); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

// The address may be given as people copy it.
func TestConfiguredAddress(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"", "/", "/v1", "/v1/"} {
		_, s, env := start(t, mock.Options{})
		env["FORTANIX_CCM_ENDPOINT"] = s.URL + suffix
		p := acctest.StartProtocol(t, env, Values{})
		if _, said := p.Data("fortanix_accounts", Values{}); len(said) > 0 || s.Count(lists) == 0 {
			t.Errorf("%q: %s", suffix, said)
		}
	}
}
