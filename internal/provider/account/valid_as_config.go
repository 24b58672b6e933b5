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
)

// validAsConfig reports whether configuration may have what a resource has: whether the schema's validators pass it.
func validAsConfig(ctx context.Context, r *tfsdk.Resource) bool {
	value, err := r.Schema.Type().ValueFromTerraform(ctx, r.Raw)
	whole, ok := value.(types.Object)
	if err != nil || !ok {
		return false
	}
	var diags diag.Diagnostics
	validate(ctx, path.Empty(), r.Schema.GetAttributes(), whole, &diags)
	return !diags.HasError()
}

// validate runs the validators of attributes, and of what is within them. A is the framework's type of an attribute,
// which differs from level to level and can't be named here.
func validate[A any](ctx context.Context, at path.Path, attributes map[string]A, within types.Object, diags *diag.Diagnostics) {
	for name, attribute := range attributes {
		value := within.Attributes()[name]
		if value != nil && !value.IsNull() {
			validateOne(ctx, at.AtName(name), attribute, value, diags)
		}
	}
}

func validateOne(ctx context.Context, at path.Path, attribute any, value attr.Value, diags *diag.Diagnostics) {
	switch a := attribute.(type) {
	case schema.StringAttribute:
		for _, v := range a.Validators {
			var resp validator.StringResponse
			if text, ok := value.(types.String); ok {
				v.ValidateString(ctx, validator.StringRequest{Path: at, ConfigValue: text}, &resp)
			}
			diags.Append(resp.Diagnostics...)
		}
	case schema.Int64Attribute:
		for _, v := range a.Validators {
			var resp validator.Int64Response
			if number, ok := value.(types.Int64); ok {
				v.ValidateInt64(ctx, validator.Int64Request{Path: at, ConfigValue: number}, &resp)
			}
			diags.Append(resp.Diagnostics...)
		}
	case schema.BoolAttribute:
		for _, v := range a.Validators {
			var resp validator.BoolResponse
			if is, ok := value.(types.Bool); ok {
				v.ValidateBool(ctx, validator.BoolRequest{Path: at, ConfigValue: is}, &resp)
			}
			diags.Append(resp.Diagnostics...)
		}
	case schema.MapAttribute:
		for _, v := range a.Validators {
			var resp validator.MapResponse
			if members, ok := value.(types.Map); ok {
				v.ValidateMap(ctx, validator.MapRequest{Path: at, ConfigValue: members}, &resp)
			}
			diags.Append(resp.Diagnostics...)
		}
	case schema.ListAttribute:
		validateList(ctx, at, a.Validators, value, diags)
	case schema.SingleNestedAttribute:
		validateObject(ctx, at, a.Validators, a.Attributes, value, diags)
	case schema.ListNestedAttribute:
		validateList(ctx, at, a.Validators, value, diags)
		if elements, ok := value.(types.List); ok {
			for i, element := range elements.Elements() {
				validateObject(ctx, at.AtListIndex(i), a.NestedObject.Validators, a.NestedObject.Attributes, element, diags)
			}
		}
	default:
		// What isn't checked must not pass: it would fail the plan of everything that is generated next to it.
		diags.AddAttributeError(at, "Unknown attribute type", fmt.Sprintf("%T can't be checked.", attribute))
	}
}

func validateList(ctx context.Context, at path.Path, validators []validator.List, value attr.Value, diags *diag.Diagnostics) {
	elements, ok := value.(types.List)
	if !ok {
		return
	}
	for _, v := range validators {
		var resp validator.ListResponse
		v.ValidateList(ctx, validator.ListRequest{Path: at, ConfigValue: elements}, &resp)
		diags.Append(resp.Diagnostics...)
	}
}

func validateObject(
	ctx context.Context, at path.Path, validators []validator.Object, attributes map[string]schema.Attribute, value attr.Value, diags *diag.Diagnostics,
) {
	whole, ok := value.(types.Object)
	if !ok { // such as timeouts, which no vendor has
		return
	}
	for _, v := range validators {
		var resp validator.ObjectResponse
		v.ValidateObject(ctx, validator.ObjectRequest{Path: at, ConfigValue: whole}, &resp)
		diags.Append(resp.Diagnostics...)
	}
	validate(ctx, at, attributes, whole, diags)
}
