package account

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// listResults turns a vendor's listing into list results, up to the limit that Terraform asks for. fill sets one result's
// display name and, where asked for, its resource, and returns its id; "" where the account can't be expressed as a
// resource. Such ones are left out, and a warning at the end counts them. So are those whose resource has a value that
// configuration may not have: it would fail the plan of all that is generated next to it.
func listResults[T any](
	ctx context.Context,
	req list.ListRequest,
	d Descriptor,
	accounts iter.Seq2[T, error],
	fill func(T, *list.ListResult) (id string),
) iter.Seq[list.ListResult] {
	return func(yield func(list.ListResult) bool) {
		var listed int64
		skipped := 0
		var odd []string // ids of those that configuration can't express
		for a, err := range accounts {
			if err != nil {
				var diags diag.Diagnostics
				if !d.warnShort(&diags, err) {
					d.AddError(&diags, "list", "", err)
				}
				if !yield(list.ListResult{Diagnostics: diags}) || diags.HasError() {
					return
				}
				break
			}
			result := req.NewListResult(ctx)
			id := fill(a, &result)
			result.DisplayName = transport.SafeText(result.DisplayName) // the owners of accounts choose their names
			if id == "" {
				skipped++
				continue
			}
			if req.IncludeResource && !result.Diagnostics.HasError() && !validAsConfig(ctx, result.Resource) {
				odd = append(odd, id)
				continue
			}
			d.setIdentity(ctx, result.Identity, types.StringValue(id), &result.Diagnostics)
			listed++
			if !yield(result) {
				return
			}
			if req.Limit > 0 && listed >= req.Limit {
				break
			}
		}
		var said []string
		if skipped > 0 {
			said = append(said, fmt.Sprintf("%d at %s have no name, or lack something else that a resource must have. They can't be managed "+
				"with Terraform and are not listed.", skipped, d.Vendor))
		}
		if len(odd) > 0 {
			why := fmt.Sprintf("such as a name with a line break. To manage one, change it at %s first", d.Vendor)
			if d.NotAsConfig != "" {
				why = d.NotAsConfig
			}
			said = append(said, fmt.Sprintf("%d at %s have a value that configuration may not have, %s. They are not listed, since the plan of "+
				"all that is generated next to them would fail: %s.", len(odd), d.Vendor, why, transport.SafeText(strings.Join(shortened(odd), ", "))))
		}
		if len(said) > 0 {
			yield(list.ListResult{Diagnostics: diag.Diagnostics{
				diag.NewWarningDiagnostic(d.Title+": some were left out", strings.Join(said, "\n\n")),
			}})
		}
	}
}
