package gcore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

const (
	sessionsPath = "/iam/auth/jwt/clients"
	tokensPath   = "/iam/v2/clients"
)

// Role is what an API token may do (schema Group of the IAM API).
type Role struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// Roles are all roles that API tokens have.
func Roles() []Role {
	return []Role{
		{1, "Administrators"}, {5, "Engineers"}, {2, "Users"}, {3009, "Purge and Prefetch only (API+Web)"},
		{3022, "Purge and Prefetch only (API)"},
	}
}

// AccountSession is a session inside an account. No call of the API ends one.
type AccountSession struct {
	AccessToken transport.Secret
	// ExpiresAt is when the session ends by the vendor's clock, as the token itself says; zero where it doesn't.
	ExpiresAt time.Time
	// Now is the vendor's clock; ours where the reply doesn't state it.
	Now time.Time
}

// OpenAccount opens a session inside an account: as its reseller by GET /iam/auth/jwt/clients/{id}/admin_token, as one who
// may enter it by …/login. Where one of them answers 403 or 404, the other is tried. Both only read.
func (c *Client) OpenAccount(ctx context.Context, accountID string) (AccountSession, error) {
	const operation = "open a session in the account"
	if err := checkID(operation, accountID); err != nil {
		return AccountSession{}, err
	}
	calls := []string{"admin_token", "login"}
	if c.resellers.isRefused() {
		calls = []string{"login", "admin_token"}
	}
	var refusals []string
	for i, name := range calls {
		session, err := c.openBy(ctx, operation, accountID, name)
		if err == nil {
			return session, nil
		}
		if i == 0 && !transport.IsStatus(err, http.StatusForbidden, http.StatusNotFound) {
			return AccountSession{}, err
		}
		failure, ok := errors.AsType[*transport.Error](err)
		if !ok {
			return AccountSession{}, err
		}
		refusals = append(refusals, fmt.Sprintf("%s: %s", name, failure.Detail()))
		if i == len(calls)-1 {
			both := *failure
			both.Message, both.Fields, both.RequestID = strings.Join(refusals, "; "), nil, ""
			return AccountSession{}, &both
		}
	}
	return AccountSession{}, unexpected(operation, "no call was made")
}

func (c *Client) openBy(ctx context.Context, operation, accountID, name string) (AccountSession, error) {
	var reply struct {
		Access  string `json:"access"`
		Refresh string `json:"refresh"`
	}
	response, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodGet, Path: pathOf(sessionsPath, accountID) + "/" + name, Into: &reply,
		Sensitive: true,
	}, nil)
	if err != nil {
		return AccountSession{}, err
	}
	session := AccountSession{AccessToken: transport.NewSecret(reply.Access), Now: response.Date}
	c.http.Scrubber.Add(session.AccessToken, transport.NewSecret(reply.Refresh))
	if session.Now.IsZero() {
		session.Now = c.Now()
	}
	if err := transport.CheckToken(reply.Access); err != nil {
		return AccountSession{}, unexpected(operation, "the reply holds no access token that can be sent")
	}
	if ends, known := TokenExpiry(reply.Access); known {
		session.ExpiresAt = ends.UTC()
	}
	if !session.ExpiresAt.IsZero() && !session.Now.Before(session.ExpiresAt) {
		return AccountSession{}, unexpected(operation, "the reply holds an access token that has ended already")
	}
	return session, nil
}

// Authorize implements transport.Session.
func (s AccountSession) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+s.AccessToken.Reveal())
	return nil
}

// Renew implements transport.Session: there is nothing to renew it with.
func (AccountSession) Renew(context.Context, *http.Request) (bool, error) { return false, nil }

// APIToken is a permanent token of an account (schema TokenResponse of the IAM API).
type APIToken struct {
	ID   string
	Name string
	// ExpiresAt is zero where it never ends, or where the reply can't be read.
	ExpiresAt time.Time
	AskedEnd  time.Time        // when our create asked it to end
	Ended     bool             // deleted or expired
	Secret    transport.Secret // only the reply to its create has it
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *APIToken) UnmarshalJSON(raw []byte) error {
	var in struct {
		ID      integer            `json:"id"`
		Name    string             `json:"name"`
		Ends    wire.Field[string] `json:"exp_date"`
		Deleted bool               `json:"deleted"`
		Expired bool               `json:"expired"`
		Secret  string             `json:"token"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	id, err := in.ID.requireID("token")
	if err != nil {
		return err
	}
	*t = APIToken{ID: id, Name: in.Name, Ended: in.Deleted || in.Expired, Secret: transport.NewSecret(in.Secret)}
	if ends, _ := in.Ends.Get(); ends != nil {
		t.ExpiresAt, _ = time.Parse(time.RFC3339, *ends) // what can't be read stays zero
	}
	return nil
}

// NewAPIToken is a request for a permanent token (schema Token-2).
type NewAPIToken struct {
	// Name is what people find it by; a random end makes it unique.
	Name      string
	Role      Role
	ExpiresIn time.Duration // from the vendor's now
}

// TokenPrefix is what the names of all tokens begin with that were asked for by this name.
func TokenPrefix(name string) string { return name + " (terraform " }

// uniqueName is a name that no other token has.
func uniqueName(name string) string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return TokenPrefix(name) + hex.EncodeToString(random[:]) + ")"
}

// LostTokenError says that a token may have been made whose secret nobody has.
type LostTokenError struct {
	Err       error     // why it is not known
	Name      string    // the token's unique name
	ExpiresAt time.Time // when it ends, if it exists
	Deleted   []string  // ids of the tokens of that name that were found and deleted
	Left      []string  // ids of those that were found and could not be deleted
	LookUp    error     // why the look-up or a delete failed; nil where it didn't
}

// Error implements error.
func (e *LostTokenError) Error() string { return e.Err.Error() }

// Unwrap implements errors.Unwrap.
func (e *LostTokenError) Unwrap() error { return e.Err }

// CreateAPIToken makes a permanent token inside an account by POST /iam/v2/clients/{id}/tokens, through a session in it:
// a reseller's own credential may not. Once the request has been sent, only ctx's deadline ends it. Where its outcome is
// unclear, or ctx is cancelled meanwhile, tokens of its name are looked for and deleted, and the error is a *LostTokenError.
//
// others are the tokens in the account, not ended, that were asked for by the same name before and that this client
// does not know to be in use.
func (c *Client) CreateAPIToken(ctx context.Context, accountID string, want NewAPIToken) (made APIToken, others []APIToken, err error) {
	const operation = "create API token"
	session, err := c.OpenAccount(ctx, accountID)
	if err != nil {
		return APIToken{}, nil, err
	}
	before, err := c.listTokens(ctx, session, accountID)
	if err != nil {
		return APIToken{}, nil, err
	}
	for _, t := range before {
		if _, open := c.openTokens.Load(t.ID); !open && !t.Ended && strings.HasPrefix(t.Name, TokenPrefix(want.Name)) {
			others = append(others, t)
		}
	}
	name, ends := uniqueName(want.Name), session.Now.Add(want.ExpiresIn).UTC().Truncate(time.Second)
	body := newToken{Name: name, ExpiresAt: ends.Format("2006-01-02T15:04:05.000000Z")}
	body.User.Role = want.Role
	postCtx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	_, err = c.call(postCtx, transport.Request{
		Operation: operation,
		Method:    http.MethodPost,
		Path:      tokenPath(accountID, ""),
		Replay:    transport.Create,
		Session:   session,
		Into:      &made,
		Sensitive: true,
	}, body)
	c.http.Scrubber.Add(made.Secret)
	if err != nil && !transport.Unclear(err) {
		return APIToken{}, others, err
	}
	ours := ""
	if err == nil && sameText(made.Name, name) {
		ours = made.ID
	}
	switch {
	case err == nil && made.Secret.IsEmpty():
		err = unexpected(operation, "the reply holds no token")
	case err == nil && ours == "":
		err = unexpected(operation, "the reply is about another token")
	case err == nil && ctx.Err() != nil:
		err = &transport.Error{
			Vendor: vendor, Operation: operation, Kind: transport.KindCancelled, Err: ctx.Err(),
			Message: "the run was interrupted, so that nobody will use the token",
		}
	}
	if err != nil {
		lost := c.removeLost(ctx, session, accountID, name, ours)
		lost.Err, lost.ExpiresAt = err, ends
		return APIToken{}, others, lost
	}
	c.openTokens.Store(made.ID, openToken{accountID, session})
	made.AskedEnd = ends
	return made, others, nil
}

// newToken is the body of the request for a token.
type newToken struct {
	Name      string `json:"name"`
	ExpiresAt string `json:"exp_date"`
	User      struct {
		Role Role `json:"role"`
	} `json:"client_user"`
}

const (
	tokenTimeout     = 2 * time.Minute // for the request with its repeats, and again for the search after it
	tokenLookUps     = 4
	tokenLookUpPause = 500 * time.Millisecond // before the second look-up; it doubles from then on
)

// removeLost deletes the tokens of a unique name; the listing may lag behind. ours is the id of the one that the reply
// names, "" where it names none.
func (c *Client) removeLost(ctx context.Context, session AccountSession, accountID, name, ours string) *LostTokenError {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tokenTimeout)
	defer cancel()
	lost := &LostTokenError{Name: name}
	remove := func(id string) {
		if err := c.deleteToken(ctx, session, accountID, id); err != nil {
			lost.Left, lost.LookUp = append(lost.Left, id), err
			return
		}
		lost.Deleted = append(lost.Deleted, id)
	}
	if ours != "" {
		remove(ours)
		return lost
	}
	for attempt := range tokenLookUps {
		if attempt > 0 && c.http.Clock.Sleep(ctx, tokenLookUpPause<<(attempt-1)) != nil {
			break
		}
		listed, err := c.listTokens(ctx, session, accountID)
		if err != nil {
			lost.LookUp = err
			break
		}
		for _, t := range listed {
			if sameText(t.Name, name) && !t.Ended {
				remove(t.ID)
			}
		}
		if len(lost.Deleted)+len(lost.Left) > 0 {
			break
		}
	}
	return lost
}

// openToken is a token that this client has made, with the session that made it.
type openToken struct {
	accountID string
	session   AccountSession
}

// sessionMargin is how long a session must last to be used once more.
const sessionMargin = time.Minute

// DeleteAPIToken deletes a token through the session that made it or, once that may have ended, a new one. A 404 of the
// token counts as done. Callers who must not stop half-way give a ctx that isn't cancelled.
func (c *Client) DeleteAPIToken(ctx context.Context, accountID, tokenID string) error {
	if kept, ok := c.openTokens.Load(tokenID); ok {
		token, _ := kept.(openToken)
		if c.Now().Add(sessionMargin).Before(token.session.ExpiresAt) {
			err := c.deleteToken(ctx, token.session, accountID, tokenID)
			if !transport.IsStatus(err, http.StatusUnauthorized) {
				return err
			}
		}
	}
	session, err := c.OpenAccount(ctx, accountID)
	if err != nil {
		return err
	}
	return c.deleteToken(ctx, session, accountID, tokenID)
}

// Close deletes the tokens that this client has made and that nobody has deleted, all at once. Terraform leaves them open
// after a run that failed.
func (c *Client) Close(ctx context.Context) {
	var all sync.WaitGroup
	c.openTokens.Range(func(id, kept any) bool {
		tokenID, _ := id.(string)
		token, _ := kept.(openToken)
		all.Go(func() {
			if err := c.DeleteAPIToken(ctx, token.accountID, tokenID); err != nil && c.warn != nil {
				c.warn(ctx, fmt.Sprintf("API token %s of account %s was not deleted: %v", tokenID, token.accountID, err))
			}
		})
		return true
	})
	all.Wait()
}

func (c *Client) deleteToken(ctx context.Context, session AccountSession, accountID, tokenID string) error {
	const operation = "delete API token"
	if err := checkID(operation, tokenID); err != nil {
		return err
	}
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodDelete, Path: tokenPath(accountID, tokenID), Session: session,
	}, nil)
	if transport.IsNotFound(err) {
		err = nil
	}
	if err == nil {
		c.openTokens.Delete(tokenID)
	}
	return err
}

func (c *Client) listTokens(ctx context.Context, session AccountSession, accountID string) ([]APIToken, error) {
	var all list[APIToken]
	_, err := c.call(ctx, transport.Request{
		Operation: "list API tokens", Method: http.MethodGet, Path: tokenPath(accountID, ""), Session: session, Into: &all,
	}, nil)
	return all.Items, err
}

func tokenPath(accountID, tokenID string) string {
	collection := pathOf(tokensPath, accountID) + "/tokens"
	if tokenID == "" {
		return collection
	}
	return pathOf(collection, tokenID)
}
