package softwareone_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

const address = "softwareone_account.a"

// account is a resource block with these arguments.
func account(arguments ...string) string {
	return acctest.Block("softwareone_account", arguments...)
}

var updates = acctest.Acts(address, plancheck.ResourceActionUpdate)

func value(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
}

// createdOnce checks that the vendor was asked for one account, and for nothing else that changes something but what
// is stated.
func createdOnce(t *testing.T, s *mockserver.Server, updates, actionsSent int) {
	t.Helper()
	if c, u, a := s.Count(posts), s.Count(puts), s.Count(actions); c != 1 || u != updates || a != actionsSent || acctest.Changes(s) != c+u+a {
		t.Errorf("%d creates, %d updates and %d actions of %d changes were sent, want 1, %d and %d", c, u, a, acctest.Changes(s), updates,
			actionsSent)
	}
}

// The life of an account with as little as possible: created, imported in each way, changed in place, destroyed.
func TestAccountMinimal(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	same := statecheck.CompareValue(compare.ValuesSame())
	steps := []resource.TestStep{{
		Config:           account(`name = "Acme"`, `type = "Client"`),
		ConfigPlanChecks: acctest.EmptyPlan,
		ConfigStateChecks: []statecheck.StateCheck{
			same.AddStateValue(address, tfjsonpath.New("id")), value("status", knownvalue.StringExact("Enabled")),
			value("default_language_code", knownvalue.StringExact("en-US")), value("deletion_policy", knownvalue.StringExact("prevent")),
			value("website", knownvalue.Null()), value("address", knownvalue.Null()), value("external_id", knownvalue.Null()),
		},
	}, {
		ResourceName: address, ImportState: true, ImportStateVerify: true,
	}}
	if !acctest.OpenTofu() {
		steps = append(steps, resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID})
	}
	steps = append(steps, resource.TestStep{
		Config:            account(`name = "Acme 2"`, `type = "Client"`, `website = "https://e.example"`, `deletion_policy = "disable"`),
		ConfigPlanChecks:  updates,
		ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(address, tfjsonpath.New("id"))},
	})
	acctest.RunCase(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(env), Steps: steps,
		CheckDestroy: func(*terraform.State) error { // accounts can't be deleted
			if a := m.All()[1]; a.Name != "Acme 2" || a.Website != "https://e.example" || a.Status != "Disabled" {
				return fmt.Errorf("the destroy left %+v", a)
			}
			return nil
		},
	})
	createdOnce(t, s, 1, 1)
}

// Every argument reaches the vendor under its own name and comes back.
func TestAccountEveryArgument(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	acctest.Run(t, env,
		resource.TestStep{
			Config: account(
				`name = "Acme"`, `type = "Client"`, `status = "Active"`, `external_id = "CDG-1"`,
				`address = { address_line1 = "1 Road", address_line2 = "Left", post_code = "1000", city = "Town", state = "ST", country = "CH" }`,
				`technical_support_email = "Ops@Example.com"`, `website = "https://e.example"`, `description = "One\nTwo"`,
				`eligibility = { client = false, partner = true }`, `default_language_code = "de-CH"`, fmt.Sprintf(`logo = %q`, png),
				`groups = ["UGR-1111-1111", "UGR-2222-2222"]`, `allow_duplicate_name = true`, `deletion_policy = "disable"`,
				`timeouts = { create = "5m" }`,
			),
			ConfigPlanChecks: acctest.EmptyPlan,
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"logo", "groups", "allow_duplicate_name", "deletion_policy", "timeouts"},
		},
	)
	createdOnce(t, s, 0, 2)
	sent := s.Find(posts)[0]
	for field, want := range map[string]any{
		"/name": "Acme", "/type": "Client", "/externalId": "CDG-1",
		"/address": map[string]any{
			"addressLine1": "1 Road", "addressLine2": "Left", "postCode": "1000", "city": "Town", "state": "ST", "country": "CH",
		},
		"/technicalSupportEmail": "Ops@Example.com", "/website": "https://e.example", "/description": "One\nTwo",
		"/eligibility": map[string]any{"client": false, "partner": true}, "/defaultLanguageCode": "de-CH",
		"/groups/0/id": "UGR-1111-1111", "/groups/1/id": "UGR-2222-2222",
	} {
		if got, _ := sent.Field(field); !reflect.DeepEqual(got, want) {
			t.Errorf("%s was sent as %v, want %v", field, got, want)
		}
	}
	if _, ok := sent.Field("/status"); ok {
		t.Error("the status was sent, which the create call may ignore")
	}
	if image, _ := sent.Part("logo"); string(image) != "\x89PNG\r\n\x1a\n0000" {
		t.Errorf("the logo was sent as %q", image)
	}
	activate := s.Find(actions)[0]
	if id, _ := activate.Field("/externalId"); id != "CDG-1" {
		t.Errorf("activate was sent with the external id %v", id)
	}
	if a := m.All()[1]; a.Status != "Disabled" || len(a.Logo) == 0 || len(a.Groups) != 3 {
		t.Errorf("the vendor has %+v", a)
	}
}

// A minimal create leaves out what the configuration leaves out: null, absent and empty differ on the wire.
func TestAccountMinimalBody(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	applied(t, p.Resource("softwareone_account"), Values{"name": "Acme", "type": "Vendor"})
	if got, _ := s.Find(posts)[0].Field(""); !reflect.DeepEqual(got, map[string]any{"name": "Acme", "type": "Vendor"}) {
		t.Errorf("the create call was sent %v", got)
	}
	applied(t, p.Resource("softwareone_account"), Values{
		"name": "Acme 2", "type": "Client", "address": Values{"city": "Town"}, "eligibility": Values{"partner": true},
	})
	want := map[string]any{
		"name": "Acme 2", "type": "Client", "eligibility": map[string]any{"partner": true},
		"address": map[string]any{"addressLine1": nil, "addressLine2": nil, "postCode": nil, "city": "Town", "state": nil, "country": nil},
	}
	if got, _ := s.Find(posts)[1].Field(""); !reflect.DeepEqual(got, want) {
		t.Errorf("the create call was sent %v, want %v", got, want)
	}
}

// Values that are known only once something else has been applied, on create and on update.
func TestAccountUnknownValues(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	config := func(n int) string {
		return acctest.Lines(`resource "terraform_data" "x" {`,
			fmt.Sprintf(`input = { n = "%d", active = "Active", type = "Client", group = "UGR-1111-1111", yes = true, logo = %q }`, n, png), `}`) +
			account(`name = "Acme ${terraform_data.x.output.n}"`, `type = terraform_data.x.output.type`, `status = terraform_data.x.output.active`,
				`external_id = "C${terraform_data.x.output.n}"`, `address = { city = "Town ${terraform_data.x.output.n}", country = "CH" }`,
				`technical_support_email = "ops${terraform_data.x.output.n}@e.example"`, `website = "https://${terraform_data.x.output.n}.example"`,
				`description = "n ${terraform_data.x.output.n}"`, `eligibility = { partner = terraform_data.x.output.yes }`,
				`default_language_code = "de-${terraform_data.x.output.group == "" ? "AT" : "CH"}"`, `groups = [terraform_data.x.output.group]`,
				`logo = terraform_data.x.output.logo`, `allow_duplicate_name = terraform_data.x.output.yes`, `deletion_policy = "abandon"`)
	}
	acctest.Run(t, env,
		resource.TestStep{Config: config(1), ConfigPlanChecks: acctest.EmptyPlan},
		resource.TestStep{
			Config: config(2), ConfigPlanChecks: updates,
			ConfigStateChecks: []statecheck.StateCheck{
				value("name", knownvalue.StringExact("Acme 2")), value("external_id", knownvalue.StringExact("C2")),
			},
		},
	)
	createdOnce(t, s, 1, 1)
}

// A change of what only Terraform knows is made without a request, and leaves all else known.
func TestAccountLocalChanges(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	quiet := resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), allKnown{}},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
	base := []string{`name = "Acme"`, `type = "Client"`, `website = "https://e.example"`}
	steps := []resource.TestStep{{Config: account(base...)}}
	for _, local := range [][]string{
		{`deletion_policy = "abandon"`},
		{`deletion_policy = "abandon"`, `timeouts = { create = "5m", read = "1m" }`},
		{`deletion_policy = "abandon"`, `allow_duplicate_name = true`},
	} {
		steps = append(steps, resource.TestStep{Config: account(append(base, local...)...), ConfigPlanChecks: quiet})
	}
	acctest.Run(t, env, steps...)
	createdOnce(t, s, 0, 0)
}

// allKnown is a plan check: nothing is "(known after apply)".
type allKnown struct{}

// CheckPlan implements plancheck.PlanCheck.
func (allKnown) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		raw, err := json.Marshal(change.Change.AfterUnknown)
		if err == nil && regexp.MustCompile(`true`).Match(raw) {
			err = fmt.Errorf("%s: known after apply: %s", change.Address, raw)
		}
		resp.Error = errors.Join(resp.Error, err)
	}
}

// What others have changed at the vendor is seen, and set right by one update and one action.
func TestAccountDrift(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	config := account(`name = "Acme"`, `type = "Client"`, `website = "https://e.example"`, `status = "Enabled"`, `address = { city = "Town" }`,
		`deletion_policy = "abandon"`)
	acctest.Run(t, env,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				m.Change(m.All()[1].ID, func(a *mock.Account) {
					a.Name, a.Website, a.Status, a.Description = "Other", "", "Disabled", "Not ours"
					a.Address = mock.Address{City: "Elsewhere", State: "ST"}
				})
			},
			Config: config, ConfigPlanChecks: updates,
		},
	)
	createdOnce(t, s, 1, 1)
	if a := m.All()[1]; a.Name != "Acme" || a.Website != "https://e.example" || a.Status != "Enabled" ||
		a.Address != (mock.Address{City: "Town"}) || a.Description != "" {
		t.Errorf("the drift was not repaired: %+v", a)
	}
}

// An account that the token no longer sees stays in the state.
func TestAccountOutOfSight(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	config := account(`name = "Acme"`, `type = "Client"`, `deletion_policy = "abandon"`)
	var hidden mock.Account
	acctest.Run(t, env,
		resource.TestStep{Config: config},
		resource.TestStep{RefreshState: true}, // from here on a 404 is no lag
		resource.TestStep{
			PreConfig: func() {
				hidden = m.All()[1]
				m.AddCredential(mock.Credential{Token: mock.DemoToken, AccountID: mock.OperationsID, Limited: true})
			},
			Config: config, ExpectError: regexp.MustCompile(`doesn't\s+show\s+account\s+ACC-`),
		},
		resource.TestStep{
			PreConfig: func() { m.AddCredential(mock.Credential{Token: mock.DemoToken, AccountID: mock.OperationsID}) },
			Config:    config, ConfigPlanChecks: acctest.EmptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{value("id", knownvalue.StringFunc(func(id string) error {
				if id != hidden.ID {
					return fmt.Errorf("the account is %s, not %s", id, hidden.ID)
				}
				return nil
			}))},
		},
	)
	createdOnce(t, s, 0, 0)
}

func TestAccountIdentity(t *testing.T) {
	t.Parallel()
	_, _, env := start(t, mock.Options{})
	steps := []resource.TestStep{{
		Config:            account(`name = "Acme"`, `type = "Client"`, `deletion_policy = "abandon"`),
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentityValueMatchesState(address, tfjsonpath.New("id"))},
	}}
	acctest.RunFrom(t, tfversion.SkipBelow(tfversion.Version1_12_0), env, steps...)
}

// Accounts that exist already, with real Terraform: by identity, and by query and generated configuration.
func TestAccountImportByCLI(t *testing.T) {
	t.Parallel()
	t.Run("identity", func(t *testing.T) {
		t.Parallel()
		m, s, env := start(t, mock.Options{})
		cli := acctest.NewCLI(t, env)
		cli.Need("1.12", "1.12")
		a := m.Seed(mock.Account{Name: "Acme"})
		cli.Write("main.tf", account(`name = "Acme"`, `type = "Client"`)+
			fmt.Sprintf("import {\n  to       = %s\n  provider = accounts\n  identity = { id = %q }\n}\n", address, a.ID))
		cli.ImportsOnly(s, 1)
	})
	t.Run("generated", func(t *testing.T) {
		t.Parallel()
		m, s, env := start(t, mock.Options{})
		cli := acctest.NewCLI(t, env)
		blocks := ""
		for i, a := range seedTricky(m) {
			blocks += fmt.Sprintf("import {\n  to       = softwareone_account.a%d\n  provider = accounts\n  id       = %q\n}\n", i, a.ID)
		}
		cli.Write("import.tf", blocks)
		cli.OK("plan", "-generate-config-out=generated.tf")
		cli.ImportsOnly(s, len(trickyNames))
	})
	t.Run("query", func(t *testing.T) {
		t.Parallel()
		m, s, env := start(t, mock.Options{})
		cli := acctest.NewCLI(t, env)
		cli.Need("1.14", "")
		seedTricky(m)
		cli.Write("all.tfquery.hcl",
			acctest.Lines(`list "softwareone_account" "all" {`, `provider = accounts`, `limit = 1000`, `include_resource = true`, `}`))
		cli.OK("query", "-generate-config-out=generated.tf")
		cli.ImportsOnly(s, len(trickyNames)+1)
	})
}

// The listing that many reads share makes no difference but to the number of requests.
func TestAccountBulkReads(t *testing.T) {
	t.Parallel()
	read := map[bool]int{}
	for _, bulk := range []bool{true, false} {
		m, s, env := start(t, mock.Options{})
		p := acctest.StartProtocol(t, env, Values{"bulk_reads": bulk})
		for i := range 30 {
			m.Seed(mock.Account{Name: fmt.Sprint("Acme ", i), Website: "https://e.example"})
		}
		for _, a := range m.All()[1:] {
			r := p.Resource("softwareone_account")
			if said := r.Import(a.ID); len(said) > 0 {
				t.Fatal(said)
			}
			if plan := r.Plan(Values{"name": a.Name, "type": "Client", "website": a.Website}); plan.Action != "" {
				t.Errorf("bulk_reads = %t: there is something to do: %v", bulk, plan.Values)
			}
		}
		read[bulk] = len(s.Requests())
	}
	if read[false] != 30 || read[true] > 10 {
		t.Errorf("%d requests with bulk reads, %d without", read[true], read[false])
	}
}
