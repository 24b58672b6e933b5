package fortanix_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
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
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const address = "fortanix_account.a"

// account is a resource block with these arguments.
func account(arguments ...string) string {
	return acctest.Block("fortanix_account", arguments...)
}

var updates = acctest.Acts(address, plancheck.ResourceActionUpdate)

func value(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
}

// createdOnce checks that the vendor was asked for one account, and for nothing else that changes something but what
// is stated.
func createdOnce(t *testing.T, s *mockserver.Server, updates, deleted int) {
	t.Helper()
	if c, u, d := s.Count(posts), s.Count(patches), s.Count(deletes); c != 1 || u != updates || d != deleted || acctest.Changes(s) != c+u+d {
		t.Errorf("%d creates, %d updates and %d deletes of %d changes were sent, want 1, %d and %d", c, u, d, acctest.Changes(s), updates,
			deleted)
	}
}

// The life of an account with as little as possible: created, imported in each way, changed in place, destroyed.
func TestAccountMinimal(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	same := statecheck.CompareValue(compare.ValuesSame())
	steps := []resource.TestStep{{
		Config:           account(`name = "Acme"`),
		ConfigPlanChecks: acctest.EmptyPlan,
		ConfigStateChecks: []statecheck.StateCheck{
			same.AddStateValue(address, tfjsonpath.New("id")), value("component", knownvalue.StringExact("DEFAULT")),
			value("account_status", knownvalue.StringExact("Active")), value("deletion_policy", knownvalue.StringExact("prevent")),
			value("created_at", knownvalue.NotNull()), value("custom_logo", knownvalue.Null()), value("auth_configs", knownvalue.Null()),
			value("default_group_id", knownvalue.Null()), value("azure_cvm_pcr_priority", knownvalue.Null()),
		},
	}, {
		ResourceName: address, ImportState: true, ImportStateVerify: true,
	}}
	if !acctest.OpenTofu() {
		steps = append(steps, resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID})
	}
	steps = append(steps, resource.TestStep{
		Config:            account(`name = "Acme 2"`, `account_status = "Deactivated"`, `deletion_policy = "delete"`),
		ConfigPlanChecks:  updates,
		ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(address, tfjsonpath.New("id"))},
	})
	acctest.RunCase(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(env), Steps: steps,
		CheckDestroy: func(*terraform.State) error {
			if left := m.All(); len(left) > 0 {
				return fmt.Errorf("the destroy left %+v", left)
			}
			return nil
		},
	})
	createdOnce(t, s, 1, 1)
	if got, _ := s.Find(posts)[0].Field(""); !reflect.DeepEqual(got, map[string]any{"name": "Acme"}) {
		t.Errorf("the create call was sent %v", got)
	}
	if got, _ := s.Find(patches)[0].Field(""); !reflect.DeepEqual(got, map[string]any{"name": "Acme 2", "account_status": "Deactivated"}) {
		t.Errorf("the update was sent %v", got)
	}
}

// hcl writes a value of a test's configuration as HCL.
func hcl(v any) string {
	switch v := v.(type) {
	case Values:
		var members []string
		for name, member := range v {
			members = append(members, name+" = "+hcl(member))
		}
		return "{ " + strings.Join(members, ", ") + " }"
	case []any:
		var elements []string
		for _, element := range v {
			elements = append(elements, hcl(element))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case []string:
		return "[" + strings.Join(quoted(v), ", ") + "]"
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

func quoted(values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, fmt.Sprintf("%q", v))
	}
	return out
}

// block is a resource block of a test's configuration.
func block(config Values) string {
	var arguments []string
	for name, v := range config {
		arguments = append(arguments, name+" = "+hcl(v))
	}
	return account(arguments...)
}

// Every argument reaches the vendor under its own name and comes back.
func TestAccountEveryArgument(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	acctest.Run(t, env,
		resource.TestStep{
			Config: block(all()), ConfigPlanChecks: acctest.EmptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address,
				tfjsonpath.New("auth_configs").AtSliceIndex(1).AtMapKey("oauth").AtMapKey("client_secret_wo"), knownvalue.Null())},
		},
		resource.TestStep{ // in another order, as an import gives them
			ResourceName: address, ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"auth_configs", "deletion_policy", "timeouts"},
		},
	)
	createdOnce(t, s, 1, 1)
	create, update := s.Find(posts)[0], s.Find(patches)[0]
	idp := func(name string) map[string]any {
		return map[string]any{
			"idp_name": name, "idp_icon_url": "https://idp.example/icon.png", "idp_authorization_endpoint": "https://idp.example/authorize",
			"idp_token_endpoint": "https://idp.example/token", "idp_requires_basic_auth": true, "client_id": "client-of-" + name,
			"client_secret": mockserver.Hash("secret-" + name), "tls": map[string]any{"disabled": map[string]any{}},
		}
	}
	b, c, d := idp("b"), idp("c"), idp("d")
	b["tls"], b["idp_userinfo_endpoint"] = map[string]any{"opportunistic": map[string]any{}}, "https://idp.example/user"
	c["tls"] = map[string]any{"required": map[string]any{
		"validate_hostname": true, "client_cert": b64("certificate"), "client_key": mockserver.Hash(b64("key-c")),
		"ca": map[string]any{"pinned": []any{b64("one"), b64("two")}},
	}}
	d["tls"] = map[string]any{"required": map[string]any{"validate_hostname": false, "ca": map[string]any{"ca_set": "GLOBAL_ROOTS"}}}
	if got, _ := create.Field(""); !reflect.DeepEqual(got, map[string]any{
		"name": "Acme", "custom_logo": png("logo"), "component": "CONFIDENTIAL_AI",
		"node_enrollment": map[string]any{"attestation_enforcement_disabled_insecure": true},
		"auth_configs": []any{
			map[string]any{"password": map[string]any{"require_2fa": true, "administrators_only": false}},
			map[string]any{"oauth": idp("a")}, map[string]any{"cluster_auth_ref": map[string]any{"target_id": "entra"}},
			map[string]any{"oauth": b}, map[string]any{"oauth": c}, map[string]any{"oauth": d},
		},
	}) {
		t.Errorf("the create call was sent %v", got)
	}
	if first, _ := update.Field("/azure_cvm_pcr_priority/0"); first != float64(7) {
		t.Errorf("the priority was sent with %v first", first)
	}
	for field, want := range map[string]any{"/default_group_id": someID, "/marketplace_group_id": otherID, "/account_status": "Deactivated"} {
		if got, _ := update.Field(field); got != want {
			t.Errorf("%s was sent as %v, want %v", field, got, want)
		}
	}
	if body, _ := update.Field(""); len(body.(map[string]any)) != 4 {
		t.Errorf("the update was sent %v", body)
	}
}

// Values that are known only once something else has been applied, on create and on update.
func TestAccountUnknownValues(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	config := func(n int) string {
		return acctest.Lines(`resource "terraform_data" "x" {`,
			`input = { yes = true, ai = "CONFIDENTIAL_AI", status = "Deactivated", order = range(23),`,
			fmt.Sprintf(`n = "%d", logo = %q, group = %q, hosts = [%q] }`, n, png(fmt.Sprint(n)), someID, b64("one")), `}`) +
			account(`name = "Acme ${terraform_data.x.output.n}"`, `custom_logo = terraform_data.x.output.logo`,
				`component = terraform_data.x.output.ai`,
				`node_enrollment = { attestation_enforcement_disabled_insecure = terraform_data.x.output.yes }`,
				`default_group_id = terraform_data.x.output.group`, `marketplace_group_id = terraform_data.x.output.group`,
				`account_status = terraform_data.x.output.status`, `azure_cvm_pcr_priority = terraform_data.x.output.order`,
				`auth_configs = [{ password = { require_2fa = terraform_data.x.output.yes, administrators_only = true } }, { oauth = {`,
				`idp_name = "idp"`, `idp_icon_url = "https://${terraform_data.x.output.n}"`, `idp_authorization_endpoint = "https://a"`,
				`idp_token_endpoint = "https://t"`, `idp_requires_basic_auth = terraform_data.x.output.yes`,
				`client_id = terraform_data.x.output.group`,
				`client_secret_wo = "secret-${terraform_data.x.output.n}"`, `client_secret_wo_version = terraform_data.x.output.n`,
				`tls = { required = { validate_hostname = true, ca = { pinned = terraform_data.x.output.hosts } } }`, `} }]`,
				`deletion_policy = "abandon"`)
	}
	acctest.Run(t, env,
		resource.TestStep{Config: config(1), ConfigPlanChecks: acctest.EmptyPlan},
		resource.TestStep{
			Config: config(2), ConfigPlanChecks: updates,
			ConfigStateChecks: []statecheck.StateCheck{value("name", knownvalue.StringExact("Acme 2"))},
		},
	)
	createdOnce(t, s, 2, 0)
	if got := secrets(theAccount(t, m))["idp"]; got != "secret-2" {
		t.Errorf("the vendor's secret is %q", got)
	}
}

// A change of what only Terraform knows is made without a request, and leaves all else known.
func TestAccountLocalChanges(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	quiet := resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), allKnown{}},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
	base := Values{"name": "Acme", "auth_configs": []any{oauth("a", "secret-a", mutual("key-a")), password(true)}}
	steps := []resource.TestStep{{Config: block(base)}}
	for _, local := range []Values{
		{"deletion_policy": "abandon"},
		{"deletion_policy": "abandon", "timeouts": Values{"create": "5m", "read": "1m"}},
		{"deletion_policy": "abandon", "auth_configs": []any{oauth("a", "", mutual("")), password(true)}}, // versions are taken away
	} {
		steps = append(steps, resource.TestStep{Config: block(acctest.With(base, local)), ConfigPlanChecks: quiet})
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
		if err == nil && strings.Contains(string(raw), "true") {
			err = fmt.Errorf("%s: known after apply: %s", change.Address, raw)
		}
		resp.Error = errors.Join(resp.Error, err)
	}
}

// Auth configs with real Terraform: a reordering is not a change, what is swapped and changed keeps its own secret.
func TestAccountAuthConfigs(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{Secrets: mock.SecretsMasked})
	a, b := oauth("a", "secret-a"), oauth("b", "secret-b", mutual("key-b"))
	changed := oauth("a", "secret-a2", Values{"idp_icon_url": "https://2.example", "tls": Values{"opportunistic": Values{}}})
	nothing := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	acctest.Run(t, env,
		resource.TestStep{Config: block(configs(a, password(true), b)), ConfigPlanChecks: acctest.EmptyPlan},
		resource.TestStep{Config: block(configs(b, a, password(true))), ConfigPlanChecks: nothing},
		resource.TestStep{Config: block(configs(b, password(true), changed)), ConfigPlanChecks: updates},
		resource.TestStep{
			Config: block(acctest.With(configs(b, password(true), changed), Values{"deletion_policy": "delete"})), ConfigPlanChecks: updates,
		},
	)
	createdOnce(t, s, 1, 1)
	for id, want := range map[string]string{"a": mockserver.Hash("secret-a2"), "b": ""} {
		sent := ""
		for _, element := range modified(s.Find(patches)[0]) {
			if o, _ := element["oauth"].(map[string]any); o["idp_name"] == id {
				sent, _ = o["client_secret"].(string)
			}
		}
		if sent != want {
			t.Errorf("the secret of %s was sent as %q, want %q", id, sent, want)
		}
	}
	if len(m.All()) > 0 {
		t.Error("the account was not deleted")
	}
}

// modified are the elements of mod_auth_configs.
func modified(r mockserver.Request) []map[string]any {
	value, _ := r.Field("/mod_auth_configs")
	byID, _ := value.(map[string]any)
	var out []map[string]any
	for _, element := range byID {
		if e, ok := element.(map[string]any); ok {
			out = append(out, e)
		}
	}
	return out
}

// What others have changed at the vendor is seen, and set right by one update; what they have deleted is made again.
func TestAccountDrift(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	config := block(Values{
		"name": "Acme", "custom_logo": png("ours"), "account_status": "Active", "auth_configs": []any{password(true)},
		"deletion_policy": "delete",
	})
	acctest.Run(t, env,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				m.Change(theAccount(t, m).ID, func(a *mock.Account) {
					a.Name, a.CustomLogo, a.AccountStatus, a.AuthConfigs = "Other", "", "Deactivated", nil
				})
			},
			Config: config, ConfigPlanChecks: updates,
		},
		resource.TestStep{
			PreConfig: func() {
				if a := theAccount(t, m); a.Name != "Acme" || a.CustomLogo != png("ours") || a.AccountStatus != "Active" || len(a.AuthConfigs) != 1 {
					t.Errorf("the drift was not repaired: %+v", a)
				}
				id := theAccount(t, m).ID
				m.Seed(mock.Account{Name: "Another of this user"}) // without it, nothing would prove that ours is gone
				m.Remove(id)
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
		},
	)
	if s.Count(posts) != 2 || s.Count(patches) != 1 || s.Count(deletes) != 1 {
		t.Errorf("%d creates, %d updates and %d deletes were sent", s.Count(posts), s.Count(patches), s.Count(deletes))
	}
}

// A follow-up that fails for good: the account isn't tainted, and the next apply finishes it in place.
func TestAccountIncompleteByCLI(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	cli := acctest.NewCLI(t, env)
	cli.Write("main.tf", account(`name = "Acme"`, `account_status = "Deactivated"`, `deletion_policy = "delete"`))
	s.Inject(mockserver.Fault{On: patches, Status: 400, Body: "not today", Times: 1})
	result := cli.OK("apply", "-auto-approve")
	if said := result.Unwrapped(); !strings.Contains(said, "is incomplete") || !strings.Contains(said, "not today") {
		t.Errorf("the apply doesn't warn:\n%s", result)
	}
	if state := cli.State(address); state == nil || state.Tainted {
		t.Errorf("the state is %+v", state)
	}
	if planned := cli.OK("plan").Unwrapped(); !strings.Contains(planned, "updated in-place") {
		t.Errorf("the plan doesn't show what is missing:\n%s", planned)
	}
	cli.OK("apply", "-auto-approve")
	if a := theAccount(t, m); a.AccountStatus != "Deactivated" || s.Count(posts) != 1 || s.Count(patches) != 2 {
		t.Errorf("%d creates and %d updates left %+v", s.Count(posts), s.Count(patches), a)
	}
}

func TestAccountIdentity(t *testing.T) {
	t.Parallel()
	_, _, env := start(t, mock.Options{})
	acctest.RunFrom(t, tfversion.SkipBelow(tfversion.Version1_12_0), env, resource.TestStep{
		Config:            account(`name = "Acme"`, `deletion_policy = "delete"`),
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentityValueMatchesState(address, tfjsonpath.New("id"))},
	})
}

// Accounts that exist already, with real Terraform: by identity, by generated configuration, and by query.
func TestAccountImportByCLI(t *testing.T) {
	t.Parallel()
	t.Run("identity", func(t *testing.T) {
		t.Parallel()
		m, s, env := start(t, mock.Options{})
		cli := acctest.NewCLI(t, env)
		cli.Need("1.12", "1.12")
		a := m.Seed(mock.Account{Name: "Acme"})
		cli.Write("main.tf", account(`name = "Acme"`)+
			fmt.Sprintf("import {\n  to       = %s\n  provider = accounts\n  identity = { id = %q }\n}\n", address, a.ID))
		cli.ImportsOnly(s, 1)
	})
	t.Run("generated", func(t *testing.T) {
		t.Parallel()
		m, s, env := start(t, mock.Options{})
		cli := acctest.NewCLI(t, env)
		blocks := ""
		for i, a := range seedTricky(m) {
			blocks += fmt.Sprintf("import {\n  to       = fortanix_account.a%d\n  provider = accounts\n  id       = %q\n}\n", i, a.ID)
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
			acctest.Lines(`list "fortanix_account" "all" {`, `provider = accounts`, `limit = 1000`, `include_resource = true`, `}`))
		cli.OK("query", "-generate-config-out=generated.tf")
		cli.ImportsOnly(s, len(trickyNames))
	})
}
