package fortanix

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	_ resource.Resource                = (*accountResource)(nil)
	_ resource.ResourceWithConfigure   = (*accountResource)(nil)
	_ resource.ResourceWithIdentity    = (*accountResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*accountResource)(nil)
	_ resource.ResourceWithImportState = (*accountResource)(nil)
)

// keyAuthIDs is the key of private state under which the server's ids of the auth configs in the state are, as []authID.
const keyAuthIDs = "auth_configs"

// authID is the server's id of an auth config.
type authID struct {
	Key client.AuthKey `json:"key"`
	ID  string         `json:"id"`
}

// NewAccountResource makes fortanix_account.
func NewAccountResource() resource.Resource {
	return &accountResource{account.NewBase[*client.Client](descriptor)}
}

type accountResource struct {
	account.Base[*client.Client]
}

// Schema implements resource.Resource.
func (r *accountResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = accountSchema(ctx)
}

// Create implements resource.Resource. All that will be sent is made before the first request: a value that can't be used
// must not leave a half-made account.
func (r *accountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config accountModel
	ctx, api, cancel := r.BeginCreate(ctx, req, resp, &plan)
	if cancel == nil {
		return
	}
	defer cancel()
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	configured := authConfigsOf(ctx, config.AuthConfigs, &resp.Diagnostics)
	checkAuthConfigs(ctx, configured, nil, &resp.Diagnostics)
	body, followUp := plan.newAccount(ctx, configured, &resp.Diagnostics), plan.followUp(ctx, configured, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	made, err := api.CreateAccount(ctx, body)
	if err != nil {
		descriptor.AddCreateError(&resp.Diagnostics, err)
		return
	}
	made = finish(ctx, api, made, followUp, &resp.Diagnostics)

	planned := plan
	plan.resolve(ctx, made, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	r.Created(ctx, resp, api, plan.ID, currentUser(ctx, api))
	plan.record(ctx, resp.Private, made, &resp.Diagnostics)
	if ctx.Err() != nil || !planned.isPartial(plan.commonModel) {
		return
	}
	if read, err := api.ReadCreated(ctx, plan.ID.ValueString()); err == nil { // else the next read will show it
		planned.resolve(ctx, read, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.State.Set(ctx, planned)...)
		planned.record(ctx, resp.Private, read, &resp.Diagnostics)
	}
}

// currentUser is the id of the session's user, "" where the server doesn't say.
func currentUser(ctx context.Context, api *client.Client) string {
	user, err := api.Caller(ctx)
	if err != nil {
		return "" // a later read may learn it
	}
	return user
}

// record remembers what only the create call takes, and the ids of the auth configs.
func (m accountModel) record(ctx context.Context, private account.Private, a client.Account, diags *diag.Diagnostics) {
	m.recordCreateOnly(ctx, private, diags)
	recordAuthIDs(ctx, private, a, diags)
}

func (m accountModel) recordCreateOnly(ctx context.Context, private account.Private, diags *diag.Diagnostics) {
	account.RecordCreateOnly(ctx, private, createOnly(m, accountModel{}), diags)
}

func recordAuthIDs(ctx context.Context, private account.Private, a client.Account, diags *diag.Diagnostics) {
	ids := []authID{}
	for _, config := range a.AuthConfigs {
		ids = append(ids, authID{Key: config.Key(), ID: config.ID})
	}
	account.Put(ctx, private, keyAuthIDs, ids, diags)
}

// finish sets what the create call did not take or ignored, and returns the account as it is then.
func finish(
	ctx context.Context,
	api *client.Client,
	made client.Account,
	followUp client.AccountUpdate,
	diags *diag.Diagnostics,
) client.Account {
	if followUp.AuthConfigs != nil {
		followUp.AuthConfigs.Have = made.AuthConfigs
	}
	left := followUp.Left(made)
	if left.IsEmpty() {
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
	ctx, api, cancel := r.BeginRead(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()

	id := state.ID.ValueString()
	read, err := api.ReadAccount(ctx, id, r.Witness(ctx, req.Private, &resp.Diagnostics), func(listed client.Account) bool {
		return state.isShown(ctx, listed)
	})
	if err != nil {
		if r.ReadFailed(ctx, req, resp, api, id, err); resp.State.Raw.IsNull() {
			warnGone(state, &resp.Diagnostics)
		}
		return
	}
	if !r.Recognize(ctx, req, resp, api, id, state.Name.ValueString(), read.Name, client.SameName) {
		return
	}
	imported := r.MarkRead(ctx, resp, api, currentUser(ctx, api))
	state.read(ctx, read, imported || !state.AuthConfigs.IsNull(), &resp.Diagnostics)
	if err := state.readLogo(read, func() (string, error) { return api.LogoText(ctx, read) }); err != nil {
		descriptor.AddError(&resp.Diagnostics, "read the logo of", id, err)
		return
	}
	state.ID = types.StringValue(id) // in the spelling of the identity, which never changes
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if imported {
		state.recordCreateOnly(ctx, resp.Private, &resp.Diagnostics)
	}
	recordAuthIDs(ctx, resp.Private, read, &resp.Diagnostics)
}

// warnGone says what a proof can't exclude. A create can't do harm then: the name is still taken.
func warnGone(state accountModel, diags *diag.Diagnostics) {
	diags.AddWarning(descriptor.Title+" is gone", fmt.Sprintf(
		"%s %s (%s) is not known to Fortanix any more, nor in the list of this user's accounts, so it is taken out of the state. A user who was "+
			"removed from an account sees the same. If that may be so, have the user added again before you apply; a create of the same name would "+
			"fail, since the name is still taken.", descriptor.Title, state.ID.ValueString(), state.Name.ValueString()))
}

// Delete implements resource.Resource.
func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state accountModel
	ctx, api, cancel := r.BeginDelete(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	id, verb, destroy := state.ID.ValueString(), "delete", api.DeleteAccount
	if state.DeletionPolicy.ValueString() == account.PolicyDeactivate {
		verb, destroy = "deactivate", api.DeactivateAccount
	}
	if err := destroy(ctx, id); err != nil {
		descriptor.AddError(&resp.Diagnostics, verb, id, err)
	}
}
