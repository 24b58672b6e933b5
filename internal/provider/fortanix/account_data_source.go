package fortanix

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// accountData is one account in the data sources: what the resource has, and what depends on the caller or changes by
// itself.
type accountData struct {
	commonModel

	HasCustomLogo types.Bool       `tfsdk:"has_custom_logo"`
	AuthConfigs   []authConfigData `tfsdk:"auth_configs"`
	Roles         []types.String   `tfsdk:"roles"`
	Status        types.String     `tfsdk:"status"`
	Totals        *totalsData      `tfsdk:"totals"`
}

type authConfigData struct {
	ID       types.String `tfsdk:"id"`
	Kind     types.String `tfsdk:"kind"`
	IDPName  types.String `tfsdk:"idp_name"`
	ClientID types.String `tfsdk:"client_id"`
	TargetID types.String `tfsdk:"target_id"`
}

type totalsData struct {
	Datasets       types.Int64 `tfsdk:"datasets"`
	FinalWorkflows types.Int64 `tfsdk:"final_workflows"`
	Nodes          types.Int64 `tfsdk:"nodes"`
}

func newAccountData(ctx context.Context, a client.Account, diags *diag.Diagnostics) accountData {
	data := accountData{
		HasCustomLogo: types.BoolValue(!a.CustomLogo.IsZero()), Status: account.StringOrNull(a.Status),
		AuthConfigs: []authConfigData{}, Roles: []types.String{},
	}
	data.read(ctx, a, diags)
	for _, c := range a.AuthConfigs {
		key := c.Key()
		data.AuthConfigs = append(data.AuthConfigs, authConfigData{
			ID: types.StringValue(c.ID), Kind: account.StringOrNull(&key.Kind), IDPName: account.StringOrNull(&key.IDPName),
			ClientID: account.StringOrNull(&key.ClientID), TargetID: account.StringOrNull(&key.TargetID),
		})
	}
	for _, role := range a.Roles {
		data.Roles = append(data.Roles, types.StringValue(role))
	}
	if t := a.Totals; t != nil {
		data.Totals = &totalsData{types.Int64Value(t.Datasets), types.Int64Value(t.FinalWorkflows), types.Int64Value(t.Nodes)}
	}
	return data
}

func accountDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	count := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	shared := accountAttributes()
	delete(shared, "custom_logo")
	delete(shared, "auth_configs")
	attributes := account.Computed(shared)
	maps.Copy(attributes, map[string]schema.Attribute{
		"has_custom_logo": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the account has a logo. The image itself is " +
			"left out."},
		"auth_configs": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "How users log in, in short: what distinguishes the configurations. Secrets are never read.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": text("Id of the configuration."), "kind": text("`password`, `oauth` or `cluster_auth_ref`."),
				"idp_name": text("Identity provider, for OAuth."), "client_id": text("OAuth client, for OAuth."),
				"target_id": text("Provider of the installation, for a reference."),
			}},
		},
		"roles": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Roles of the provider's user in the account: `READER`, `WRITER`, `MANAGER`.",
		},
		"status": text("The provider's user's membership: `ACTIVE`, `PENDING` or `DISABLED`."),
		"totals": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "What the account holds; null in lists.",
			Attributes: map[string]schema.Attribute{
				"datasets": count("Data sets."), "final_workflows": count("Final workflows."), "nodes": count("Nodes."),
			},
		},
	})
	return attributes
}

// filterModel is what the data source of many and the list resource filter by.
type filterModel struct {
	Name types.String `tfsdk:"name"`
}

// accounts says how Fortanix accounts are found. The API has no filters: the whole list is read.
var accounts = account.Finder[*client.Client, client.Account, filterModel, accountData]{
	Descriptor: descriptor, Plural: "fortanix_accounts", Collection: "accounts", Key: "name",
	One:        "One Fortanix account that the provider's user belongs to, by id or by name.",
	Many:       "Fortanix accounts that the provider's user belongs to.",
	Each:       "The accounts.",
	ByID:       "Account id, a UUID. Give this or `name`.",
	ByKey:      "Name, without regard to case. Exactly one account must have it. Give this or `id`.",
	Attributes: accountDataAttributes(),
	Filters: map[string]account.Filter{
		"name": {
			Description: "Only the account of this name, without regard to case. The API has no filters: the whole list is read.",
			Validators:  words,
		},
	},
	Read: func(ctx context.Context, api *client.Client, id string) (client.Account, error) {
		return api.ReadAccountDetails(ctx, id)
	},
	Named: func(ctx context.Context, api *client.Client, name string) iter.Seq2[client.Account, error] {
		return complete(named(api.ListAccounts(ctx), types.StringValue(name)), func(listed client.Account) (client.Account, error) {
			return api.ReadAccountDetails(ctx, listed.ID)
		})
	},
	List: func(ctx context.Context, api *client.Client, filters filterModel, full bool) iter.Seq2[client.Account, error] {
		listed := named(api.ListAccounts(ctx), filters.Name)
		if !full {
			return listed
		}
		return complete(listed, func(listed client.Account) (client.Account, error) { return api.Complete(ctx, listed) })
	},
	Label: func(a client.Account) string { return fmt.Sprintf("%s (%s)", a.ID, a.Name) },
	Show:  newAccountData,
	Fill:  fillAccount,
}

// named yields the accounts of a name, or all where name is null.
func named(accounts iter.Seq2[client.Account, error], name types.String) iter.Seq2[client.Account, error] {
	return func(yield func(client.Account, error) bool) {
		for a, err := range accounts {
			if err == nil && !name.IsNull() && !client.SameName(a.Name, name.ValueString()) {
				continue
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

// complete yields what read makes of each account.
func complete(
	accounts iter.Seq2[client.Account, error], read func(listed client.Account) (client.Account, error),
) iter.Seq2[client.Account, error] {
	return func(yield func(client.Account, error) bool) {
		for a, err := range accounts {
			if err == nil {
				a, err = read(a)
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}
