package fortanix

import "context"

// Caller returns the id of the session's user, as the login or GET /v1/user shows it. It logs in where nobody has.
func (c *Client) Caller(ctx context.Context) (string, error) { return c.CurrentUser(ctx) }

// knownCaller is the caller without a request; "" while no reply has named it.
func (c *Client) knownCaller() string {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	return c.session.subject
}
