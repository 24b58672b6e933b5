package fortanix

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// NewCallerDataSource makes the data source fortanix_caller.
func NewCallerDataSource() datasource.DataSource {
	return account.Caller[*client.Client]{
		Descriptor:  descriptor,
		Description: "Whom the Fortanix session belongs to.",
		Attributes: map[string]string{
			"id": "Id of the session's user. This is what `fortanix.allowed_callers` lists.",
		},
		Read: func(ctx context.Context, api *client.Client) (map[string]string, error) {
			id, err := api.Caller(ctx)
			return map[string]string{"id": id}, err
		},
	}.DataSource()
}
