// Command restapistub is a provider that looks like Mastercard/restapi to Terraform, and calls no API: for the test of the
// guide that moves accounts from such a provider to this one.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ids names the environment variable that maps the names of objects to their ids, as JSON.
const ids = "RESTAPI_STUB_IDS"

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return stub{} },
		providerserver.ServeOpts{Address: "registry.terraform.io/mastercard/restapi"})
	if err != nil {
		log.Fatal(err)
	}
}

type stub struct{}

// Metadata implements provider.Provider, as the next four do.
func (stub) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "restapi"
}

func (stub) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{Attributes: map[string]providerschema.Attribute{
		"uri": providerschema.StringAttribute{Required: true},
	}}
}

func (stub) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (stub) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (stub) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return object{} }}
}

// object is restapi_object. What it "creates" is in the state only.
type object struct{}

type objectModel struct {
	ID   types.String `tfsdk:"id"`
	Path types.String `tfsdk:"path"`
	Data types.String `tfsdk:"data"`
}

// Metadata implements resource.Resource, as the next five do.
func (object) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "restapi_object"
}

func (object) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		"path": schema.StringAttribute{Required: true},
		"data": schema.StringAttribute{Required: true},
	}}
}

func (object) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var model objectModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &model)...)
	var data struct {
		Name string `json:"name"`
	}
	known := map[string]string{}
	if err := json.Unmarshal([]byte(model.Data.ValueString()), &data); err != nil {
		resp.Diagnostics.AddError("data is not JSON", err.Error())
	}
	if err := json.Unmarshal([]byte(os.Getenv(ids)), &known); err != nil {
		resp.Diagnostics.AddError(ids+" is not JSON", err.Error())
	}
	if known[data.Name] == "" {
		resp.Diagnostics.AddError("Unknown name", fmt.Sprintf("%s has no id for %q.", ids, data.Name))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	model.ID = types.StringValue(known[data.Name])
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (object) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (object) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("An object would be changed", "The guide says that nothing is.")
}

func (object) Delete(_ context.Context, _ resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.AddError("An object would be deleted", "The guide says that nothing is.")
}
