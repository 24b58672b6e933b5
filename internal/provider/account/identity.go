package account

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Identity is what identifies an account, and never changes.
type Identity struct {
	ID types.String `tfsdk:"id"`
}

// IdentitySchema is the schema of Identity.
func (d Descriptor) IdentitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "Id of the " + d.Title + ".",
		},
	}}
}

// SetIdentity sets the identity. Read and Update call it before their first request: an object that turns out to be
// gone must have one, even where an older Terraform stored none.
func SetIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, id types.String, diags *diag.Diagnostics) {
	if identity != nil && !id.IsNull() && !id.IsUnknown() {
		diags.Append(identity.Set(ctx, Identity{ID: id})...)
	}
}

// notAnID says what is wrong with an id, and what one looks like.
func (d Descriptor) notAnID(id string, err error) string {
	return fmt.Sprintf("%q is no id of a %s: %v.", id, d.Title, err)
}

// Import takes an id from the command, an import block or an identity, and leaves a state that the first read fills.
func (d Descriptor) Import(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := req.ID
	if id == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var identity Identity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		id = identity.ID.ValueString()
	}
	if err := d.ValidID(id); err != nil {
		resp.Diagnostics.AddError("Invalid import id", d.notAnID(id, err))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if d.CanonicalID != nil { // before the identity is set, which never changes
		id = d.CanonicalID(id)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(deletionPolicy), PolicyPrevent)...)
	SetIdentity(ctx, resp.Identity, types.StringValue(id), &resp.Diagnostics)
	MarkImported(ctx, resp.Private, &resp.Diagnostics)
}

var noTimeouts = nullTimeouts()

// NoTimeouts is the value of timeouts where configuration has none, as a list result needs it.
func NoTimeouts() timeouts.Value { return noTimeouts }

func nullTimeouts() timeouts.Value {
	kind, ok := Timeouts(context.Background()).GetType().(timeouts.Type)
	if !ok {
		return timeouts.Value{}
	}
	return timeouts.Value{Object: types.ObjectNull(kind.AttrTypes)}
}
