package fortanix

import (
	"context"
	"net/http"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Caller returns the id of the session's user. It logs in where nobody has, and asks for the user only if the session's
// replies don't show it.
func (c *Client) Caller(ctx context.Context) (string, error) {
	user, err := c.session.user(ctx)
	if err != nil || user != "" {
		return user, err
	}
	var reply struct {
		ID string `json:"user_id"`
	}
	if _, err := c.call(ctx, "read current user", http.MethodGet, "/v1/user", nil, transport.Idempotent, nil, &reply); err != nil {
		return "", err
	}
	if reply.ID == "" {
		return "", &transport.Error{
			Vendor: vendor, Operation: "read current user", Kind: transport.KindUnexpected, Message: "the reply holds no user_id",
		}
	}
	c.session.setUser(reply.ID)
	return reply.ID, nil
}

// knownCaller is the caller without a request; "" while no reply has named it.
func (c *Client) knownCaller() string {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	return c.session.subject
}
