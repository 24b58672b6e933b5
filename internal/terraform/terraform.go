// Package terraform runs the Terraform or OpenTofu command line with the provider built from this source, for the demo,
// the benchmark and tests. The provider itself doesn't use it.
package terraform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/hashicorp/go-version"
	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/hc-install/src"
)

const (
	module = "github.com/cloud-accounts/terraform-provider-accounts"
	// source is the provider's address without the registry, which each command line completes with its own.
	source = "cloud-accounts/accounts"
	// oldest is the oldest Terraform that knows write-only arguments.
	oldest = ">= 1.11"
	// installLimit bounds a download, so that a machine without network gets an answer soon.
	installLimit = 2 * time.Minute
)

// Binary finds a command line: TF_ACC_TERRAFORM_PATH, else terraform or tofu on the PATH, else one that it installs into
// dir.
func Binary(ctx context.Context, dir string) (string, error) {
	if named := os.Getenv("TF_ACC_TERRAFORM_PATH"); named != "" {
		return filepath.Abs(named)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil {
			return filepath.Abs(found)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, installLimit)
	defer cancel()
	constraint, err := version.NewConstraint(oldest)
	if err != nil {
		return "", err
	}
	installed, err := install.NewInstaller().Ensure(ctx, []src.Source{
		&releases.LatestVersion{Product: product.Terraform, InstallDir: dir, Constraints: constraint},
	})
	if err != nil {
		return "", fmt.Errorf("no Terraform on the PATH, and none could be installed; install Terraform %s or OpenTofu "+
			"(https://developer.hashicorp.com/terraform/install), or name one in TF_ACC_TERRAFORM_PATH: %w", oldest, err)
	}
	return installed, nil
}

// Prepare finds a command line and builds the provider into dir.
func Prepare(ctx context.Context, dir string) (binary, provider string, err error) {
	if binary, err = Binary(ctx, dir); err != nil {
		return "", "", err
	}
	provider, err = BuildProvider(ctx, dir)
	return binary, provider, err
}

// Program is the name of the provider's program in its folder.
const Program = "terraform-provider-accounts"

// BuildProvider builds the provider into dir and returns the folder that holds it.
func BuildProvider(ctx context.Context, dir string) (string, error) {
	return Build(ctx, filepath.Join(dir, "provider"), "")
}

// Build builds the program at path below this module, such as /cmd/x, into a folder, under the provider's name, and returns
// the folder.
func Build(ctx context.Context, folder, path string) (string, error) {
	target := filepath.Join(folder, Program)
	build := exec.CommandContext(ctx, "go", "build", "-o", target, module+path) //nolint:gosec // our module, into our own folder
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", module+path, err, out)
	}
	return folder, nil
}

// Workspace is a folder in which the command line runs, with the provider in place of a published one. There is no need
// for init: nothing else is used but what Terraform has built in.
type Workspace struct {
	Dir         string
	Binary      string
	environment []string
}

// NewWorkspace makes dir a workspace. environment is what the provider sees in addition to PATH.
func NewWorkspace(dir, binary, providerFolder string, environment []string) (*Workspace, error) {
	w := &Workspace{Dir: dir, Binary: binary}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "cli.tfrc")
	versions := fmt.Sprintf("terraform {\n  required_providers {\n    accounts = { source = %q }\n  }\n}\n", source)
	if err := errors.Join(w.Use(providerFolder), w.Write("versions.tf", versions)); err != nil {
		return nil, err
	}
	w.environment = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TF_CLI_CONFIG_FILE=" + config, "TF_CLI_ARGS=-no-color", "TF_INPUT=0",
		"TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
	}, environment...)
	return w, nil
}

// Use makes the workspace's commands run the provider in a folder.
func (w *Workspace) Use(providerFolder string) error {
	return w.Write("cli.tfrc",
		fmt.Sprintf("provider_installation {\n  dev_overrides { %q = %q }\n  direct {}\n}\n", source, providerFolder))
}

// mirrorVersion is the version under which a mirror holds the provider.
const mirrorVersion = "0.0.1"

// UseMirror puts the provider into a folder of installable providers, in place of the override, so that init installs it
// as it would a published one.
func (w *Workspace) UseMirror(providerFolder string) error {
	mirror := filepath.Join(w.Dir, "mirror")
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(mirror, registry, source, mirrorVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		const binary = "terraform-provider-accounts"
		if err := os.Symlink(filepath.Join(providerFolder, binary), filepath.Join(folder, binary+"_v"+mirrorVersion)); err != nil {
			return err
		}
	}
	return w.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror))
}

// Write puts a file into the workspace, in place of one of the same name.
func (w *Workspace) Write(file, content string) error {
	return os.WriteFile(filepath.Join(w.Dir, file), []byte(content), 0o600)
}

// Command prepares a command. When ctx ends it is interrupted, as by Ctrl-C, so that Terraform can write its state.
func (w *Workspace) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.Binary, args...) //nolint:gosec // it runs what its callers say
	cmd.Dir, cmd.Env = w.Dir, w.environment
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	return cmd
}

// Result is what a command has left behind.
type Result struct {
	Stdout, Stderr string
	Exit           int
}

// String is all that the command has printed.
func (r Result) String() string { return r.Stdout + r.Stderr }

// Lines returns the printed lines that contain any of the marks, without the frames that Terraform draws around
// messages.
func (r Result) Lines(marks ...string) []string {
	var out []string
	for line := range strings.Lines(r.String()) {
		line = strings.TrimSpace(strings.TrimLeft(line, "│╷╵ "))
		for _, mark := range marks {
			if strings.Contains(line, mark) {
				out = append(out, line)
				break
			}
		}
	}
	return out
}

// Run runs a command to its end. That a command exits with an error is not an error of Run.
func (w *Workspace) Run(ctx context.Context, args ...string) (Result, error) {
	cmd := w.Command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	exit := new(exec.ExitError)
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		return Result{}, err
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), Exit: cmd.ProcessState.ExitCode()}, nil
}
