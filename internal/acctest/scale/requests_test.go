package scale_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
)

// declare writes a configuration of the named accounts: those from counted on by one block with count, named by their
// numbers, the others by a block each. The new ones are to be created.
func (k kind) declare(c *acctest.CLI, ids map[string]string, names []string, counted int, fresh ...string) {
	var blocks, imports strings.Builder
	block := func(label, body string) {
		fmt.Fprintf(&blocks, "resource %q %q {\n  provider = accounts\n  %s\n}\n", k.resource, label, body)
	}
	imported := func(to, id string) {
		if id != "" {
			fmt.Fprintf(&imports, "import {\n  to = %s.%s\n  provider = accounts\n  id = %q\n}\n", k.resource, to, id)
		}
	}
	for i, name := range names {
		block(fmt.Sprint("r", i), k.arguments(name))
		imported(fmt.Sprint("r", i), ids[name])
	}
	for i, name := range fresh {
		block(fmt.Sprint("fresh", i), k.arguments(name)+"\n  "+k.create)
	}
	if counted > 0 {
		block("counted", fmt.Sprintf("count = %d\n  %s", counted, k.arguments("Counted ${count.index}")))
		for i := range counted {
			imported(fmt.Sprintf("counted[%d]", i), ids[fmt.Sprint("Counted ", i)])
		}
	}
	c.Write("main.tf", blocks.String())
	c.Write("imports.tf", imports.String())
}

// seedMany puts accounts named so at the vendor, the same number once more as "Counted N", and returns their ids.
func (k kind) seedMany(s *site, n int) (names []string, ids map[string]string) {
	ids = map[string]string{}
	for i := range n {
		name, counted := fmt.Sprint("Account ", i), fmt.Sprint("Counted ", i)
		names = append(names, name)
		ids[name], ids[counted] = k.seed(s, name), k.seed(s, counted)
	}
	return names, ids
}

// spent checks what reading accounts cost: in each collection no more than about twice the cheaper of single reads and
// pages, and nothing next to it but sessions. total is how many accounts the vendor has.
func (k kind) spent(t *testing.T, s *site, what string, reads, total int) {
	t.Helper()
	sum := s.Count("* /v1/sys/auth") + s.Count("GET /v1/user")
	for _, c := range k.collections {
		pages := (total + c.pageSize) / c.pageSize // the demo accounts make one more page where it is full
		got, most := s.Count(c.list)+s.Count(c.list+"/*"), 2*min(reads, pages)+4
		if got > most || got == 0 {
			t.Errorf("%s: %d reads of %d accounts cost %d requests of %s, want at most %d", what, reads, total, got, c.list, most)
		}
		if got > reads && reads <= 3 {
			t.Errorf("%s: %d reads cost %d requests of %s", what, reads, got, c.list)
		}
		sum += got
	}
	if all := len(s.Requests()); all != sum {
		t.Errorf("%s: %d requests, of which %d are reads", what, all, sum)
	}
	s.Reset()
}

// TestRequests counts what arrives at the vendor while real Terraform works on all of its accounts.
func TestRequests(t *testing.T) {
	t.Parallel()
	const half = 51 // two pages of most vendors
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		names, ids := k.seedMany(s, half)
		total := 2 * half
		c := acctest.NewCLI(t, s.env)
		k.declare(c, ids, names, half)
		c.OK("apply", "-auto-approve")
		k.declare(c, nil, names, half)
		s.Reset()

		c.OK("plan", "-detailed-exitcode")
		k.spent(t, s, "plan", total, total)
		// Terraform 1.11 exits with 2 here although nothing has changed, and says so.
		if said := c.Run("plan", "-refresh-only"); said.Exit != 0 || !strings.Contains(said.Stdout, "No changes") {
			t.Error(said)
		}
		k.spent(t, s, "refresh-only plan", total, total)
		c.OK("apply", "-auto-approve")
		k.spent(t, s, "apply with nothing to do", total, total)

		// Two renamed, two new: one request each.
		changed := append([]string{"Renamed 0", "Account 1", "Renamed 2"}, names[3:]...)
		k.declare(c, nil, changed, half, "Fresh 0", "Fresh 1")
		c.OK("apply", "-auto-approve")
		if posts, updates := s.Count("POST *")-s.Count("POST /v1/sys/auth"), s.Count("PUT *")+s.Count("PATCH *"); posts != 2 || updates != 2 {
			t.Errorf("two creates took %d requests, and two updates %d", posts, updates)
		}
		s.Reset()

		// Without bulk reads each account is read by itself, over hardly more connections than Terraform's ten reads at
		// once: a dial may lose against a connection that comes back.
		c.Write("provider.tf", "provider \"accounts\" {\n  bulk_reads = false\n}\n")
		before := s.Connections()
		c.OK("plan", "-detailed-exitcode")
		for _, one := range k.collections {
			if lists, singles := s.Count(one.list), s.Count(one.list+"/*"); lists > 0 || singles != total+2 {
				t.Errorf("without bulk reads: %d requests of %s, and %d for single ones, want %d", lists, one.list, singles, total+2)
			}
		}
		if opened := s.Connections() - before; opened > 20 {
			t.Errorf("%d requests took %d connections", len(s.Requests()), opened)
		}
		if strings.Contains(k.create, "services") {
			if got := s.Count("GET /iam/products/availability/clients/*"); got != 2 {
				t.Errorf("two users with services took %d availability requests", got)
			}
		}
	})
}

// TestRequestsOfFew reads three of three hundred, in separate blocks and by count.
func TestRequestsOfFew(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		names, ids := k.seedMany(s, 150)
		for _, form := range []struct {
			name    string
			blocks  []string
			counted int
		}{{"separate blocks", names[:3], 0}, {"count", nil, 3}} {
			c := acctest.NewCLI(t, s.env)
			k.declare(c, ids, form.blocks, form.counted)
			c.OK("apply", "-auto-approve")
			k.declare(c, nil, form.blocks, form.counted)
			s.Reset()
			c.OK("plan", "-detailed-exitcode")
			k.spent(t, s, form.name, 3, 300)
		}
	})
}

// TestOneRequestEach counts the requests of a create, an update and a destroy, with nothing to read before them.
func TestOneRequestEach(t *testing.T) {
	t.Parallel()
	for resource, step := range map[string]struct {
		config, renamed Values
		acting          string // the policy that acts, "" where none does
		// requests of a create: SoftwareOne looks names up first, since they may repeat; Gcore's reply lacks what is computed
		create int
	}{
		"gcore_account": {Values{"company": "Acme"}, Values{"company": "New"}, "", 2},
		"gcore_reseller_user": {
			Values{"company": "Acme", "email": "a@example.com", "password_wo": "a-Test-1", "password_wo_version": 1}, Values{"company": "New"},
			"delete", 2,
		},
		"softwareone_account": {Values{"name": "Acme", "type": "Client"}, Values{"name": "New"}, "disable", 2},
		"fortanix_account":    {Values{"name": "Acme"}, Values{"name": "New"}, "delete", 1},
	} {
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			k := kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.resource == resource })]
			s := k.open(t)
			r := provider(t, s).Resource(resource)
			took := func(what string, want int, plan acctest.Plan) {
				t.Helper()
				s.Reset()
				if said := slices.Concat(plan.Diagnostics, r.Execute(plan)); len(said.Errors()) > 0 {
					t.Fatalf("%s: %s", what, said)
				}
				if got := len(s.Requests()) - s.Count("* /v1/sys/auth"); got != want {
					t.Errorf("a %s took %d requests, want %d", what, got, want)
				}
			}
			took("create", step.create, r.Plan(step.config))
			config := acctest.With(step.config, step.renamed)
			took("update", 1, r.Plan(config))
			if step.acting != "" {
				config["deletion_policy"] = step.acting
				took("change of policy", 0, r.Plan(config))
				took("destroy", 1, r.Plan(nil))
			}
		})
	}
}
