package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/hc-install/src"
	tfjson "github.com/hashicorp/terraform-json"
)

// CLI drives the Terraform (or OpenTofu) command line with the provider as a process of its own, in a folder of its own:
// for what terraform-plugin-testing has no step for. TF_ACC_TERRAFORM_PATH picks the binary, as it does there.
type CLI struct {
	t   testing.TB
	Dir string
	env []string
}

// Result is what a command has left behind.
type Result struct {
	Stdout, Stderr string
	Exit           int
}

// String is all that the command has printed.
func (r Result) String() string { return r.Stdout + r.Stderr }

// NewCLI returns a folder in which the provider sees env. There is no need for init: the provider is overridden, and
// nothing else is used but what Terraform has built in.
func NewCLI(t testing.TB, env Environment) *CLI {
	t.Helper()
	bin, err := builtProvider()
	if err != nil {
		t.Fatal(err)
	}
	c := &CLI{t: t, Dir: t.TempDir()}
	c.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides { %q = %q }\n  direct {}\n}\n", shortAddress, filepath.Dir(bin)))
	c.Write("versions.tf", fmt.Sprintf("terraform {\n  required_providers {\n    accounts = { source = %q }\n  }\n}\n", shortAddress))
	c.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.Dir, "TF_CLI_CONFIG_FILE=" + filepath.Join(c.Dir, "cli.tfrc"),
		"TF_CLI_ARGS=-no-color", "TF_INPUT=0", "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
	}
	for name, value := range env {
		c.env = append(c.env, name+"="+value)
	}
	return c
}

// shortAddress is the provider's address without the registry, which each command line completes with its own.
const shortAddress = "cloud-accounts/accounts"

// Write puts a file into the folder, in place of one of the same name.
func (c *CLI) Write(file, content string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.Dir, file), []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// Run runs a command to its end, such as Run("apply", "-auto-approve").
func (c *CLI) Run(args ...string) Result {
	c.t.Helper()
	cmd := c.Command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	exit := new(exec.ExitError)
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), Exit: cmd.ProcessState.ExitCode()}
}

// OK is Run for a command that must succeed.
func (c *CLI) OK(args ...string) Result {
	c.t.Helper()
	result := c.Run(args...)
	if result.Exit != 0 {
		c.t.Fatalf("%v: exit %d\n%s", args, result.Exit, result)
	}
	return result
}

// Command prepares a command for tests that start, interrupt and await it themselves.
func (c *CLI) Command(args ...string) *exec.Cmd {
	c.t.Helper()
	bin, err := terraform()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.CommandContext(c.t.Context(), bin, args...) //nolint:gosec // the tests' own arguments
	cmd.Dir, cmd.Env = c.Dir, c.env
	return cmd
}

// State returns the resource at an address as terraform show -json has it; nil where there is none.
func (c *CLI) State(address string) *tfjson.StateResource {
	c.t.Helper()
	var state tfjson.State
	state.UseJSONNumber(true)
	if err := json.Unmarshal([]byte(c.OK("show", "-json").Stdout), &state); err != nil {
		c.t.Fatal(err)
	}
	if state.Values == nil || state.Values.RootModule == nil {
		return nil
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == address {
			return r
		}
	}
	return nil
}

// Need skips the test where the command line is older than this version of Terraform, or, if that is what it is, of
// OpenTofu. "" stands for none that can.
func (c *CLI) Need(terraform, tofu string) {
	c.t.Helper()
	var is struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(c.OK("version", "-json").Stdout), &is); err != nil {
		c.t.Fatal(err)
	}
	name, oldest := "Terraform", terraform
	if strings.HasPrefix(c.OK("version").Stdout, "OpenTofu") {
		name, oldest = "OpenTofu", tofu
	}
	switch {
	case oldest == "":
		c.t.Skipf("%s can't do this", name)
	case version.Must(version.NewVersion(is.Version)).LessThan(version.Must(version.NewVersion(oldest))):
		c.t.Skipf("%s %s is installed, and this needs %s", name, is.Version, oldest)
	}
}

// scratch is a folder for what all tests of a package share; Main removes it.
var scratch = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "accounts-test-") })

// builtProvider builds the provider once per test binary and returns its path.
var builtProvider = sync.OnceValues(func() (string, error) {
	dir, err := scratch()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "provider", "terraform-provider-accounts")
	build := exec.Command("go", "build", "-o", bin, module) //nolint:gosec // of nothing but constants
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", module, err, out)
	}
	return bin, nil
})

const module = "github.com/cloud-accounts/terraform-provider-accounts"

// terraform finds the command line under test, and fetches one where the machine has none.
var terraform = sync.OnceValues(func() (string, error) {
	if named := os.Getenv("TF_ACC_TERRAFORM_PATH"); named != "" {
		return filepath.Abs(named)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	dir, err := scratch()
	if err != nil {
		return "", err
	}
	latest := &releases.LatestVersion{
		Product: product.Terraform, InstallDir: dir, Constraints: version.MustConstraints(version.NewConstraint(">= 1.11")),
	}
	return install.NewInstaller().Ensure(context.Background(), []src.Source{latest})
})

// removeScratch ends what tests shared.
func removeScratch() {
	if dir, err := scratch(); err == nil {
		_ = os.RemoveAll(dir)
	}
}
