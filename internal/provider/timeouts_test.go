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

// What lists accounts takes no longer than its timeouts, and no shorter: a list resource yields what it finds after its
// call has returned.
func TestListsKeepTimeouts(t *testing.T) {
	t.Parallel()
	for _, v := range startVendors(t, gcore.DemoAPIKey) {
		p := acctest.StartProtocol(t, v.env, nil)
		for kind := range v.resources {
			for read, ends := range map[string]bool{"1ns": true, "1m": false} {
				config := acctest.Values{"timeouts": acctest.Values{"read": read}}
				_, listed := p.List(kind, config, 0, false)
				_, shown := p.Data(kind+"s", config)
				for what, said := range map[string]acctest.Diagnostics{"list resource": listed, "data source": shown} {
					text := said.Errors().String()
					ranOut := strings.Contains(text, "time ran out") && strings.Contains(text, "raise the timeouts of this block")
					if ends && !ranOut || !ends && text != "" {
						t.Errorf("%s, %s of %s: %s", read, what, kind, text)
					}
				}
			}
		}
	}
}
