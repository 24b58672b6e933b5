package gcore

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
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

// accountDescriptor is gcore_account as the shared life-cycle code sees it.
var accountDescriptor = account.Descriptor{
	Type:        "gcore_account",
	Title:       "Gcore account",
	Vendor:      vendorTitle,
	Section:     vendorName,
	Name:        "company",
	NaturalKey:  "company name",
	Address:     address,
	Credentials: credentials,
	Permission:  "Creating an account takes a user who may have additional accounts; renaming one takes a reseller's credential.",
	ValidID:     client.ValidID,
	Wire: map[string]path.Path{
		"company":     path.Root("company"),
		"companyName": path.Root("company"),
	},
}

var keepString = []planmodifier.String{stringplanmodifier.UseStateForUnknown()}

// keyWitness is where private state remembers which view has shown the account.
const keyWitness = "known"

// NewAccountResource makes gcore_account.
func NewAccountResource() resource.Resource { return &accountResource{} }

type accountResource struct {
	client *settings.Client[*client.Client]
}

// Metadata implements resource.Resource.
func (r *accountResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = accountDescriptor.Type
}

// Configure implements resource.ResourceWithConfigure.
func (r *accountResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = settings.Of[*client.Client](vendorName, req.ProviderData, &resp.Diagnostics)
}

// Schema implements resource.Resource.
func (r *accountResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An additional Gcore account of the user whose credential the provider has. Gcore has no call that deletes an " +
			"account. The account that comes with a `gcore_reseller_user` is managed by that resource *or* by this one, never by both.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: keepString,
				MarkdownDescription: "Account id (Gcore: client id), a whole number such as `7310004`.",
			},
			"company": schema.StringAttribute{
				Required: true, Validators: []validator.String{account.Text()},
				PlanModifiers: []planmodifier.String{account.KeepEqual(sameName)},
				MarkdownDescription: "Company name, which is unique at Gcore. Changed in place by a reseller's credential; with any other " +
					"credential a change is an error. Names that differ in case or blanks alone count as equal.",
			},
			"status": schema.StringAttribute{
				Computed: true, PlanModifiers: keepString,
				MarkdownDescription: "Status, such as `new`, `trial` or `active`; it follows from the account's services. Only a reseller's " +
					"credential sees it; with others it keeps its last value. The reply to a create lacks it: it is null until the next read.",
			},
			"email": schema.StringAttribute{
				Computed: true, PlanModifiers: keepString,
				MarkdownDescription: "E-mail address of the account. Only a reseller's credential sees it, as with `status`.",
			},
			"deletion_policy": accountDescriptor.DeletionPolicyAttribute(),
			"timeouts":        account.Timeouts(ctx),
		},
	}
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *accountResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = accountDescriptor.IdentitySchema()
}

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *accountResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	accountDescriptor.PlanLife(ctx, req, resp)
}

// Create implements resource.Resource.
func (r *accountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan accountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, d := plan.Timeouts.Create(ctx, account.CreateTimeout)
	resp.Diagnostics.Append(d...)
	api, ok := r.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	made, err := api.CreateAccount(ctx, plan.Company.ValueString())
	if err != nil {
		accountDescriptor.AddCreateError(&resp.Diagnostics, err)
		return
	}
	plan.resolve(made)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	account.SetIdentity(ctx, resp.Identity, plan.ID, &resp.Diagnostics)
	account.MarkCreated(ctx, resp.Private, api.Now(), &resp.Diagnostics)
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

	var known client.Witness
	account.Fetch(ctx, req.Private, keyWitness, &known, &resp.Diagnostics)
	known.Company = state.Company.ValueString()
	id := state.ID.ValueString()
	read, err := api.ReadAccount(ctx, id, known)
	if err == nil && read.Listed && state.isOther(read) {
		read, err = api.ReadAccountAlone(ctx, id, known) // a listing may leave out what only some accounts have
	}
	switch {
	case transport.IsNotFound(err) && account.Lagging(ctx, req.Private, api.Now(), &resp.Diagnostics):
		accountDescriptor.AddLag(&resp.Diagnostics, id)
		return
	case transport.IsNotFound(err) && account.Importing(ctx, req.Private, &resp.Diagnostics):
		accountDescriptor.AddNothingToImport(&resp.Diagnostics, id, err)
		return
	case errors.Is(err, client.ErrGone):
		account.Gone(ctx, resp)
		return
	case err != nil:
		addReadError(&resp.Diagnostics, accountDescriptor, id, err)
		return
	}
	state.read(read)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	account.Put(ctx, resp.Private, keyWitness, known.After(read), &resp.Diagnostics)
	account.MarkRead(ctx, resp.Private, &resp.Diagnostics)
}

// addReadError reports that something couldn't be read; where it was not found, why that does not prove it gone.
func addReadError(diags *diag.Diagnostics, d account.Descriptor, id string, err error) {
	if doubt, ok := errors.AsType[*client.NotProvenError](err); ok {
		d.AddNotProven(diags, id, doubt.Reason.String(), err)
		return
	}
	d.AddError(diags, "read", id, err)
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

	if !plan.Company.Equal(state.Company) {
		api, ok := r.client.Get(&resp.Diagnostics)
		if !ok {
			return
		}
		id := state.ID.ValueString()
		renamed, err := api.RenameAccount(ctx, id, plan.Company.ValueString())
		switch {
		case errors.Is(err, client.ErrNeedsReseller):
			addNeedsReseller(&resp.Diagnostics, id, err)
			return
		case err != nil:
			accountDescriptor.AddError(&resp.Diagnostics, "rename", id, err)
			return
		case !sameName(renamed.Company, plan.Company.ValueString()):
			resp.Diagnostics.AddAttributeError(path.Root("company"), "Gcore did not take over a change", fmt.Sprintf(
				"Gcore accepted the new name of account %s, but answers that it is still %q.\n\n"+
					"If it stays so, set company back to that, or ask Gcore's support to rename the account.", id, renamed.Company))
			return
		}
		plan.resolve(renamed)
	} else {
		plan.resolve(client.Account{ID: state.ID.ValueString()})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func addNeedsReseller(diags *diag.Diagnostics, id string, err error) {
	text := ""
	if failure, ok := errors.AsType[*transport.Error](err); ok {
		text = "\n\n" + accountDescriptor.Words(failure)
	}
	diags.AddAttributeError(path.Root("company"), "Unable to rename "+accountDescriptor.Title, fmt.Sprintf(
		"Gcore lets only a reseller rename an account, and this credential is not one of account %s's reseller. Set company back to what "+
			"the account has, use a reseller's credential, or ask Gcore's support to rename it.%s", id, text))
}

// Delete implements resource.Resource. Gcore has no call for it: only the policy abandon gets here.
func (r *accountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	accountDescriptor.PlanDelete(ctx, req.State, &resp.Diagnostics)
}

// ImportState implements resource.ResourceWithImportState.
func (r *accountResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	accountDescriptor.Import(ctx, req, resp)
}
