package settings

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Vendor is one vendor's part of the provider.
type Vendor struct {
	// Name is the vendor's block in the provider block, and its key in Clients.
	Name string
	// Title is the vendor's name in messages.
	Title string
	// Attributes are those of its block that no other vendor has.
	Attributes map[string]schema.Attribute
	// Description of its block, in Markdown.
	Description string
	// Callers says in Markdown what allowed_callers lists: "ids of …".
	Callers string
	// Configure resolves the block and returns a *Client. It makes no request.
	Configure func(block *Block, shared Shared) any
	// Caller makes the data source that shows whom the credential belongs to.
	Caller func() datasource.DataSource

	Resources     []func() resource.Resource
	DataSources   []func() datasource.DataSource
	ListResources []func() list.ListResource

	EphemeralResources []func() ephemeral.EphemeralResource
	Actions            []func() action.Action
}

const (
	maxRequestsPerSecond = "max_requests_per_second"
	caCertificate        = "ca_certificate"
	allowedCallers       = "allowed_callers"
)

// Block is the schema of the vendor's block. It is a block, since Terraform silently drops names that a nested attribute
// doesn't have: a misspelt credential would leave the environment's in use.
func (v Vendor) Block() schema.Block {
	block := schema.SingleNestedBlock{
		MarkdownDescription: v.Description,
		Attributes: map[string]schema.Attribute{
			maxRequestsPerSecond: schema.Float64Attribute{
				Optional: true,
				MarkdownDescription: "The most requests per second that this provider sends to the vendor, as a number of 0.01 or " +
					"more. No limit by default; the vendor's own limit (HTTP 429) is obeyed in any case.",
				Validators: []validator.Float64{float64validator.AtLeast(0.01)},
			},
			caCertificate: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Certificates of authorities in PEM form, trusted in addition to the system's: for a proxy or an " +
					"installation with an authority of its own.",
			},
			allowedCallers: schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "The only callers whose credentials may be used here: " + v.Callers + " Any other credential is an " +
					"error, and so is one whose caller can't be determined; nothing else is sent then. Any caller by default.",
				Validators: []validator.List{callersValidator{}},
			},
		},
	}
	maps.Copy(block.Attributes, v.Attributes)
	return block
}
