package account

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

// API is what the shared code needs of a vendor's client.
type API interface {
	// Now is the client's clock.
	Now() time.Time
	// Address is the base URL that requests go to.
	Address() string
}

// Base is what every account resource has: its type name, client, identity and import, and the beginning and end of each
// operation. A resource embeds it. C is the vendor's client.
type Base[C API] struct {
	Descriptor Descriptor
	client     *settings.Client[C]
}

// NewBase returns the base of one resource type.
func NewBase[C API](d Descriptor) Base[C] { return Base[C]{Descriptor: d} }

// Lifecycle are the attributes of every account resource that concern Terraform only. A resource's model embeds them.
type Lifecycle struct {
	DeletionPolicy types.String   `tfsdk:"deletion_policy"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// NoLifecycle is the Lifecycle of a list result: no timeouts, and the default policy.
func NoLifecycle() Lifecycle {
	return Lifecycle{DeletionPolicy: types.StringValue(PolicyPrevent), Timeouts: noTimeouts}
}

func (l Lifecycle) lifecycle() Lifecycle { return l } //nolint:unused // what makes a Model

// Model is a pointer to a resource's model, which embeds Lifecycle.
type Model interface {
	// AccountID is the attribute id.
	AccountID() types.String
	lifecycle() Lifecycle
}

// Metadata implements resource.Resource.
func (b *Base[C]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = b.Descriptor.Type
}

// Configure implements resource.ResourceWithConfigure.
func (b *Base[C]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	b.client = settings.Of[C](b.Descriptor.Section, req.ProviderData, &resp.Diagnostics)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (b *Base[C]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = b.Descriptor.identitySchema()
}

// ImportState implements resource.ResourceWithImportState.
func (b *Base[C]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	b.Descriptor.importState(ctx, req, resp)
}

// BeginPlan is PlanLife, and reads configuration, plan and state; the state stays empty where the account is to be created. It
// returns false where there is nothing more to plan.
func (b *Base[C]) BeginPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, config, plan, state any,
) bool {
	if !b.Descriptor.PlanLife(ctx, req, resp) {
		return false
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	}
	return !resp.Diagnostics.HasError()
}

// BeginCreate checks the configuration, reads the plan, and returns the vendor's client and a context that ends with the create timeout.
// The
// cancel function is nil after an error.
func (b *Base[C]) BeginCreate(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse, plan Model,
) (context.Context, C, context.CancelFunc) {
	checkConfig(ctx, req.Config, &resp.Diagnostics)
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	timeout, problems := plan.lifecycle().Timeouts.Create(ctx, createTimeout)
	resp.Diagnostics.Append(problems...)
	return b.begin(ctx, timeout, &resp.Diagnostics)
}

// BeginRead reads the state, sets the identity from it, and returns what BeginCreate returns, for a read.
func (b *Base[C]) BeginRead(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, state Model,
) (context.Context, C, context.CancelFunc) {
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	b.Descriptor.setIdentity(ctx, resp.Identity, state.AccountID(), &resp.Diagnostics)
	timeout, problems := state.lifecycle().Timeouts.Read(ctx, readTimeout)
	resp.Diagnostics.Append(problems...)
	return b.begin(ctx, timeout, &resp.Diagnostics)
}

// BeginUpdate checks the configuration, reads plan and state, sets the identity, and returns a context that ends with the update timeout.
// The
// cancel function is nil after an error. Client returns the client once it is clear that something has to be sent.
func (b *Base[C]) BeginUpdate(
	ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse, plan, state Model,
) (context.Context, context.CancelFunc) {
	checkConfig(ctx, req.Config, &resp.Diagnostics)
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	b.Descriptor.setIdentity(ctx, resp.Identity, state.AccountID(), &resp.Diagnostics)
	timeout, problems := plan.lifecycle().Timeouts.Update(ctx, updateTimeout)
	resp.Diagnostics.Append(problems...)
	if resp.Diagnostics.HasError() {
		return ctx, nil
	}
	return context.WithTimeout(ctx, timeout)
}

// Client returns the vendor's client to change an existing account. It refuses where the account was last seen at
// another address: a saved plan, or one made without a refresh, could reach somebody else's account there.
func (b *Base[C]) Client(ctx context.Context, private Private, id string, diags *diag.Diagnostics) (api C, ok bool) {
	api, ok = b.client.Get(diags)
	if !ok {
		return api, false
	}
	if seen := b.Witness(ctx, private, diags); seen.Address != "" && seen.Address != api.Address() {
		b.Descriptor.addOtherAddress(diags, "change", id, seen.Address, api.Address())
	}
	return api, !diags.HasError()
}

// BeginDelete reads the state and returns what BeginCreate returns, for a destroy. The cancel function is nil where the
// vendor is not to be called: after an error, or where the account is only to be forgotten.
func (b *Base[C]) BeginDelete(
	ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse, state Model,
) (context.Context, C, context.CancelFunc) {
	var none C
	if !b.Descriptor.PlanDelete(ctx, req.State, &resp.Diagnostics) {
		return ctx, none, nil
	}
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	timeout, problems := state.lifecycle().Timeouts.Delete(ctx, deleteTimeout)
	resp.Diagnostics.Append(problems...)
	api, ok := b.Client(ctx, req.Private, state.AccountID().ValueString(), &resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return ctx, none, nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	return ctx, api, cancel
}

func (b *Base[C]) begin(ctx context.Context, timeout time.Duration, diags *diag.Diagnostics) (context.Context, C, context.CancelFunc) {
	api, ok := b.client.Get(diags)
	if !ok || diags.HasError() {
		return ctx, api, nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	return ctx, api, cancel
}

// Created notes in identity and private state that an account has just been created by api and not been read by a later
// run yet. owner is the witness's, "" where the replies don't tell.
func (b *Base[C]) Created(ctx context.Context, resp *resource.CreateResponse, api C, id types.String, owner string) {
	b.Descriptor.setIdentity(ctx, resp.Identity, id, &resp.Diagnostics)
	markCreated(ctx, resp.Private, api.Now(), &resp.Diagnostics)
	Put(ctx, resp.Private, keyWitness, witness.Witness{Owner: owner, Address: api.Address()}, &resp.Diagnostics)
}

// Witness is what private state remembers of who has shown an account, and where.
func (b *Base[C]) Witness(ctx context.Context, private Private, diags *diag.Diagnostics) (seen witness.Witness) {
	Fetch(ctx, private, keyWitness, &seen, diags)
	return seen
}
