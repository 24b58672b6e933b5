package settings

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Vendor is one vendor's part of the provider.
type Vendor struct {
	// Name is the vendor's block in the provider block, and its key in Clients.
	Name string
	// Attributes are those of its block.
	Attributes map[string]schema.Attribute
	// Description of its block, in Markdown.
	Description string
	// Configure resolves the block and returns a *Client. It makes no request.
	Configure func(ctx context.Context, block Block, shared Shared, diags *diag.Diagnostics) any

	Resources     []func() resource.Resource
	DataSources   []func() datasource.DataSource
	ListResources []func() list.ListResource

	EphemeralResources []func() ephemeral.EphemeralResource
}

// MaxRequestsPerSecond is the attribute that every vendor's block has.
func MaxRequestsPerSecond() schema.Attribute {
	return schema.Float64Attribute{
		Optional: true,
		MarkdownDescription: "The most requests per second that this provider sends to the vendor, as a number of 0.01 or " +
			"more. No limit by default; the vendor's own limit (HTTP 429) is obeyed in any case.",
		Validators: []validator.Float64{float64validator.AtLeast(0.01)},
	}
}
