package gcore

import (
	"context"
	"iter"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// serviceData is one service in the data source.
type serviceData struct {
	serviceFields
	ChangedAt types.String `tfsdk:"status_changed_at"`
	DeletedAt types.String `tfsdk:"deleted_date"`
}

func serviceDataAttributes() map[string]schema.Attribute {
	attributes := account.Computed(serviceAttributes())
	delete(attributes, "account_id") // stands next to them
	maps.Copy(attributes, map[string]schema.Attribute{
		"status":            text("Status: `new`, `trial`, `trialend`, `active`, `paused`, `activating` or `deleted`."),
		"status_changed_at": text("When the status changed last."),
		"deleted_date":      text("When Gcore deletes the service with all its data. Null where it doesn't."),
	})
	return attributes
}

type serviceFilter struct {
	Account types.String `tfsdk:"account_id"`
	Product types.String `tfsdk:"product"`
	Status  types.String `tfsdk:"status"`
}

// services says how the services of a Gcore account are found.
var services = account.Finder[*client.Client, client.Service, serviceFilter, serviceData]{
	Descriptor: serviceDescriptor, Plural: "gcore_account_services", Collection: "services",
	Many: "The services of one Gcore account: each product with its status, and whether it is activated. Only a reseller's credential " +
		"sees them, " +
		"of the reseller's own clients.",
	Each:       "The services that fit all filters.",
	Attributes: serviceDataAttributes(),
	Filters: map[string]account.Filter{
		"account_id": {Description: "Id of the account.", Validators: []validator.String{accountDescriptor.ID()}, Required: true},
		"product": {
			Description: "Only the service of this product.", Validators: []validator.String{stringvalidator.OneOf(client.Products()...)},
		},
		"status": {Description: "Only services of this status.", Validators: words},
	},
	List: func(ctx context.Context, api *client.Client, filter serviceFilter, _ bool) iter.Seq2[client.Service, error] {
		return func(yield func(client.Service, error) bool) {
			all, err := api.Services(ctx, filter.Account.ValueString())
			if err != nil {
				yield(client.Service{}, err)
				return
			}
			for _, s := range all {
				fits := (filter.Product.IsNull() || filter.Product.ValueString() == s.Product) &&
					(filter.Status.IsNull() || filter.Status.ValueString() == s.Status)
				if fits && !yield(s, nil) {
					return
				}
			}
		}
	},
	Show: func(_ context.Context, s client.Service, _ *diag.Diagnostics) serviceData {
		data := serviceData{ChangedAt: account.StringOrNull(&s.ChangedAt), DeletedAt: account.StringOrNull(&s.DeletedAt)}
		data.read(s)
		return data
	},
	Fill: func(ctx context.Context, _ *client.Client, s client.Service, include bool, result *list.ListResult) string {
		model := serviceModel{Lifecycle: account.NoLifecycle()}
		model.read(s)
		if validServiceID(model.ID.ValueString()) != nil {
			return ""
		}
		result.DisplayName = model.ID.ValueString()
		if include {
			result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
		}
		return model.ID.ValueString()
	},
}

// sellerData is one seller in the data source.
type sellerData struct {
	ID        types.Number `tfsdk:"id"`
	Email     types.String `tfsdk:"email"`
	FullName  types.String `tfsdk:"full_name"`
	Phone     types.String `tfsdk:"phone"`
	Activated types.Bool   `tfsdk:"activated"`
}

type sellerFilter struct {
	Email    types.String `tfsdk:"email"`
	FullName types.String `tfsdk:"full_name"`
}

// sellers says how a reseller's sellers are found.
var sellers = account.Finder[*client.Client, client.Seller, sellerFilter, sellerData]{
	Descriptor: account.Descriptor{
		Type: "gcore_seller", Title: "Gcore seller", Vendor: vendorTitle, Section: vendorName, Address: address, Credentials: credentials,
		Permission: "Sellers are shown to their reseller's credential only.",
	},
	Plural: "gcore_sellers", Collection: "sellers",
	Many: "The sellers of a Gcore reseller: the people whom `seller` of a `gcore_reseller_user` names by number. Only a reseller's " +
		"credential sees them.",
	Each: "The sellers that fit all filters; deleted ones are left out.",
	Attributes: map[string]schema.Attribute{
		"id":        schema.NumberAttribute{Computed: true, MarkdownDescription: "Id, as `seller` of a `gcore_reseller_user` takes it."},
		"email":     text("E-mail address."),
		"full_name": text("Name."),
		"phone":     text("Phone number."),
		"activated": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the seller's account is activated."},
	},
	Filters: map[string]account.Filter{
		"email":     {Description: "Only sellers with this e-mail address, in any case.", Validators: words},
		"full_name": {Description: "Only sellers of this name, in any case.", Validators: words},
	},
	List: func(ctx context.Context, api *client.Client, filter sellerFilter, _ bool) iter.Seq2[client.Seller, error] {
		return api.Sellers(ctx, client.SellerFilter{Email: filter.Email.ValueString(), FullName: filter.FullName.ValueString()})
	},
	Show: func(_ context.Context, s client.Seller, _ *diag.Diagnostics) sellerData {
		return sellerData{
			ID: account.NumberOrNull(types.NumberNull(), &s.ID), Email: account.StringOrNull(&s.Email),
			FullName: shownString(types.StringNull(), s.FullName), Phone: shownString(types.StringNull(), s.Phone),
			Activated: shownBool(types.BoolNull(), s.Activated),
		}
	},
}
