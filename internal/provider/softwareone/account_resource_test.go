package softwareone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/acctest"
)

const address = "softwareone_account.a"

// account is a resource block with these arguments.
func account(arguments ...string) string {
	return acctest.Lines(append(append([]string{`resource "softwareone_account" "a" {`, `provider = accounts`}, arguments...), `}`)...)
}

var (
	emptyPlan = resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	updates   = resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
)

func value(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
}

var everyArgument = account(
	`name = "Acme"`, `type = "Client"`, `status = "Active"`, `external_id = "CDG-1"`,
	`address = { address_line1 = "1 Road", address_line2 = "Left", post_code = "1000", city = "Town", state = "ST", country = "CH" }`,
	`technical_support_email = "Ops@Example.com"`, `website = "https://e.example"`, `description = "One\nTwo"`,
	`eligibility = { client = true, partner = true }`, `default_language_code = "de-CH"`,
	fmt.Sprintf(`logo = %q`, png), `groups = ["UGR-1111-1111"]`, `deletion_policy = "disable"`,
)

func TestAccountMinimal(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	same := statecheck.CompareValue(compare.ValuesSame())
	acctest.Run(t, env,
		resource.TestStep{
			Config:            account(`name = "Acme"`, `type = "Client"`, `deletion_policy = "disable"`),
			ConfigPlanChecks:  emptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(address, tfjsonpath.New("id")), value("status", knownvalue.StringExact("Enabled")), value("website", knownvalue.Null())},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"deletion_policy"},
		},
		resource.TestStep{
			Config:            account(`name = "Acme 2"`, `type = "Client"`, `website = "https://e.example"`, `deletion_policy = "disable"`),
			ConfigPlanChecks:  updates,
			ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(address, tfjsonpath.New("id"))},
		},
	)
	if n := s.Count(posts); n != 1 {
		t.Errorf("%d creates were sent, want 1", n)
	}
	if n := s.Count(puts); n != 1 {
		t.Errorf("%d updates were sent, want 1", n)
	}
	for _, a := range m.All() {
		if a.Name == "Acme 2" && a.Status != "Disabled" {
			t.Errorf("after destroy the account is %s, want Disabled", a.Status)
		}
	}
}

func TestAccountEveryArgument(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	acctest.Run(t, env, resource.TestStep{Config: everyArgument, ConfigPlanChecks: emptyPlan})
	sent := s.Find(posts)
	if len(sent) != 1 {
		t.Fatalf("%d creates were sent, want 1", len(sent))
	}
	if _, ok := sent[0].Part("logo"); !ok {
		t.Error("the logo was not sent")
	}
}
