package account

import (
	"context"
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// What configuration may not have is found in every attribute type, and an attribute type that isn't known doesn't pass.
func TestValidAsConfig(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		attribute schema.Attribute
		value     attr.Value
		want      bool
	}{
		"a good string": {
			schema.StringAttribute{Validators: []validator.String{stringvalidator.LengthAtMost(3)}}, types.StringValue("abc"), true,
		},
		"a bad string": {
			schema.StringAttribute{Validators: []validator.String{stringvalidator.LengthAtMost(3)}}, types.StringValue("abcd"), false,
		},
		"a good number": {schema.Int64Attribute{Validators: []validator.Int64{int64validator.AtLeast(1)}}, types.Int64Value(1), true},
		"a bad number": {
			schema.Int64Attribute{Validators: []validator.Int64{int64validator.AtLeast(1)}}, types.Int64Value(0), false,
		},
		"a good boolean":            {schema.BoolAttribute{}, types.BoolValue(true), true},
		"a null":                    {schema.NumberAttribute{}, types.NumberNull(), true},
		"an unknown attribute type": {schema.Float64Attribute{}, types.Float64Value(1), false},
		"a whole number": {
			schema.NumberAttribute{Validators: []validator.Number{WholeNumber(1, 9)}}, types.NumberValue(big.NewFloat(9)), true,
		},
		"a fraction": {
			schema.NumberAttribute{Validators: []validator.Number{WholeNumber(1, 9)}}, types.NumberValue(big.NewFloat(1.5)), false,
		},
		"too large a number": {
			schema.NumberAttribute{Validators: []validator.Number{WholeNumber(1, 9)}}, types.NumberValue(big.NewFloat(1e30)), false,
		},
		"a missing value": {schema.StringAttribute{Required: true}, types.StringNull(), false},
		"a null in a list": {
			schema.ListAttribute{ElementType: types.StringType, Validators: []validator.List{NoNulls()}},
			types.ListValueMust(types.StringType, []attr.Value{types.StringNull()}), false,
		},
		"a list of nothing": {
			schema.ListAttribute{ElementType: types.StringType, Validators: []validator.List{Elements("")}},
			types.ListValueMust(types.StringType, nil), false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			whole := schema.Schema{Attributes: map[string]schema.Attribute{"x": tt.attribute}}
			object := types.ObjectValueMust(map[string]attr.Type{"x": tt.attribute.GetType()}, map[string]attr.Value{"x": tt.value})
			raw, err := object.ToTerraformValue(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if got := validAsConfig(ctx, &tfsdk.Resource{Schema: whole, Raw: raw}); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
