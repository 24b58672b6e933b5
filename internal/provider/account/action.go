package account

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

// Action asks a vendor for something that changes nothing that a resource manages. C is the vendor's client.
type Action[C any] struct {
	// Descriptor names the action and the settings that an error points to. Its Title follows "Unable to" and Verb.
	Descriptor  Descriptor
	Verb        string
	Description string // in Markdown
	// Attributes are all texts.
	Attributes map[string]schema.StringAttribute
	// About is the attribute that says whom or what it is about.
	About string
	// Invoke does it. values are the attributes' values, "" for null; report tells people how far it is.
	Invoke func(ctx context.Context, api C, values map[string]string, report func(message string)) error
}

// New makes the action.
func (a *Action[C]) New() action.Action { return &vendorAction[C]{action: a} }

type vendorAction[C any] struct {
	action *Action[C]
	client *settings.Client[C]
}

// Metadata implements action.Action.
func (a *vendorAction[C]) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = a.action.Descriptor.Type
}

// Configure implements action.ActionWithConfigure.
func (a *vendorAction[C]) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.client = settings.Of[C](a.action.Descriptor.Section, req.ProviderData, &resp.Diagnostics)
}

// Schema implements action.Action.
func (a *vendorAction[C]) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: a.action.Description, Attributes: map[string]schema.Attribute{}}
	for name, attribute := range a.action.Attributes {
		resp.Schema.Attributes[name] = attribute
	}
}

// Invoke implements action.Action.
func (a *vendorAction[C]) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	values := map[string]string{}
	for name := range a.action.Attributes {
		var value types.String
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), &value)...)
		values[name] = value.ValueString()
	}
	api, ok := a.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, EphemeralTimeout)
	defer cancel()
	report := func(message string) {
		if resp.SendProgress != nil {
			resp.SendProgress(action.InvokeProgressEvent{Message: transport.SafeText(message)}) // values come from vendors, too
		}
	}
	if err := a.action.Invoke(ctx, api, values, report); err != nil {
		d := a.action.Descriptor
		d.AddError(&resp.Diagnostics, a.action.Verb, values[a.action.About], err)
		if transport.Unclear(err) {
			resp.Diagnostics.AddWarning("Outcome of "+d.Type+" is unclear", fmt.Sprintf("The request was sent, and the answer doesn't report "+
				"whether it was carried out: %s may have done what was asked. It is not repeated by itself. Look there before you run the "+
				"action again.", d.Vendor))
		}
	}
}
