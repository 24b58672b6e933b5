package account

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// List turns a vendor's listing into list results, up to the limit that Terraform asks for. fill sets one result's
// display name and, where asked for, its resource, and returns its id; "" where the account can't be expressed as a
// resource. Such ones are left out, and a warning at the end counts them. So are those whose resource has a value that
// configuration may not have: it would fail the plan of all that is generated beside it.
func List[T any](ctx context.Context, req list.ListRequest, k Kind, accounts iter.Seq2[T, error], fill func(T, *list.ListResult) (id string)) iter.Seq[list.ListResult] {
	return func(yield func(list.ListResult) bool) {
		var listed int64
		skipped := 0
		for a, err := range accounts {
			if err != nil {
				var diags diag.Diagnostics
				k.AddError(&diags, "list", "", err)
				yield(list.ListResult{Diagnostics: diags})
				return
			}
			result := req.NewListResult(ctx)
			id := fill(a, &result)
			if id == "" || (req.IncludeResource && !result.Diagnostics.HasError() && !expressible(ctx, result.Resource)) {
				skipped++
				continue
			}
			SetIdentity(ctx, result.Identity, types.StringValue(id), &result.Diagnostics)
			listed++
			if !yield(result) {
				return
			}
			if req.Limit > 0 && listed >= req.Limit {
				break
			}
		}
		if skipped > 0 {
			yield(list.ListResult{Diagnostics: diag.Diagnostics{diag.NewWarningDiagnostic(
				k.Title+": some were left out", fmt.Sprintf("%d at %s have no name, lack something else that a resource must "+
					"have, or have a value that configuration may not have, such as a name with a line break. They can't be managed with Terraform "+
					"and are not listed.", skipped, k.Vendor))}})
		}
	}
}

// expressible tells whether configuration may have the texts of a resource.
func expressible(ctx context.Context, r *tfsdk.Resource) bool {
	return writable(ctx, r, path.Empty(), r.Schema.GetAttributes())
}

// writable is expressible for some of the attributes; A is the framework's own type of them, which can't be named here.
func writable[A any](ctx context.Context, r *tfsdk.Resource, at path.Path, attributes map[string]A) bool {
	for name, attribute := range attributes {
		switch a := any(attribute).(type) {
		case schema.StringAttribute:
			var value types.String
			response := validator.StringResponse{Diagnostics: r.GetAttribute(ctx, at.AtName(name), &value)}
			for _, v := range a.Validators {
				v.ValidateString(ctx, validator.StringRequest{Path: at.AtName(name), ConfigValue: value}, &response)
			}
			if response.Diagnostics.HasError() {
				return false
			}
		case schema.SingleNestedAttribute:
			if !writable(ctx, r, at.AtName(name), a.Attributes) {
				return false
			}
		}
	}
	return true
}
