package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// goMod is what `go mod edit -json` prints of a go.mod file.
type goMod struct {
	Go      string          `json:"Go"`
	Replace []moduleReplace `json:"Replace"`
}

type moduleReplace struct {
	Old moduleVersion `json:"Old"`
	New moduleVersion `json:"New"`
}

// moduleVersion is a module, or with an empty version each of its versions, or a folder.
type moduleVersion struct {
	Path    string `json:"Path"`
	Version string `json:"Version"`
}

// String is the module as a go.mod file names it.
func (m moduleVersion) String() string { return strings.TrimSpace(m.Path + " " + m.Version) }

// build returns the path of c's program below cache, and builds it first where it isn't there.
func build(ctx context.Context, c cli, cache string, progress io.Writer) (string, error) {
	target, err := filepath.Abs(filepath.Join(cache, c.name+"-"+c.version+executableSuffix))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	_, _ = fmt.Fprintf(progress, "building %s %s, which takes some minutes …\n", c.name, c.version)
	if err := os.MkdirAll(cache, 0o750); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	published, err := readGoMod(ctx, dir, c)
	if err != nil {
		return "", err
	}
	for file, content := range wrapper(c, published) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o750); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	program := filepath.Join(dir, "program"+executableSuffix)
	flags := "-s -w -X " + c.module + "/version.dev=no" // a release, not a development version
	if _, err := command(ctx, dir, "go", "build", "-mod=mod", "-trimpath", "-ldflags", flags, "-o", program, c.pkg); err != nil {
		return "", err
	}
	reported, err := command(ctx, dir, program, "version", "-json")
	if err != nil {
		return "", err
	}
	if !bytes.Contains(reported, []byte(`"`+c.version+`"`)) {
		return "", fmt.Errorf("the program that was built says that it is another version: %s", reported)
	}
	return target, os.Rename(program, target) // whole or not at all, also where two of us build at once
}

// readGoMod downloads the module, and reads its go.mod file.
func readGoMod(ctx context.Context, dir string, c cli) (goMod, error) {
	var downloaded struct {
		GoMod string `json:"GoMod"` // the path of the file
	}
	out, err := command(ctx, dir, "go", "mod", "download", "-json", c.module+"@v"+c.version)
	if err != nil {
		return goMod{}, err
	}
	if err := json.Unmarshal(out, &downloaded); err != nil {
		return goMod{}, fmt.Errorf("go mod download: %w", err)
	}
	if out, err = command(ctx, dir, "go", "mod", "edit", "-json", downloaded.GoMod); err != nil {
		return goMod{}, err
	}
	var published goMod
	if err := json.Unmarshal(out, &published); err != nil {
		return goMod{}, fmt.Errorf("go mod edit: %w", err)
	}
	return published, nil
}

// wrapper returns the files of a module that requires c's module, by path. Go ignores the replace lines of a module that
// is not the main one, so they are repeated here. Those that point into the module's own source tree, which the proxy
// serves without its nested modules, point to a stand-in.
func wrapper(c cli, published goMod) map[string]string {
	files := map[string]string{}
	var mod strings.Builder
	fmt.Fprintf(&mod, "module build.invalid/%s\n\ngo %s\n\nrequire %s v%s\n", c.name, published.Go, c.module, c.version)
	for _, replace := range published.Replace {
		if !strings.HasPrefix(replace.New.Path, ".") {
			fmt.Fprintf(&mod, "\nreplace %s => %s\n", replace.Old, replace.New)
			continue
		}
		folder := "standin/" + strings.TrimPrefix(replace.Old.Path, c.module+"/")
		fmt.Fprintf(&mod, "\nreplace %s => ./%s\n", replace.Old, folder)
		files[folder+"/go.mod"] = fmt.Sprintf("module %s\n\ngo %s\n", replace.Old.Path, published.Go)
		if strings.Contains(folder, "/remote-state/") {
			files[folder+"/backend.go"] = backend(c, path.Base(folder))
		}
	}
	files["go.mod"] = mod.String()
	return files
}

// backend is the source of a remote state backend that keeps the state in memory. Tests use the local backend only,
// which is the real one.
func backend(c cli, name string) string {
	return fmt.Sprintf(`// Package %[1]s takes the place of the backend %[1]s, which is a module of its own.
package %[1]s

import (
	"%[2]s/internal/backend"
	"%[2]s/internal/backend/remote-state/inmem"
)

// New returns a backend that keeps its state in memory.
func New() backend.Backend { return inmem.New() }
`, name, c.module)
}

// command runs a program, and returns what it prints. Its messages are part of the error.
func command(ctx context.Context, dir, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // go, or what was just built
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}
