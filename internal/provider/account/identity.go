package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// identityParts are the attributes of the identity, which are joined by / to the id.
func (d Descriptor) identityParts() []string {
	if d.IdentityParts == nil {
		return []string{"id"}
	}
	return d.IdentityParts
}

// identitySchema is the schema of the identity.
func (d Descriptor) identitySchema() identityschema.Schema {
	if d.IdentityParts != nil {
		attributes := map[string]identityschema.Attribute{}
		for _, name := range d.IdentityParts {
			attributes[name] = identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "The attribute " + name + " of the " + d.Title + ".",
			}
		}
		return identityschema.Schema{Attributes: attributes}
	}
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "Id of the " + d.Title + ".",
		},
	}}
}

// setIdentity sets the identity. Read and Update call it before their first request: an object that turns out to be
// gone must have one, even where an older Terraform stored none.
func (d Descriptor) setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, id types.String, diags *diag.Diagnostics) {
	if identity == nil || id.IsNull() || id.IsUnknown() {
		return
	}
	for name, value := range d.split(id.ValueString()) {
		diags.Append(identity.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// split takes an id apart into the identity's attributes.
func (d Descriptor) split(id string) map[string]string {
	names := d.identityParts()
	values := map[string]string{}
	for i, value := range strings.SplitN(id, "/", len(names)) {
		values[names[i]] = value
	}
	return values
}

// notAnID says what is wrong with an id, and what one looks like.
func (d Descriptor) notAnID(id string, err error) string {
	return fmt.Sprintf("%q is not a valid id of a %s: %v.", id, d.Title, err)
}

// importState takes an id from the command, an import block or an identity, and leaves a state that the first read fills.
func (d Descriptor) importState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := req.ID
	if id == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var parts []string
		for _, name := range d.identityParts() {
			var part types.String
			resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(name), &part)...)
			parts = append(parts, part.ValueString())
		}
		id = strings.Join(parts, "/")
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
	for name, value := range d.split(id) {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(deletionPolicy), PolicyPrevent)...)
	d.setIdentity(ctx, resp.Identity, types.StringValue(id), &resp.Diagnostics)
	markImported(ctx, resp.Private, &resp.Diagnostics)
}

// noTimeouts is the value of timeouts where configuration has none, as a list result needs it.
var noTimeouts = nullTimeouts()

func nullTimeouts() timeouts.Value {
	kind, ok := resourceTimeouts(context.Background()).GetType().(timeouts.Type)
	if !ok {
		return timeouts.Value{}
	}
	return timeouts.Value{Object: types.ObjectNull(kind.AttrTypes)}
}
