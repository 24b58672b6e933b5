package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// server answers with schemas that a test gives it.
type server struct {
	tfprotov6.ProviderServer

	schemas    tfprotov6.GetProviderSchemaResponse
	identities tfprotov6.GetResourceIdentitySchemasResponse
	err        error
}

func (s *server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &s.schemas, s.err
}

func (s *server) GetResourceIdentitySchemas(context.Context,
	*tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &s.identities, nil
}

// block is a schema with these attributes.
func block(attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.Schema {
	return &tfprotov6.Schema{Version: 1, Block: &tfprotov6.SchemaBlock{Attributes: attributes}}
}

// small is a provider with one of everything.
func small() *server {
	return &server{
		schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: block(&tfprotov6.SchemaAttribute{Name: "key", Type: tftypes.String, Optional: true, Sensitive: true}),
			ResourceSchemas: map[string]*tfprotov6.Schema{"cloud_account": {Version: 2, Block: &tfprotov6.SchemaBlock{
				Description: "An **account**.", DescriptionKind: tfprotov6.StringKindMarkdown,
				Attributes: []*tfprotov6.SchemaAttribute{
					{Name: "name", Type: tftypes.String, Required: true, Description: "Name.", DescriptionKind: tfprotov6.StringKindMarkdown},
					{Name: "password_wo", Type: tftypes.String, Optional: true, Sensitive: true, WriteOnly: true},
					{Name: "tags", Type: tftypes.Map{ElementType: tftypes.Bool}, Optional: true, Computed: true, Deprecated: true},
					{Name: "rules", Optional: true, NestedType: &tfprotov6.SchemaObject{
						Nesting:    tfprotov6.SchemaObjectNestingModeList,
						Attributes: []*tfprotov6.SchemaAttribute{{Name: "port", Type: tftypes.Number, Required: true}},
					}},
				},
				BlockTypes: []*tfprotov6.SchemaNestedBlock{{
					TypeName: "limits", Nesting: tfprotov6.SchemaNestedBlockNestingModeSingle, MinItems: 1, MaxItems: 2,
					Block: &tfprotov6.SchemaBlock{Deprecated: true},
				}},
			}}},
			DataSourceSchemas:        map[string]*tfprotov6.Schema{"cloud_accounts": block()},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"cloud_token": block()},
			ActionSchemas:            map[string]*tfprotov6.ActionSchema{"cloud_act": {Schema: block()}},
			ListResourceSchemas: map[string]*tfprotov6.Schema{
				"cloud_account": block(&tfprotov6.SchemaAttribute{Name: "filter", Type: tftypes.List{ElementType: tftypes.String}, Optional: true}),
			},
		},
		identities: tfprotov6.GetResourceIdentitySchemasResponse{
			IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"cloud_account": {
				Version: 3,
				IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
					{Name: "id", Type: tftypes.String, RequiredForImport: true, Description: "Id."},
					{Name: "region", Type: tftypes.String, OptionalForImport: true},
				},
			}},
		},
	}
}

// smallJSON is what Terraform would print for small.
const smallJSON = `{
  "provider": {"version": 1, "block": {
    "attributes": {"key": {"type": "string", "optional": true, "sensitive": true, "description_kind": "plain"}},
    "description_kind": "plain"}},
  "resource_schemas": {"cloud_account": {"version": 2, "block": {
    "description": "An **account**.", "description_kind": "markdown",
    "attributes": {
      "name": {"type": "string", "required": true, "description": "Name.", "description_kind": "markdown"},
      "password_wo": {"type": "string", "optional": true, "sensitive": true, "write_only": true, "description_kind": "plain"},
      "tags": {"type": ["map", "bool"], "optional": true, "computed": true, "deprecated": true, "description_kind": "plain"},
      "rules": {"optional": true, "description_kind": "plain", "nested_type": {
        "nesting_mode": "list", "attributes": {"port": {"type": "number", "required": true, "description_kind": "plain"}}}}},
    "block_types": {"limits": {"nesting_mode": "single", "min_items": 1, "max_items": 2,
      "block": {"deprecated": true, "description_kind": "plain"}}}}}},
  "data_source_schemas": {"cloud_accounts": {"version": 1, "block": {"description_kind": "plain"}}},
  "action_schemas": {"cloud_act": {"block": {"description_kind": "plain"}}},
  "ephemeral_resource_schemas": {"cloud_token": {"version": 1, "block": {"description_kind": "plain"}}},
  "list_resource_schemas": {"cloud_account": {"version": 1, "block": {
    "attributes": {"filter": {"type": ["list", "string"], "optional": true, "description_kind": "plain"}}, "description_kind": "plain"}}},
  "resource_identity_schemas": {"cloud_account": {"version": 3, "attributes": {
    "id": {"type": "string", "description": "Id.", "required_for_import": true},
    "region": {"type": "string", "optional_for_import": true}}}}
}`

func TestReadSchema(t *testing.T) {
	t.Parallel()
	schema, err := readSchema(t.Context(), small())
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decode(t, smallJSON), decode(t, string(got))); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestReadSchemaRefuses(t *testing.T) {
	t.Parallel()
	failed := []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "never mind"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "bad schema"},
	}
	tests := map[string]struct {
		change func(*server)
		want   string
	}{
		"call failed":      {func(s *server) { s.err = errors.New("no server") }, "no server"},
		"schema failed":    {func(s *server) { s.schemas.Diagnostics = failed }, "bad schema"},
		"identity failed":  {func(s *server) { s.identities.Diagnostics = failed }, "bad schema"},
		"function":         {func(s *server) { s.schemas.Functions = map[string]*tfprotov6.Function{"f": {}} }, "functions"},
		"negative version": {func(s *server) { s.schemas.Provider.Version = -1 }, "-1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := small()
			test.change(s)
			_, err := readSchema(t.Context(), s)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestWithPrefix(t *testing.T) {
	t.Parallel()
	schema, err := readSchema(t.Context(), small())
	if err != nil {
		t.Fatal(err)
	}
	got := withPrefix(schema)
	account, identity := "accounts_cloud_account", schema.ResourceIdentitySchemas["cloud_account"]
	want := &tfjson.ProviderSchema{
		ConfigSchema:             schema.ConfigSchema,
		ResourceSchemas:          map[string]*tfjson.Schema{account: schema.ResourceSchemas["cloud_account"]},
		DataSourceSchemas:        map[string]*tfjson.Schema{"accounts_cloud_accounts": schema.DataSourceSchemas["cloud_accounts"]},
		EphemeralResourceSchemas: map[string]*tfjson.Schema{"accounts_cloud_token": schema.EphemeralResourceSchemas["cloud_token"]},
		ActionSchemas:            map[string]*tfjson.ActionSchema{"accounts_cloud_act": schema.ActionSchemas["cloud_act"]},
		ListResourceSchemas:      map[string]*tfjson.Schema{account: schema.ListResourceSchemas["cloud_account"]},
		ResourceIdentitySchemas:  map[string]*tfjson.IdentitySchema{account: identity},
	}
	if diff := cmp.Diff(encode(t, want), encode(t, got)); diff != "" {
		t.Errorf("prefixed schema (-want +got):\n%s", diff)
	}
}

func encode(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
