// Command empty is the provider with its schemas and without any account behind them: what it costs in a plan is the
// share of the plugin framework. The benchmark compares with it.
package main

import (
	"context"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	accounts "github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

func main() {
	// As the provider itself does.
	_ = os.Setenv("TF_LOG_SDK", "OFF")
	accounts.TuneGC(os.Getenv)
	serve := func() provider.Provider { return empty{accounts.New("bench")()} }
	if err := providerserver.Serve(
		context.Background(),
		serve,
		providerserver.ServeOpts{Address: accounts.Address, ProtocolVersion: 6},
	); err != nil {
		log.Fatal(err)
	}
}

// empty is the provider with resources that read what the state has.
type empty struct{ provider.Provider }

// Configure implements provider.Provider.
func (empty) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// Resources implements provider.Provider.
func (e empty) Resources(ctx context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, construct := range e.Provider.Resources(ctx) {
		all = append(all, func() resource.Resource { return unread{construct()} })
	}
	return all
}

// unread is a resource with the schemas of another one. Only plans of what exists are made with it.
type unread struct{ described resource.Resource }

// Metadata implements resource.Resource.
func (u unread) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	u.described.Metadata(ctx, req, resp)
}

// Schema implements resource.Resource.
func (u unread) Schema(ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse) {
	u.described.Schema(ctx, req, resp)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (u unread) IdentitySchema(ctx context.Context, req resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	if identified, ok := u.described.(resource.ResourceWithIdentity); ok {
		identified.IdentitySchema(ctx, req, resp)
	}
}

// Read implements resource.Resource.
func (unread) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	if resp.Identity == nil {
		return
	}
	// An older Terraform stores none, and the framework wants one.
	var id types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...)
}

// Create implements resource.Resource.
func (unread) Create(_ context.Context, _ resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.AddError("Nothing can be created", "This provider is for plans only.")
}

// Update implements resource.Resource.
func (unread) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Nothing can be changed", "This provider is for plans only.")
}

// Delete implements resource.Resource.
func (unread) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
