package provider_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// TestLive runs against the real vendors, for those whose credentials are in the environment. The accounts that it
// makes can't be undone: it needs ACC_LIVE=permanent-accounts-ok, and makes at most ACC_LIVE_MAX_CREATES (1) of them.
// It must never run in CI.
func TestLive(t *testing.T) { //nolint:paralleltest // one account at a time, counted
	if os.Getenv("ACC_LIVE") != "permanent-accounts-ok" {
		t.Skip("live: needs ACC_LIVE=permanent-accounts-ok, since what it creates at a real vendor stays there")
	}
	if os.Getenv("CI") != "" {
		t.Fatal("live tests make accounts that can't be undone, and must not run in CI")
	}
	creates := 1
	if text := os.Getenv("ACC_LIVE_MAX_CREATES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("ACC_LIVE_MAX_CREATES=%q is not a number", text)
		}
		creates = n
	}
	name := "tfacc-" + strconv.FormatInt(time.Now().Unix(), 36)
	for _, live := range []struct { //nolint:paralleltest // as above
		credential, plural, listed, resource, arguments string
	}{
		{"GCORE_API_KEY", "gcore_accounts", "accounts", "gcore_account", fmt.Sprintf("company = %q\n  deletion_policy = \"abandon\"", name)},
		{
			"MPT_API_TOKEN", "softwareone_accounts", "accounts", "softwareone_account",
			fmt.Sprintf("name = %q\n  type = \"Client\"\n  deletion_policy = \"disable\"", name),
		},
		{
			"FORTANIX_CCM_USERNAME", "fortanix_accounts", "accounts", "fortanix_account",
			fmt.Sprintf("name = %q\n  deletion_policy = \"delete\"", name),
		},
	} {
		t.Run(live.resource, func(t *testing.T) {
			if os.Getenv(live.credential) == "" {
				t.Skipf("live: %s is not set", live.credential)
			}
			steps := []resource.TestStep{{
				Config: fmt.Sprintf("data %q \"all\" {\n  provider = accounts\n}\n", live.plural),
				Check:  resource.TestCheckResourceAttrSet("data."+live.plural+".all", live.listed+".#"),
			}}
			if creates > 0 {
				creates--
				steps = append(steps,
					resource.TestStep{
						Config: fmt.Sprintf("resource %q \"a\" {\n  provider = accounts\n  %s\n}\n", live.resource, live.arguments),
						ConfigPlanChecks: resource.ConfigPlanChecks{
							PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
						},
					},
					resource.TestStep{
						ResourceName: live.resource + ".a", ImportState: true, ImportStateVerify: true,
						ImportStateVerifyIgnore: []string{"deletion_policy"},
					},
				)
			}
			resource.Test(t, resource.TestCase{
				IsUnitTest: true,
				ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
					"accounts": providerserver.NewProtocol6WithError(provider.New("live")()),
				},
				Steps: steps,
			})
		})
	}
}
