package acctest

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// With returns values with some changed; nil takes one out.
func With(values, changes Values) Values {
	all := maps.Clone(values)
	for name, value := range changes {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

// StartProtocol is NewProtocol for a configuration of which nothing is to be said.
func StartProtocol(t testing.TB, env Environment, block Values, options ...provider.Option) *Protocol {
	t.Helper()
	p, said := NewProtocol(t, env, block, options...)
	if len(said) > 0 {
		t.Fatal(said)
	}
	return p
}

// ID returns the id in the state.
func (r *Resource) ID() string { return fmt.Sprint(r.State()["id"]) }

// Block is the configuration of a resource "a" with these arguments.
func Block(typeName string, arguments ...string) string {
	return Lines(fmt.Sprintf("resource %q \"a\" {", typeName), "provider = accounts", Lines(arguments...), "}")
}

// EmptyPlan checks that an apply leaves nothing to do.
var EmptyPlan = resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

// Acts checks that the plan does this to the resource at this address, and more, and that the apply leaves nothing to do.
func Acts(address string, action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	checks := EmptyPlan
	checks.PreApply = append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}, more...)
	return checks
}

// ImportsOnly applies imports of n resources, which must change nothing and leave nothing to do.
func (c *CLI) ImportsOnly(s *mockserver.Server, n int) {
	c.t.Helper()
	want := fmt.Sprintf("%d imported, 0 added, 0 changed, 0 destroyed", n)
	if result := c.OK("apply", "-auto-approve"); !strings.Contains(result.Unwrapped(), want) {
		c.t.Errorf("the apply doesn't say %q:\n%s", want, result)
	}
	if result := c.Run("plan", "-detailed-exitcode"); result.Exit != 0 {
		c.t.Errorf("there is something to do after the import:\n%s", result)
	}
	if Changes(s) > 0 {
		c.t.Errorf("%d requests that change something were sent", Changes(s))
	}
}

// Applied applies a configuration that must work without a word, and leave nothing to do.
func (r *Resource) Applied(config Values) {
	r.t.Helper()
	if said := r.Apply(config); len(said) > 0 {
		r.t.Fatalf("apply: %s", said)
	}
	r.Settled(config)
}

// Settled fails the test where there is anything to do after a refresh.
func (r *Resource) Settled(config Values) {
	r.t.Helper()
	if said := r.Refresh(); len(said) > 0 {
		r.t.Fatalf("refresh: %s", said)
	}
	plan := r.Plan(config)
	if plan.Action != "" || len(plan.Diagnostics) > 0 {
		r.t.Fatalf("there is still something to do: %q\nstate %v\nplan  %v\n%s", plan.Action, r.State(), plan.Values, plan.Diagnostics)
	}
}

// Refused checks that an operation failed with each of these words, and sent nothing that changes anything.
func (d Diagnostics) Refused(t testing.TB, s *mockserver.Server, words ...string) {
	t.Helper()
	if len(d.Errors()) == 0 {
		t.Errorf("it was not refused: %s", d)
	}
	d.Contain(t, words...)
	if n := Changes(s); n > 0 {
		t.Errorf("%d requests that change something were sent", n)
	}
}

// Contain checks that diagnostics hold each of these words.
func (d Diagnostics) Contain(t testing.TB, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(d.String(), w) {
			t.Errorf("nothing about %q in:\n%s", w, d)
		}
	}
}

// Changes counts the requests that may change an account at the vendor; sessions don't count.
func Changes(s *mockserver.Server) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method != http.MethodGet && !strings.HasPrefix(r.Path, "/v1/sys/") {
			n++
		}
	}
	return n
}

// Unwrapped is what a command has printed, without the line breaks and frames that Terraform puts into its messages.
func (r Result) Unwrapped() string {
	return strings.Join(strings.Fields(strings.ReplaceAll(r.String(), "│", " ")), " ")
}
