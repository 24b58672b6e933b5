package fortanix

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
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

// Keys of private state.
const (
	keyWitness = "known"        // client.Witness: who has seen the account
	keyAuthIDs = "auth_configs" // []authID: the server's ids of the auth configs in the state
)

// authID is the server's id of an auth config.
type authID struct {
	Key client.AuthKey `json:"key"`
	ID  string         `json:"id"`
}

// NewAccountResource makes fortanix_account.
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
	var plan, config accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, d := plan.Timeouts.Create(ctx, account.CreateTimeout)
	resp.Diagnostics.Append(d...)
	api, ok := r.client.Get(&resp.Diagnostics)
	configured := authConfigsOf(ctx, config.AuthConfigs, &resp.Diagnostics)
	checkAuthConfigs(ctx, configured, nil, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	made, err := api.CreateAccount(ctx, plan.newAccount(ctx, configured, &resp.Diagnostics))
	if err != nil {
		descriptor.AddCreateError(&resp.Diagnostics, err)
		return
	}
	made = finish(ctx, api, plan, configured, made, &resp.Diagnostics)

	plan.resolve(ctx, made, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	account.SetIdentity(ctx, resp.Identity, plan.ID, &resp.Diagnostics)
	account.MarkCreated(ctx, resp.Private, api.Now(), &resp.Diagnostics)
	plan.record(ctx, resp.Private, made, &resp.Diagnostics)
}

// record remembers what only the create call takes, and the ids of the auth configs.
func (m accountModel) record(ctx context.Context, private account.Private, a client.Account, diags *diag.Diagnostics) {
	m.recordCreateOnly(ctx, private, diags)
	recordAuthIDs(ctx, private, a, diags)
}

func (m accountModel) recordCreateOnly(ctx context.Context, private account.Private, diags *diag.Diagnostics) {
	account.Record(ctx, private, map[string]attr.Value{"component": m.Component, "node_enrollment": m.NodeEnrollment}, diags)
}

func recordAuthIDs(ctx context.Context, private account.Private, a client.Account, diags *diag.Diagnostics) {
	ids := []authID{}
	for _, config := range a.AuthConfigs {
		ids = append(ids, authID{Key: config.Key(), ID: config.ID})
	}
	account.Put(ctx, private, keyAuthIDs, ids, diags)
}

// finish sets what only an update takes, and what the create call passed over.
func finish(ctx context.Context, api *client.Client, plan accountModel, configured []authConfigModel, made client.Account, diags *diag.Diagnostics) client.Account {
	left := plan.wanted(ctx, configured, made, diags).Missing(made)
	if len(left.Fields()) == 0 {
		return made
	}
	const step = "setting what the create call does not take"
	if ctx.Err() != nil {
		descriptor.AddIncomplete(diags, made.ID, step, errors.New("the run was interrupted, or timeouts.create is over"))
		return made
	}
	updated, err := api.UpdateAccount(ctx, made.ID, left)
	if updated.ID != "" {
		made = updated
	}
	if err != nil {
		descriptor.AddIncomplete(diags, made.ID, step, err)
	}
	return made
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

	var seen client.Witness
	account.Fetch(ctx, req.Private, keyWitness, &seen, &resp.Diagnostics)
	id := state.ID.ValueString()
	read, err := api.ReadAccount(ctx, id, seen)
	if err == nil && read.Listed && state.isOther(ctx, read) {
		read, err = api.ReadAccountAlone(ctx, id, seen) // a listing may leave out what only some accounts have
	}
	switch {
	case transport.IsNotFound(err) && account.Lagging(ctx, req.Private, api.Now(), &resp.Diagnostics):
		descriptor.AddLag(&resp.Diagnostics, id)
		return
	case transport.IsNotFound(err) && account.Importing(ctx, req.Private, &resp.Diagnostics):
		descriptor.AddNothingToImport(&resp.Diagnostics, id, err)
		return
	case errors.Is(err, client.ErrGone):
		account.Gone(ctx, resp)
		return
	case err != nil:
		addReadError(&resp.Diagnostics, id, err)
		return
	}
	imported := account.MarkRead(ctx, resp.Private, &resp.Diagnostics)
	state.read(ctx, read, imported || !state.AuthConfigs.IsNull(), &resp.Diagnostics)
	if err := state.readLogo(read, func() (string, error) { return api.LogoText(ctx, read) }); err != nil {
		descriptor.AddError(&resp.Diagnostics, "read the logo of", id, err)
		return
	}
	state.ID = types.StringValue(id) // as it was imported: an identity never changes
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if imported {
		state.recordCreateOnly(ctx, resp.Private, &resp.Diagnostics)
	}
	recordAuthIDs(ctx, resp.Private, read, &resp.Diagnostics)
	if user, err := api.CurrentUser(ctx); err == nil {
		account.Put(ctx, resp.Private, keyWitness, client.Witness{Subject: user}, &resp.Diagnostics)
	}
}

// addReadError reports that an account couldn't be read; where it was not found, why that does not prove it gone.
func addReadError(diags *diag.Diagnostics, id string, err error) {
	if doubt, ok := errors.AsType[*client.NotProvenError](err); ok {
		descriptor.AddNotProven(diags, id, doubt.Reason, err)
		return
	}
	descriptor.AddError(diags, "read", id, err)
}

// Update implements resource.Resource.
func (r *accountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	account.SetIdentity(ctx, resp.Identity, state.ID, &resp.Diagnostics)
	timeout, d := plan.Timeouts.Update(ctx, account.UpdateTimeout)
	resp.Diagnostics.Append(d...)
	descriptor.RefuseCreateOnly(createOnly(plan, state), &resp.Diagnostics)
	update := plan.changes(ctx, state, &resp.Diagnostics)
	update.AuthConfigs = authConfigsUpdate(ctx, req.Private, plan, state, config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if len(update.Fields()) == 0 {
		plan.fillUnknown(state)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		plan.recordCreateOnly(ctx, resp.Private, &resp.Diagnostics)
		return
	}
	api, ok := r.client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	id := state.ID.ValueString()
	updated, err := api.UpdateAccount(ctx, id, update)
	if ignored, ok := errors.AsType[*client.IgnoredError](err); ok {
		resp.Diagnostics.AddAttributeError(path.Root(ignored.Fields[0]), "Unable to update "+descriptor.Title, fmt.Sprintf(
			"%s %s: %v. Other changes were made.\n\nIf Fortanix keeps to its own value, set the attribute to that, or take it out of the "+
				"configuration.", descriptor.Title, id, err))
		return
	}
	if err != nil {
		descriptor.AddError(&resp.Diagnostics, "update", id, err)
		return
	}
	plan.resolve(ctx, updated, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	plan.record(ctx, resp.Private, updated, &resp.Diagnostics)
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

	if err := api.DeleteAccount(ctx, state.ID.ValueString()); err != nil {
		descriptor.AddError(&resp.Diagnostics, "delete", state.ID.ValueString(), err)
	}
}

// ImportState implements resource.ResourceWithImportState.
func (r *accountResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	descriptor.Import(ctx, req, resp)
}
