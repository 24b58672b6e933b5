package reliability_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
)

// hcl returns a folder with this configuration.
func (w *world) hcl(t *testing.T, text string) *acctest.CLI {
	t.Helper()
	c := acctest.NewCLI(t, w.env)
	c.Write("main.tf", text)
	return c
}

func find(name string) subject {
	for _, s := range subjects() {
		if s.name == name {
			return s
		}
	}
	panic(name)
}

// accountHCL is a Gcore account.
func accountHCL(company, policy, lifecycle string) string {
	return fmt.Sprintf(`
resource "gcore_account" "x" {
  provider        = accounts
  company         = %q
  deletion_policy = %q
  lifecycle {
    %s
  }
}
`, company, policy, lifecycle)
}

// A protected account that is tainted and renamed under create_before_destroy stays in the state as a deposed object
// next to its successor. What the message says to do ends it: both are forgotten, and the successor is imported.
func TestDeposed(t *testing.T) {
	t.Parallel()
	w := find("gcore_account").open(t, 0)
	c := w.hcl(t, accountHCL("acme", "prevent", "create_before_destroy = true"))
	c.OK("apply", "-auto-approve")
	c.OK("taint", "gcore_account.x")
	c.Write("main.tf", accountHCL("acme-two", "prevent", "create_before_destroy = true"))
	if result := c.Run("apply", "-auto-approve"); result.Exit == 0 || !strings.Contains(result.Unwrapped(), "protected from being destroyed") {
		t.Fatalf("exit %d:\n%s", result.Exit, result)
	}
	result := c.Run("plan")
	for _, advice := range []string{`"deposed"`, "terraform state rm 'gcore_account.NAME'", "import the successor again", "(acme)"} {
		if result.Exit == 0 || !strings.Contains(result.Unwrapped(), advice) {
			t.Errorf("the plan doesn't say %q:\n%s", advice, result)
		}
	}

	successor := w.named("acme-two")
	c.OK("state", "rm", "gcore_account.x")
	c.Write("import.tf", fmt.Sprintf("import {\n  to       = gcore_account.x\n  provider = accounts\n  id       = %q\n}\n", successor[0]))
	c.OK("apply", "-auto-approve")
	if said := c.OK("plan").String(); !strings.Contains(said, "No changes") {
		t.Errorf("in the end:\n%s", said)
	}
	if len(successor) != 1 || len(w.named("acme")) != 1 {
		t.Errorf("the vendor has %v and %v", w.named("acme"), successor)
	}
}

// One instance of for_each is forgotten by the command that the message gives; the others stay managed.
func TestForgetInstance(t *testing.T) {
	t.Parallel()
	w := find("gcore_account").open(t, 0)
	config := func(names string) string {
		return fmt.Sprintf(`resource "gcore_account" "x" {
  provider = accounts
  for_each = toset([%s])
  company  = each.key
}
`, names)
	}
	c := w.hcl(t, config(`"acme", "beta"`))
	c.OK("apply", "-auto-approve")
	c.Write("main.tf", config(`"beta"`))
	if result := c.Run("plan"); result.Exit == 0 || !strings.Contains(result.Unwrapped(), `terraform state rm 'gcore_account.NAME["KEY"]'`) {
		t.Errorf("exit %d:\n%s", result.Exit, result)
	}
	c.OK("state", "rm", `gcore_account.x["acme"]`)
	if said := c.OK("plan").String(); !strings.Contains(said, "No changes") {
		t.Errorf("in the end:\n%s", said)
	}
	if len(w.named("acme")) != 1 || len(w.named("beta")) != 1 {
		t.Error("an account is gone")
	}
}

// A removed block in place of the resource block forgets all instances, whatever the policy.
func TestRemovedBlock(t *testing.T) {
	t.Parallel()
	w := find("gcore_account").open(t, 0)
	c := w.hcl(t, "resource \"gcore_account\" \"x\" {\n  provider = accounts\n  count    = 2\n  company  = \"acme-${count.index}\"\n}\n")
	c.OK("apply", "-auto-approve")
	c.Write("main.tf", "removed {\n  from = gcore_account.x\n  lifecycle {\n    destroy = false\n  }\n}\n")
	c.OK("apply", "-auto-approve")
	if said := c.OK("state", "list").Stdout; strings.TrimSpace(said) != "" {
		t.Errorf("the state has\n%s", said)
	}
	if len(w.named("acme-0")) != 1 || len(w.named("acme-1")) != 1 {
		t.Error("an account is gone")
	}
}

// lifecycle { destroy = false } forgets an account without asking the provider, under each policy. A replacement under
// it makes no second account: the name of the first one stays taken.
func TestDestroyFalse(t *testing.T) {
	t.Parallel()
	policies := map[string][]string{
		"gcore_account":       {"prevent", "abandon"},
		"gcore_reseller_user": {"prevent", "abandon", "delete"},
		"softwareone_account": {"prevent", "abandon", "disable"},
		"fortanix_account":    {"prevent", "abandon", "delete", "deactivate"},
	}
	each(t, func(s subject) {
		for _, policy := range policies[s.name] {
			s.Run(policy, func(t *testing.T) {
				t.Parallel()
				w := s.open(t, 0)
				config := s.called("acme", Values{"provider": "accounts", "deletion_policy": policy, "lifecycle": Values{"destroy": false}})
				document, err := json.Marshal(Values{"resource": Values{s.typeName: Values{"x": config}}})
				if err != nil {
					t.Fatal(err)
				}
				c := acctest.NewCLI(t, w.env)
				c.Write("main.tf.json", string(document))
				c.Need("1.16", "1.12")
				c.OK("apply", "-auto-approve")
				c.OK("taint", s.typeName+".x")
				if result := c.Run("apply", "-auto-approve"); result.Exit == 0 || !strings.Contains(result.Unwrapped(), "exists already") {
					t.Errorf("replacing it under its own name: exit %d\n%s", result.Exit, result)
				}
				if n := len(w.named("acme")); n != 1 {
					t.Errorf("%d accounts of that name", n)
				}
				c.Write("main.tf.json", "{}")
				c.OK("apply", "-auto-approve")
				if len(w.named("acme")) != 1 || strings.TrimSpace(c.OK("state", "list").Stdout) != "" {
					t.Error("the account is gone, or still in the state")
				}
			})
		}
	})
}

// Under the policy delete, a replacement by the provider's own plan destroys the old account in spite of destroy = false
// on some command lines, and forgets it on others. Both are what the deletion guide says.
func TestDestroyFalseReplacement(t *testing.T) {
	t.Parallel()
	w := find("fortanix_account").open(t, 0)
	config := func(component string) string {
		return fmt.Sprintf("resource \"fortanix_account\" \"x\" {\n  provider = accounts\n  name = \"acme\"\n  component = %q\n"+
			"  deletion_policy = \"delete\"\n  lifecycle {\n    destroy = false\n  }\n}\n", component)
	}
	c := w.hcl(t, config("CONFIDENTIAL_AI"))
	c.Need("1.16", "1.12")
	c.OK("apply", "-auto-approve")
	first := w.named("acme")
	c.Write("main.tf", config("DEFAULT"))
	result := c.Run("apply", "-auto-approve")
	now := w.named("acme")
	if len(now) != 1 {
		t.Fatalf("%d accounts: %v\n%s", len(now), now, result)
	}
	if acctest.OpenTofu() {
		if result.Exit == 0 || !strings.Contains(result.Unwrapped(), "exists already") || now[0] != first[0] {
			t.Errorf("OpenTofu: exit %d, %v became %v\n%s", result.Exit, first, now, result)
		}
		return
	}
	if result.Exit != 0 || now[0] == first[0] {
		t.Errorf("Terraform: exit %d, %v became %v\n%s", result.Exit, first, now, result)
	}
}

// A replacement with create_before_destroy finds its own predecessor in the way, and says so.
func TestCreateBeforeDestroy(t *testing.T) {
	t.Parallel()
	w := find("fortanix_account").open(t, 0)
	config := func(component string) string {
		return fmt.Sprintf("resource \"fortanix_account\" \"x\" {\n  provider = accounts\n  name = \"acme\"\n  component = %q\n"+
			"  deletion_policy = \"delete\"\n  lifecycle {\n    create_before_destroy = true\n  }\n}\n", component)
	}
	c := w.hcl(t, config("CONFIDENTIAL_AI"))
	c.OK("apply", "-auto-approve")
	first := w.named("acme")
	c.Write("main.tf", config("DEFAULT"))
	result := c.Run("apply", "-auto-approve")
	if result.Exit == 0 || !strings.Contains(result.Unwrapped(), "If this plan replaces that account with create_before_destroy") {
		t.Errorf("exit %d\n%s", result.Exit, result)
	}
	if now := w.named("acme"); len(now) != 1 || now[0] != first[0] {
		t.Errorf("%v became %v", first, now)
	}
}
