package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
)

// With real Terraform: timeouts without a value is refused, since Terraform silently drops names that it doesn't have.
// One that is null, or not known yet, is not.
func TestEmptyTimeouts(t *testing.T) {
	t.Parallel()
	for _, v := range startVendors(t, gcore.DemoAPIKey) {
		for kind, example := range v.resources {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				cli := acctest.NewCLI(t, maps.Clone(v.env))
				write := func(timeouts string) {
					cli.Write("main.tf", "resource \""+kind+"\" \"r\" {\nprovider = accounts\n"+example.hcl()+"\ntimeouts = "+timeouts+"\n}\n")
				}
				for _, empty := range []string{`{}`, `{ craete = "5m" }`, `{ create = null }`} {
					write(empty)
					result := cli.Run("plan")
					if said := result.Unwrapped(); result.Exit != 1 || !strings.Contains(said, "timeouts is empty") ||
						!strings.Contains(said, "misspelt") {
						t.Errorf("%s: exit %d\n%s", empty, result.Exit, result)
					}
				}
				for _, good := range []string{`{ create = "5m" }`, "null"} {
					write(good)
					cli.OK("plan")
				}
			})
		}
	}
}
