package gcore

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var (
	_ resource.ResourceWithConfigure   = (*serviceResource)(nil)
	_ resource.ResourceWithIdentity    = (*serviceResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*serviceResource)(nil)
	_ resource.ResourceWithImportState = (*serviceResource)(nil)
)

// NewServiceResource makes gcore_account_service.
func NewServiceResource() resource.Resource {
	return &serviceResource{account.NewBase[*client.Client](serviceDescriptor)}
}

type serviceResource struct{ account.Base[*client.Client] }

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *serviceResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, plan, state serviceModel
	if !r.BeginPlan(ctx, req, resp, &config, &plan, &state) {
		return
	}
	exists := !req.State.Raw.IsNull()
	if exists {
		r.Descriptor.PlanCreateOnly(ctx, req, resp, serviceKey(plan, state))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	changes := !plan.Status.Equal(state.Status)
	if changes && plan.Status.ValueString() == client.ServicePaused {
		resp.Diagnostics.AddAttributeWarning(path.Root("status"), "A pause has Gcore delete the service after a time", fmt.Sprintf(
			"%s of account %s is to be paused. %s", plan.Product.ValueString(), plan.Account.ValueString(), pauseWarning))
	}
	if exists && changes {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("previous_status"), types.StringUnknown())...)
	}
}

// serviceKey are the attributes that say which service it is.
func serviceKey(config, state serviceModel) []account.CreateOnly {
	const advice = "Set it back; for another service, add a resource."
	return []account.CreateOnly{
		{Name: "account_id", Config: config.Account, State: state.Account, Advice: advice},
		{Name: "product", Config: config.Product, State: state.Product, Advice: advice},
	}
}

// Create implements resource.Resource. The service exists already; it is changed as needed.
func (r *serviceResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan serviceModel
	ctx, api, cancel := r.BeginCreate(ctx, req, resp, &plan)
	if cancel == nil {
		return
	}
	defer cancel()

	before, after, err := api.UpdateService(ctx, plan.Account.ValueString(), plan.Product.ValueString(), plan.update(serviceModel{}))
	id := plan.Account.ValueString() + "/" + plan.Product.ValueString()
	if err != nil {
		r.addUpdateError(&resp.Diagnostics, "create", id, err)
		return
	}
	enabled, _ := before.Enabled.Get()
	resp.Diagnostics.AddWarning("Gcore account service existed already", fmt.Sprintf(
		"%s %s was %q and %s before. Terraform manages it from now on; it does not set it back when it is destroyed.",
		r.Descriptor.Title, id, before.Status, activated(enabled)))
	plan.resolve(after)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	r.Created(ctx, resp, api, plan.ID, r.owner(ctx, api, after.AccountID, witness.Witness{}))
}

func activated(enabled *bool) string {
	switch {
	case enabled == nil:
		return "of unknown activation"
	case *enabled:
		return "activated"
	}
	return "not activated"
}

// Read implements resource.Resource.
func (r *serviceResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state serviceModel
	ctx, api, cancel := r.BeginRead(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()

	id, seen := state.ID.ValueString(), r.Witness(ctx, req.Private, &resp.Diagnostics)
	read, err := api.Service(ctx, state.Account.ValueString(), state.Product.ValueString())
	if transport.IsNotFound(err) {
		// A service goes with its account only.
		if _, failure := api.ReadAccount(ctx, state.Account.ValueString(), seen, nil); failure != nil {
			err = failure
		}
	}
	if err != nil {
		r.ReadFailed(ctx, req, resp, api, id, err)
		return
	}
	if !r.Recognize(ctx, req, resp, api, id, state.ServiceID.ValueString(), read.ID, func(a, b string) bool { return a == b }) {
		return
	}
	state.read(read)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	r.MarkRead(ctx, resp, api, r.owner(ctx, api, read.AccountID, seen))
}

// owner is whom the account of a service belongs to, for a later proof that it is gone; "" where Gcore doesn't show it.
func (r *serviceResource) owner(ctx context.Context, api *client.Client, accountID string, seen witness.Witness) string {
	if seen.Owner != "" && seen.Address == api.Address() {
		return seen.Owner
	}
	owning, err := api.ReadAccount(ctx, accountID, witness.Witness{}, nil)
	if err != nil {
		return ""
	}
	return owning.Reseller
}

// Update implements resource.Resource.
func (r *serviceResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state serviceModel
	ctx, cancel := r.BeginUpdate(ctx, req, resp, &plan, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	r.Descriptor.RefuseCreateOnly(serviceKey(plan, state), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.Status.Equal(state.Status) || !plan.Enabled.Equal(state.Enabled) {
		id := state.ID.ValueString()
		api, ok := r.Client(ctx, req.Private, id, &resp.Diagnostics)
		if !ok {
			return
		}
		_, after, err := api.UpdateService(ctx, state.Account.ValueString(), state.Product.ValueString(), plan.update(state))
		if err != nil {
			r.addUpdateError(&resp.Diagnostics, "update", id, err)
			return
		}
		plan.resolve(after)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Delete implements resource.Resource. Only the policy pause calls Gcore.
func (r *serviceResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state serviceModel
	ctx, api, cancel := r.BeginDelete(ctx, req, resp, &state)
	if cancel == nil {
		return
	}
	defer cancel()
	_, _, err := api.UpdateService(
		ctx,
		state.Account.ValueString(),
		state.Product.ValueString(),
		client.ServiceUpdate{Status: client.ServicePaused},
	)
	if err != nil && !transport.IsNotFound(err) {
		r.addUpdateError(&resp.Diagnostics, "pause", state.ID.ValueString(), err)
	}
}

// addUpdateError reports a change that failed. What Gcore refuses stands on the status where it names no other field.
func (r *serviceResource) addUpdateError(diags *diag.Diagnostics, verb, id string, err error) {
	if lost, ok := errors.AsType[*wire.NotKeptError](err); ok {
		r.Descriptor.AddNotKept(diags, id, lost)
		return
	}
	var said diag.Diagnostics
	r.Descriptor.AddError(&said, verb, id, err)
	for _, d := range said {
		if _, placed := d.(diag.DiagnosticWithPath); !placed && transport.IsStatus(err, 400) {
			d = diag.WithPath(path.Root("status"), d)
		}
		diags.Append(d)
	}
}

// update is what a plan changes of a state.
func (m *serviceModel) update(state serviceModel) client.ServiceUpdate {
	change := client.ServiceUpdate{Status: m.Status.ValueString()}
	if !m.Enabled.IsUnknown() && !m.Enabled.Equal(state.Enabled) {
		change.Enabled = m.Enabled.ValueBoolPointer()
	}
	return change
}

// read takes what Gcore shows.
func (f *serviceFields) read(s client.Service) {
	f.ID = types.StringValue(s.AccountID + "/" + s.Product)
	f.Product, f.ServiceID = account.StringOrNull(&s.Product), types.StringValue(s.ID)
	f.Status, f.Previous = account.StringOrNull(&s.Status), account.StringOrNull(&s.Previous)
	f.Enabled = shownBool(f.Enabled, s.Enabled)
}

// read takes what Gcore shows. A service that is activating is as good as active.
func (m *serviceModel) read(s client.Service) {
	m.serviceFields.read(s)
	m.Account = types.StringValue(s.AccountID)
	if client.SameStatus(client.ServiceActive, s.Status) {
		m.Status = types.StringValue(client.ServiceActive)
	}
}

// resolve fills in from a reply what the plan left unknown; what it knew survives.
func (m *serviceModel) resolve(s client.Service) {
	var answered serviceModel
	answered.read(s)
	m.ID, m.ServiceID = account.Resolve(m.ID, answered.ID), account.Resolve(m.ServiceID, answered.ServiceID)
	m.Enabled, m.Previous = account.Resolve(m.Enabled, answered.Enabled), account.Resolve(m.Previous, answered.Previous)
}
