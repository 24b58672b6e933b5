package provider_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// unusable are environments that no vendor can be used with: each with a data source of that vendor, and what its error
// says.
var unusable = map[string]struct {
	env  acctest.Environment
	data string
	says []string
}{
	"gcore, line break": {acctest.Environment{"GCORE_API_KEY": "42_secret\n"}, "gcore_accounts",
		[]string{"Gcore is not configured, because", "GCORE_API_KEY", "line break", "gcore.api_key"}},
	"gcore, no scheme": {acctest.Environment{"GCORE_API_KEY": "42_a", "GCORE_BASE_URL": "api.gcore.com"}, "gcore_accounts",
		[]string{"Gcore is not configured, because", "GCORE_BASE_URL", "https://"}},
	"gcore, whitespace around the address": {acctest.Environment{"GCORE_API_KEY": "42_a", "GCORE_BASE_URL": "https://api.gcore.com/ "},
		"gcore_accounts", []string{"Gcore is not configured, because", "GCORE_BASE_URL", "whitespace"}},
	"gcore, both": {acctest.Environment{"GCORE_API_KEY": "42_a", "GCORE_ACCESS_TOKEN": "a.b.c"}, "gcore_accounts",
		[]string{"Gcore is not configured, because", "GCORE_ACCESS_TOKEN", "GCORE_API_KEY", "give one"}},
	"gcore, expired": {acctest.Environment{"GCORE_ACCESS_TOKEN": "e30.eyJleHAiOjE3MDAwMDAwMDB9.c"}, "gcore_accounts",
		[]string{"Gcore is not configured, because", "GCORE_ACCESS_TOKEN", "has expired", "2023-11-14T22:13:20Z"}},
	"fortanix, only a user": {acctest.Environment{"FORTANIX_CCM_USERNAME": "ops"}, "fortanix_accounts",
		[]string{"Fortanix is not configured, because", "FORTANIX_CCM_USERNAME", "FORTANIX_CCM_PASSWORD"}},
	"fortanix, only a password": {acctest.Environment{"FORTANIX_CCM_PASSWORD": "secret"}, "fortanix_accounts",
		[]string{"Fortanix is not configured, because", "FORTANIX_CCM_PASSWORD", "FORTANIX_CCM_USERNAME"}},
	"fortanix, plain http": {acctest.Environment{"FORTANIX_CCM_TOKEN": "t", "FORTANIX_CCM_ENDPOINT": "http://ccm.example"},
		"fortanix_accounts", []string{"Fortanix is not configured, because", "FORTANIX_CCM_ENDPOINT", "https://"}},
	"fortanix, line break": {acctest.Environment{"FORTANIX_CCM_USERNAME": "ops", "FORTANIX_CCM_PASSWORD": "secret\n"}, "fortanix_accounts",
		[]string{"Fortanix is not configured, because", "FORTANIX_CCM_PASSWORD"}},
	"fortanix, two faults": {acctest.Environment{"FORTANIX_CCM_TOKEN": "secret t", "FORTANIX_CCM_ENDPOINT": "ccm.example"},
		"fortanix_accounts", []string{"FORTANIX_CCM_TOKEN", "FORTANIX_CCM_ENDPOINT"}},
}

// What the environment has for a vendor that isn't used is nobody's concern. Where the vendor is used, one error says
// what is wrong with it, and nothing is sent.
func TestUnusableEnvironment(t *testing.T) {
	t.Parallel()
	for name, test := range unusable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mockserver.Start(t, mock.New(mock.Options{}))
			env := maps.Clone(test.env)
			env["MPT_API_TOKEN"], env["MPT_API_BASE_URL"] = mock.DemoToken, s.URL
			p, said := acctest.NewProtocol(t, env, nil)
			if len(said) > 0 {
				t.Fatalf("configuring says: %s", said)
			}
			if _, said := p.Data("softwareone_accounts", acctest.Values{}); len(said) > 0 {
				t.Errorf("another vendor: %s", said)
			}
			_, said = p.Data(test.data, acctest.Values{})
			oneError(t, said, test.says...)
		})
	}
}

// oneError checks that there is one error, and that it says this and no secret.
func oneError(t *testing.T, said acctest.Diagnostics, words ...string) {
	t.Helper()
	if len(said.Errors()) != 1 {
		t.Fatalf("%d errors: %s", len(said.Errors()), said)
	}
	said.Contain(t, words...)
	if strings.Contains(said.String(), "secret") {
		t.Errorf("a secret shows: %s", said)
	}
}

// The same faults in the configuration are errors at once, on the attribute.
func TestUnusableConfiguration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block acctest.Values
		says  []string
	}{
		"line break": {acctest.Values{"gcore": acctest.Values{"api_key": "42_secret\n"}}, []string{"gcore.api_key", "line break"}},
		"no scheme":  {acctest.Values{"gcore": acctest.Values{"base_url": "api.gcore.com"}}, []string{"gcore.base_url", "https://"}},
		"whitespace after the address": {acctest.Values{"softwareone": acctest.Values{"base_url": "https://api.example/ "}},
			[]string{"softwareone.base_url", "whitespace"}},
		"whitespace before the address": {acctest.Values{"fortanix": acctest.Values{"endpoint": "\thttps://api.example"}},
			[]string{"fortanix.endpoint", "whitespace"}},
		"both": {
			acctest.Values{"gcore": acctest.Values{"api_key": "42_a", "access_token": "a.b.c"}}, []string{"gcore.access_token", "give one"},
		},
		"expired": {
			acctest.Values{"gcore": acctest.Values{"access_token": "e30.eyJleHAiOjE3MDAwMDAwMDB9.c"}}, []string{"gcore.access_token", "has expired"},
		},
		"half": {acctest.Values{"fortanix": acctest.Values{"username": "ops"}}, []string{"fortanix.username", "fortanix.password"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, said := acctest.NewProtocol(t, nil, test.block)
			oneError(t, said, test.says...)
			if said[0].Attribute == nil {
				t.Errorf("it is not on an attribute: %s", said)
			}
		})
	}
}

// With real Terraform: a plan of SoftwareOne works although every other vendor's environment is unusable.
func TestUnusedVendors(t *testing.T) {
	t.Parallel()
	m := mock.New(mock.Options{})
	s := mockserver.Start(t, m)
	cli := acctest.NewCLI(t, acctest.Environment{
		"MPT_API_TOKEN": mock.DemoToken, "MPT_API_BASE_URL": s.URL, "FORTANIX_CCM_USERNAME": "ops",
		"GCORE_API_KEY": "42_a\n", "GCORE_ACCESS_TOKEN": "x", "GCORE_BASE_URL": "api.gcore.com",
	})
	cli.Write("main.tf", strings.ReplaceAll(acme, "accounts.b", "accounts"))
	cli.OK("apply", "-auto-approve")
	cli.Write("more.tf", "resource \"fortanix_account\" \"acme\" {\n provider = accounts\n name = \"Acme\"\n}\n")
	result := cli.Run("apply", "-auto-approve")
	if result.Exit != 1 ||
		!strings.Contains(result.Unwrapped(), "Fortanix is not configured, because the environment variable FORTANIX_CCM_USERNAME") {
		t.Errorf("exit %d\n%s", result.Exit, result)
	}
}
