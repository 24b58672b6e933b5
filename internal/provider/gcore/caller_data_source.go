package gcore

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// NewCallerDataSource makes the data source gcore_caller.
func NewCallerDataSource() datasource.DataSource {
	return account.Caller[*client.Client]{
		Descriptor: account.Descriptor{
			Vendor: vendorTitle, Section: vendorName, Address: address, Credentials: credentials,
			Permission: "A reseller's credential may not be able to read its own account: neither this data source nor allowed_callers " +
				"can be used with such a credential.",
		},
		Description: "Whom the Gcore credential belongs to. A reseller's credential may not be able to read that; then this is an error.",
		Attributes: map[string]string{
			"id":      "Id of the account that the credential was made in. This is what `gcore.allowed_callers` lists.",
			"company": "Company name of that account.",
			"user_id": "Id of the user whose credential it is. Null where Gcore doesn't show it.",
		},
		Read: func(ctx context.Context, api *client.Client) (map[string]string, error) {
			caller, err := api.Caller(ctx)
			return map[string]string{"id": caller.ID, "company": caller.Company, "user_id": caller.UserID}, err
		},
	}.DataSource()
}
