package modules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
)

// The module's own tests pass: against the mocks, which then hold what the customers' files name, and with a mocked
// provider, which sends nothing to anybody.
func TestVendingTests(t *testing.T) {
	t.Parallel()
	vendors, env := serve(t)
	c := module(t, vending, env)
	if said := c.OK("test").Stdout; !strings.Contains(said, "6 passed, 0 failed") {
		t.Errorf("not every test ran:\n%s", said)
	}
	for _, server := range vendors.Servers() {
		if acctest.Changes(server) == 0 {
			t.Error("a vendor was asked for nothing")
		}
	}
}

func TestVendingMockedCreatesNothing(t *testing.T) {
	t.Parallel()
	vendors, env := serve(t)
	c := module(t, vending, env)
	// The extension is the CLI's: OpenTofu prefers the file that Terraform doesn't read.
	for _, other := range []string{"vending.tftest.hcl", "catalogue.tftest.hcl"} {
		if err := os.Remove(filepath.Join(c.Dir, "tests", other)); err != nil {
			t.Fatal(err)
		}
	}
	if said := c.OK("test").Stdout; !strings.Contains(said, "1 passed, 0 failed") {
		t.Errorf("not every test ran:\n%s", said)
	}
	for _, server := range vendors.Servers() {
		if n := server.Count(""); n > 0 {
			t.Errorf("a mocked provider sent %d requests", n)
		}
	}
}

// One good customer, which each case below makes bad.
const customer = "key: acme\nname: Acme\nemail: it@acme.example\ncountry: BE\n"

// Every mistake in a file is named with the file, all at once, before anything is asked of a vendor.
func TestCatalogueRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"nothing":     {nil, []string{"has no file"}},
		"not YAML":    {map[string]string{"a.yaml": "key: [\n"}, []string{"a.yaml is not a YAML mapping"}},
		"a list":      {map[string]string{"a.yaml": "- acme\n"}, []string{"a.yaml is not a YAML mapping"}},
		"empty":       {map[string]string{"a.yml": ""}, []string{"a.yml is not a YAML mapping"}},
		"unknown key": {map[string]string{"a.yaml": customer + "softwareone: {}\n"}, []string{"a.yaml: softwareone is not a key"}},
		"unknown below": {map[string]string{"a.yaml": customer + "gcore_account:\n  kompany: x\n"},
			[]string{"gcore_account.kompany is not a key; there are company"}},
		"unknown in a mapping": {
			map[string]string{"a.yaml": customer + "softwareone_account:\n  address:\n    zip: \"1000\"\n"},
			[]string{"softwareone_account.address.zip is not a key"},
		},
		"unknown product": {
			map[string]string{"a.yaml": customer + "gcore_reseller_user:\n  services:\n    VPN: true\n"},
			[]string{"gcore_reseller_user.services.VPN is not a key"},
		},
		"key twice":     {map[string]string{"a.yaml": customer + "name: Acme 2\n"}, []string{"a.yaml has a key twice"}},
		"empty section": {map[string]string{"a.yaml": customer + "fortanix_account:\n"}, []string{"fortanix_account is not a mapping"}},
		"Norway":        {map[string]string{"a.yaml": "key: acme\nname: Acme\ncountry: NO\n"}, []string{"country is not a text"}},
		"country": {map[string]string{"a.yaml": "key: acme\nname: Acme\ncountry: Belgium\n"},
			[]string{"country is not two capital letters"}},
		"number": {
			map[string]string{"a.yaml": customer + "softwareone_account:\n  external_id: 0123\n"},
			[]string{"softwareone_account.external_id is not a text"},
		},
		"not a flag": {
			map[string]string{"a.yaml": customer + "gcore_reseller_user:\n  services:\n    CDN: \"true\"\n"},
			[]string{"gcore_reseller_user.services.CDN is not true or false"},
		},
		"whitespace": {map[string]string{"a.yaml": "key: acme\nname: 'Acme '\n"}, []string{"name is not a text without whitespace"}},
		"no name":    {map[string]string{"a.yaml": "key: acme\n"}, []string{"a.yaml has no name"}},
		"no key":     {map[string]string{"a.yaml": "name: Acme\n"}, []string{"a.yaml has no key"}},
		"bad key":    {map[string]string{"a.yaml": "key: Acme Inc\nname: Acme\n"}, []string{"key is not made of small letters"}},
		"e-mail": {map[string]string{"a.yaml": "key: acme\nname: Acme\nemail: it.acme.example\n"},
			[]string{"a.yaml: email is not an e-mail address"}},
		"user's e-mail": {
			map[string]string{"a.yaml": customer + "gcore_reseller_user:\n  email: x\n"},
			[]string{"gcore_reseller_user.email is not an e-mail address"},
		},
		"no user's e-mail": {
			map[string]string{"a.yaml": "key: acme\nname: Acme\ngcore_reseller_user: {}\n"}, []string{"gcore_reseller_user needs an email"},
		},
		"policy": {map[string]string{"a.yaml": customer + "policy: remove\n"},
			[]string{"policy is not one that this environment allows: prevent, abandon"}},
		"both at Gcore": {
			map[string]string{"a.yaml": customer + "gcore_account: {}\ngcore_reseller_user: {}\n"},
			[]string{"has gcore_account and gcore_reseller_user"},
		},
		"duplicates": {
			map[string]string{
				"a.yaml":     customer + "fortanix_account: {}\nsoftwareone_account: {}\n",
				"sub/b.yaml": "key: acme\nname: Zeus\n",
				"sub/c.yml":  "key: other\nname: ACME\nfortanix_account: {}\n",
			},
			[]string{"the key acme stands in a.yaml and sub/b.yaml", "the Fortanix name acme stands in a.yaml and sub/c.yml"},
		},
		"several": {
			map[string]string{"a.yaml": "name: Acme\nemail: x\n", "b.yaml": "nayme: y\n"},
			[]string{"a.yaml has no key", "a.yaml: email", "b.yaml: nayme is not a key", "b.yaml has no name"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := plan(t, test.files)
			if said.Exit == 0 {
				t.Fatalf("accepted:\n%s", said)
			}
			text := strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(said.String())), " ")
			if strings.Count(text, "Error:") != 1 {
				t.Errorf("want one error for all:\n%s", said)
			}
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing:\n%s", want, said)
				}
			}
		})
	}
}

func TestCatalogueAccepts(t *testing.T) {
	t.Parallel()
	said := plan(t, map[string]string{
		"a.yaml":   customer + "policy: abandon\nsoftwareone_account:\n  description: |-\n    name: in a text\n    name: again\n",
		"b/c.yml":  "# comment\nkey: b-2\nname: \"NO\"\ncountry: \"NO\"\nfortanix_account: {component: CONFIDENTIAL_AI}\n",
		"README":   "not a customer",
		"b/d.json": "[]",
	})
	if said.Exit != 0 {
		t.Errorf("refused:\n%s", said)
	}
}

// plan plans the catalogue of these files.
func plan(t *testing.T, files map[string]string) acctest.Result {
	t.Helper()
	c := module(t, filepath.Join(vending, "modules/catalogue"), nil)
	customers := filepath.Join(c.Dir, "customers")
	if err := os.Mkdir(customers, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(customers, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		c.Write(filepath.Join("customers", file), content)
	}
	return c.Run("plan", "-var", "folder=customers", "-var", `policies=["prevent","abandon"]`)
}
