package softwareone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// NewCallerDataSource makes the data source softwareone_caller.
func NewCallerDataSource() datasource.DataSource {
	return account.Caller[*client.Client]{
		Descriptor:  descriptor,
		Description: "Whom the SoftwareOne credential belongs to: the API token itself. Its id stands in the token, so that no request is made.",
		Attributes: map[string]string{
			"id": "Id of the API token, such as `TKN-1234-5678`. This is what `softwareone.allowed_callers` lists.",
		},
		Read: func(_ context.Context, api *client.Client) (map[string]string, error) {
			id, err := api.Caller()
			return map[string]string{"id": id}, err
		},
	}.DataSource()
}
