package softwareone

import (
	"context"
	"errors"
)

// Caller returns the id of the API token in use. It stands in the token itself, so that no request is made.
func (c *Client) Caller() (string, error) {
	if id := c.TokenID(); id != "" {
		return id, nil
	}
	return "", errors.New("the API token doesn't show its id: a token looks like idt:TKN-1234-5678:…")
}

// callerID is the caller as allowed_callers lists it.
func (c *Client) callerID(context.Context) (string, error) { return c.TokenID(), nil }
