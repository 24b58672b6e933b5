package modules_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

const (
	terraformMocks = "tests/mocks/accounts.tfmock.hcl"
	tofuMocks      = "tests/mocked.tofutest.hcl"
)

// mocked returns the defaults of a file by block, such as "mock_resource gcore_account", and attribute, as they are written.
func mocked(t *testing.T, file string) map[string]map[string]string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(vending, file))
	if err != nil {
		t.Fatal(err)
	}
	parsed, said := hclsyntax.ParseConfig(source, file, hcl.InitialPos)
	if said.HasErrors() {
		t.Fatal(said)
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("unexpected body %T", parsed.Body)
	}
	blocks := body.Blocks
	for _, block := range body.Blocks {
		if block.Type == "mock_provider" {
			blocks = block.Body.Blocks
		}
	}
	found := map[string]map[string]string{}
	for _, block := range blocks {
		if !strings.HasPrefix(block.Type, "mock_") {
			continue
		}
		defaults, ok := block.Body.Attributes["defaults"].Expr.(*hclsyntax.ObjectConsExpr)
		if !ok {
			t.Fatalf("%s: defaults are no object", block.Range())
		}
		values := map[string]string{}
		for _, item := range defaults.Items {
			name := item.KeyExpr.Range().SliceBytes(source)
			values[string(name)] = string(item.ValueExpr.Range().SliceBytes(source))
		}
		found[block.Type+" "+block.Labels[0]] = values
	}
	return found
}

func schemas(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	reply, err := providerserver.NewProtocol6(provider.New("test")())().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// Both files have a block for every resource and data source of one. OpenTofu's has the same values, without those that a
// configuration may set: it refuses a default where the configuration does.
func TestMocksCoverEveryType(t *testing.T) {
	t.Parallel()
	terraform, tofu, schema := mocked(t, terraformMocks), mocked(t, tofuMocks), schemas(t)
	types := map[string]*tfprotov6.Schema{}
	for name, s := range schema.ResourceSchemas {
		types["mock_resource "+name] = s
	}
	for name, s := range schema.DataSourceSchemas {
		if strings.HasSuffix(name, "s") {
			continue // a mocked list of objects is empty, and can't be anything else
		}
		types["mock_data "+name] = s
	}
	for name, s := range types {
		want := maps.Clone(terraform[name])
		if len(want) == 0 {
			t.Errorf("%s has no %s", terraformMocks, name)
		}
		for _, a := range s.Block.Attributes {
			if a.Required || a.Optional {
				delete(want, a.Name)
			}
		}
		if !maps.Equal(tofu[name], want) {
			t.Errorf("%s has in %s\n%v, want\n%v", tofuMocks, name, tofu[name], want)
		}
	}
	for name := range terraform {
		if types[name] == nil {
			t.Errorf("%s has a block %s, which the provider lacks", terraformMocks, name)
		}
	}
}

// arguments are what a mocked resource needs in a configuration.
var arguments = map[string]string{
	"gcore_account":       `company = "Acme"`,
	"gcore_reseller_user": "email = \"it@acme.example\"\n  company = \"Acme\"\n  password_wo = \"pw\"\n  password_wo_version = 1",
	"softwareone_account": "name = \"Acme\"\n  type = \"Client\"",
	"fortanix_account":    `name = "Acme"`,
}

// What a mocked resource has as its id is what its data source takes; without the defaults it isn't.
func TestMockedIDsAreValid(t *testing.T) {
	t.Parallel()
	c := acctest.NewCLI(t, nil)
	types := slices.Sorted(maps.Keys(arguments))
	var config strings.Builder
	for _, name := range types {
		fmt.Fprintf(&config, "resource %q \"x\" {\n  provider = accounts\n  %s\n}\n", name, arguments[name])
		fmt.Fprintf(&config, "data %q \"x\" {\n  provider = accounts\n  id = %s.x.id\n}\n", name, name)
		fmt.Fprintf(&config, "data \"%ss\" \"all\" {\n  provider = accounts\n}\n", name)
	}
	c.Write("main.tf", config.String())
	if err := os.MkdirAll(filepath.Join(c.Dir, "mocks"), 0o700); err != nil {
		t.Fatal(err)
	}
	for file, name := range map[string]string{terraformMocks: "mocks/accounts.tfmock.hcl", tofuMocks: "mocked.tofutest.hcl"} {
		source, err := os.ReadFile(filepath.Join(vending, file))
		if err != nil {
			t.Fatal(err)
		}
		block, _, _ := strings.Cut(string(source), "\nvariables {")
		if strings.HasSuffix(name, "tofutest.hcl") {
			block += "\nrun \"ids\" {}\n"
		}
		c.Write(name, block)
	}
	c.Write("mocked.tftest.hcl", "mock_provider \"accounts\" {\n  source = \"./mocks\"\n}\nrun \"ids\" {}\n")
	if said := c.OK("test").Stdout; !strings.Contains(said, "1 passed, 0 failed") {
		t.Errorf("%s", said)
	}
	bare := "mock_provider \"accounts\" {}\nrun \"ids\" {}\n"
	c.Write("mocked.tftest.hcl", bare)
	c.Write("mocked.tofutest.hcl", bare)
	if said := c.Run("test"); said.Exit == 0 {
		t.Errorf("random ids are valid as well, so that the defaults aren't needed:\n%s", said)
	}
}
