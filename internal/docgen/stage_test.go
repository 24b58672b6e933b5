package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes files below dir.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns all files below dir.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestStageAndPublish(t *testing.T) {
	t.Parallel()
	schema, err := readSchema(t.Context(), small())
	if err != nil {
		t.Fatal(err)
	}
	root, staged := t.TempDir(), filepath.Join(t.TempDir(), "staged")
	write(t, root, map[string]string{
		"templates/resources/cloud_account.md.tmpl":           "template",
		"examples/resources/cloud_account/resource.tf":        "resource",
		"examples/data-sources/cloud_accounts/data-source.tf": "data",
		"examples/ephemeral-resources/cloud_token/x.tf":       "ephemeral",
		"examples/list-resources/cloud_account/x.tfquery.hcl": "list",
		"examples/actions/cloud_act/action.tf":                "action",
		"examples/whole/main.tf":                              "kept",
		"docs/resources/cloud_gone.md":                        "stale",
	})
	if err := stage(root, staged, schema); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"templates/resources/cloud_account.md.tmpl":                    "template",
		"examples/resources/accounts_cloud_account/resource.tf":        "resource",
		"examples/data-sources/accounts_cloud_accounts/data-source.tf": "data",
		"examples/ephemeral-resources/accounts_cloud_token/x.tf":       "ephemeral",
		"examples/list-resources/accounts_cloud_account/x.tfquery.hcl": "list",
		"examples/actions/accounts_cloud_act/action.tf":                "action",
		"examples/whole/main.tf":                                       "kept",
	}
	if diff := cmp.Diff(want, read(t, staged)); diff != "" {
		t.Errorf("staged files (-want +got):\n%s", diff)
	}

	write(t, staged, map[string]string{
		"docs/index.md":                   "accounts_cloud_account, accounts_cloud_accounts, provider = accounts",
		"docs/resources/cloud_account.md": "# accounts_cloud_account",
	})
	if err := publish(filepath.Join(staged, "docs"), filepath.Join(root, "docs"), schema); err != nil {
		t.Fatal(err)
	}
	want = map[string]string{
		"index.md":                   "cloud_account, cloud_accounts, provider = accounts",
		"resources/cloud_account.md": "# cloud_account",
	}
	if diff := cmp.Diff(want, read(t, filepath.Join(root, "docs"))); diff != "" {
		t.Errorf("published files (-want +got):\n%s", diff)
	}
}

func TestStageMissesAnExample(t *testing.T) {
	t.Parallel()
	schema, err := readSchema(t.Context(), small())
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	write(t, root, map[string]string{"templates/index.md.tmpl": "", "examples/resources/cloud_account/resource.tf": ""})
	err = stage(root, filepath.Join(t.TempDir(), "staged"), schema)
	if err == nil || !strings.Contains(err.Error(), "every type needs an example") {
		t.Errorf("error %v, want one that asks for an example", err)
	}
}

func TestExampleFolders(t *testing.T) {
	t.Parallel()
	schema, err := readSchema(t.Context(), small())
	if err != nil {
		t.Fatal(err)
	}
	folders := exampleFolders(schema)
	if got := folders["list-resources"]; !slices.Equal(got, []string{"cloud_account"}) {
		t.Errorf("list resources %v, want cloud_account", got)
	}
}
