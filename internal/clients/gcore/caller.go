package gcore

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Caller is whom the credential belongs to.
type Caller struct {
	ID      string // of the account that the credential was made in
	Company string // that account's name
	UserID  string // of the user who made it; "" where the reply doesn't say
}

// callerOnce keeps the caller once it is known: a credential never changes hands.
type callerOnce struct {
	mu     sync.Mutex
	caller Caller
}

func (o *callerOnce) get() Caller {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.caller
}

// Caller returns whom the credential belongs to, by GET /iam/clients/me (IAM), once. That call is documented for the users
// of an account; whether a reseller's credential may make it is not.
func (c *Client) Caller(ctx context.Context) (Caller, error) {
	if known := c.caller.get(); known.ID != "" {
		return known, nil
	}
	var own Account
	_, err := c.call(ctx, transport.Request{
		Operation: "read own account", Method: http.MethodGet, Path: ownAccountPath, Into: &own,
		Login: true, // allowed_callers lets it pass, since that is what it is checked by
	}, nil)
	if err != nil {
		return Caller{}, err
	}
	c.caller.mu.Lock()
	defer c.caller.mu.Unlock()
	c.caller.caller = Caller{ID: own.ID, Company: own.Company, UserID: own.Viewer}
	return c.caller.caller, nil
}

// callerID is the caller as allowed_callers lists it.
func (c *Client) callerID(ctx context.Context) (string, error) {
	caller, err := c.Caller(ctx)
	return caller.ID, err
}

// allowCallers is the guard behind allowed_callers. Its error says what keeps a reseller's credential from being checked.
func (c *Client) allowCallers(allowed []string) func(ctx context.Context) error {
	check := transport.AllowCallers(allowed, c.callerID)
	if check == nil {
		return nil
	}
	return func(ctx context.Context) error {
		err := check(ctx)
		if errors.Is(err, transport.ErrCallerUnknown) {
			return fmt.Errorf("%w. A reseller's credential may not be able to read its own account: allowed_callers can't be "+
				"used with such a credential", err)
		}
		return err
	}
}

// TokenExpiry returns when a JWT ends, by its claim exp, which is not verified; false where the token doesn't say.
func TokenExpiry(token string) (time.Time, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var claims struct {
		Expires integer `json:"exp"`
	}
	if err != nil || json.Unmarshal(payload, &claims) != nil || claims.Expires <= 0 {
		return time.Time{}, false
	}
	return time.Unix(int64(claims.Expires), 0), true
}
