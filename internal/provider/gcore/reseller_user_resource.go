package gcore

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	_ resource.Resource                = (*resellerUserResource)(nil)
	_ resource.ResourceWithConfigure   = (*resellerUserResource)(nil)
	_ resource.ResourceWithIdentity    = (*resellerUserResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*resellerUserResource)(nil)
	_ resource.ResourceWithImportState = (*resellerUserResource)(nil)
)

// NewResellerUserResource makes gcore_reseller_user.
func NewResellerUserResource() resource.Resource {
	return &resellerUserResource{account.NewBase[*client.Client](userDescriptor)}
}

type resellerUserResource struct {
	account.Base[*client.Client]
}

// Create implements resource.Resource.
func (r *resellerUserResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	planCreateUser(config, &resp.Diagnostics)
	ctx, api, cancel := r.BeginCreate(ctx, req, resp, &plan)
	if cancel == nil {
		return
	}
	defer cancel()
	body := plan.newUser(ctx, config.PasswordWO, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}

	made, err := api.CreateUser(ctx, body)
	if err != nil {
		addCreateUserError(&resp.Diagnostics, err)
		return
	}
	r.created(ctx, resp, api, plan, made, client.Account{})
	config.record(ctx, resp.Private, &resp.Diagnostics)
	if ctx.Err() == nil {
		r.finish(ctx, resp, api, plan, made)
	}
}

// created stores a new user and the account behind it as replies show them.
func (r *resellerUserResource) created(
	ctx context.Context, resp *resource.CreateResponse, api *client.Client, plan userModel, made client.User, behind client.Account,
) {
	plan.resolve(made, behind)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	r.Created(ctx, resp, api, plan.ID, behind.Reseller)
}

// finish reads what the reply to the create call lacks, and sends again what that call has ignored.
func (r *resellerUserResource) finish(
	ctx context.Context, resp *resource.CreateResponse, api *client.Client, plan userModel, made client.User,
) {
	if !made.IsWhole() {
		if read, ok := api.ReadNewUser(ctx, made.ID); ok {
			made = read
		}
	}
	behind, _ := api.ReadNew(ctx, made.ClientID)
	r.created(ctx, resp, api, plan, made, behind)
	if hasOtherCompany(&resp.Diagnostics, behind, plan.Company.ValueString()) {
		return
	}
	shown := plan
	shown.readUser(made)
	shown.readClient(behind)
	if plan.managesServices() {
		if products, err := api.Availability(ctx, made.ClientID); err == nil {
			shown.readServices(ctx, products, &resp.Diagnostics)
		}
	}
	plan.resolve(made, behind)
	if _, err := plan.send(ctx, api, shown, &resp.Diagnostics); err != nil {
		r.Descriptor.AddIncomplete(&resp.Diagnostics, made.ID, "setting what the create call ignored", err)
	}
}

// addCreateUserError reports a failed create; where the company name is taken by an account without such a user, that
// account can be imported as a gcore_account.
func addCreateUserError(diags *diag.Diagnostics, err error) {
	userDescriptor.AddCreateError(diags, err)
	taken, ok := errors.AsType[*client.CompanyTakenError](err)
	if !ok {
		return
	}
	advice := "A user can't be created for an account that exists. Choose another company name; to manage the account itself, import it " +
		"as a gcore_account."
	if failed, ok := errors.AsType[*createonce.Error](err); ok && failed.Unclear {
		advice = "It may be the account of this very create. If its user shows up at Gcore, import the user. If it has none, choose another " +
			"company name; to manage the account itself, import it as a gcore_account."
	}
	accountDescriptor.AddNamesake(diags, path.Root("company"), taken.Accounts, advice)
}

// Read implements resource.Resource.
func (r *resellerUserResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state userModel
	ctx, api, cancel := r.BeginRead(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()

	id, email := state.ID.ValueString(), state.Email.ValueString()
	owner, err := state.refresh(ctx, api, r.Witness(ctx, req.Private, &resp.Diagnostics), &resp.Diagnostics)
	owning, isOwning := errors.AsType[*owningAccountError](err)
	switch {
	case isOwning && !(transport.IsNotFound(err) && account.Lagging(ctx, req.Private, api.Now(), &resp.Diagnostics)):
		resp.Diagnostics.AddError("Unable to read the account of "+r.Descriptor.Title, fmt.Sprintf("%s %s exists, but the account %s that came "+
			"with it can't be read.\n\n%s\n\nCheck that the credential is that of the account's reseller: %s.",
			r.Descriptor.Title, id, owning.clientID, accountDescriptor.Cause(owning.err), credentials))
		return
	case errors.Is(err, errMoved):
		resp.Diagnostics.AddError(r.Descriptor.Title+" belongs to another account", fmt.Sprintf("%s %s: %v. Nothing is planned, since a "+
			"change of company, custom_id, seller, is_test or services would now reach that other account.\n\nIf it is right, import the user "+
			"again once it is out of the state. To take it out, %s", r.Descriptor.Title, id, err, r.Descriptor.Forget()))
		return
	case err != nil:
		r.ReadFailed(ctx, req, resp, api, id, err)
		return
	}
	if !r.Recognize(ctx, req, resp, api, id, email, state.Email.ValueString(), sameEmail) {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	r.MarkRead(ctx, resp, api, owner)
}

// What may have become of the account behind a user.
var (
	errAccountGone = errors.New("the account that came with it is deleted")
	errMoved       = errors.New("the account behind it is another one")
)

// owningAccountError says that the account behind a user can't be read.
type owningAccountError struct {
	clientID string
	err      error
}

// Error implements error.
func (e *owningAccountError) Error() string {
	return fmt.Sprintf("the account %s behind it can't be read: %v", e.clientID, e.err)
}

// Unwrap implements errors.Unwrap.
func (e *owningAccountError) Unwrap() error { return e.err }

// refresh reads the user, the account behind it and the availability of the products that are managed. owner is the
// account's reseller, "" where it isn't shown. The error is witness.ErrGone only where the user is gone.
func (m *userModel) refresh(
	ctx context.Context, api *client.Client, seen witness.Witness, diags *diag.Diagnostics,
) (owner string, err error) {
	var a client.Account
	var accountErr error
	readAccount := func(clientID string) { a, accountErr = api.ReadAccount(ctx, clientID, seen, m.isAsClient) }
	known := m.ClientID.ValueString()
	var reads sync.WaitGroup
	if known != "" { // both at once: a plan of many users then waits for pages half as long
		reads.Go(func() { readAccount(known) })
	}
	user, err := api.ReadUser(ctx, m.ID.ValueString(), known, seen, m.isAsUser)
	reads.Wait()
	if err != nil {
		return "", err
	}
	if err := moved(m.ClientID, user); err != nil {
		return "", err
	}
	clientID := shownID(m.ClientID, user.ClientID).ValueString()
	if clientID == "" {
		m.readUser(user)
		return "", nil
	}
	if known == "" {
		readAccount(clientID)
	}
	switch {
	case errors.Is(accountErr, witness.ErrGone):
		diags.AddWarning(userDescriptor.Title+" has lost its account", fmt.Sprintf("%s %s exists, but %v. The state keeps what was last read of "+
			"the account, and changes of it will fail.", userDescriptor.Title, m.ID.ValueString(), errAccountGone))
		m.readUser(user)
		return "", nil
	case accountErr != nil:
		return "", &owningAccountError{clientID, accountErr}
	}
	if m.managesServices() && a.View == client.ResellerView {
		shown, err := api.Availability(ctx, clientID)
		if err != nil {
			return "", err
		}
		m.readServices(ctx, shown, diags)
	}
	m.readUser(user)
	m.readClient(a)
	return a.Reseller, nil
}

// moved is errMoved where a user belongs to another account than it came with.
func moved(clientID types.String, user client.User) error {
	if clientID.IsNull() || clientID.IsUnknown() || user.ClientID == "" || user.ClientID == clientID.ValueString() {
		return nil
	}
	return fmt.Errorf("%w: it came with account %s, and Gcore now says that it belongs to account %s",
		errMoved, clientID.ValueString(), user.ClientID)
}

// Delete implements resource.Resource.
func (r *resellerUserResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state userModel
	ctx, api, cancel := r.BeginDelete(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	if err := api.DeleteUser(ctx, state.ID.ValueString()); err != nil {
		r.Descriptor.AddError(&resp.Diagnostics, "delete", state.ID.ValueString(), err)
	}
}
