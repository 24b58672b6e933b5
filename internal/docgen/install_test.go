package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

// A second "make install" after a change of the source is another version, so that it doesn't meet the checksum that the
// lock file remembers of the first. "init -upgrade" changes over to it.
func TestInstallTwice(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds the provider twice")
	}
	for _, program := range []string{"make", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no %s on this machine", program)
		}
	}
	dir := t.TempDir()
	binary, err := terraform.Binary(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	source, home := copySource(t), filepath.Join(dir, "home")
	work := filepath.Join(home, "work")
	if err := os.MkdirAll(work, 0o700); err != nil {
		t.Fatal(err)
	}
	const main = `terraform {
  required_providers {
    accounts = { source = "cloud-accounts/accounts" }
  }
}
provider "accounts" {}
`
	if err := os.WriteFile(filepath.Join(work, "main.tf"), []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	do := func(dir, program string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "TF_CLI_ARGS=-no-color", "TF_CLI_CONFIG_FILE="+os.DevNull)
		if program == binary {
			cmd.Env = append(cmd.Env, "HOME="+home)
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	plugins := filepath.Join(home, ".terraform.d/plugins")
	do(source, "make", "install", "PLUGINS="+plugins)
	do(work, binary, "init")
	path := filepath.Join(source, "main.go")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(content, "\nfunc init() { println() }\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	do(source, "make", "install", "PLUGINS="+plugins)
	do(work, binary, "init") // still the first
	if out := do(work, binary, "init", "-upgrade"); !strings.Contains(out, "Installed cloud-accounts/accounts") {
		t.Errorf("the second version is not in use:\n%s", out)
	}
}

// copySource copies what git knows of the repository, and leaves its history behind.
func copySource(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	root := os.DirFS(repository)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch path {
			case ".git", "bin", "dist", "docs", "examples", "templates":
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, path), 0o700)
		}
		if !entry.Type().IsRegular() || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}
