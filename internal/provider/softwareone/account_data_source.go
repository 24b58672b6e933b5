package softwareone

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountData is one account in the data sources: what the resource has, and what changes by itself.
type accountData struct {
	commonModel
	Revision types.Int64 `tfsdk:"revision"`
	Groups   []groupData `tfsdk:"groups"`
	Audit    *auditData  `tfsdk:"audit"`
}

type groupData struct {
	ID        types.String `tfsdk:"id"`
	Name      types.String `tfsdk:"name"`
	IsDefault types.Bool   `tfsdk:"is_default"`
}

type auditData struct {
	CreatedAt types.String `tfsdk:"created_at"`
	CreatedBy types.String `tfsdk:"created_by"`
	UpdatedAt types.String `tfsdk:"updated_at"`
	UpdatedBy types.String `tfsdk:"updated_by"`
}

func newAccountData(ctx context.Context, a client.Account, diags *diag.Diagnostics) accountData {
	data := accountData{commonModel: newCommonModel(), Revision: types.Int64Value(a.Revision), Groups: []groupData{}}
	data.read(ctx, a, diags)
	for _, g := range a.Groups {
		data.Groups = append(data.Groups, groupData{
			ID: types.StringValue(g.ID), Name: types.StringValue(g.Name), IsDefault: types.BoolValue(g.IsDefault),
		})
	}
	if a.Audit != nil {
		data.Audit = &auditData{}
		data.Audit.CreatedAt, data.Audit.CreatedBy = eventData(a.Audit.Created)
		data.Audit.UpdatedAt, data.Audit.UpdatedBy = eventData(a.Audit.Updated)
	}
	return data
}

func eventData(e *client.Event) (at, by types.String) {
	if e == nil {
		return types.StringNull(), types.StringNull()
	}
	if e.At != nil {
		at = types.StringValue(e.At.UTC().Format(time.RFC3339Nano))
	}
	return at, account.StringOrNull(&e.By.ID)
}

// accountDataAttributes are the computed attributes of one account.
func accountDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	shared := accountAttributes()
	for _, inputs := range []string{"logo", "groups", "allow_duplicate_name"} {
		delete(shared, inputs)
	}
	attributes := account.Computed(shared)
	maps.Copy(attributes, map[string]schema.Attribute{
		"revision": schema.Int64Attribute{Computed: true, MarkdownDescription: "Counts the changes made to the account."},
		"groups": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "User groups of the account.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": text("Group id."), "name": text("Name."),
				"is_default": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is the group that every account has."},
			}},
		},
		"audit": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "When and by whom the account was created and last changed. Times are RFC 3339 in UTC; " +
				"makers are ids of users or tokens.",
			Attributes: map[string]schema.Attribute{
				"created_at": text("Time of creation."), "created_by": text("Who created it."),
				"updated_at": text("Time of the last change."), "updated_by": text("Who made it."),
			},
		},
	})
	return attributes
}

// filterModel is what both the plural data source and the list resource filter by.
type filterModel struct {
	Name       types.String `tfsdk:"name"`
	Type       types.String `tfsdk:"type"`
	Status     types.String `tfsdk:"status"`
	ExternalID types.String `tfsdk:"external_id"`
}

func (f filterModel) filter() client.Filter {
	return client.Filter{
		Name: f.Name.ValueString(), Type: f.Type.ValueString(), Status: f.Status.ValueString(), ExternalID: f.ExternalID.ValueString(),
	}
}

// accounts says how SoftwareOne accounts are found.
var accounts = account.Finder[*client.Client, client.Account, filterModel, accountData]{
	Descriptor: descriptor, Plural: "softwareone_accounts", Collection: "accounts", Key: "name",
	One:        "One SoftwareOne account, by id or by name. Needs a token that may see it.",
	Many:       "SoftwareOne accounts that the token may see, in the order of their ids.",
	Each:       "The accounts that fit all filters.",
	ByID:       "Account id, such as `ACC-1234-5678`. Give this or `name`.",
	ByKey:      "Name, in any case. Exactly one account must have it. Give this or `id`.",
	Attributes: accountDataAttributes(),
	Filters: map[string]account.Filter{
		"name":        {Description: "Only accounts of this name, in any case.", Validators: []validator.String{account.Text()}},
		"external_id": {Description: "Only accounts of this id in the ERP.", Validators: []validator.String{account.Text()}},
		"type": {
			Description: "Only accounts of this type: `Client`, `Vendor` or `Operations`.",
			Validators:  []validator.String{stringvalidator.OneOf(client.TypeClient, client.TypeVendor, client.TypeOperations)},
		},
		"status": {
			Description: "Only accounts of this status: `Active`, `Enabled` or `Disabled`.",
			Validators:  []validator.String{stringvalidator.OneOf(client.StatusActive, client.StatusEnabled, client.StatusDisabled)},
		},
	},
	Read: func(ctx context.Context, api *client.Client, id string) (client.Account, error) {
		return api.ReadAccountDetails(ctx, id)
	},
	Named: func(ctx context.Context, api *client.Client, name string) iter.Seq2[client.Account, error] {
		return api.ListAccounts(ctx, client.Filter{Name: name}, true)
	},
	List: func(ctx context.Context, api *client.Client, filters filterModel, whole bool) iter.Seq2[client.Account, error] {
		return api.ListAccounts(ctx, filters.filter(), whole)
	},
	Label: func(a client.Account) string { return fmt.Sprintf("%s (%s, %s, %s)", a.ID, a.Name, a.Type, a.Status) },
	Show:  newAccountData,
	Fill:  fillAccount,
}
