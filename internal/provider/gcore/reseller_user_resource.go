package gcore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

var (
	_ resource.Resource                = (*resellerUserResource)(nil)
	_ resource.ResourceWithConfigure   = (*resellerUserResource)(nil)
	_ resource.ResourceWithIdentity    = (*resellerUserResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*resellerUserResource)(nil)
	_ resource.ResourceWithImportState = (*resellerUserResource)(nil)
)

// userDescriptor is gcore_reseller_user as the shared life-cycle code sees it.
var userDescriptor = account.Descriptor{
	Type:            "gcore_reseller_user",
	Title:           "Gcore reseller user",
	Vendor:          vendorTitle,
	Section:         vendorName,
	Name:            "email",
	DestroyPolicies: []string{account.PolicyDelete},
	DestroyLeaves: "the account that came with the user stays at Gcore, and its company name stays taken: the user can't be created again " +
		"with the same company. Gcore has no call that deletes an account.",
	ReservedAttribute: "company",
	NaturalKey:        "e-mail address or company name",
	Address:           address,
	Credentials:       credentials,
	Permission: "It takes a reseller's credential. A user with API tokens or with several accounts can't be deleted; a product in use " +
		"can't be made unavailable.",
	ValidID: client.ValidID,
	Wire: map[string]path.Path{
		"email": path.Root("email"), "company": path.Root("company"), "companyName": path.Root("company"),
		"password": path.Root("password_wo"), "name": path.Root("name"), "phone": path.Root("phone"), "seller": path.Root("seller"),
		"services": path.Root("services"), "product_name": path.Root("services"), "available": path.Root("services"),
		"lang": path.Root("lang"), "custom_id": path.Root("custom_id"), "country_code": path.Root("country_code"),
		"is_test": path.Root("is_test"), "user_type": path.Root("user_type"),
	},
}

// NewResellerUserResource makes gcore_reseller_user.
func NewResellerUserResource() resource.Resource { return &resellerUserResource{} }

type resellerUserResource struct {
	client *settings.Client[*client.Client]
}

// Metadata implements resource.Resource.
func (r *resellerUserResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = userDescriptor.Type
}

// Configure implements resource.ResourceWithConfigure.
func (r *resellerUserResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements resource.Resource.
func (r *resellerUserResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resellerUserSchema(ctx)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *resellerUserResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = userDescriptor.IdentitySchema()
}

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *resellerUserResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !userDescriptor.PlanLife(ctx, req, resp) {
		return
	}
	var config, state userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if req.State.Raw.IsNull() {
		planCreateUser(config, &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	keep, _ := userDescriptor.PlanCreateOnly(ctx, req.Private, createOnly(config, state), &resp.Diagnostics)
	for _, name := range keep {
		kept := map[string]attr.Value{"country_code": state.CountryCode, "user_type": state.UserType}[name]
		if kept != nil {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), kept)...)
		}
	}
	if config.Services.IsUnknown() {
		return
	}
	for product := range state.Services.Elements() {
		if _, still := config.Services.Elements()[product]; !still {
			userDescriptor.NotManagedWarning(&resp.Diagnostics, "services", state.ID.ValueString())
			return
		}
	}
}

// createOnly are the attributes that only the create call takes.
func createOnly(config, state userModel) []account.CreateOnly {
	const alone = "Take it out of the configuration, or set it back to what the user was created with."
	return []account.CreateOnly{
		{Name: "country_code", Config: config.CountryCode, State: state.CountryCode, Equal: sameCountry, Advice: alone},
		{Name: "user_type", Config: config.UserType, State: state.UserType, Advice: alone},
		{Name: "password_wo_version", Config: config.PasswordWOVersion, State: state.PasswordWOVersion,
			Advice: "Gcore documents no call that sets another user's password: let the user change it, or have it reset by e-mail. " + alone},
	}
}

func sameCountry(a, b attr.Value) bool { return strings.EqualFold(a.String(), b.String()) }

// planCreateUser refuses at plan time what Gcore would refuse on create.
func planCreateUser(config userModel, diags *diag.Diagnostics) {
	if config.PasswordWO.IsNull() {
		diags.AddAttributeError(path.Root("password_wo"), "A new user needs a password", "Gcore creates a user with a password alone. Set "+
			"password_wo and password_wo_version = 1. If the user exists already, import it instead.")
	}
	if !config.UserType.IsNull() && !config.UserType.IsUnknown() && config.UserType.ValueString() != "common" {
		diags.AddAttributeError(path.Root("user_type"), "Only common users can be created", "Gcore creates users of the type \"common\" "+
			"alone. Leave user_type out.")
	}
}

// Create implements resource.Resource.
func (r *resellerUserResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config userModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, d := plan.Timeouts.Create(ctx, account.CreateTimeout)
	resp.Diagnostics.Append(d...)
	planCreateUser(config, &resp.Diagnostics)
	api, ok := r.client.Get(&resp.Diagnostics)
	body := plan.newUser(ctx, config.PasswordWO, &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	made, err := api.CreateUser(ctx, body)
	if err != nil {
		addCreateUserError(&resp.Diagnostics, err)
		return
	}
	seen := finishUser(ctx, api, &plan, made, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	account.SetIdentity(ctx, resp.Identity, plan.ID, &resp.Diagnostics)
	account.MarkCreated(ctx, resp.Private, api.Now(), &resp.Diagnostics)
	account.Put(ctx, resp.Private, keyWitness, seen, &resp.Diagnostics)
	config.record(ctx, resp.Private, &resp.Diagnostics)
}

// record remembers what is configured of what only the create call takes.
func (m userModel) record(ctx context.Context, private account.Private, diags *diag.Diagnostics) {
	account.Record(ctx, private, map[string]attr.Value{
		"country_code": m.CountryCode, "user_type": m.UserType, "password_wo_version": m.PasswordWOVersion,
	}, diags)
}

// finishUser reads what is configured and the reply to the create call doesn't show, and sends again what that call has
// passed over. It resolves what the plan left unknown, and returns what to remember of the account.
func finishUser(ctx context.Context, api *client.Client, plan *userModel, made client.User, diags *diag.Diagnostics) client.Witness {
	var seen client.Witness
	shown := *plan
	shown.readUser(made)
	var behind client.Account
	if plan.clientChanges(userModel{Company: plan.Company}) != (client.AccountUpdate{}) {
		if read, ok := api.TryRead(ctx, made.ClientID); ok {
			behind, seen = read, seen.After(read)
			shown.readClient(read)
		}
	}
	if plan.managesServices() {
		if products, err := api.Availability(ctx, made.ClientID); err == nil {
			shown.readServices(ctx, products, diags)
		}
	}
	plan.resolve(made, behind)
	if _, _, _, err := plan.send(ctx, api, shown, diags); err != nil {
		userDescriptor.AddIncomplete(diags, made.ID, "setting what the create call passed over", err)
	}
	return seen
}

// addCreateUserError reports a failed create; where the company name is taken by an account without such a user, that
// account can be imported as a gcore_account.
func addCreateUserError(diags *diag.Diagnostics, err error) {
	userDescriptor.AddCreateError(diags, err)
	taken, ok := errors.AsType[*client.CompanyTakenError](err)
	if !ok {
		return
	}
	advice := "A user can't be created for an account that exists. Choose another company name; to manage the account itself, import it as a " +
		"gcore_account."
	if failed, ok := errors.AsType[*createonce.Error](err); ok && failed.Unclear {
		advice = "It may be the account of this very create. If its user shows up at Gcore, import the user. If it has none, choose another " +
			"company name; to manage the account itself, import it as a gcore_account."
	}
	accountDescriptor.AddNamesake(diags, path.Root("company"), taken.Accounts, advice)
}

// Read implements resource.Resource.
func (r *resellerUserResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state userModel
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

	var known client.Witness
	account.Fetch(ctx, req.Private, keyWitness, &known, &resp.Diagnostics)
	id := state.ID.ValueString()
	known, err := state.refresh(ctx, api, known, &resp.Diagnostics)
	var behind *owningAccountError
	switch {
	case transport.IsNotFound(err) && account.Lagging(ctx, req.Private, api.Now(), &resp.Diagnostics):
		userDescriptor.AddLag(&resp.Diagnostics, id)
		return
	case errors.As(err, &behind):
		resp.Diagnostics.AddError("Unable to read the account of "+userDescriptor.Title, fmt.Sprintf("%s %s exists, but the account %s that came with "+
			"it can't be read.\n\n%s\n\nCheck that the credential is that of the account's reseller: %s.",
			userDescriptor.Title, id, behind.clientID, accountDescriptor.Cause(behind.err), credentials))
		return
	case transport.IsNotFound(err) && account.Importing(ctx, req.Private, &resp.Diagnostics):
		userDescriptor.AddNothingToImport(&resp.Diagnostics, id, err)
		return
	case errors.Is(err, client.ErrGone):
		account.Gone(ctx, resp)
		return
	case errors.Is(err, errMoved):
		resp.Diagnostics.AddError(userDescriptor.Title+" belongs to another account", fmt.Sprintf("%s %s: %v. Nothing is planned, since a "+
			"change of company, custom_id, seller, is_test or services would now reach that other account.\n\nIf it is right, import the user "+
			"again once it is out of the state. To take it out, %s", userDescriptor.Title, id, err, userDescriptor.Forget()))
		return
	case err != nil:
		addReadError(&resp.Diagnostics, userDescriptor, id, err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	account.Put(ctx, resp.Private, keyWitness, known, &resp.Diagnostics)
	account.MarkRead(ctx, resp.Private, &resp.Diagnostics)
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

// refresh reads the user, the account behind it and the availability of the products that are managed. The error is
// client.ErrGone only where the user is gone.
func (m *userModel) refresh(ctx context.Context, api *client.Client, known client.Witness, diags *diag.Diagnostics) (client.Witness, error) {
	user, a, err := m.look(ctx, api.ReadUser, api.ReadAccount, known)
	if (err == nil && (user.Listed || a.Listed) && m.isOther(user, a)) || (errors.Is(err, errMoved) && user.Listed) {
		// A listing may leave out what only some accounts have.
		user, a, err = m.look(ctx, api.ReadUserAlone, api.ReadAccountAlone, known)
	}
	switch {
	case errors.Is(err, errAccountGone):
		diags.AddWarning(userDescriptor.Title+" has lost its account", fmt.Sprintf("%s %s exists, but %v. The state keeps what was last read of "+
			"the account, and changes of it will fail.", userDescriptor.Title, m.ID.ValueString(), err))
	case err != nil:
		return known, err
	}
	m.readUser(user)
	if a.ID == "" {
		return known, nil
	}
	m.readClient(a)
	if m.managesServices() && a.View == client.ResellerView {
		shown, err := api.Availability(ctx, m.ClientID.ValueString())
		if err != nil {
			return known, err
		}
		m.readServices(ctx, shown, diags)
	}
	return known.After(a), nil
}

// look reads the user and the account behind it; the zero account where the vendor shows none.
func (m *userModel) look(
	ctx context.Context,
	readUser func(ctx context.Context, id, clientID string, known client.Witness) (client.User, error),
	readAccount func(ctx context.Context, id string, known client.Witness) (client.Account, error),
	known client.Witness,
) (client.User, client.Account, error) {
	user, err := readUser(ctx, m.ID.ValueString(), m.ClientID.ValueString(), known)
	clientID := shownID(m.ClientID, user.ClientID).ValueString()
	if err != nil || clientID == "" {
		return user, client.Account{}, err
	}
	if err := moved(m.ClientID, user); err != nil {
		return user, client.Account{}, err
	}
	a, err := readAccount(ctx, clientID, known)
	switch {
	case errors.Is(err, client.ErrGone):
		err = errAccountGone
	case err != nil:
		err = &owningAccountError{clientID, err}
	}
	return user, a, err
}

// moved is errMoved where a user belongs to another account than it came with.
func moved(clientID types.String, user client.User) error {
	if clientID.IsNull() || clientID.IsUnknown() || user.ClientID == "" || user.ClientID == clientID.ValueString() {
		return nil
	}
	return fmt.Errorf("%w: it came with account %s, and Gcore now says that it belongs to account %s",
		errMoved, clientID.ValueString(), user.ClientID)
}

// Update implements resource.Resource.
func (r *resellerUserResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config userModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	account.SetIdentity(ctx, resp.Identity, state.ID, &resp.Diagnostics)
	timeout, d := plan.Timeouts.Update(ctx, account.UpdateTimeout)
	resp.Diagnostics.Append(d...)
	userDescriptor.RefuseCreateOnly(createOnly(plan, state), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if plan.asksFor(ctx, state, &resp.Diagnostics) {
		api, ok := r.client.Get(&resp.Diagnostics)
		if !ok || resp.Diagnostics.HasError() {
			return
		}
		user, behind, step, err := plan.send(ctx, api, state, &resp.Diagnostics)
		if err != nil {
			userDescriptor.AddError(&resp.Diagnostics, step, state.ID.ValueString(), err)
			return
		}
		refuseIgnored(plan, user, behind, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	config.record(ctx, resp.Private, &resp.Diagnostics)
}

// asksFor reports whether there is anything to send.
func (m userModel) asksFor(ctx context.Context, state userModel, diags *diag.Diagnostics) bool {
	override, inherit := m.serviceChanges(ctx, state, diags)
	return m.userChanges(state) != (client.UserUpdate{}) || m.clientChanges(state) != (client.AccountUpdate{}) ||
		len(override)+len(inherit) > 0
}

// send sends what differs from the state: to the user, to the account behind it, and to the availability of products,
// each only where something changed. It returns the replies, which are zero where nothing was sent, and what it was at
// when it failed.
func (m userModel) send(
	ctx context.Context, api *client.Client, state userModel, diags *diag.Diagnostics,
) (user client.User, behind client.Account, step string, err error) {
	id, clientID := m.ID.ValueString(), m.ClientID.ValueString()
	if change := m.userChanges(state); change != (client.UserUpdate{}) {
		if user, err = api.UpdateUser(ctx, id, change); err != nil {
			return user, behind, "update", err
		}
		if err = moved(m.ClientID, user); err != nil {
			return user, behind, "update the account of", err
		}
	}
	if change := m.clientChanges(state); change != (client.AccountUpdate{}) {
		if behind, err = api.UpdateClient(ctx, clientID, change); err != nil {
			return user, behind, "update the account of", err
		}
	}
	override, inherit := m.serviceChanges(ctx, state, diags)
	for _, product := range slices.Sorted(maps.Keys(override)) {
		if err = api.SetAvailability(ctx, clientID, product, override[product]); err != nil {
			return user, behind, "set the availability of " + product + " for", err
		}
	}
	return user, behind, "reset product availability for", api.ResetAvailability(ctx, clientID, inherit...)
}

// refuseIgnored reports what Gcore accepted but did not take over, as far as its replies show it.
func refuseIgnored(plan userModel, user client.User, behind client.Account, diags *diag.Diagnostics) {
	shown := plan
	shown.readUser(user)
	shown.Company = plan.Company // the user's copy of it may lag
	shown.readClient(behind)
	// What the vendor keeps by itself was not sent where it is null: no read has shown it so far.
	if plan.Lang.IsNull() {
		shown.Lang = plan.Lang
	}
	if plan.IsTest.IsNull() {
		shown.IsTest = plan.IsTest
	}
	for _, attribute := range []struct {
		name        string
		plan, shown attr.Value
	}{
		{"email", plan.Email, shown.Email}, {"name", plan.Name, shown.Name}, {"phone", plan.Phone, shown.Phone},
		{"lang", plan.Lang, shown.Lang}, {"company", plan.Company, shown.Company}, {"custom_id", plan.CustomID, shown.CustomID},
		{"seller", plan.Seller, shown.Seller}, {"is_test", plan.IsTest, shown.IsTest},
	} {
		if !attribute.plan.Equal(attribute.shown) {
			diags.AddAttributeError(path.Root(attribute.name), "Gcore did not take over a change", fmt.Sprintf(
				"Gcore accepted the change of user %s, but answers for this attribute %s instead of %s. Other changes were made.\n\n"+
					"If Gcore keeps to its own value, set the attribute to that, or take it out of the configuration.",
				plan.ID.ValueString(), attribute.shown, attribute.plan))
		}
	}
}

// Delete implements resource.Resource.
func (r *resellerUserResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if !userDescriptor.PlanDelete(ctx, req.State, &resp.Diagnostics) {
		return
	}
	var state userModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, d := state.Timeouts.Delete(ctx, account.DeleteTimeout)
	resp.Diagnostics.Append(d...)
	api, ok := r.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if err := api.DeleteUser(ctx, state.ID.ValueString()); err != nil {
		userDescriptor.AddError(&resp.Diagnostics, "delete", state.ID.ValueString(), err)
	}
}

// ImportState implements resource.ResourceWithImportState.
func (r *resellerUserResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	userDescriptor.Import(ctx, req, resp)
}
