package account

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// validAsConfig reports whether configuration may have what a resource has: whether the schema's validators accept it.
func validAsConfig(ctx context.Context, r *tfsdk.Resource) bool {
	var diags diag.Diagnostics
	checkConfig(ctx, tfsdk.Config{Schema: r.Schema, Raw: r.Raw}, &diags)
	return !diags.HasError()
}

// checkConfig runs the schema's validators over a configuration whose values are all known. Terraform validates before
// it plans, and never again: a value that was unknown then reaches an apply unchecked. A create or update calls it
// before its first request, so that a value that can't be used leaves no half-made account.
func checkConfig(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) {
	value, err := config.Schema.Type().ValueFromTerraform(ctx, config.Raw)
	whole, ok := value.(types.Object)
	if err != nil || !ok {
		diags.AddError("The configuration can't be read", fmt.Sprintf("It doesn't have the form of the schema: %v", err))
		return
	}
	checkAttributes(ctx, config, path.Empty(), config.Schema.GetAttributes(), whole, diags)
}

// checkAttributes checks attributes, and what is within them. A is the framework's type of an attribute, which differs
// from level to level and can't be named here.
func checkAttributes[A any](
	ctx context.Context, config tfsdk.Config, at path.Path, attributes map[string]A, within types.Object, diags *diag.Diagnostics,
) {
	for name, attribute := range attributes {
		value := within.Attributes()[name]
		if value != nil && !value.IsNull() {
			checkAttribute(ctx, config, at.AtName(name), attribute, value, diags)
		} else if needed, ok := any(attribute).(interface{ IsRequired() bool }); ok && needed.IsRequired() {
			diags.AddAttributeError(at.AtName(name), "Missing value", fmt.Sprintf("%s is null. It must have a value.", at.AtName(name)))
		}
	}
}

func checkAttribute(ctx context.Context, config tfsdk.Config, at path.Path, attribute any, value attr.Value, diags *diag.Diagnostics) {
	switch a := attribute.(type) {
	case schema.BoolAttribute:
		typed, _ := value.(types.Bool)
		for _, v := range a.Validators {
			var resp validator.BoolResponse
			v.ValidateBool(ctx, validator.BoolRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: typed}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.StringAttribute:
		typed, _ := value.(types.String)
		for _, v := range a.Validators {
			var resp validator.StringResponse
			v.ValidateString(ctx, validator.StringRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: typed}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.NumberAttribute:
		typed, _ := value.(types.Number)
		for _, v := range a.Validators {
			var resp validator.NumberResponse
			v.ValidateNumber(ctx, validator.NumberRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: typed}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.Int64Attribute:
		typed, _ := value.(types.Int64)
		for _, v := range a.Validators {
			var resp validator.Int64Response
			v.ValidateInt64(ctx, validator.Int64Request{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: typed}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.MapAttribute:
		typed, _ := value.(types.Map)
		for _, v := range a.Validators {
			var resp validator.MapResponse
			v.ValidateMap(ctx, validator.MapRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: typed}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.ListAttribute:
		checkList(ctx, config, at, a.Validators, value, diags)
	case schema.SingleNestedAttribute:
		checkObject(ctx, config, at, a.Validators, a.Attributes, value, diags)
	case schema.ListNestedAttribute:
		checkList(ctx, config, at, a.Validators, value, diags)
		elements, _ := value.(types.List)
		for i, element := range elements.Elements() {
			checkObject(ctx, config, at.AtListIndex(i), a.NestedObject.Validators, a.NestedObject.Attributes, element, diags)
		}
	default:
		diags.AddAttributeError(at, "Unchecked value", fmt.Sprintf("%s is of a kind that the provider can't check: %T. This is a bug in "+
			"it.", at, attribute))
	}
}

func checkList(
	ctx context.Context,
	config tfsdk.Config,
	at path.Path,
	validators []validator.List,
	value attr.Value,
	diags *diag.Diagnostics,
) {
	typed, _ := value.(types.List)
	for _, v := range validators {
		var resp validator.ListResponse
		v.ValidateList(ctx, validator.ListRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: typed}, &resp)
		diags.Append(resp.Diagnostics...)
	}
}

func checkObject(
	ctx context.Context,
	config tfsdk.Config,
	at path.Path,
	validators []validator.Object,
	attributes map[string]schema.Attribute,
	value attr.Value,
	diags *diag.Diagnostics,
) {
	typed, ok := value.(basetypes.ObjectValuable)
	if !ok || value.IsNull() {
		return // a null element: its list has been checked
	}
	whole, problems := typed.ToObjectValue(ctx)
	diags.Append(problems...)
	for _, v := range validators {
		var resp validator.ObjectResponse
		v.ValidateObject(ctx, validator.ObjectRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: whole}, &resp)
		diags.Append(resp.Diagnostics...)
	}
	checkAttributes(ctx, config, at, attributes, whole, diags)
}
