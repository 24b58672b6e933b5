package fortanix_test

import (
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// The only account that a test with the command line makes.
func theAccount(t *testing.T, m *mock.Mock) mock.Account {
	t.Helper()
	all := m.All()
	if len(all) != 1 {
		t.Fatalf("there are %d accounts at the vendor, want 1", len(all))
	}
	return all[0]
}

// Whatever would destroy a protected account fails at plan time, with real Terraform; nothing is sent.
func TestAccountProtected(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	cli := acctest.NewCLI(t, env)
	cli.Write("main.tf", account(`name = "Acme"`))
	cli.OK("apply", "-auto-approve")
	before := theAccount(t, m)
	s.Reset()

	const protected, replaced = "is protected from being destroyed", "can't be replaced"
	removed := func(destroy string) string {
		return acctest.Lines(`removed {`, `from = `+address, `lifecycle {`, `destroy = `+destroy, `}`, `}`)
	}
	for _, test := range []struct {
		name, config, says string
		args               []string
	}{
		{"destroy, whatever the configuration says", account(`name = "Acme"`, `deletion_policy = "delete"`), protected, []string{"destroy"}},
		{"the block is taken out", "", protected, []string{"apply"}},
		{"a removed block that destroys", removed("true"), protected, []string{"apply"}},
		{"-replace", account(`name = "Acme"`), replaced, []string{"apply", "-replace=" + address}},
		{"a change that would replace", account(`name = "Acme"`, `component = "CONFIDENTIAL_AI"`), "create-only attribute", []string{"apply"}},
	} {
		cli.Write("main.tf", test.config)
		result := cli.Run(append(test.args, "-auto-approve")...)
		if result.Exit == 0 || !strings.Contains(result.Unwrapped(), test.says) {
			t.Errorf("%s: exit %d without %q:\n%s", test.name, result.Exit, test.says, result)
		}
	}
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d requests that change something were sent", n)
	}

	// No plan can refuse a taint, but the destroy that comes first can.
	cli.Write("main.tf", account(`name = "Acme"`))
	cli.OK("taint", address)
	result := cli.Run("apply", "-auto-approve")
	if result.Exit == 0 || !strings.Contains(result.Unwrapped(), "terraform untaint") || acctest.Changes(s) > 0 {
		t.Errorf("taint: exit %d after %d changes:\n%s", result.Exit, acctest.Changes(s), result)
	}
	cli.OK("untaint", address)

	cli.Write("main.tf", removed("false"))
	cli.OK("apply", "-auto-approve")
	if cli.State(address) != nil || theAccount(t, m).ID != before.ID || acctest.Changes(s) > 0 {
		t.Errorf("the removed block left %v and %+v", cli.State(address), theAccount(t, m))
	}
}

// With the policy "delete" in the state, what only the create call takes replaces the account, with real Terraform.
func TestAccountReplaced(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	cli := acctest.NewCLI(t, env)
	block := func(component, insecure string) string {
		return account(`name = "Acme"`, `component = "`+component+`"`, `deletion_policy = "delete"`,
			`node_enrollment = { attestation_enforcement_disabled_insecure = `+insecure+` }`,
			`auth_configs = [{ oauth = {`, `idp_name = "a"`, `idp_icon_url = "https://i"`, `idp_authorization_endpoint = "https://a"`,
			`idp_token_endpoint = "https://t"`, `idp_requires_basic_auth = true`, `client_id = "c"`, `client_secret_wo = "secret-a"`,
			`client_secret_wo_version = 1`, `tls = { disabled = {} }`, `} }]`)
	}
	cli.Write("main.tf", block("DEFAULT", "false"))
	cli.OK("apply", "-auto-approve")
	for i, change := range []struct{ component, insecure, forced string }{
		{"CONFIDENTIAL_AI", "false", "component"}, {"CONFIDENTIAL_AI", "true", "node_enrollment"},
	} {
		before := theAccount(t, m)
		cli.Write("main.tf", block(change.component, change.insecure))
		planned := cli.OK("plan").Unwrapped()
		if !strings.Contains(planned, "must be replaced") || !strings.Contains(planned, "forces replacement") {
			t.Errorf("%s: the plan replaces nothing:\n%s", change.forced, planned)
		}
		cli.OK("apply", "-auto-approve")
		after := theAccount(t, m)
		if after.ID == before.ID || after.Component != change.component || after.AttestationDisabled != (change.insecure == "true") ||
			secrets(after)["a"] != "secret-a" {
			t.Errorf("%s: after %s there is %+v", change.forced, before.ID, after)
		}
		if s.Count(deletes) != i+1 || s.Count(posts) != i+2 {
			t.Errorf("%s: %d deletes and %d creates were sent", change.forced, s.Count(deletes), s.Count(posts))
		}
		if result := cli.Run("plan", "-detailed-exitcode"); result.Exit != 0 {
			t.Errorf("there is something to do:\n%s", result)
		}
	}
	cli.OK("apply", "-auto-approve", "-replace="+address)
	cli.OK("destroy", "-auto-approve")
	if len(m.All()) > 0 || s.Count(deletes) != 4 {
		t.Errorf("%d accounts are left after %d deletes", len(m.All()), s.Count(deletes))
	}
}

// What a delete meets at the vendor.
func TestAccountDelete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options mock.Options
		before  func(m *mock.Mock, s *mockserver.Server, id string)
		sent    int
	}{
		"":             {sent: 1},
		"not selected": {options: mock.Options{RequireSelected: true}, sent: 2},
		"gone by then": {before: func(m *mock.Mock, _ *mockserver.Server, id string) { m.Remove(id) }, sent: 1},
		"reply is lost": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: deletes, Effect: true, Close: true, Times: 1})
		}, sent: 2},
		"not at first": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: deletes, Status: 503, Times: 2})
		}, sent: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, test.options)
			r := p.Resource(accountType)
			r.Applied(Values{"name": "Acme", "deletion_policy": "delete"})
			s.Reset()
			if test.before != nil {
				test.before(m, s, r.ID())
			}
			said := r.Execute(r.Plan(nil)) // without the refresh, which would see it first
			if n := s.Count(deletes); n != test.sent || acctest.Changes(s) != n {
				t.Errorf("%d deletes were sent, want %d", n, test.sent)
			}
			if len(said) > 0 || len(m.All()) > 0 || r.State() != nil {
				t.Errorf("%d accounts are left, the state is %v: %s", len(m.All()), r.State(), said)
			}
		})
	}
}

// A policy counts from the state, and only "delete" allows a replacement.
func TestAccountPolicyTable(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	for policy, says := range map[string]string{"prevent": "is protected", "abandon": "will only be forgotten", "delete": ""} {
		r := p.Resource(accountType)
		config := Values{"name": "Acme " + policy, "deletion_policy": policy}
		r.Applied(config)
		destroy := r.Plan(nil)
		destroy.Diagnostics.Contain(t, says)
		if failed := len(destroy.Diagnostics.Errors()) > 0; failed != (policy == "prevent") {
			t.Errorf("%s: %s", policy, destroy.Diagnostics)
		}
		sent, accounts := acctest.Changes(s), len(m.All())
		if replace := r.Replace(config).Diagnostics; policy == "delete" && len(replace) > 0 {
			t.Errorf("a replacement is refused: %s", replace)
		} else if policy != "delete" {
			replace.Errors().Contain(t, "can't be replaced", policy)
		}
		if policy == "abandon" {
			if said := r.Apply(nil); len(said.Errors()) > 0 || r.State() != nil || len(m.All()) != accounts {
				t.Errorf("%d accounts are left, the state is %v: %s", len(m.All()), r.State(), said)
			}
		}
		if n := acctest.Changes(s); n != sent {
			t.Errorf("%s: %d changes were sent", policy, n-sent)
		}
	}
}
