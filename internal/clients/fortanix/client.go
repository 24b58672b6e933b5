// Package fortanix speaks the account and session part of the Fortanix Confidential Computing Manager (CCM) API.
//
// Facts about the API come from its published description ("Confidential Computing Manager" 2.0.0), from its
// create-account reference page, and from Fortanix's own clients (em-client, em_curl.sh, ccm_util.py), which show
// what the description leaves open. The description names no error statuses and no error bodies.
package fortanix

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

const (
	vendor       = "Fortanix"
	accountsPath = "/v1/accounts"
)

// Options configure a Client. Either Username and Password are set, or Token.
type Options struct {
	Transport transport.Options
	Username  string
	Password  transport.Secret
	Token     transport.Secret // of a session that somebody else has logged in
	// AllowedCallers are the ids of the users whose sessions may be used; any where empty.
	AllowedCallers []string
	BulkReads      bool
	// Warn takes messages for the log, such as that a listing can't be used.
	Warn func(ctx context.Context, message string)
}

// Client calls the CCM API. It is safe for concurrent use.
type Client struct {
	http     *transport.Client
	session  *session
	accounts *bulkread.Reader[Account]
	listed   *witness.Listing // all accounts of the session's user, to confirm 404s
	created  createonce.IDs
	// selecting is held from the selection of an account until the request that needed it is done: the selection is
	// one value in the server's session, for all requests.
	selecting transport.Lock
	listsAll  atomic.Bool // whether list items are known to hold all that accounts do
	warn      func(ctx context.Context, message string)
	// openSessions are the tokens of sessions that were handed out and have not been ended.
	openSessions sync.Map
}

// BaseURL cuts off the /v1 that users copy along with the address.
func BaseURL(u *url.URL) *url.URL {
	out := *u
	out.Path = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(out.Path, "/"), "/v1"), "/")
	return &out
}

// New returns a client. It makes no request: the first one that needs a session logs in.
func New(o Options) *Client {
	o.Transport.Vendor = vendor
	c := &Client{http: transport.New(o.Transport), selecting: transport.NewLock(), warn: o.Warn}
	if c.warn == nil {
		c.warn = func(context.Context, string) {}
	}
	c.session = newSession(c.http, o)
	c.listed = witness.NewListing(c.listOwned, c.Now)
	c.http.Guard, c.http.Caller = transport.AllowCallers(o.AllowedCallers, c.Caller), c.knownCaller
	c.accounts = bulkread.New(c.accountSource(o))
	return c
}

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.http.Clock.Now() }

// Address is the base URL that the client calls.
func (c *Client) Address() string { return c.http.BaseURL.String() }

var validID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// ErrInvalidID says what an account id looks like.
var ErrInvalidID = errors.New("a Fortanix account id is a UUID such as 4d7f4f0a-5b6c-4f7e-9a51-0c2f3a9d8e11; " +
	"the data source fortanix_accounts lists it")

// ValidID checks an id before it enters a path.
func ValidID(id string) error {
	if !validID.MatchString(id) {
		return ErrInvalidID
	}
	return nil
}

func accountPath(id string) string { return accountsPath + "/" + url.PathEscape(id) }

// call makes one request with a JSON body, or none, and decodes the reply.
func (c *Client) call(
	ctx context.Context,
	operation, method, path string,
	query url.Values,
	replay transport.Replay,
	body, into any,
) (*transport.Response, error) {
	request := transport.Request{
		Operation: operation, Method: method, Path: path, Query: query.Encode(), Replay: replay, Session: c.session, Into: into,
		Selection: strings.HasPrefix(path, selectPath), ResourceID: transport.IDIn(path, ValidID),
	}
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, unsendable(operation, err.Error())
		}
		request.Body = raw
	}
	before := c.session.latest()
	response, err := c.http.Do(ctx, request)
	if method == http.MethodGet && transport.IsStatus(err, http.StatusForbidden) &&
		(c.session.latest() != before || c.session.leaveSelected()) {
		return c.http.Do(ctx, request) // it may be due to the selected account, and not to what was asked for
	}
	return response, err
}

// callSelected is call for a change of one account. Whether such a change needs the account to be selected in the
// session is not documented, so it is tried without; a 403 is tried once more with the account selected. After another
// 403 the session is left: what a session with a locked account selected may do is not documented.
func (c *Client) callSelected(ctx context.Context, operation, method, id string, replay transport.Replay, body, into any) error {
	_, refused := c.call(ctx, operation, method, accountPath(id), nil, replay, body, into)
	if !transport.IsStatus(refused, http.StatusForbidden) {
		return refused
	}
	if err := c.selecting.Acquire(ctx); err != nil {
		return refused
	}
	defer c.selecting.Release()
	for range 2 {
		session := c.session.latest()
		_, err := c.call(ctx, "select account", http.MethodPost, selectPath+url.PathEscape(id), nil,
			transport.Idempotent, nil, nil)
		switch {
		case transport.IsStatus(err, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound):
			return refused // the user may not select it: the first refusal says more
		case err != nil:
			return err
		}
		c.session.markSelected()
		_, refused = c.call(ctx, operation, method, accountPath(id), nil, replay, body, into)
		if !transport.IsStatus(refused, http.StatusForbidden) {
			return refused
		}
		if c.session.latest() == session {
			c.session.leaveSelected()
			return refused
		}
		// The session has ended in between, and the selection with it.
	}
	return refused
}

// unsendable is the error of a request that was never sent.
func unsendable(operation, why string) error {
	return &transport.Error{Vendor: vendor, Operation: operation, Kind: transport.KindCancelled, Message: why}
}

// sameID compares UUIDs.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }

// selectPath selects, in the session, the account whose id follows.
const selectPath = "/v1/sys/session/select_account/"
