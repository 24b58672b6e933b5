package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

const repository = "../.."

func realSchema(t *testing.T) *tfjson.ProviderSchema {
	t.Helper()
	schema, err := readSchema(t.Context(), providerserver.NewProtocol6(provider.New("test")())())
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// Every attribute that a user can see says what it means.
func TestEveryAttributeIsDescribed(t *testing.T) {
	t.Parallel()
	schema := realSchema(t)
	checkBlock(t, "provider", schema.ConfigSchema.Block)
	for kind, schemas := range map[string]map[string]*tfjson.Schema{
		"resource": schema.ResourceSchemas, "data": schema.DataSourceSchemas, "list": schema.ListResourceSchemas,
	} {
		if len(schemas) == 0 {
			t.Errorf("the provider has no %s", kind)
		}
		for name, s := range schemas {
			if s.Block.Description == "" {
				t.Errorf("%s %s has no description", kind, name)
			}
			checkBlock(t, kind+" "+name, s.Block)
		}
	}
}

func checkBlock(t *testing.T, where string, block *tfjson.SchemaBlock) {
	t.Helper()
	checkAttributes(t, where, block.Attributes)
	for name, nested := range block.NestedBlocks {
		if where != "provider" {
			t.Errorf("%s has a block %s: resources use nested attributes", where, name)
		}
		if nested.Block.Description == "" {
			t.Errorf("%s: the block %s has no description", where, name)
		}
		checkAttributes(t, where+"."+name, nested.Block.Attributes)
	}
}

func checkAttributes(t *testing.T, where string, attributes map[string]*tfjson.SchemaAttribute) {
	t.Helper()
	for name, a := range attributes {
		if a.Description == "" {
			t.Errorf("%s: %s has no description", where, name)
		}
		if a.AttributeNestedType != nil {
			checkAttributes(t, where+"."+name, a.AttributeNestedType.Attributes)
		}
	}
}

// Every type has the files from which its page is made.
func TestEveryTypeHasItsFiles(t *testing.T) {
	t.Parallel()
	files := map[string][]string{
		"resources": {
			"examples/resources/*/resource.tf", "examples/resources/*/import.sh", "examples/resources/*/import-by-string-id.tf",
			"examples/resources/*/import-by-identity.tf", "templates/resources/*.md.tmpl",
		},
		"data-sources":        {"examples/data-sources/*/data-source.tf"},
		"ephemeral-resources": {"examples/ephemeral-resources/*/ephemeral-resource.tf"},
		"actions":             {"examples/actions/*/action.tf"},
		"list-resources":      {"examples/list-resources/*/list-resource.tfquery.hcl"},
	}
	for folder, types := range exampleFolders(realSchema(t)) {
		for _, name := range types {
			for _, pattern := range files[folder] {
				path := strings.Replace(pattern, "*", name, 1)
				if _, err := os.Stat(filepath.Join(repository, path)); err != nil {
					t.Errorf("%s %s: %v", folder, name, err)
				}
			}
		}
	}
}

// Without provider = accounts, Terraform looks for a provider named after the type's prefix.
func TestEveryExampleNamesTheProvider(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir(filepath.Join(repository, "examples"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || (filepath.Ext(path) != ".tf" && filepath.Ext(path) != ".hcl") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, diags := hclsyntax.ParseConfig(content, path, hcl.InitialPos)
		if diags.HasErrors() {
			t.Error(diags)
			return nil
		}
		body, ok := file.Body.(*hclsyntax.Body)
		if !ok {
			t.Errorf("%s: unexpected body %T", path, file.Body)
			return nil
		}
		for _, block := range body.Blocks {
			seen += checkExample(t, block)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("no block was checked")
	}
}

// checkExample checks one block of an example, and counts it where it is one that needs the argument.
func checkExample(t *testing.T, block *hclsyntax.Block) (checked int) {
	t.Helper()
	switch block.Type {
	case "resource", "data", "list", "ephemeral", "action":
		if strings.HasPrefix(block.Labels[0], "terraform_") {
			return 0
		}
	case "import":
	default:
		return 0
	}
	argument, ok := block.Body.Attributes["provider"]
	if !ok {
		t.Errorf("%s: this %s block has no provider", block.Range(), block.Type)
		return 1
	}
	name, ok := argument.Expr.(*hclsyntax.ScopeTraversalExpr)
	if !ok || name.Traversal.RootName() != providerName {
		t.Errorf("%s: provider is not %s", argument.SrcRange, providerName)
	}
	return 1
}

// The table of settings has every setting of the provider.
func TestIndexHasEverySetting(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(repository, "docs/index.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	block := realSchema(t).ConfigSchema.Block
	for name := range block.Attributes {
		if !strings.Contains(page, "\n| `"+name+"` |") {
			t.Errorf("%s is missing", name)
		}
	}
	for vendor, nested := range block.NestedBlocks {
		for name := range nested.Block.Attributes {
			if !strings.Contains(page, "\n| `"+vendor+"."+name+"` |") && !strings.Contains(page, "\n| each vendor's `"+name+"` |") {
				t.Errorf("%s.%s is missing", vendor, name)
			}
		}
	}
}
