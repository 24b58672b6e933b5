package softwareone

import (
	"context"
	"net/http"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Validate has the platform check whether an account could be activated, by POST …/{id}/validate: with this external id
// or, where that is "", with its own. It changes nothing; what does not fit is a *transport.Error with the platform's words.
func (c *Client) Validate(ctx context.Context, id, externalID string) error {
	if err := ValidID(id); err != nil {
		return err
	}
	body := struct {
		ExternalID string `json:"externalId,omitempty"`
	}{externalID}
	_, err := c.call(ctx, "validate account", http.MethodPost, accountPath(id)+"/validate", "", transport.NonIdempotent, body, nil)
	return err
}
