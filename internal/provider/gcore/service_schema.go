package gcore

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// serviceDescriptor is gcore_account_service as the shared life-cycle code sees it.
var serviceDescriptor = account.Descriptor{
	Type:            "gcore_account_service",
	Title:           "Gcore account service",
	Thing:           "service",
	Vendor:          vendorTitle,
	Section:         vendorName,
	IdentityParts:   []string{"account_id", "product"},
	NaturalKey:      "service_id",
	DestroyPolicies: []string{account.PolicyPause},
	DestroyLeaves:   "it is paused, and stays at Gcore. " + pauseWarning,
	NotAsConfig:     "such as the status \"new\". To manage one, write its resource block with the status that it should have",
	Address:         address,
	Credentials:     credentials,
	Permission:      "Services are managed by a reseller's credential, for the reseller's own clients.",
	ValidID:         validServiceID,
	Wire: account.WireNames(
		serviceAttributes(),
		account.SnakeCase,
		map[string]string{"options": "status", "non_field_errors": "status"},
	),
}

const pauseWarning = "A pause stops what runs in the service, and starts the time after which Gcore deletes it with all its data. That " +
	"time is " +
	"a setting of the product in Gcore's Admin Portal (\"Paused to Deleted\")."

// errInvalidServiceID says what the id of a service looks like.
var errInvalidServiceID = errors.New("it is an account's id and a product with / between them, such as 7310004/CDN; products are " +
	strings.Join(client.Products(), ", "))

func validServiceID(id string) error {
	accountID, product, _ := strings.Cut(id, "/")
	if client.ValidID(accountID) != nil || !slices.Contains(client.Products(), product) {
		return errInvalidServiceID
	}
	return nil
}

// Schema implements resource.Resource.
func (r *serviceResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = serviceDescriptor.Schema(ctx, "A product of a Gcore account: its status, and whether it is activated. `services` of a "+
		"`gcore_reseller_user` only makes a product *available*; this switches it on. Only a reseller's credential can do it, for the "+
		"reseller's own clients. The service always exists: a create changes it as needed, with a warning that gives its former status.",
		serviceAttributes())
}

// serviceAttributes are the attributes that concern the service itself.
func serviceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString, MarkdownDescription: "Account id and product, such as `7310004/CDN`.",
		},
		"account_id": schema.StringAttribute{
			Required: true, Validators: []validator.String{accountDescriptor.ID()},
			MarkdownDescription: "Id of the account, as in `gcore_account.NAME.id` or `gcore_reseller_user.NAME.client_id`. Can't be changed.",
		},
		"product": schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.OneOf(client.Products()...)},
			MarkdownDescription: "Product: `\"" + strings.Join(client.Products(), "\"`, `\"") + "\"`. Can't be changed.",
		},
		"status": schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.OneOf(client.ServiceTrial, client.ServiceActive, client.ServicePaused)},
			MarkdownDescription: "Status: `\"trial\"`, `\"active\"` or `\"paused\"`. Gcore's `activating` counts as `active`; a trial that " +
				"ended reads as " +
				"`trialend`. **`\"paused\"` stops what runs in the service, and starts the time after which Gcore deletes it with all its data**; " +
				"the " +
				"plan warns. Which changes Gcore allows is up to Gcore. Changed in place.",
		},
		"enabled": schema.BoolAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Whether the product is activated (\"Activate product\" in the Admin Portal). `false` may suspend what runs in " +
				"it. Removed " +
				"from the configuration, Gcore's value stays and is no longer managed. Changed in place.",
		},
		"service_id": schema.StringAttribute{Computed: true, PlanModifiers: keepString, MarkdownDescription: "Gcore's id of the service."},
		"previous_status": schema.StringAttribute{
			Computed: true, PlanModifiers: keepString, MarkdownDescription: "Status before the last change of it, as Gcore shows it.",
		},
	}
}

// serviceFields are what the resource and the data source both have of a service.
type serviceFields struct {
	ID        types.String `tfsdk:"id"`
	Product   types.String `tfsdk:"product"`
	Status    types.String `tfsdk:"status"`
	Enabled   types.Bool   `tfsdk:"enabled"`
	ServiceID types.String `tfsdk:"service_id"`
	Previous  types.String `tfsdk:"previous_status"`
}

// serviceModel is gcore_account_service in plan and state.
type serviceModel struct {
	serviceFields
	account.Lifecycle
	Account types.String `tfsdk:"account_id"`
}

// AccountID implements account.Model.
func (m *serviceModel) AccountID() types.String { return m.ID }
