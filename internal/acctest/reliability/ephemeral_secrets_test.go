package reliability_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// madeUp are the tokens that the mock of Gcore makes up, plain or as the start of a base64 text: sessions and API tokens.
var madeUp = regexp.MustCompile(`eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9\.\S+|\b[0-9]+_[0-9a-f]{32}\b`)

// No value of an ephemeral resource is in the provider's log, in a plan, in the state, or in what Terraform prints: of
// runs that work, of vendors that repeat credentials, and of replies that can't be read.
func TestEphemeralSecretsStaySecret(t *testing.T) {
	t.Parallel()
	v, err := mockapi.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	enclave := v.Fortanix.Seed(fortanix.Account{Name: "Enclave"})
	log := filepath.Join(t.TempDir(), "log")
	env := acctest.Environment{"TF_LOG_PROVIDER": "TRACE", "TF_LOG_PATH": log, "ACCOUNTS_REQUEST_LOG": log + ".requests"}
	for _, variable := range v.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	c := acctest.NewCLI(t, env)
	c.Write("main.tf", fmt.Sprintf(`
ephemeral "gcore_account_token" "e" {
  provider   = accounts
  account_id = "%[1]d"
}
ephemeral "gcore_api_token" "e" {
  provider   = accounts
  account_id = "%[1]d"
  name       = "e"
}
ephemeral "fortanix_session" "e" {
  provider   = accounts
  account_id = %[2]q
}
provider "accounts" {
  alias = "session"
  gcore { access_token = ephemeral.gcore_account_token.e.access_token }
  fortanix { token = ephemeral.fortanix_session.e.access_token }
}
provider "accounts" {
  alias = "token"
  gcore { api_key = ephemeral.gcore_api_token.e.token }
}
data "gcore_accounts" "session" { provider = accounts.session }
data "gcore_accounts" "token" { provider = accounts.token }
data "fortanix_account" "e" {
  provider = accounts.session
  id       = %[2]q
}
resource "terraform_data" "e" {
  input = [data.gcore_accounts.session.accounts[*].id, data.gcore_accounts.token.accounts[*].id, data.fortanix_account.e.id]
}
`, gcore.DemoAccount, enclave.ID))
	said := c.OK("plan", "-out=plan").String() + c.OK("apply", "plan").String()

	const tokens = `{"access":"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.x.y","token":"7310099_0123456789abcdef0123456789abcdef",` +
		`"access_token":"session.ABCDEFGHIJKL"}`
	faults := []mockserver.Fault{}
	for _, on := range []string{
		"GET /iam/auth/jwt/clients/*/admin_token", "POST /iam/v2/clients/*/tokens", "GET /iam/v2/clients/*/tokens",
		"DELETE /iam/v2/clients/*/tokens/*",
		"POST /v1/sys/auth", "POST /v1/sys/session/select_account/*", "POST /v1/sys/session/terminate", "GET /iam/users", "GET /v1/accounts/*",
	} {
		faults = append(faults, mockserver.Fault{On: on, EchoCredentials: true, Status: 403})
	}
	// whose replies hold secrets
	for _, on := range []string{"GET /iam/auth/jwt/clients/*/admin_token", "POST /iam/v2/clients/*/tokens", "POST /v1/sys/auth"} {
		faults = append(faults, mockserver.Fault{On: on, Body: tokens + " is not JSON"},
			mockserver.Fault{On: on, Body: `{"id":"` + tokens[11:60] + `"}`})
	}
	for _, fault := range faults {
		v.GcoreServer.Inject(fault)
		v.FortanixServer.Inject(fault)
		failed := c.Run("plan")
		if !strings.Contains(failed.String(), "Error: ") && !strings.Contains(failed.String(), "was not") {
			t.Errorf("%s went well", fault.On)
		}
		said += failed.String()
		v.GcoreServer.ClearFaults()
		v.FortanixServer.ClearFaults()
	}
	logged := read(t, log)
	if !strings.Contains(logged, "/admin_token") || !strings.Contains(logged, "/v1/sys/session/terminate") {
		t.Error("the provider has logged nothing of its requests")
	}
	places := map[string]string{
		"the log": logged, "the output": said, "the state": read(t, filepath.Join(c.Dir, "terraform.tfstate")),
		"the request log": read(t, log+".requests"),
	}
	for name, content := range unzip(t, filepath.Join(c.Dir, "plan")) {
		places["the plan's "+name] = content
	}
	for place, content := range places {
		if found := append(shows(content), madeUp.FindAllString(content, -1)...); len(found) > 0 {
			t.Errorf("%s shows %q", place, found)
		}
	}
}
