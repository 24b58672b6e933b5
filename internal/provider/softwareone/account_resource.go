package softwareone

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	_ resource.Resource                = (*accountResource)(nil)
	_ resource.ResourceWithConfigure   = (*accountResource)(nil)
	_ resource.ResourceWithIdentity    = (*accountResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*accountResource)(nil)
	_ resource.ResourceWithImportState = (*accountResource)(nil)
)

// NewAccountResource makes softwareone_account.
func NewAccountResource() resource.Resource {
	return &accountResource{account.NewBase[*client.Client](descriptor)}
}

type accountResource struct{ account.Base[*client.Client] }

// Schema implements resource.Resource.
func (r *accountResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = accountSchema(ctx)
}

// Create implements resource.Resource.
func (r *accountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan accountModel
	ctx, api, cancel := r.BeginCreate(ctx, req, resp, &plan)
	if cancel == nil {
		return
	}
	defer cancel()
	body := plan.newAccount(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	made, err := api.CreateAccount(ctx, body, plan.logo(), plan.AllowDuplicateName.ValueBool())
	if err != nil {
		failed := descriptor
		if plan.AllowDuplicateName.ValueBool() {
			failed.Duplicates = anotherTwin
		}
		failed.AddCreateError(&resp.Diagnostics, err)
		return
	}
	made = finish(ctx, api, plan, body, made, &resp.Diagnostics)

	planned := plan
	plan.resolve(ctx, made, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	r.Created(ctx, resp, api, plan.ID, "")
	plan.record(ctx, resp.Private, &resp.Diagnostics)
	if !made.IsPartial() || ctx.Err() != nil {
		return
	}
	// What the apply saves is what the next read finds. Where this one fails, the values stay null until then.
	if read, err := api.ReadNewAccount(ctx, made.ID); err == nil {
		planned.resolve(ctx, read, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.State.Set(ctx, planned)...)
	}
}

// anotherTwin is the advice where allow_duplicate_name is set and the account exists anyway.
const anotherTwin = "It has exactly what would be sent, and this token made it within the last hour, but not this run: a run that was " +
	"killed or retried may have made it. If you want another account of this name, give it an external_id or a description of its own, or " +
	"wait an hour."

// finish does what the create call itself did not: fields that the platform ignored, and the status. A failure is a
// warning, since an error would taint the account.
func finish(
	ctx context.Context, api *client.Client, plan accountModel, body client.NewAccount, made client.Account, diags *diag.Diagnostics,
) client.Account {
	ignored := body.Differences(made)
	rest := change{fields: body.AccountFields, put: len(ignored) > 0, status: made.Status}
	if isKnown(plan.Status) {
		rest.status = plan.Status.ValueString()
	}
	if !rest.put && rest.status == made.Status {
		return made
	}
	if made.Type == "" {
		made.Type = body.Type // of a partial reply
	}
	after, failed := rest.apply(ctx, api, made)
	if failed == nil {
		return after
	}
	if notKept, ok := errors.AsType[*wire.NotKeptError](failed); ok {
		ignored = notKept.Differences
	}
	step := "setting the status " + rest.status
	if failed.step == "update" && len(ignored) > 0 {
		step = "setting " + fieldName(ignored[0].Field)
	}
	descriptor.AddIncomplete(diags, made.ID, step, failed.err)
	return after
}

// fieldName is the attribute of one of the API's fields, for people.
func fieldName(field string) string {
	if attribute, ok := descriptor.Wire[field]; ok {
		return attribute.String()
	}
	return "its fields"
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
	read, err := api.ReadAccount(ctx, id)
	if err != nil {
		r.ReadFailed(ctx, req, resp, api, id, err)
		return
	}
	before := naturalKey(state.Name.ValueString(), state.Type.ValueString())
	if !r.Recognize(ctx, req, resp, api, id, before, naturalKey(read.Name, read.Type), client.SameName) {
		return
	}
	state.read(ctx, read, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if r.MarkRead(ctx, resp, api, "") {
		state.record(ctx, resp.Private, &resp.Diagnostics)
	}
}

// naturalKey is what people tell accounts apart by; "" before the first read after an import.
func naturalKey(name, accountType string) string {
	return strings.TrimSpace(name + " " + accountType)
}

// Delete implements resource.Resource.
func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state accountModel
	ctx, api, cancel := r.BeginDelete(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	id := state.ID.ValueString()
	_, err := api.Act(ctx, id, client.Disable, "", "")
	switch {
	case transport.IsNotFound(err):
		resp.Diagnostics.AddWarning(descriptor.Title+" was forgotten, not disabled", fmt.Sprintf("SoftwareOne doesn't show account %s to this "+
			"token "+
			"any more (HTTP 404), so there was nothing to disable. If it still works there, disable it on the platform.", id))
	case err != nil:
		descriptor.AddError(&resp.Diagnostics, "disable", id, err)
	}
}
