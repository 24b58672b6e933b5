// Command docgen writes docs/ from the provider's schemas, templates/ and examples/, by terraform-plugin-docs.
//
// By itself, terraform-plugin-docs asks a Terraform CLI for the schemas, and one before 1.14 leaves out identities and
// list resources. It also takes it that every type begins with the provider's name. So the schemas are read from the
// provider in this process, and the pages are rendered in a staging folder where types carry that prefix.
package main

//go:generate go run . -root ../..

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// providerName is the provider's name in the pages, and the prefix that terraform-plugin-docs expects of types.
const providerName = "accounts"

func main() {
	root := flag.String("root", ".", "the repository's root")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := generate(ctx, *root)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}

// generate replaces docs/ below root, and has the result checked.
func generate(ctx context.Context, root string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("finding the root: %w", err)
	}
	schema, err := readSchema(ctx, providerserver.NewProtocol6(provider.New("docs")())())
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "docgen")
	if err != nil {
		return fmt.Errorf("making a staging folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	staged := filepath.Join(dir, "staged")
	if err := stage(root, staged, schema); err != nil {
		return err
	}
	prefixed := filepath.Join(dir, "prefixed.json")
	if err := writeSchema(prefixed, withPrefix(schema)); err != nil {
		return err
	}
	if err := tfplugindocs(ctx, root, "generate", "--provider-dir", staged, "--providers-schema", prefixed,
		"--provider-name", providerName, "--rendered-provider-name", "terraform-provider-"+providerName); err != nil {
		return err
	}
	if err := publish(filepath.Join(staged, "docs"), filepath.Join(root, "docs"), schema); err != nil {
		return err
	}
	named := filepath.Join(dir, "schema.json")
	if err := writeSchema(named, schema); err != nil {
		return err
	}
	return tfplugindocs(ctx, root, "validate", "--provider-dir", root, "--providers-schema", named, "--provider-name", providerName)
}

// tfplugindocs runs terraform-plugin-docs in the version that tools/go.mod names. It is silent unless it fails.
func tfplugindocs(ctx context.Context, root string, args ...string) error {
	args = append([]string{"-C", filepath.Join(root, "tools"), "tool", "tfplugindocs"}, args...)
	command := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments come from this program
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Run(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, output.Bytes())
	}
	return nil
}

// writeSchema writes a file as `terraform providers schema -json` would print it.
func writeSchema(path string, schema *tfjson.ProviderSchema) error {
	content, err := json.Marshal(tfjson.ProviderSchemas{
		FormatVersion: "1.0",
		Schemas:       map[string]*tfjson.ProviderSchema{providerName: schema},
	})
	if err != nil {
		return fmt.Errorf("encoding the schemas: %w", err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return fmt.Errorf("writing the schemas: %w", err)
	}
	return nil
}
