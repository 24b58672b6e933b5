package gcore

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Update implements resource.Resource.
func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state accountModel
	ctx, cancel := r.BeginUpdate(ctx, req, resp, &plan, &state)
	if cancel == nil {
		return
	}
	defer cancel()

	id := state.ID.ValueString()
	renamed := client.Account{ID: id}
	if !plan.Company.Equal(state.Company) {
		api, ok := r.Client(ctx, req.Private, id, &resp.Diagnostics)
		if !ok {
			return
		}
		var err error
		if renamed, err = api.RenameAccount(ctx, id, plan.Company.ValueString()); err != nil {
			r.addRenameError(&resp.Diagnostics, id, err)
			return
		}
	}
	plan.resolve(renamed)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func (r *accountResource) addRenameError(diags *diag.Diagnostics, id string, err error) {
	if lost, ok := errors.AsType[*wire.NotKeptError](err); ok {
		r.Descriptor.AddNotKept(diags, id, lost)
		return
	}
	if !errors.Is(err, client.ErrNeedsReseller) {
		r.Descriptor.AddError(diags, "rename", id, err)
		return
	}
	text := ""
	if failure, ok := errors.AsType[*transport.Error](err); ok {
		text = "\n\n" + r.Descriptor.Words(failure)
	}
	diags.AddAttributeError(path.Root("company"), "Unable to rename "+r.Descriptor.Title, fmt.Sprintf(
		"Gcore lets only a reseller rename an account, and this credential is not shown as one of account %s's reseller. Set company back to "+
			"what the account has, use a reseller's credential, or ask Gcore's support to rename it. If the answer was 404, the account may "+
			"also be gone: run a plan with a refresh.%s", id, text))
}
