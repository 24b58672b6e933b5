package gcore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
)

const (
	accountAddress = accountType + ".a"
	userAddress    = userType + ".a"
)

// imports are the imports that plugin-testing knows, none of which may plan a change.
func imports(address string, ignore ...string) []resource.TestStep {
	steps := []resource.TestStep{{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: ignore}}
	if len(ignore) == 0 && !acctest.OpenTofu() {
		steps = append(steps, resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID})
	}
	return steps
}

// The life of an account: created, imported, renamed, deleted by somebody else, created again, forgotten.
func TestAccountLife(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	same := statecheck.CompareValue(compare.ValuesSame())
	differ := statecheck.CompareValue(compare.ValuesDiffer())
	steps := append([]resource.TestStep{{
		Config: acctest.Block(accountType, `company = "Acme"`), ConfigPlanChecks: acctest.EmptyPlan,
		ConfigStateChecks: []statecheck.StateCheck{
			same.AddStateValue(accountAddress, tfjsonpath.New("id")),
			statecheck.ExpectKnownValue(accountAddress, tfjsonpath.New("deletion_policy"), knownvalue.StringExact("prevent")),
		},
	}, {
		RefreshState: true, // the reply to the create shows neither status nor email
	}}, imports(accountAddress)...)
	steps = append(steps, resource.TestStep{
		Config:           acctest.Block(accountType, `company = "Acme 2"`, `deletion_policy = "abandon"`),
		ConfigPlanChecks: acctest.Acts(accountAddress, plancheck.ResourceActionUpdate, allKnown{}),
		ConfigStateChecks: []statecheck.StateCheck{
			same.AddStateValue(accountAddress, tfjsonpath.New("id")), differ.AddStateValue(accountAddress, tfjsonpath.New("id")),
			statecheck.ExpectKnownValue(accountAddress, tfjsonpath.New("status"), knownvalue.StringExact("new")),
			statecheck.ExpectKnownValue(accountAddress, tfjsonpath.New("email"), knownvalue.NotNull()),
		},
	}, resource.TestStep{
		PreConfig: func() {
			for _, c := range m.Clients() {
				if c.Company == "Acme 2" {
					m.RemoveClient(c.ID)
				}
			}
		},
		Config:            acctest.Block(accountType, `company = "Acme 2"`, `deletion_policy = "abandon"`),
		ConfigPlanChecks:  acctest.Acts(accountAddress, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{differ.AddStateValue(accountAddress, tfjsonpath.New("id"))},
	})
	acctest.RunCase(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(env), Steps: steps,
		CheckDestroy: func(*terraform.State) error {
			for _, c := range m.Clients() {
				if c.Company == "Acme 2" && !c.Deleted {
					return nil
				}
			}
			return errors.New("the abandoned account is gone")
		},
	})
	if s.Count(posts) != 2 || s.Count(patchClient) != 1 || acctest.Changes(s) != 3 {
		t.Errorf("%d creates, %d renames of %d changes, want 2, 1, 3", s.Count(posts), s.Count(patchClient), acctest.Changes(s))
	}
}

var everyArgument = []string{
	`email = "Ann@Example.com"`, `company = "Acme"`, `password_wo = "secret-1"`, `password_wo_version = 1`, `name = "Ann"`, `phone = "+352 1"`,
	`seller = 12`, `services = { CDN = true, DNS = false, STREAMING = null }`, `lang = "de"`, `custom_id = "c-1"`, `country_code = "LU"`,
	`is_test = true`, `user_type = "common"`, `deletion_policy = "delete"`, `timeouts = { create = "5m" }`,
}

// change replaces arguments; one without a value is taken out.
func change(arguments []string, changes ...string) []string {
	var out []string
	for _, a := range arguments {
		name, _, _ := strings.Cut(a, " ")
		for _, c := range changes {
			if changed, value, _ := strings.Cut(c, " "); changed == name {
				a = c
				if value == "" {
					a = ""
				}
			}
		}
		if a != "" {
			out = append(out, a)
		}
	}
	return out
}

// The life of a user with every argument: created, imported, changed at each endpoint, repaired after drift, deleted.
func TestUserLife(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	same := statecheck.CompareValue(compare.ValuesSame())
	id := func() statecheck.StateCheck { return same.AddStateValue(userAddress, tfjsonpath.New("id")) }
	changed := change(everyArgument, `name = "Bea"`, `company = "Beta"`, `services = { CDN = false, DNS = null, CLOUD = true }`, `phone`,
		`seller`)
	theUser := func() mock.User {
		for _, u := range m.Users() {
			if u.Email == "Ann@Example.com" {
				return u
			}
		}
		return mock.User{}
	}
	steps := append([]resource.TestStep{{
		Config: acctest.Block(userType, everyArgument...), ConfigPlanChecks: acctest.EmptyPlan,
		ConfigStateChecks: []statecheck.StateCheck{
			id(), statecheck.ExpectKnownValue(userAddress, tfjsonpath.New("password_wo"), knownvalue.Null()),
			statecheck.ExpectKnownValue(userAddress, tfjsonpath.New("is_active"), knownvalue.Bool(true)),
		},
	}}, imports(userAddress, "password_wo_version", "services", "deletion_policy", "timeouts")...)
	steps = append(steps, resource.TestStep{
		Config:           acctest.Block(userType, change(changed, `deletion_policy = "abandon"`)...),
		ConfigPlanChecks: acctest.Acts(userAddress, plancheck.ResourceActionUpdate, allKnown{}), ConfigStateChecks: []statecheck.StateCheck{id()},
	}, resource.TestStep{
		PreConfig: func() {
			m.ChangeUser(theUser().ID, func(u *mock.User) { u.Lang, u.Phone = "en", new("1") })
			m.ChangeClient(theUser().Client, func(c *mock.Client) { c.IsTest, c.Availability["CLOUD"] = false, false })
		},
		Config:           acctest.Block(userType, changed...),
		ConfigPlanChecks: acctest.Acts(userAddress, plancheck.ResourceActionUpdate), ConfigStateChecks: []statecheck.StateCheck{id()},
	}, resource.TestStep{
		Config:      acctest.Block(userType, change(changed, `password_wo_version = 2`)...),
		ExpectError: regexp.MustCompile(`create-only\s+attribute\s+can't\s+be\s+changed`),
	})
	acctest.RunCase(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(env), Steps: steps,
		CheckDestroy: func(*terraform.State) error {
			if u := theUser(); !u.Deleted {
				return fmt.Errorf("the user is still there: %+v", u)
			}
			return nil
		},
	})
	for pattern, want := range map[string]int{
		posts: 1, patchUser: 2, patchClient: 2, "PATCH " + products: 3, "DELETE " + products: 1, deleteUser: 1,
	} {
		if got := s.Count(pattern); got != want {
			t.Errorf("%d requests %q, want %d", got, pattern, want)
		}
	}
	if c, ok := m.Client(theUser().Client); !ok || c.Deleted {
		t.Error("the account went with the user")
	}
}

// Values that are known only once something else has been applied, on create and on update.
func TestUserUnknownUntilApply(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	config := func(n int) string {
		return acctest.Lines(`resource "terraform_data" "x" {`,
			fmt.Sprintf(`input = { n = "%d", lang = "de", country = "LU", type = "common", yes = true, seller = 12 }`, n), `}`) +
			acctest.Block(userType, `email = "ann${terraform_data.x.output.n}@example.com"`, `company = "Acme ${terraform_data.x.output.n}"`,
				`password_wo = "secret-${terraform_data.x.output.lang}"`, `password_wo_version = terraform_data.x.output.yes ? 1 : 2`,
				`name = "Ann ${terraform_data.x.output.n}"`, `phone = terraform_data.x.output.n`, `seller = terraform_data.x.output.seller + 1`,
				`services = { CDN = terraform_data.x.output.yes }`, `lang = terraform_data.x.output.lang`, `custom_id = terraform_data.x.output.n`,
				`country_code = terraform_data.x.output.country`, `is_test = terraform_data.x.output.yes`, `user_type = terraform_data.x.output.type`,
				`deletion_policy = "delete"`)
	}
	acctest.Run(t, env,
		resource.TestStep{Config: config(1), ConfigPlanChecks: acctest.EmptyPlan},
		resource.TestStep{Config: config(2), ConfigPlanChecks: acctest.Acts(userAddress, plancheck.ResourceActionUpdate)},
	)
	if s.Count(posts) != 1 || s.Count(patchUser) != 1 || s.Count(patchClient) != 1 || s.Count("PATCH "+products) != 0 {
		t.Errorf("%d creates, %d and %d updates, want one each", s.Count(posts), s.Count(patchUser), s.Count(patchClient))
	}
}

// Accounts and users that exist already, with real Terraform: by identity, by generated configuration, by query.
func TestImportByCLI(t *testing.T) {
	t.Parallel()
	seed := func(m *mock.Mock) (mock.Client, mock.User) {
		tricky := `"${x} %{y} \ ünïcode`
		return m.SeedClient(mock.Client{Company: "Acme " + tricky, CustomID: new("c-1")}),
			m.SeedUser(mock.User{Company: "User's " + tricky, Name: new(tricky), Phone: new("+1")})
	}
	importBlocks := func(how string, a mock.Client, u mock.User) string {
		block := "import {\n  to       = %s\n  provider = accounts\n  " + how + "\n}\n"
		return fmt.Sprintf(block+block, accountAddress, a.ID, userAddress, u.ID)
	}
	for name, test := range map[string]struct {
		terraform, tofu string // the oldest that can do it
		args            []string
		file            string
		content         func(a mock.Client, u mock.User) string
		imported        int
	}{
		"id": {"1.11", "1.11", []string{"plan"}, "import.tf",
			func(a mock.Client, u mock.User) string { return importBlocks(`id = "%d"`, a, u) }, 2},
		"identity": {"1.12", "1.12", []string{"plan"}, "import.tf",
			func(a mock.Client, u mock.User) string { return importBlocks(`identity = { id = "%d" }`, a, u) }, 2},
		"query": {"1.14", "", []string{"query"}, "all.tfquery.hcl", func(mock.Client, mock.User) string {
			list := "list %q \"all\" {\n  provider = accounts\n  include_resource = true\n}\n"
			return fmt.Sprintf(list+list, accountType, userType)
		}, 5}, // three accounts, since each user's is listed as well, and two users
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, env := start(t, mock.Options{})
			cli := acctest.NewCLI(t, env)
			cli.Need(test.terraform, test.tofu)
			cli.Write(test.file, test.content(seed(m)))
			cli.OK(append(test.args, "-generate-config-out=generated.tf")...)
			cli.ImportsOnly(s, test.imported)
		})
	}
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
