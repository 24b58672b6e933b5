package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

// Nothing that a guide prints fails: its HCL is applied and its commands are run, in order, by a reader who has a clean
// home folder, the provider installed in it, and the mocks for vendors.
func TestGuides(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary, provider, err := terraform.Prepare(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	stub := buildStub(t, dir)
	for name, page := range pages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReader(t, binary, provider, stub)
			for _, f := range fences(t, page) {
				if !r.follow(f) {
					return // what comes next builds on it
				}
			}
		})
	}
}

// reader follows one page.
type reader struct {
	t       *testing.T
	home    string
	folder  string // where the page's commands run
	binary  string
	vendors *mockapi.Vendors
	tofu    bool
	version *version.Version
}

const guidesVersion = "0.0.1"

// buildStub builds the provider that stands for a generic one.
func buildStub(t *testing.T, dir string) string {
	t.Helper()
	target := filepath.Join(dir, "restapistub")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", target, "./restapistub").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return target
}

func newReader(t *testing.T, binary, provider, stub string) *reader {
	t.Helper()
	r := &reader{t: t, home: t.TempDir(), binary: binary}
	r.folder = filepath.Join(r.home, "work")
	r.vendors = r.serve()
	bin := filepath.Join(r.home, "bin")
	for _, folder := range []string{r.folder, bin} {
		r.must(os.MkdirAll(folder, 0o700))
	}
	for _, name := range []string{"terraform", "tofu"} {
		r.must(os.Symlink(binary, filepath.Join(bin, name)))
	}
	r.install("cloud-accounts/accounts", filepath.Join(provider, "terraform-provider-accounts"))
	r.install("mastercard/restapi", stub)
	var is struct {
		Version string `json:"terraform_version"`
	}
	out, code := r.run(r.vendors, r.home, "terraform version -json")
	if err := json.Unmarshal([]byte(out), &is); err != nil || code != 0 {
		t.Fatalf("terraform version: %d, %v\n%s", code, err, out)
	}
	r.version = version.Must(version.NewVersion(is.Version))
	out, _ = r.run(r.vendors, r.home, "terraform version")
	r.tofu = strings.HasPrefix(out, "OpenTofu")
	return r
}

// install puts a provider into the home folder, for both registries.
func (r *reader) install(address, program string) {
	r.t.Helper()
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(r.home, ".terraform.d/plugins", registry, address, guidesVersion, runtime.GOOS+"_"+runtime.GOARCH)
		r.must(os.MkdirAll(folder, 0o700))
		r.must(os.Symlink(program, filepath.Join(folder, "terraform-provider-"+filepath.Base(address)+"_v"+guidesVersion)))
	}
}

func (r *reader) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// serve starts the vendors, with the accounts that the guides import and look up.
func (r *reader) serve() *mockapi.Vendors {
	r.t.Helper()
	v, err := mockapi.Serve(r.t.Context(), "127.0.0.1:0")
	r.must(err)
	r.t.Cleanup(func() {
		for _, server := range v.Servers() {
			for _, violation := range server.Violations() {
				r.t.Error(violation)
			}
		}
		_ = v.Close()
	})
	v.Gcore.SeedClient(gcore.Client{ID: 7310004, Company: "Imported"})
	v.Gcore.SeedUser(gcore.User{ID: 43001, Email: "imported@example.com", Company: "Imported Customer"})
	v.SoftwareOne.Seed(softwareone.Account{ID: "ACC-1234-5678", Name: "Old Acme", Type: "Client", Website: "https://acme.example",
		Address: softwareone.Address{City: "Zurich", Country: "CH"}})
	v.SoftwareOne.Seed(softwareone.Account{ID: "ACC-1234-5679", Name: "Old Zeus", Type: "Client", ExternalID: "CDG-1", Status: "Active",
		TechnicalSupportEmail: "help@zeus.example", Description: "two\nlines"})
	v.Fortanix.Seed(fortanix.Account{ID: "0f3c1a52-6d1f-4f0e-9f5b-1c2d3e4f5a6b", Name: "Imported"})
	return v
}

// run runs a script as the reader would, and returns what it prints and its exit code.
func (r *reader) run(vendors *mockapi.Vendors, dir, script string) (output string, exit int) {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "bash", "-eu", "-o", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append([]string{
		"PATH=" + filepath.Join(r.home, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + r.home,
		"TF_INPUT=0", "TF_CLI_ARGS=-no-color", "TF_CLI_ARGS_apply=-auto-approve", "TF_CLI_ARGS_destroy=-auto-approve",
		"CHECKPOINT_DISABLE=1", `RESTAPI_STUB_IDS={"Old Acme":"ACC-1234-5678","Old Zeus":"ACC-1234-5679"}`,
		"TF_VAR_customer_password=an-Example-2", "TF_VAR_emea_token=" + softwareone.DemoToken, "TF_VAR_apac_token=" + softwareone.DemoToken,
		"TF_VAR_gcore_api_key=" + gcore.DemoAPIKey, "TF_VAR_softwareone_token=" + softwareone.DemoToken,
		"TF_VAR_fortanix_password=" + fortanix.DemoPassword,
	}, vendors.Environment()...)
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS"} {
		value, err := exec.CommandContext(r.t.Context(), "go", "env", name).Output()
		r.must(err)
		cmd.Env = append(cmd.Env, name+"="+strings.TrimSpace(string(value)))
	}
	out, err := cmd.CombinedOutput()
	exitError := new(exec.ExitError)
	if err != nil && !errors.As(err, &exitError) {
		r.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// follow does what a block says, and reports whether it went well.
func (r *reader) follow(f fence) bool {
	r.t.Helper()
	if f.language == "hcl" {
		if _, diags := hclsyntax.ParseConfig([]byte(f.text), "", hcl.InitialPos); diags.HasErrors() {
			r.t.Errorf("line %d: %v", f.line, diags)
			return false
		}
	}
	if f.has("new") {
		r.must(os.RemoveAll(r.folder))
		r.must(os.MkdirAll(r.folder, 0o700))
	}
	if f.has("skip") || !r.can(f.says["needs"]) {
		return true
	}
	switch {
	case f.has("file"):
		path := filepath.Join(r.folder, f.says["file"])
		r.must(os.MkdirAll(filepath.Dir(path), 0o700))
		r.must(os.WriteFile(path, []byte(f.text), 0o600))
		return true
	case f.language == "hcl":
		return r.apply(f)
	case f.language == "sh":
		return r.shell(f)
	}
	return true
}

// can reports whether this machine has what a block needs: a version of Terraform, OpenTofu, or a program.
func (r *reader) can(needs string) bool {
	for need := range strings.FieldsSeq(needs) {
		oldest, err := version.NewVersion(need)
		switch {
		case need == "tofu" && !r.tofu, err == nil && (r.tofu || r.version.Core().LessThan(oldest)):
			return false
		case need != "tofu" && err != nil:
			if _, err := exec.LookPath(need); err != nil {
				return false
			}
		}
	}
	return true
}

// shell runs a block in the page's folder.
func (r *reader) shell(f fence) bool {
	r.t.Helper()
	dir := r.folder
	if f.says["in"] == "repository" {
		dir = repository
	} else {
		r.named(dir)
	}
	out, code := r.run(r.vendors, dir, f.text)
	if want := f.exit(r.t); code != want {
		r.t.Errorf("line %d: exit code %d, want %d:\n%s\n%s", f.line, code, want, f.text, out)
		return false
	}
	if flat := strings.Join(strings.Fields(strings.ReplaceAll(out, "│", " ")), " "); !strings.Contains(flat, f.says["want"]) {
		r.t.Errorf("line %d: nothing about %q:\n%s\n%s", f.line, f.says["want"], f.text, out)
		return false
	}
	return true
}

// named gives a folder of configuration that doesn't name the provider a file that does.
func (r *reader) named(dir string) {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	r.must(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		r.must(err)
		if bytes.Contains(content, []byte("required_providers")) {
			return
		}
	}
	const versions = "terraform {\n  required_providers {\n    accounts = { source = \"cloud-accounts/accounts\" }\n  }\n}\n"
	r.must(os.WriteFile(filepath.Join(dir, "versions.tf"), []byte(versions), 0o600))
}

// apply applies a block as a configuration of its own, to vendors of its own, and wants an empty plan afterwards.
func (r *reader) apply(f fence) bool {
	r.t.Helper()
	dir := r.t.TempDir()
	r.must(os.WriteFile(filepath.Join(dir, "main.tf"), []byte(f.text), 0o600))
	r.named(dir)
	out, code := r.run(r.serve(), dir, "terraform init && terraform validate && terraform apply && terraform plan -detailed-exitcode")
	if code != 0 {
		r.t.Errorf("line %d: exit code %d:\n%s\n%s", f.line, code, f.text, out)
	}
	return code == 0
}
