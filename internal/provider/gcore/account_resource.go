package gcore

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	_ resource.Resource                = (*accountResource)(nil)
	_ resource.ResourceWithConfigure   = (*accountResource)(nil)
	_ resource.ResourceWithIdentity    = (*accountResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*accountResource)(nil)
	_ resource.ResourceWithImportState = (*accountResource)(nil)
)

// NewAccountResource makes gcore_account.
func NewAccountResource() resource.Resource {
	return &accountResource{account.NewBase[*client.Client](accountDescriptor)}
}

type accountResource struct {
	account.Base[*client.Client]
}

// Create implements resource.Resource.
func (r *accountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan accountModel
	ctx, api, cancel := r.BeginCreate(ctx, req, resp, &plan)
	if cancel == nil {
		return
	}
	defer cancel()

	made, err := api.CreateAccount(ctx, plan.Company.ValueString())
	if err != nil {
		r.Descriptor.AddCreateError(&resp.Diagnostics, err)
		return
	}
	r.created(ctx, resp, api, plan, made)
	if shown, ok := api.ReadNew(ctx, made.ID); ok { // the reply lacks what is computed
		r.created(ctx, resp, api, plan, shown)
		hasOtherCompany(&resp.Diagnostics, shown, plan.Company.ValueString())
	}
}

// hasOtherCompany reports whether the account that the reply to a create has the id of shows another company than the one
// that was sent, and warns of it.
func hasOtherCompany(diags *diag.Diagnostics, shown client.Account, sent string) bool {
	if shown.Company == "" || client.SameName(shown.Company, sent) {
		return false
	}
	diags.AddWarning("A new account has another company name", fmt.Sprintf(
		"The reply to the create has the id of account %s. Gcore shows that account with the company %q, not %q. It may belong to somebody "+
			"else, so nothing more was sent to it.\n\nThe next plan would rename it: check at Gcore which account was created before you "+
			"apply. If it is another one, take this one out of the state: %s",
		shown.ID, transport.SafeText(shown.Company), sent, accountDescriptor.Forget()))
	return true
}

// created stores a new account as a reply shows it.
func (r *accountResource) created(
	ctx context.Context, resp *resource.CreateResponse, api *client.Client, plan accountModel, a client.Account,
) {
	plan.resolve(a)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	r.Created(ctx, resp, api, plan.ID, a.Reseller)
}

// Read implements resource.Resource.
func (r *accountResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state accountModel
	ctx, api, cancel := r.BeginRead(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()

	id := state.ID.ValueString()
	read, err := api.ReadAccount(ctx, id, r.Witness(ctx, req.Private, &resp.Diagnostics), state.isAs)
	if err != nil {
		r.ReadFailed(ctx, req, resp, api, id, err)
		return
	}
	if !r.Recognize(ctx, req, resp, api, id, state.Company.ValueString(), read.Company, client.SameName) {
		return
	}
	state.read(read)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	r.MarkRead(ctx, resp, api, read.Reseller)
}

// Delete implements resource.Resource. Gcore has no call for it: only the policy abandon gets here.
func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.Descriptor.PlanDelete(ctx, req.State, &resp.Diagnostics)
}
