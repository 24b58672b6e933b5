package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// exampleFolders are the folders below examples/ that hold one folder per type, with those types.
func exampleFolders(s *tfjson.ProviderSchema) map[string][]string {
	return map[string][]string{
		"resources":           slices.Sorted(maps.Keys(s.ResourceSchemas)),
		"data-sources":        slices.Sorted(maps.Keys(s.DataSourceSchemas)),
		"ephemeral-resources": slices.Sorted(maps.Keys(s.EphemeralResourceSchemas)),
		"actions":             slices.Sorted(maps.Keys(s.ActionSchemas)),
		"list-resources":      slices.Sorted(maps.Keys(s.ListResourceSchemas)),
	}
}

// stage copies templates/ and examples/ from root, and gives the examples' folders the prefixed types' names.
// Templates keep theirs: terraform-plugin-docs looks for them without the provider's name.
func stage(root, staged string, schema *tfjson.ProviderSchema) error {
	for _, name := range []string{"templates", "examples"} {
		if err := os.CopyFS(filepath.Join(staged, name), os.DirFS(filepath.Join(root, name))); err != nil {
			return fmt.Errorf("copying %s: %w", name, err)
		}
	}
	for folder, types := range exampleFolders(schema) {
		for _, name := range types {
			dir := filepath.Join(staged, "examples", folder)
			err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, typePrefix+name))
			if err != nil {
				return fmt.Errorf("every type needs an example: %w", err)
			}
		}
	}
	return nil
}

// publish replaces the folder docs by the rendered pages, in which it takes the prefix off the types' names.
func publish(rendered, docs string, schema *tfjson.ProviderSchema) error {
	var types []string
	for _, names := range exampleFolders(schema) {
		types = append(types, names...)
	}
	if err := os.RemoveAll(docs); err != nil {
		return fmt.Errorf("removing the old pages: %w", err)
	}
	err := filepath.WalkDir(rendered, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		page, err := os.ReadFile(path) //nolint:gosec // a file that this program staged
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(rendered, path)
		if err != nil {
			return err
		}
		to := filepath.Join(docs, relative)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { //nolint:gosec // pages are public
			return err
		}
		return os.WriteFile(to, unprefixed(page, types), 0o644) //nolint:gosec // pages are public
	})
	if err != nil {
		return fmt.Errorf("writing the pages: %w", err)
	}
	return nil
}

// unprefixed takes the prefix off every type's name in a page.
func unprefixed(page []byte, types []string) []byte {
	for _, name := range types {
		page = bytes.ReplaceAll(page, []byte(typePrefix+name), []byte(name))
	}
	return page
}
