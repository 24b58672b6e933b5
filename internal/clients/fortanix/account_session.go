package fortanix

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// AccountSession is a session of its own with an account selected, for others to use.
type AccountSession struct {
	AccessToken transport.Secret
	// TokenEnds is when the token ends unless it is renewed, and Ends when the whole session ends; both by the server's
	// clock, zero where the server doesn't say.
	TokenEnds, Ends time.Time
	// RenewAt is when to renew the token, by our clock; zero where nothing is known of its end.
	RenewAt time.Time
}

// ErrNoLogin says that the client has a ready token and no user to log in with.
var ErrNoLogin = errors.New("it takes a login of its own: set fortanix.username and fortanix.password in the provider block; " +
	"a ready fortanix.token can't open another session")

// OpenAccount logs in once more and selects an account in that session; the client's own session is not touched. What
// has been opened is ended again where the selection fails or ctx is cancelled. Requests that have been sent run to
// their end.
func (c *Client) OpenAccount(ctx context.Context, accountID string) (AccountSession, error) {
	const operation = "open a session in the account"
	if err := ValidID(accountID); err != nil {
		return AccountSession{}, unsendable(operation, err.Error())
	}
	own := &session{http: c.http, username: c.session.username, password: c.session.password}
	if own.password.IsEmpty() {
		return AccountSession{}, unsendable(operation, ErrNoLogin.Error())
	}
	if err := ctx.Err(); err != nil {
		return AccountSession{}, interrupted(operation, err)
	}
	c.session.mu.Lock()
	refused := c.session.refused
	c.session.mu.Unlock()
	if refused != nil { // another try could lock the user out
		return AccountSession{}, refused
	}
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), loginTimeout)
	defer cancel()
	var reply sessionReply
	response, err := own.post(detached, "log in", "/v1/sys/auth", basic{own}, &reply)
	if transport.IsStatus(err, http.StatusUnauthorized, http.StatusForbidden) {
		c.session.refuse(err)
	}
	switch {
	case err != nil:
		return AccountSession{}, err
	case transport.CheckToken(reply.AccessToken) != nil:
		return AccountSession{}, unsendable(operation, "the reply to the login holds no access_token that can be sent")
	}
	token := transport.NewSecret(reply.AccessToken)
	own.hide(token)
	opened := c.accountSession(token, reply, response.Date)
	_, err = c.http.Do(detached, transport.Request{
		Operation: "select account", Method: http.MethodPost, Path: "/v1/sys/session/select_account/" + url.PathEscape(accountID),
		ContentType: "application/json", Replay: transport.Idempotent, Session: bearer{token}, Selection: true, ResourceID: accountID,
	})
	if err == nil && ctx.Err() != nil {
		err = interrupted(operation, ctx.Err())
	}
	if err != nil {
		return AccountSession{}, errors.Join(err, c.EndSession(ctx, token))
	}
	c.openSessions.Store(token, true)
	return opened, nil
}

// Close ends the sessions that OpenAccount has opened and nobody has ended, all at once. Terraform leaves them open after
// a run that failed.
func (c *Client) Close(ctx context.Context) {
	var all sync.WaitGroup
	c.openSessions.Range(func(key, _ any) bool {
		token, _ := key.(transport.Secret)
		all.Go(func() { _ = c.EndSession(ctx, token) }) // the transport has logged it, and the session ends by itself
		return true
	})
	all.Wait()
}

// RenewSession moves the end of a session's token, as far as the session itself lasts. The token stays the same.
func (c *Client) RenewSession(ctx context.Context, token transport.Secret) (AccountSession, error) {
	var reply sessionReply
	c.session.hide(token)
	response, err := c.session.post(ctx, "refresh session", "/v1/sys/session/refresh", bearer{token}, &reply)
	if err != nil {
		return AccountSession{}, err
	}
	return c.accountSession(token, reply, response.Date), nil
}

// EndSession ends a session. One that is not valid any more counts as ended. A cancelled ctx doesn't stop it.
func (c *Client) EndSession(ctx context.Context, token transport.Secret) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loginTimeout)
	defer cancel()
	c.session.hide(token)
	_, err := c.http.Do(ctx, transport.Request{
		Operation: "end session", Method: http.MethodPost, Path: "/v1/sys/session/terminate", ContentType: "application/json",
		Replay: transport.Idempotent, Session: bearer{token}, Login: true,
	})
	if transport.IsStatus(err, http.StatusUnauthorized) {
		err = nil
	}
	if err == nil {
		c.openSessions.Delete(token)
	}
	return err
}

func (c *Client) accountSession(token transport.Secret, reply sessionReply, serverNow time.Time) AccountSession {
	now := c.Now()
	if serverNow.IsZero() {
		serverNow = now
	}
	opened := AccountSession{AccessToken: token, TokenEnds: moment(reply.Info.TokenEnds), Ends: moment(reply.Info.Ends)}
	opened.RenewAt = renewalTime(now, serverNow, reply.Info.TokenEnds)
	if sessionEnd := renewalTime(now, serverNow, reply.Info.Ends); !sessionEnd.IsZero() && !opened.RenewAt.Before(sessionEnd) {
		opened.RenewAt = time.Time{} // a renewal would gain nothing
	}
	return opened
}

func interrupted(operation string, err error) error {
	failure := transport.NotSent(err)
	failure.Vendor, failure.Operation = vendor, operation
	return failure
}

func moment(t unixTime) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Unix(int64(t), 0).UTC()
}
