package settings

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// AllowedCallers resolves allowed_callers; nil allows every caller. While it or an element is unknown, the vendor can't
// be used.
func (b *Block) AllowedCallers() []string {
	list, ok := b.attribute(allowedCallers).(types.List)
	switch at := b.path(allowedCallers); {
	case !ok: // not set, or part of a block that isn't known, which the credentials have recorded
		return nil
	case list.IsUnknown():
		b.unknown = append(b.unknown, at)
		return nil
	case list.IsNull():
		return nil
	default:
		callers, unknown, problem := readCallers(list, at)
		if unknown {
			b.unknown = append(b.unknown, at)
		}
		if problem != nil {
			b.invalid = true
			b.diags.Append(problem)
		}
		return callers
	}
}

// readCallers returns the elements of a list that is neither null nor unknown; whether one of them is unknown; and what
// is wrong with it. Nothing wrong may turn the guard off.
func readCallers(list types.List, at path.Path) (callers []string, unknown bool, problem diag.Diagnostic) {
	refuse := func(what string) ([]string, bool, diag.Diagnostic) {
		return nil, unknown, diag.NewAttributeErrorDiagnostic(at, "Invalid list of allowed callers",
			fmt.Sprintf("%s %s. List the ids that are allowed, or leave the attribute out to allow all.", at, what))
	}
	if len(list.Elements()) == 0 {
		return refuse("is empty, so that no credential could be used")
	}
	for i, element := range list.Elements() {
		id, ok := element.(types.String)
		switch {
		case ok && id.IsUnknown():
			unknown = true
		case !ok || id.IsNull():
			return refuse(fmt.Sprintf("has no value at index %d (it is null)", i))
		case strings.TrimSpace(id.ValueString()) != id.ValueString() || id.ValueString() == "":
			return refuse(fmt.Sprintf("has an id at index %d that is empty or has whitespace around it", i))
		default:
			callers = append(callers, id.ValueString())
		}
	}
	return callers, unknown, nil
}

// callersValidator is what readCallers refuses, at validation.
type callersValidator struct{}

// Description implements validator.Describer.
func (callersValidator) Description(context.Context) string { return "must list at least one id" }

// MarkdownDescription implements validator.Describer.
func (v callersValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateList implements validator.List.
func (callersValidator) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, _, problem := readCallers(req.ConfigValue, req.Path); problem != nil {
		resp.Diagnostics.Append(problem)
	}
}
