package provider_test

import (
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// tenant is a second token at SoftwareOne, next to the one that the environment has.
const (
	tenant   = "idt:TKN-8888-8888:second"
	tenantID = "TKN-8888-8888"
)

// tenants starts a SoftwareOne with two tokens, and a folder whose environment holds the first.
func tenants(t *testing.T) (*mock.Mock, *mockserver.Server, *acctest.CLI) {
	t.Helper()
	m := mock.New(mock.Options{})
	s := mockserver.Start(t, m)
	m.AddCredential(mock.Credential{Token: tenant, AccountID: mock.OperationsID})
	return m, s, acctest.NewCLI(t, acctest.Environment{
		"MPT_API_TOKEN": mock.DemoToken, "MPT_API_BASE_URL": s.URL, "TF_VAR_token": tenant,
	})
}

const acme = `resource "softwareone_account" "acme" {
  provider = accounts.b
  name     = "Acme"
  type     = "Client"
}
`

// An alias whose section is wrong is refused by Terraform itself. It must never use the environment's token instead.
func TestWrongBlocks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ block, refusal string }{
		"misspelt argument": {`softwareone { token = "` + tenant + `" }`, `An argument named "token" is not expected here`},
		"misspelt vendor":   {`software_one { api_token = "` + tenant + `" }`, `Blocks of type "software_one" are not expected here`},
		"two blocks": {"softwareone { api_token = \"" + tenant + "\" }\n" + `softwareone { base_url = "http://localhost:1" }`,
			`Only one block of type "softwareone" is allowed`},
		"an attribute":   {`softwareone = { token = "` + tenant + `" }`, `An argument named "softwareone" is not expected here`},
		"a nested block": {"softwareone {\n api_token {}\n}", `Blocks of type "api_token" are not expected here`},
		"misspelt in dynamic": {"dynamic \"softwareone\" {\n for_each = [1]\n content {\n token = \"" + tenant + "\"\n }\n}",
			`An argument named "token" is not expected here`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, cli := tenants(t)
			cli.Write("main.tf", "provider \"accounts\" {\n alias = \"b\"\n"+test.block+"\n}\n"+acme)
			result := cli.Run("apply", "-auto-approve")
			if result.Exit != 1 || !strings.Contains(result.Unwrapped(), test.refusal) {
				t.Errorf("exit %d\n%s", result.Exit, result)
			}
			if n := len(s.Requests()); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

// Every way to write a section reaches the provider: its token is used, and not the environment's.
func TestBlocks(t *testing.T) {
	t.Parallel()
	const variable = "variable \"token\" {\n type = string\n ephemeral = true\n}\n"
	const later = "resource \"terraform_data\" \"later\" {\n input = \"" + tenant + "\"\n}\n"
	hcl := func(more, block string) map[string]string {
		return map[string]string{"main.tf": more + "provider \"accounts\" {\n alias = \"b\"\n" + block + "\n}\n" + acme}
	}
	inJSON := func(block string) map[string]string {
		return map[string]string{"main.tf": variable + acme, "provider.tf.json": `{"provider": {"accounts": [{"alias": "b", ` + block + `}]}}`}
	}
	for name, test := range map[string]struct {
		files map[string]string
		later bool // an apply tells the token, a plan does not
	}{
		"literal":            {hcl("", `softwareone { api_token = "`+tenant+`" }`), false},
		"ephemeral variable": {hcl(variable, `softwareone { api_token = var.token }`), false},
		"dynamic": {hcl(variable, `dynamic "softwareone" {
  for_each = var.token == null ? [] : [var.token]
  content { api_token = softwareone.value }
}`), false},
		"dynamic next to others": {hcl(variable, `gcore { api_key = "1_a" }
dynamic "softwareone" {
  for_each = toset(["only"])
  content { api_token = var.token }
}`), false},
		"unknown value": {hcl(later, `softwareone { api_token = terraform_data.later.output }`), true},
		"unknown dynamic": {hcl(later, `dynamic "softwareone" {
  for_each = toset([terraform_data.later.output])
  content { api_token = softwareone.value }
}`), true},
		"JSON":       {inJSON(`"softwareone": {"api_token": "${var.token}"}`), false},
		"JSON, list": {inJSON(`"softwareone": [{"api_token": "${var.token}"}]`), false},
		"JSON, dynamic": {inJSON(`"dynamic": {"softwareone": {"for_each": ["${var.token}"],
			"content": {"api_token": "${softwareone.value}"}}}`), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, cli := tenants(t)
			for file, content := range test.files {
				cli.Write(file, content)
			}
			cli.OK("plan")
			if test.later && len(s.Requests()) > 0 {
				t.Error("a request was sent while the token was unknown")
			}
			cli.OK("apply", "-auto-approve")
			made := m.All()[1:]
			if len(made) != 1 || made[0].Created.By != tenantID {
				t.Errorf("the vendor has %+v", made)
			}
			if result := cli.Run("plan", "-detailed-exitcode"); result.Exit != 0 {
				t.Errorf("the next plan: exit %d\n%s", result.Exit, result)
			}
		})
	}
}

// A section whose existence isn't known yet counts as unknown, and no credential of the environment stands in for it.
func TestUnknownDynamic(t *testing.T) {
	t.Parallel()
	_, s, cli := tenants(t)
	cli.Write("main.tf", `resource "terraform_data" "later" {
  input = ["`+tenant+`"]
}
provider "accounts" {
  dynamic "softwareone" {
    for_each = terraform_data.later.output
    content { api_token = softwareone.value }
  }
}
data "softwareone_accounts" "all" {
  provider = accounts
}
`)
	result := cli.Run("plan")
	if result.Exit != 1 || !strings.Contains(result.Unwrapped(), "known yet") || len(s.Requests()) > 0 {
		t.Errorf("exit %d, %d requests\n%s", result.Exit, len(s.Requests()), result)
	}
}
