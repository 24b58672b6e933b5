package account

import (
	"context"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// KeepEqual keeps the prior value where the configured one counts as equal, such as an e-mail address in other case.
func KeepEqual(equal func(a, b string) bool) planmodifier.String { return keepEqual{equal: equal} }

type keepEqual struct{ equal func(a, b string) bool }

func (keepEqual) Description(context.Context) string {
	return "A value that the vendor holds equal makes no difference."
}

func (m keepEqual) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m keepEqual) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	if m.equal(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

// Spelling returns prior where the vendor's value counts as equal to it, so that the user's spelling stays; else the
// vendor's value as StringOrNull has it.
func Spelling(prior types.String, vendor *string, equal func(a, b string) bool) types.String {
	value := StringOrNull(vendor)
	if !value.IsNull() && !prior.IsNull() && !prior.IsUnknown() && equal(prior.ValueString(), *vendor) {
		return prior
	}
	return value
}

// StringOrNull is the vendor's value without surrounding whitespace, which configuration can't have; null where nothing is left.
func StringOrNull(vendor *string) types.String {
	if vendor == nil || strings.TrimSpace(*vendor) == "" {
		return types.StringNull()
	}
	return types.StringValue(strings.TrimSpace(*vendor))
}

// Resolve returns planned where it is known, else what the vendor answered: known values of a plan must survive.
func Resolve[T attr.Value](planned, answered T) T {
	if planned.IsUnknown() {
		return answered
	}
	return planned
}

// Int64OrNil is a number that the validator WholeNumber has accepted; nil where it is null or unknown.
func Int64OrNil(number types.Number) *int64 {
	if number.IsNull() || number.IsUnknown() {
		return nil
	}
	whole, _ := number.ValueBigFloat().Int64()
	return &whole
}

// NumberOrNull is the vendor's number, null for nil. An equal prior one stays, which may have been made with another
// precision.
func NumberOrNull(prior types.Number, vendor *int64) types.Number {
	if vendor == nil {
		return types.NumberNull()
	}
	if number := types.NumberValue(new(big.Float).SetInt64(*vendor)); !prior.Equal(number) {
		return number
	}
	return prior
}

// FullyKnown reports whether a value and all within it are known.
func FullyKnown(ctx context.Context, value attr.Value) bool {
	raw, err := value.ToTerraformValue(ctx)
	return err == nil && raw.IsFullyKnown()
}
