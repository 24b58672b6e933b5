package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	all, err := choose(nil)
	if err != nil || len(all) != len(clis) {
		t.Errorf("no name: %v, %v, want all", all, err)
	}
	some, err := choose([]string{"tofu", "terraform"})
	if err != nil || len(some) != 2 || some[0].name != "tofu" || some[1].name != "terraform" {
		t.Errorf("two names: %v, %v", some, err)
	}
	if _, err := choose([]string{"terragrunt"}); err == nil || !strings.Contains(err.Error(), "terraform-oldest, terraform, tofu") {
		t.Errorf("an unknown name: %v, want the names that there are", err)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-list", "tofu"}, &out, io.Discard); err != nil || out.String() != "tofu 1.12.6\n" {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}

// What is built already is printed without any work, and without a Go program or a network.
func TestBuiltAlready(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	c := clis[0]
	path := filepath.Join(cache, c.name+"-"+c.version+executableSuffix)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, progress bytes.Buffer
	if err := run(t.Context(), []string{"-cache", cache, c.name}, &out, &progress); err != nil {
		t.Fatal(err)
	}
	if want := c.name + " " + path + "\n"; out.String() != want || progress.Len() != 0 {
		t.Errorf("printed %q and %q, want %q", out.String(), progress.String(), want)
	}
}

// A build that fails leaves no program behind.
func TestFailedBuild(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	_, err := build(t.Context(), cli{name: "none", version: "1.0.0", module: "not a module", pkg: "not a package"}, cache, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "go mod download") {
		t.Errorf("%v, want the command that failed", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWrapper(t *testing.T) {
	t.Parallel()
	c := cli{name: "terraform", version: "1.2.3", module: "example.com/tf"}
	files := wrapper(c, goMod{Go: "1.25", Replace: []moduleReplace{
		{moduleVersion{"example.com/fork", ""}, moduleVersion{"example.com/ours", "v1.0.0"}},
		{moduleVersion{"example.com/tf/internal/backend/remote-state/s3", ""}, moduleVersion{"./internal/backend/remote-state/s3", ""}},
		{moduleVersion{"example.com/tf/internal/legacy", ""}, moduleVersion{"./internal/legacy", ""}},
	}})
	for file, want := range map[string]string{
		"go.mod": "require example.com/tf v1.2.3\n\nreplace example.com/fork => example.com/ours v1.0.0\n\n" +
			"replace example.com/tf/internal/backend/remote-state/s3 => ./standin/internal/backend/remote-state/s3\n",
		"standin/internal/backend/remote-state/s3/go.mod":     "module example.com/tf/internal/backend/remote-state/s3\n",
		"standin/internal/backend/remote-state/s3/backend.go": "package s3\n",
		"standin/internal/legacy/go.mod":                      "module example.com/tf/internal/legacy\n",
	} {
		if !strings.Contains(files[file], want) {
			t.Errorf("%s is\n%s\nand lacks %q", file, files[file], want)
		}
	}
	if len(files) != 4 {
		t.Errorf("%d files, want 4", len(files))
	}
}
