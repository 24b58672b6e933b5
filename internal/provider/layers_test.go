package provider_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/cloud-accounts/terraform-provider-accounts"

// Layers import downwards only: provider, client, and the mock next to them; a vendor knows no other vendor; and what
// is shipped holds neither mock nor validator nor installer.
func TestLayers(t *testing.T) {
	t.Parallel()
	vendors := []string{"gcore", "softwareone", "fortanix"}
	for _, pkg := range list(t, "./...") {
		for _, imported := range pkg.Imports {
			for _, rule := range []struct {
				what          string
				from, through string // folders below the module, without a slash at the end
			}{
				{"a client knows nothing of the provider", "internal/clients", "internal/provider"},
				{"a client knows nothing of the mock", "internal/clients", "internal/mockapi"},
				{"the provider knows nothing of the mock", "internal/provider", "internal/mockapi"},
				{"the provider knows nothing of its tests", "internal/provider", "internal/acctest"},
				{"the mock is written from the vendors' documents only", "internal/mockapi", "internal/clients"},
				{"the mock knows nothing of the provider", "internal/mockapi", "internal/provider"},
				{"nothing imports the commands", "internal", "cmd"},
			} {
				if below(pkg.ImportPath, rule.from) && below(imported, rule.through) {
					t.Errorf("%s: %s imports %s", rule.what, pkg.ImportPath, imported)
				}
			}
			for _, floor := range []string{"internal/clients", "internal/mockapi"} {
				if below(pkg.ImportPath, floor) && strings.Contains(imported, "/terraform-") && !strings.HasPrefix(imported, module) {
					t.Errorf("%s imports %s: only the provider speaks to Terraform", pkg.ImportPath, imported)
				}
			}
			for _, vendor := range vendors {
				for _, other := range vendors {
					for _, floor := range []string{"internal/provider/", "internal/clients/", "internal/mockapi/"} {
						if vendor != other && below(pkg.ImportPath, floor+vendor) && below(imported, floor+other) {
							t.Errorf("%s imports %s: vendors don't know each other", pkg.ImportPath, imported)
						}
					}
				}
			}
		}
	}
}

func TestShippedPackages(t *testing.T) {
	t.Parallel()
	shipped := list(t, "-deps", module)
	if !slices.ContainsFunc(shipped, func(p goPackage) bool { return p.ImportPath == module+"/internal/provider" }) {
		t.Fatal("the provider isn't shipped")
	}
	for _, pkg := range shipped {
		for _, kept := range []string{
			module + "/internal/mockapi", module + "/internal/acctest", "pb33f", "hc-install", "terraform-plugin-testing", "terraform-exec",
			"pgregory.net", "goleak",
		} {
			if strings.Contains(pkg.ImportPath, kept) {
				t.Errorf("%s is shipped", pkg.ImportPath)
			}
		}
	}
}

func below(pkg, folder string) bool {
	return pkg == module+"/"+folder || strings.HasPrefix(pkg, module+"/"+folder+"/")
}

type goPackage struct {
	ImportPath string
	Imports    []string // without those of its tests
}

func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Imports"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var one goPackage
		if err := decoder.Decode(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}
