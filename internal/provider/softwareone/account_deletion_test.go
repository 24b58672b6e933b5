package softwareone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// The only account that a test with the command line makes.
func theAccount(t *testing.T, m *mock.Mock) mock.Account {
	t.Helper()
	all := m.All()[1:] // without the platform's own
	if len(all) != 1 {
		t.Fatalf("there are %d accounts at the vendor, want 1", len(all))
	}
	return all[0]
}

func resourceBlock(arguments ...string) string {
	return account(append([]string{`name = "Acme"`, `type = "Client"`}, arguments...)...)
}

// Whatever would destroy a protected account fails at plan time, with real Terraform; nothing is sent.
func TestAccountProtected(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	cli := acctest.NewCLI(t, env)
	cli.Write("main.tf", resourceBlock())
	cli.OK("apply", "-auto-approve")
	before := theAccount(t, m)
	s.Reset()

	const protected, replaced = "is protected from being destroyed", "can't be replaced"
	trigger := func(input string) string {
		return acctest.Lines(`resource "terraform_data" "t" {`, fmt.Sprintf(`input = %q`, input), `}`)
	}
	apply := func(more ...string) []string { return append([]string{"apply", "-auto-approve"}, more...) }
	for _, test := range []struct {
		name, config, says string
		args               []string
		before             string // what is there before; "" where that is the account only
	}{
		{"destroy", resourceBlock(), protected, []string{"destroy", "-auto-approve"}, ""},
		{
			"destroy, whatever the configuration says", resourceBlock(`deletion_policy = "disable"`), protected,
			[]string{"destroy", "-auto-approve"}, "",
		},
		{"the block is taken out", "", protected, apply(), ""},
		{
			"a removed block that destroys", acctest.Lines(`removed {`, `from = `+address, `lifecycle {`, `destroy = true`, `}`, `}`),
			protected, apply(), "",
		},
		{"-replace", resourceBlock(), replaced, apply("-replace=" + address), ""},
		{
			"-replace, created before destroyed", resourceBlock(`lifecycle {`, `create_before_destroy = true`, `}`), replaced,
			apply("-replace=" + address), "",
		},
		{
			"replace_triggered_by", trigger("new") + resourceBlock(`lifecycle {`, `replace_triggered_by = [terraform_data.t]`, `}`), replaced,
			apply(), trigger("old") + resourceBlock(),
		},
	} {
		if test.before != "" {
			cli.Write("main.tf", test.before)
			cli.OK(apply()...)
		}
		cli.Write("main.tf", test.config)
		result := cli.Run(test.args...)
		if result.Exit == 0 || !strings.Contains(result.Unwrapped(), test.says) || !strings.Contains(result.Unwrapped(), before.ID) {
			t.Errorf("%s: exit %d without %q:\n%s", test.name, result.Exit, test.says, result)
		}
	}
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d requests that change something were sent", n)
	}

	// No plan can refuse a taint, but the destroy that comes first can.
	cli.Write("main.tf", resourceBlock())
	cli.OK("taint", address)
	result := cli.Run("apply", "-auto-approve")
	if result.Exit == 0 || !strings.Contains(result.Unwrapped(), "terraform untaint") || acctest.Changes(s) > 0 {
		t.Errorf("taint: exit %d after %d changes:\n%s", result.Exit, acctest.Changes(s), result)
	}
	cli.OK("untaint", address)
	if result := cli.Run("plan", "-detailed-exitcode"); result.Exit != 0 {
		t.Errorf("there is something to do:\n%s", result)
	}

	// The ways out: forget it …
	cli.Write("main.tf", acctest.Lines(`removed {`, `from = `+address, `lifecycle {`, `destroy = false`, `}`, `}`))
	cli.OK("apply", "-auto-approve")
	if cli.State(address) != nil || theAccount(t, m).Status != before.Status || acctest.Changes(s) > 0 {
		t.Errorf("the removed block left %v and %+v", cli.State(address), theAccount(t, m))
	}
	// … or take it back under another policy.
	cli.Write("main.tf", resourceBlock(`deletion_policy = "disable"`))
	cli.OK("import", address, before.ID)
	cli.OK("apply", "-auto-approve")
	if acctest.Changes(s) > 0 {
		t.Error("a change of deletion_policy sent a request")
	}
	cli.OK("destroy", "-auto-approve")
	if after := theAccount(t, m); after.Status != "Disabled" || s.Count(actions) != 1 || acctest.Changes(s) != 1 {
		t.Errorf("%d actions and %d changes left %+v", s.Count(actions), acctest.Changes(s), after)
	}
}

// abandon warns and forgets; the account stays as it is.
func TestAccountAbandon(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	cli := acctest.NewCLI(t, env)
	cli.Write("main.tf", resourceBlock(`deletion_policy = "abandon"`))
	cli.OK("apply", "-auto-approve")
	before := theAccount(t, m)
	s.Reset()

	result := cli.Run("apply", "-auto-approve", "-replace="+address)
	if result.Exit == 0 || !strings.Contains(result.Unwrapped(), "can't be replaced") {
		t.Errorf("-replace: exit %d\n%s", result.Exit, result)
	}
	if planned := cli.OK("plan", "-destroy"); !strings.Contains(planned.Unwrapped(), "will only be forgotten") {
		t.Errorf("the plan doesn't warn:\n%s", planned)
	}
	cli.OK("destroy", "-auto-approve")
	if after := theAccount(t, m); after.Revision != before.Revision || acctest.Changes(s) > 0 || cli.State(address) != nil {
		t.Errorf("%d changes left %+v", acctest.Changes(s), after)
	}
}

// The same paths without Terraform, where the vendor is in the way.
func TestAccountDisable(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options mock.Options
		before  func(m *mock.Mock, s *mockserver.Server, id string)
		says    string
		sent    int
	}{
		"": {sent: 1},
		"disabled by others": {before: func(m *mock.Mock, _ *mockserver.Server, id string) {
			m.Change(id, func(a *mock.Account) { a.Status = "Disabled" })
		}, sent: 1},
		"disabled by others, told as a conflict": {options: mock.Options{ConflictOnStatus: true},
			before: func(m *mock.Mock, _ *mockserver.Server, id string) {
				m.Change(id, func(a *mock.Account) { a.Status = "Disabled" })
			}, sent: 1},
		"the reply is lost": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: actions, Effect: true, Close: true, Times: 1})
		}, sent: 1},
		"not done at first": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: actions, Status: 503, Times: 2})
		}, sent: 3},
		"out of sight": {before: func(m *mock.Mock, _ *mockserver.Server, id string) { m.Remove(id) },
			says: "was forgotten, not disabled", sent: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, test.options)
			r := p.Resource("softwareone_account")
			applied(t, r, Values{"name": "Acme", "type": "Client", "deletion_policy": "disable"})
			id := fmt.Sprint(r.State()["id"])
			s.Reset()
			if test.before != nil {
				test.before(m, s, id)
			}
			plan := r.Plan(nil) // without the refresh, which would see it first
			plan.Diagnostics.Warnings().Contain(t, id, "stays on the platform")
			said := r.Execute(plan)
			if n := s.Count(actions); n != test.sent || acctest.Changes(s) != n {
				t.Errorf("%d actions were sent, want %d", n, test.sent)
			}
			if test.says != "" {
				said.Contain(t, test.says)
				if r.State() != nil || len(said.Errors()) > 0 {
					t.Errorf("the state is %v: %s", r.State(), said)
				}
				return
			}
			if a, _ := m.Get(id); len(said) > 0 || a.Status != "Disabled" || r.State() != nil {
				t.Errorf("the account is %s, the state %v: %s", a.Status, r.State(), said)
			}
		})
	}
}

// A policy counts from the state, and in every one the replacement is refused.
func TestAccountPolicyTable(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	for policy, says := range map[string]string{
		"prevent": "is protected", "abandon": "will only be forgotten", "disable": "stays on the platform",
	} {
		r := p.Resource("softwareone_account")
		config := Values{"name": "Acme " + policy, "type": "Client", "deletion_policy": policy}
		applied(t, r, config)
		destroy := r.Plan(nil)
		destroy.Diagnostics.Contain(t, says)
		if failed := len(destroy.Diagnostics.Errors()) > 0; failed != (policy == "prevent") {
			t.Errorf("%s: %s", policy, destroy.Diagnostics)
		}
		sent := acctest.Changes(s)
		for _, wanted := range []Values{config, acctest.With(config, Values{"name": "Acme 2 " + policy})} {
			r.Replace(wanted).Diagnostics.Errors().Contain(t, "can't be replaced", policy)
		}
		r.Tainted = true
		said := r.Apply(config)
		if policy == "prevent" {
			said.Errors().Contain(t, "terraform untaint")
		}
		if n := acctest.Changes(s); policy == "prevent" && n != sent {
			t.Errorf("%d changes were sent", n-sent)
		}
	}
}
