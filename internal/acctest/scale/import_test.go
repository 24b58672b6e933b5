package scale_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
)

// many is how many random accounts of each kind the tests with the command line import. SCALE_ACCOUNTS=500 raises it.
func many(t *testing.T) int {
	t.Helper()
	n := 30
	if text := os.Getenv("SCALE_ACCOUNTS"); text != "" {
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

var summary = regexp.MustCompile(`Plan: (\d+) to import, 0 to add, 0 to change, 0 to destroy`)

// imports checks that a plan imports all accounts and does nothing else, and that the plan after it is empty.
func imports(t *testing.T, c *acctest.CLI, want int, more ...string) {
	t.Helper()
	plan := c.Run(append([]string{"plan"}, more...)...)
	if found := summary.FindStringSubmatch(plan.Stdout); plan.Exit != 0 || found == nil || found[1] != fmt.Sprint(want) {
		t.Fatalf("exit %d, want %d imports and nothing else:\n%s", plan.Exit, want, tail(plan.String()))
	}
	c.OK("apply", "-auto-approve")
	if again := c.Run("plan", "-detailed-exitcode"); again.Exit != 0 {
		t.Fatalf("after the import:\n%s", tail(again.String()))
	}
}

// tail is the end of a long output.
func tail(text string) string { return text[max(0, len(text)-6000):] }

// TestImportByDataSource imports what the plural data sources find, all by one block with for_each.
func TestImportByDataSource(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		c := acctest.NewCLI(t, s.env)
		k.random(s, many(t))
		var config strings.Builder
		plural, list := k.resource+"s", cmp.Or(k.plural, "accounts")
		fmt.Fprintf(&config, "data %[1]q \"all\" {\n  provider = accounts\n}\n"+
			"locals {\n  all = { for a in data.%[1]s.all.%[2]s : a.id => a }\n}\n"+
			"import {\n  for_each = local.all\n  to = %[3]s.all[each.key]\n  provider = accounts\n  id = each.key\n}\n"+
			"resource %[3]q \"all\" {\n  for_each = local.all\n  provider = accounts\n", plural, list, k.resource)
		for _, name := range k.found {
			fmt.Fprintf(&config, "  %[1]s = each.value.%[1]s\n", name)
		}
		fmt.Fprintf(&config, "  lifecycle {\n    ignore_changes = [%s]\n  }\n}\n", k.ignored)
		c.Write("main.tf", config.String())
		imports(t, c, len(k.ids(s)))
	})
}

// TestImportGenerated lets the command line write the configuration of what import blocks name.
func TestImportGenerated(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		c := acctest.NewCLI(t, s.env)
		k.random(s, many(t))
		var config strings.Builder
		for i, id := range k.ids(s) {
			fmt.Fprintf(&config, "import {\n  to = %s.a%d\n  provider = accounts\n  id = %q\n}\n", k.resource, i, id)
		}
		c.Write("imports.tf", config.String())
		imports(t, c, len(k.ids(s)), "-generate-config-out=generated.tf")
	})
}

// TestQuery finds all accounts by terraform query, which writes their configuration and import blocks.
func TestQuery(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		c := acctest.NewCLI(t, s.env)
		c.Need("1.14.0", "")
		k.random(s, many(t))
		c.Write("all.tfquery.hcl", fmt.Sprintf(
			"list %q \"all\" {\n  provider = accounts\n  limit = 5000\n  include_resource = true\n  config {}\n}\n", k.resource))
		c.OK("query", "-generate-config-out=generated.tf")
		imports(t, c, len(k.ids(s)))
	})
}

// TestListExamples runs the queries of the documentation.
func TestListExamples(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		c := acctest.NewCLI(t, s.env)
		c.Need("1.14.0", "")
		k.random(s, 10)
		query, err := os.ReadFile(filepath.Join("../../../examples/list-resources", k.resource, "list-resource.tfquery.hcl"))
		if err != nil {
			t.Fatal(err)
		}
		c.Write("example.tfquery.hcl", string(query))
		c.OK("validate", "-query")
		if said := c.OK("query").Stdout; !strings.Contains(said, "list."+k.resource+".") {
			t.Errorf("nothing was found: %s", said)
		}
	})
}
