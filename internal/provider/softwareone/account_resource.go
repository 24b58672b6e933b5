package softwareone

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var (
	_ resource.Resource                = (*accountResource)(nil)
	_ resource.ResourceWithConfigure   = (*accountResource)(nil)
	_ resource.ResourceWithIdentity    = (*accountResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*accountResource)(nil)
	_ resource.ResourceWithImportState = (*accountResource)(nil)
)

// NewAccountResource makes softwareone_account.
func NewAccountResource() resource.Resource { return &accountResource{} }

type accountResource struct {
	client *settings.Client[*client.Client]
}

// Metadata implements resource.Resource.
func (r *accountResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = descriptor.Type
}

// Configure implements resource.ResourceWithConfigure.
func (r *accountResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements resource.Resource.
func (r *accountResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = accountSchema(ctx)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *accountResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = descriptor.IdentitySchema()
}

// Create implements resource.Resource.
func (r *accountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, d := plan.Timeouts.Create(ctx, account.CreateTimeout)
	resp.Diagnostics.Append(d...)
	api, ok := r.client.Get(&resp.Diagnostics)
	body, logo := plan.newAccount(ctx, &resp.Diagnostics), plan.logo(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	made, err := api.CreateAccount(ctx, body, logo, plan.AllowDuplicateName.ValueBool())
	if err != nil {
		failed := descriptor
		if plan.AllowDuplicateName.ValueBool() {
			failed.Duplicates = anotherTwin
		}
		failed.AddCreateError(&resp.Diagnostics, err)
		return
	}
	made = finish(ctx, api, plan, body, made, &resp.Diagnostics)

	plan.resolve(ctx, made, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	account.SetIdentity(ctx, resp.Identity, plan.ID, &resp.Diagnostics)
	account.MarkCreated(ctx, resp.Private, api.Now(), &resp.Diagnostics)
	account.Record(ctx, resp.Private, map[string]attr.Value{"type": plan.Type, "groups": plan.Groups}, &resp.Diagnostics)
}

// anotherTwin is the advice where allow_duplicate_name is set and the account exists all the same.
const anotherTwin = "It has exactly what would be sent, and this token made it within the last hour, but not this run: a run that was killed " +
	"or retried may have made it. If you want another account of this name, give it an external_id or a description of its own, or wait an hour."

// finish does what the create call itself did not: fields that the platform ignored, and the status. A failure is
// a warning, since an error would taint the account.
func finish(ctx context.Context, api *client.Client, plan accountModel, body client.NewAccount, made client.Account, diags *diag.Diagnostics) client.Account {
	ignored := body.Differences(made)
	rest := change{fields: body.AccountFields, put: len(ignored) > 0}
	if isKnown(plan.Status) {
		var problem string
		rest.status = plan.Status.ValueString()
		rest.action, problem = actionFor(made.Type, made.Status, rest.status, made.ExternalID != nil, isKnown(plan.ExternalID))
		if problem != "" {
			descriptor.AddIncomplete(diags, made.ID, "setting the status "+rest.status, errors.New(problem))
		}
	}
	if !rest.put && rest.action == "" {
		return made
	}
	after, err := rest.apply(ctx, api, made)
	if err != nil {
		step := "setting the status " + rest.status
		if notKept, ok := errors.AsType[*wire.NotKeptError](err); ok {
			ignored = notKept.Differences
		}
		if err.step == "update" && len(ignored) > 0 {
			step = "setting " + fieldName(ignored[0].Field)
		}
		descriptor.AddIncomplete(diags, made.ID, step, err)
	}
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
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account.SetIdentity(ctx, resp.Identity, state.ID, &resp.Diagnostics)
	timeout, d := state.Timeouts.Read(ctx, account.ReadTimeout)
	resp.Diagnostics.Append(d...)
	api, ok := r.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	id := state.ID.ValueString()
	read, err := api.ReadAccount(ctx, id)
	switch {
	case transport.IsNotFound(err) && account.Lagging(ctx, req.Private, api.Now(), &resp.Diagnostics):
		descriptor.AddLag(&resp.Diagnostics, id)
		return
	case transport.IsNotFound(err) && account.Importing(ctx, req.Private, &resp.Diagnostics):
		descriptor.AddNothingToImport(&resp.Diagnostics, id, err)
		return
	case transport.IsNotFound(err):
		addInvisible(&resp.Diagnostics, "read", id, err)
		return
	case err != nil:
		descriptor.AddError(&resp.Diagnostics, "read", id, err)
		return
	}
	state.read(ctx, read, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if account.MarkRead(ctx, resp.Private, &resp.Diagnostics) {
		account.Record(ctx, resp.Private, map[string]attr.Value{"type": state.Type}, &resp.Diagnostics)
	}
}

// addInvisible explains a 404, which never means that an account is gone: the platform has no delete, and hides what
// a token may not see.
func addInvisible(diags *diag.Diagnostics, verb, id string, err error) {
	diags.AddError("Unable to "+verb+" "+descriptor.Title, fmt.Sprintf("SoftwareOne doesn't show account %s to this token. Accounts can't "+
		"be deleted there, so the token belongs to another account, lacks the permission to manage accounts, or the base URL is that "+
		"of another environment. Check softwareone.api_token (MPT_API_TOKEN) and softwareone.base_url (MPT_API_BASE_URL). The account "+
		"stays in the state.\n\n%s\n\nTo take it out of the state, %s", id, descriptor.Cause(err), descriptor.Forget()))
}

// Update implements resource.Resource.
func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account.SetIdentity(ctx, resp.Identity, state.ID, &resp.Diagnostics)
	timeout, d := plan.Timeouts.Update(ctx, account.UpdateTimeout)
	resp.Diagnostics.Append(d...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if now := r.change(ctx, plan, state, &resp.Diagnostics); now != nil {
		plan.resolve(ctx, *now, &resp.Diagnostics)
	} else {
		plan.fillUnknown(ctx, state, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	account.Record(ctx, resp.Private, map[string]attr.Value{"type": plan.Type, "groups": plan.Groups}, &resp.Diagnostics)
}

// change makes what an update needs and returns the account afterwards; nil where there was nothing to send.
func (r *accountResource) change(ctx context.Context, plan, state accountModel, diags *diag.Diagnostics) *client.Account {
	descriptor.RefuseCreateOnly(createOnly(plan, state), diags)
	id := state.ID.ValueString()
	now := client.Account{
		ID: id, Type: state.Type.ValueString(), Status: state.Status.ValueString(), ExternalID: state.ExternalID.ValueStringPointer(),
	}
	fields := plan.fields(ctx, diags)
	next := change{fields: fields, put: !reflect.DeepEqual(fields, state.fields(ctx, diags))}
	if plan.Address.IsNull() && state.Address.IsNull() {
		// There is nothing to clear, and a server may want an address that is sent to be whole.
		next.fields.Address = nil
	}
	if !plan.Logo.Equal(state.Logo) && isKnown(plan.Logo) {
		next.logo, next.put = plan.logo(diags), true
	}
	if isKnown(plan.Status) {
		var problem string
		next.status = plan.Status.ValueString()
		next.action, problem = actionFor(now.Type, now.Status, next.status, now.ExternalID != nil, isKnown(plan.ExternalID))
		if problem != "" {
			refuseStatus(diags, problem)
		}
	}
	if diags.HasError() || (!next.put && next.action == "") {
		return nil
	}
	api, ok := r.client.Get(diags)
	if !ok {
		return nil
	}
	after, failed := next.apply(ctx, api, now)
	if failed == nil {
		return &after
	}
	if notKept, ok := errors.AsType[*wire.NotKeptError](failed); ok {
		descriptor.AddNotKept(diags, id, notKept)
	} else {
		addWriteError(diags, failed.step, id, failed)
	}
	return nil
}

func addWriteError(diags *diag.Diagnostics, verb, id string, err error) {
	if transport.IsNotFound(err) {
		addInvisible(diags, verb, id, err)
		return
	}
	descriptor.AddError(diags, verb, id, err)
}

// Delete implements resource.Resource.
func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if !descriptor.PlanDelete(ctx, req.State, &resp.Diagnostics) {
		return
	}
	var state accountModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, d := state.Timeouts.Delete(ctx, account.DeleteTimeout)
	resp.Diagnostics.Append(d...)
	api, ok := r.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	id := state.ID.ValueString()
	_, err := api.SetStatus(ctx, id, client.Disable, client.StatusDisabled, "", "")
	switch {
	case transport.IsNotFound(err):
		resp.Diagnostics.AddWarning(descriptor.Title+" was forgotten, not disabled", fmt.Sprintf("SoftwareOne doesn't show account %s to this token "+
			"any more (HTTP 404), so there was nothing to disable. If it still works there, disable it on the platform.", id))
	case err != nil:
		descriptor.AddError(&resp.Diagnostics, "disable", id, err)
	}
}

// ImportState implements resource.ResourceWithImportState.
func (r *accountResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	descriptor.Import(ctx, req, resp)
}
