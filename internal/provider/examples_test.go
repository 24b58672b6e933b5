package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

const examples = "../../examples"

// TestExamples takes every configuration under examples/ through init, validate, apply and an empty plan.
func TestExamples(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary, provider, err := terraform.Prepare(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range exampleConfigurations(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vendors, err := mockapi.Serve(t.Context(), "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = vendors.Close() }()
			seedExamples(vendors)
			if strings.HasPrefix(name, "data-sources") {
				seedLookedUp(vendors)
			}
			environment := append(vendors.Environment(), "TF_VAR_mpt_api_token="+softwareone.DemoToken,
				"TF_VAR_idp_client_secret=an-example-secret", "TF_VAR_acme_password=an-Example-1", "TF_VAR_customer_password=an-Example-2")
			w, err := terraform.NewWorkspace(t.TempDir(), binary, provider, environment)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.UseMirror(provider); err != nil {
				t.Fatal(err)
			}
			for file, content := range files {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(w.Dir, file)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := w.Write(file, content); err != nil {
					t.Fatal(err)
				}
			}
			for _, args := range [][]string{
				{"init"}, {"validate"}, {"apply", "-auto-approve"}, {"plan", "-detailed-exitcode"},
			} {
				result, err := w.Run(t.Context(), args...)
				if strings.Contains(result.String(), `Blocks of type "action" are not expected here`) {
					t.Skip("this command line has no actions")
				}
				if err != nil || result.Exit != 0 {
					t.Fatalf("terraform %s: exit %d, %v\n%s", strings.Join(args, " "), result.Exit, err, result)
				}
				if args[0] == "validate" && strings.Contains(result.String(), "Warning") {
					t.Errorf("validate warns:\n%s", result)
				}
			}
			for _, server := range vendors.Servers() {
				for _, violation := range server.Violations() {
					t.Error(violation)
				}
			}
		})
	}
}

// exampleConfigurations are all examples as whole configurations, each a set of files. Those of the reference pages are
// parts: a resource needs nothing else, an import goes with a resource that states what exists.
func exampleConfigurations(t *testing.T) map[string]map[string]string {
	t.Helper()
	read := func(path string) string {
		content, err := os.ReadFile(filepath.Join(examples, path))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	all := map[string]map[string]string{"provider": {"versions.tf": read("provider/provider.tf")}}
	for _, folder := range []string{"resources", "data-sources", "ephemeral-resources", "actions"} {
		types, err := os.ReadDir(filepath.Join(examples, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range types {
			files, err := filepath.Glob(filepath.Join(examples, folder, entry.Name(), "*.tf"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s/%s has no example: %v", folder, entry.Name(), err)
			}
			for _, file := range files {
				name := filepath.Join(folder, entry.Name(), filepath.Base(file))
				switch filepath.Base(file) {
				case "import-by-identity.tf": // newer than the oldest Terraform; the acceptance tests import so
				case "import-by-string-id.tf":
					all[name] = map[string]string{"import.tf": read(name), "main.tf": importable[entry.Name()]}
				default:
					all[name] = map[string]string{"main.tf": read(name)}
				}
			}
		}
	}
	whole, err := os.ReadDir(filepath.Join(examples, "configurations"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range whole {
		root := filepath.Join(examples, "configurations", entry.Name())
		files := map[string]string{"versions.tf": ""}
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				relative, _ := filepath.Rel(root, path)
				files[relative] = read(strings.TrimPrefix(path, examples))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		all["configurations/"+entry.Name()] = files
	}
	return all
}

// importable declares what seedExamples puts where the examples import from.
var importable = map[string]string{
	"gcore_account": `resource "gcore_account" "acme" {
  provider = accounts
  company  = "Imported"
}
`,
	"gcore_account_service": `resource "gcore_account_service" "cdn" {
  provider   = accounts
  account_id = "7310004"
  product    = "CDN"
  status     = "active"
}
`,
	"gcore_reseller_user": `resource "gcore_reseller_user" "acme" {
  provider = accounts
  email    = "imported@example.com"
  company  = "Imported Customer"
}
`,
	"softwareone_account": `resource "softwareone_account" "acme" {
  provider = accounts
  name     = "Imported"
  type     = "Vendor"
}
`,
	"fortanix_account": `resource "fortanix_account" "acme" {
  provider = accounts
  name     = "Imported"
}
`,
}

// seedExamples puts at the vendors what the examples look up or import.
func seedExamples(v *mockapi.Vendors) {
	v.Gcore.SeedClient(gcore.Client{
		ID: 7310004, Company: "Imported", Services: map[string]gcore.Service{"CDN": {Status: "active", Enabled: true}},
	})
	v.Gcore.SeedSeller(gcore.Seller{ID: 6001, Email: "ann@reseller.example", FullName: "Ann"})
	v.Gcore.SeedUser(gcore.User{ID: 43001, Email: "imported@example.com", Company: "Imported Customer"})
	v.SoftwareOne.Seed(softwareone.Account{ID: "ACC-1234-5678", Name: "Imported", Type: "Vendor"})
	v.Fortanix.Seed(fortanix.Account{ID: "0f3c1a52-6d1f-4f0e-9f5b-1c2d3e4f5a6b", Name: "Imported"})
}

// seedLookedUp puts at the vendors what the data sources' examples look up. Examples of resources create accounts of the
// same names, so these are seeded only for the others.
func seedLookedUp(v *mockapi.Vendors) {
	v.Gcore.SeedUser(gcore.User{Email: "it@acme.example", Company: "Acme"})
	v.SoftwareOne.Seed(softwareone.Account{Name: "Acme", Type: "Client"})
	v.Fortanix.Seed(fortanix.Account{Name: "Acme"})
}
