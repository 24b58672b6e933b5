package modules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const vending = "../../../examples/modules/vending"

// serve starts the vendors' mocks, and checks in the end that nothing passed that doesn't fit the published descriptions.
func serve(t *testing.T) (*mockapi.Vendors, acctest.Environment) {
	t.Helper()
	vendors, err := mockapi.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, server := range vendors.Servers() {
			for _, violation := range server.Violations() {
				t.Error(violation)
			}
		}
		if err := vendors.Close(); err != nil {
			t.Error(err)
		}
	})
	env := acctest.Environment{}
	for _, variable := range vendors.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	return vendors, env
}

// module returns a folder that holds a copy of a module, in which its own modules are installed.
func module(t *testing.T, folder string, env acctest.Environment) *acctest.CLI {
	t.Helper()
	c := acctest.NewCLI(t, env)
	if err := os.Remove(filepath.Join(c.Dir, "versions.tf")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(c.Dir, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	c.OK("get")
	return c
}
