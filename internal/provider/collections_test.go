package provider_test

import (
	"context"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	listresource "github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// nullsThatMean are the collections in which a null element has a meaning, and which.
var nullsThatMean = map[string]string{
	"resource gcore_reseller_user.services": "the reseller's default",
}

// Every list, set and map that configuration may have, at any depth of any schema, refuses null elements, and every number
// refuses a fraction in words of its own. Terraform accepts both; what becomes of them later is a half-made account, or a
// message about a bug.
func TestEverySchemaRefusesNullsAndFractions(t *testing.T) {
	t.Parallel()
	found := 0
	for where, schema := range everySchema(t) {
		walk(t, where, reflect.ValueOf(schema), &found)
	}
	if found < 8 {
		t.Errorf("only %d collections and numbers were found: does the walk see all schemas?", found)
	}
}

// everySchema are all schemas of the provider by what they are of.
func everySchema(t *testing.T) map[string]any {
	t.Helper()
	ctx := t.Context()
	p := provider.New("test")()
	schemas := map[string]any{}
	var own framework.SchemaResponse
	p.Schema(ctx, framework.SchemaRequest{}, &own)
	schemas["provider"] = own.Schema
	for _, build := range p.Resources(ctx) {
		r := build()
		var meta resource.MetadataResponse
		var schema resource.SchemaResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "accounts"}, &meta)
		r.Schema(ctx, resource.SchemaRequest{}, &schema)
		schemas["resource "+meta.TypeName] = schema.Schema
	}
	for _, build := range p.DataSources(ctx) {
		d := build()
		var meta datasource.MetadataResponse
		var schema datasource.SchemaResponse
		d.Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "accounts"}, &meta)
		d.Schema(ctx, datasource.SchemaRequest{}, &schema)
		schemas["data source "+meta.TypeName] = schema.Schema
	}
	if lists, ok := p.(framework.ProviderWithListResources); ok {
		for _, build := range lists.ListResources(ctx) {
			l := build()
			var meta resource.MetadataResponse
			var schema listresource.ListResourceSchemaResponse
			l.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "accounts"}, &meta)
			l.ListResourceConfigSchema(ctx, listresource.ListResourceSchemaRequest{}, &schema)
			schemas["list "+meta.TypeName] = schema.Schema
		}
	}
	if all, ok := p.(framework.ProviderWithEphemeralResources); ok {
		for _, build := range all.EphemeralResources(ctx) {
			e := build()
			var meta ephemeral.MetadataResponse
			var schema ephemeral.SchemaResponse
			e.Metadata(ctx, ephemeral.MetadataRequest{ProviderTypeName: "accounts"}, &meta)
			e.Schema(ctx, ephemeral.SchemaRequest{}, &schema)
			schemas["ephemeral "+meta.TypeName] = schema.Schema
		}
	}
	if all, ok := p.(framework.ProviderWithActions); ok {
		for _, build := range all.Actions(ctx) {
			a := build()
			var meta action.MetadataResponse
			var schema action.SchemaResponse
			a.Metadata(ctx, action.MetadataRequest{ProviderTypeName: "accounts"}, &meta)
			a.Schema(ctx, action.SchemaRequest{}, &schema)
			schemas["action "+meta.TypeName] = schema.Schema
		}
	}
	return schemas
}

// walk goes through the attributes and blocks of a schema, of a nested attribute or of a block: whatever has the fields
// Attributes, Blocks or NestedObject, in each of the framework's packages of schemas.
func walk(t *testing.T, where string, holder reflect.Value, found *int) {
	t.Helper()
	for _, name := range []string{"Attributes", "Blocks"} {
		members := holder.FieldByName(name)
		if !members.IsValid() {
			continue
		}
		for _, key := range members.MapKeys() {
			at := where + "." + key.String()
			member := members.MapIndex(key).Elem()
			if name == "Attributes" {
				checkAttribute(t, at, member.Interface(), found)
			}
			walk(t, at, member, found)
		}
	}
	if nested := holder.FieldByName("NestedObject"); nested.IsValid() {
		walk(t, where, nested, found)
	}
}

type attribute interface {
	IsOptional() bool
	IsRequired() bool
	GetType() attr.Type
}

// checkAttribute gives one attribute null elements, or a fraction.
func checkAttribute(t *testing.T, where string, member any, found *int) {
	t.Helper()
	a, ok := member.(attribute)
	if !ok {
		t.Errorf("%s: %T is not an attribute", where, member)
		return
	}
	if !a.IsOptional() && !a.IsRequired() {
		return // the vendor's
	}
	ctx, at := t.Context(), path.Root("x")
	var refused string
	switch kind := a.GetType().(type) {
	case types.ListType:
		v, _ := member.(interface{ ListValidators() []validator.List })
		for _, one := range v.ListValidators() {
			var resp validator.ListResponse
			one.ValidateList(ctx, validator.ListRequest{
				Path: at, PathExpression: at.Expression(), ConfigValue: types.ListValueMust(kind.ElemType, []attr.Value{null(ctx, t, kind.ElemType)}),
			}, &resp)
			refused += fmt.Sprint(resp.Diagnostics)
		}
		if number(kind.ElemType) {
			for _, one := range v.ListValidators() {
				var resp validator.ListResponse
				one.ValidateList(ctx, validator.ListRequest{
					Path: at, PathExpression: at.Expression(),
					ConfigValue: types.ListValueMust(kind.ElemType, []attr.Value{types.NumberValue(big.NewFloat(1.5))}),
				}, &resp)
				if strings.Contains(fmt.Sprint(resp.Diagnostics), "1.5") {
					*found++
				}
			}
		}
		requireNull(t, where, refused, found)
	case types.MapType:
		v, _ := member.(interface{ MapValidators() []validator.Map })
		for _, one := range v.MapValidators() {
			var resp validator.MapResponse
			one.ValidateMap(ctx, validator.MapRequest{
				Path: at, PathExpression: at.Expression(),
				ConfigValue: types.MapValueMust(kind.ElemType, map[string]attr.Value{"x": null(ctx, t, kind.ElemType)}),
			}, &resp)
			refused += fmt.Sprint(resp.Diagnostics)
		}
		requireNull(t, where, refused, found)
	case types.SetType:
		v, _ := member.(interface{ SetValidators() []validator.Set })
		for _, one := range v.SetValidators() {
			var resp validator.SetResponse
			one.ValidateSet(ctx, validator.SetRequest{
				Path: at, PathExpression: at.Expression(), ConfigValue: types.SetValueMust(kind.ElemType, []attr.Value{null(ctx, t, kind.ElemType)}),
			}, &resp)
			refused += fmt.Sprint(resp.Diagnostics)
		}
		requireNull(t, where, refused, found)
	default:
		if kind.TerraformType(ctx).Is(tftypes.Number) && !strings.HasSuffix(where, "max_requests_per_second") {
			checkNumber(t, where, member, found)
		}
	}
}

func number(kind attr.Type) bool { return kind.TerraformType(context.Background()).Is(tftypes.Number) }

func null(ctx context.Context, t *testing.T, kind attr.Type) attr.Value {
	t.Helper()
	value, err := kind.ValueFromTerraform(ctx, tftypes.NewValue(kind.TerraformType(ctx), nil))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// requireNull fails the test unless null was refused, or is known to mean something.
func requireNull(t *testing.T, where, refused string, found *int) {
	t.Helper()
	*found++
	meaning := nullsThatMean[where]
	if strings.Contains(strings.ToLower(refused), "null") == (meaning != "") {
		t.Errorf("%s: a null element means %q, and its validators say: %s", where, meaning, refused)
	}
}

// checkNumber fails the test unless the attribute refuses 1.5 in words of its own. An attribute for whole numbers never comes
// to that: the framework's conversion fails first, with a message about a bug.
func checkNumber(t *testing.T, where string, member any, found *int) {
	t.Helper()
	*found++
	v, ok := member.(interface{ NumberValidators() []validator.Number })
	if !ok {
		t.Errorf("%s is %T: make it a number attribute with account.WholeNumber", where, member)
		return
	}
	var refused string
	for _, one := range v.NumberValidators() {
		var resp validator.NumberResponse
		one.ValidateNumber(t.Context(), validator.NumberRequest{
			Path: path.Root("x"), PathExpression: path.MatchRoot("x"), ConfigValue: types.NumberValue(big.NewFloat(1.5)),
		}, &resp)
		refused += fmt.Sprint(resp.Diagnostics)
	}
	if !strings.Contains(refused, "1.5") {
		t.Errorf("%s takes 1.5: %s", where, refused)
	}
}
