package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// readSchema reads all schemas from a provider server, as the newest Terraform would export them. Functions are
// refused, since nothing here renders them.
func readSchema(ctx context.Context, server tfprotov6.ProviderServer) (*tfjson.ProviderSchema, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err == nil {
		err = firstError(schemas.Diagnostics)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the provider's schemas: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err == nil {
		err = firstError(identities.Diagnostics)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the resources' identities: %w", err)
	}
	if len(schemas.Functions) > 0 {
		return nil, errors.New("the provider has functions: teach docgen to export them")
	}

	var c converter
	all := &tfjson.ProviderSchema{
		ConfigSchema:             c.schema(schemas.Provider),
		ResourceSchemas:          each(schemas.ResourceSchemas, c.schema),
		DataSourceSchemas:        each(schemas.DataSourceSchemas, c.schema),
		EphemeralResourceSchemas: each(schemas.EphemeralResourceSchemas, c.schema),
		ListResourceSchemas:      each(schemas.ListResourceSchemas, c.schema),
		ResourceIdentitySchemas:  each(identities.IdentitySchemas, c.identity),
		ActionSchemas:            each(schemas.ActionSchemas, c.action),
	}
	return all, c.err
}

// firstError is the first diagnostic that is an error.
func firstError(diagnostics []*tfprotov6.Diagnostic) error {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	return nil
}

// each converts the values of a map.
func each[A, B any](from map[string]A, convert func(A) B) map[string]B {
	to := make(map[string]B, len(from))
	for name, value := range from {
		to[name] = convert(value)
	}
	return to
}

// converter turns the protocol's schemas into those of terraform-json. It keeps the first error.
type converter struct{ err error }

func (c *converter) schema(s *tfprotov6.Schema) *tfjson.Schema {
	return &tfjson.Schema{Version: c.count(s.Version), Block: c.block(s.Block)}
}

func (c *converter) action(s *tfprotov6.ActionSchema) *tfjson.ActionSchema {
	return &tfjson.ActionSchema{Block: c.block(s.Schema.Block)}
}

func (c *converter) identity(s *tfprotov6.ResourceIdentitySchema) *tfjson.IdentitySchema {
	attributes := make(map[string]*tfjson.IdentityAttribute, len(s.IdentityAttributes))
	for _, a := range s.IdentityAttributes {
		to := &tfjson.IdentityAttribute{
			Description: a.Description, RequiredForImport: a.RequiredForImport, OptionalForImport: a.OptionalForImport,
		}
		c.convertType(a.Type, &to.IdentityType)
		attributes[a.Name] = to
	}
	return &tfjson.IdentitySchema{Version: c.count(s.Version), Attributes: attributes}
}

func (c *converter) block(b *tfprotov6.SchemaBlock) *tfjson.SchemaBlock {
	to := &tfjson.SchemaBlock{
		Attributes:      c.attributes(b.Attributes),
		NestedBlocks:    make(map[string]*tfjson.SchemaBlockType, len(b.BlockTypes)),
		Description:     b.Description,
		DescriptionKind: kind(b.DescriptionKind),
		Deprecated:      b.Deprecated,
	}
	for _, nested := range b.BlockTypes {
		to.NestedBlocks[nested.TypeName] = &tfjson.SchemaBlockType{
			NestingMode: mode(nested.Nesting),
			Block:       c.block(nested.Block),
			MinItems:    c.count(nested.MinItems),
			MaxItems:    c.count(nested.MaxItems),
		}
	}
	return to
}

func (c *converter) attributes(from []*tfprotov6.SchemaAttribute) map[string]*tfjson.SchemaAttribute {
	all := make(map[string]*tfjson.SchemaAttribute, len(from))
	for _, a := range from {
		to := &tfjson.SchemaAttribute{
			Description:     a.Description,
			DescriptionKind: kind(a.DescriptionKind),
			Deprecated:      a.Deprecated,
			Required:        a.Required,
			Optional:        a.Optional,
			Computed:        a.Computed,
			Sensitive:       a.Sensitive,
			WriteOnly:       a.WriteOnly,
		}
		if a.NestedType != nil {
			to.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
				Attributes: c.attributes(a.NestedType.Attributes), NestingMode: mode(a.NestedType.Nesting),
			}
		} else {
			c.convertType(a.Type, &to.AttributeType)
		}
		all[a.Name] = to
	}
	return all
}

// convertType converts by way of JSON, which both libraries write alike. Target is a pointer to a cty.Type.
func (c *converter) convertType(from tftypes.Type, target any) {
	content, err := from.MarshalJSON() //nolint:staticcheck // deprecated for providers; no other way leads to cty
	if err == nil {
		err = json.Unmarshal(content, target)
	}
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("converting type %s: %w", from, err)
	}
}

// count converts a version or a number of items.
func (c *converter) count(n int64) uint64 {
	if n < 0 {
		if c.err == nil {
			c.err = fmt.Errorf("%d is not a version or a number of items", n)
		}
		return math.MaxUint64
	}
	return uint64(n)
}

func kind(k tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if k == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}

// mode converts a nesting mode, whose names in the two libraries differ only in case.
func mode(nesting fmt.Stringer) tfjson.SchemaNestingMode {
	return tfjson.SchemaNestingMode(strings.ToLower(nesting.String()))
}

// withPrefix is a schema whose types begin with the provider's name.
func withPrefix(s *tfjson.ProviderSchema) *tfjson.ProviderSchema {
	return &tfjson.ProviderSchema{
		ConfigSchema:             s.ConfigSchema,
		ResourceSchemas:          prefixed(s.ResourceSchemas),
		DataSourceSchemas:        prefixed(s.DataSourceSchemas),
		EphemeralResourceSchemas: prefixed(s.EphemeralResourceSchemas),
		ListResourceSchemas:      prefixed(s.ListResourceSchemas),
		ResourceIdentitySchemas:  prefixed(s.ResourceIdentitySchemas),
		ActionSchemas:            prefixed(s.ActionSchemas),
	}
}

const typePrefix = providerName + "_"

func prefixed[T any](from map[string]T) map[string]T {
	to := make(map[string]T, len(from))
	for name, value := range from {
		to[typePrefix+name] = value
	}
	return to
}
