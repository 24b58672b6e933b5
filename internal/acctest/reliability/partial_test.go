package reliability_test

import (
	"fmt"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// A step after the create call that fails for good leaves an account that is in the state, whole and not tainted. The
// next plan shows what is missing, and the next apply finishes in place.
func TestPartialCreate(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		if s.step == "" {
			return // nothing follows
		}
		for name, fault := range map[string]mockserver.Fault{
			"refused": {Status: 400, Body: `{"message":"no"}`}, "forbidden": {Status: 403}, "failing": {Status: 500}, "reset": {Reset: true},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := s.open(t, 0)
				fault.On = s.step
				w.server.Inject(fault)
				config := s.called("acme", s.followUp)
				r := w.Resource(s.typeName)
				said := r.Apply(config)
				if len(said.Errors()) > 0 {
					t.Fatal(said)
				}
				said.Warnings().Contain(t, "incomplete", r.ID(), "no second account is created")
				w.created(t, r, "acme")

				w.server.ClearFaults()
				w.Restart()
				if said := r.Refresh(); len(said) > 0 {
					t.Fatal(said)
				}
				for attribute, want := range s.followUp {
					if is := r.State()[attribute]; fmt.Sprint(is) == fmt.Sprint(want) {
						t.Errorf("%s reads as if it had been set", attribute)
					}
				}
				if plan := r.Plan(config); plan.Action != "update" {
					t.Errorf("planned is %q: %s", plan.Action, plan.Diagnostics)
				}
				r.Applied(config)
				w.created(t, r, "acme")
				w.posts(t, s, 1, 1)
			})
		}
	})
}
