package account

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Text refuses values that no vendor keeps as they are: empty ones, with outer blanks, or with control characters.
func Text() validator.String { return text{} }

// Lines is Text for values of several lines.
func Lines() validator.String { return text{lines: true} }

type text struct{ lines bool }

func (text) Description(context.Context) string {
	return "must not be empty, begin or end with a blank, or hold control characters"
}

func (v text) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v text) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	value := req.ConfigValue.ValueString()
	var problem string
	switch {
	case value == "":
		problem = "is empty. To have none, where that is allowed, leave the attribute out or set it to null"
	case strings.TrimSpace(value) != value:
		problem = "begins or ends with a blank. The vendor would cut it off"
	case strings.ContainsFunc(value, func(r rune) bool {
		return (unicode.IsControl(r) && !(v.lines && strings.ContainsRune("\r\n\t", r))) || r == unicode.ReplacementChar
	}):
		problem = "holds a control character, such as a line break"
	default:
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid text", fmt.Sprintf("The value of %s %s.", req.Path, problem))
}

// Base64 refuses values that aren't padded standard base64 of something.
func Base64() validator.String { return base64Validator{} }

type base64Validator struct{}

func (base64Validator) Description(context.Context) string { return "must be base64" }

func (v base64Validator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (base64Validator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if raw, err := base64.StdEncoding.Strict().DecodeString(req.ConfigValue.ValueString()); err != nil || len(raw) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid base64",
			fmt.Sprintf("The value of %s is not base64. Use filebase64(\"FILE\").", req.Path))
	}
}

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

// StringOrNull is the vendor's value without outer blanks, which configuration can't have; null where nothing is left.
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
