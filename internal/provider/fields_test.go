package provider_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"go.yaml.in/yaml/v4"

	fortanixmock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// Every field that a vendor's contract has for an account is an attribute of its resource, or its page says why not.
func TestEveryFieldIsAnAttributeOrExplained(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contract []byte
		schemas  []string          // of requests and replies about the account
		named    map[string]string // attributes of another name, by field
		parts    []string          // fields that hold a change of another field, which is an attribute
	}{
		"fortanix_account": {
			contract: fortanixmock.New(fortanixmock.Options{}).Contract(),
			schemas:  []string{"AccountRequest", "AccountUpdateRequest", "Account"},
			named:    map[string]string{"acct_id": "id", "client_secret": "client_secret_wo", "client_key": "client_key_wo"},
			parts:    []string{"add_auth_configs", "mod_auth_configs", "del_auth_configs"},
		},
	} {
		var contract struct {
			Components struct {
				Schemas map[string]any `yaml:"schemas"`
			} `yaml:"components"`
		}
		if err := yaml.Unmarshal(test.contract, &contract); err != nil {
			t.Fatal(err)
		}
		page, err := os.ReadFile("../../docs/resources/" + name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		attributes := attributeNames(t, name)
		fields := map[string]bool{}
		for _, schema := range test.schemas {
			if contract.Components.Schemas[schema] == nil {
				t.Errorf("%s: the contract has no schema %s", name, schema)
			}
			addFields(fields, contract.Components.Schemas, contract.Components.Schemas[schema])
		}
		if len(fields) < 10 {
			t.Errorf("%s: only %d fields were found", name, len(fields))
		}
		for field := range fields {
			attribute := field
			if other := test.named[field]; other != "" {
				attribute = other
			}
			if !attributes[attribute] && !slices.Contains(test.parts, field) && !strings.Contains(string(page), "`"+field+"`") {
				t.Errorf("%s: the field %s is not an attribute, and docs/resources/%s.md doesn't say why", name, field, name)
			}
		}
	}
}

// addFields collects the names of the properties of a schema, at any depth.
func addFields(fields map[string]bool, schemas map[string]any, schema any) {
	switch node := schema.(type) {
	case map[string]any:
		if ref, ok := node["$ref"].(string); ok {
			addFields(fields, schemas, schemas[ref[strings.LastIndex(ref, "/")+1:]])
		}
		if properties, ok := node["properties"].(map[string]any); ok {
			for name, property := range properties {
				fields[name] = true
				addFields(fields, schemas, property)
			}
		}
		for _, key := range []string{"items", "additionalProperties"} {
			addFields(fields, schemas, node[key])
		}
		for _, key := range []string{"oneOf", "anyOf", "allOf"} {
			addFields(fields, schemas, node[key])
		}
	case []any:
		for _, part := range node {
			addFields(fields, schemas, part)
		}
	}
}

// attributeNames are the names of a resource's attributes, at any depth.
func attributeNames(t *testing.T, typeName string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, create := range provider.New("test")().Resources(t.Context()) {
		r := create()
		var meta resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{}, &meta)
		if meta.TypeName != typeName {
			continue
		}
		var schema resource.SchemaResponse
		r.Schema(t.Context(), resource.SchemaRequest{}, &schema)
		addNames(names, schema.Schema.Attributes)
	}
	return names
}

func addNames(names map[string]bool, attributes map[string]resourceschema.Attribute) {
	for name, attribute := range attributes {
		names[name] = true
		switch nested := attribute.(type) {
		case resourceschema.SingleNestedAttribute:
			addNames(names, nested.Attributes)
		case resourceschema.ListNestedAttribute:
			addNames(names, nested.NestedObject.Attributes)
		}
	}
}
