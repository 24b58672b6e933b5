// Package gcore speaks Gcore's IAM API and its IAM Reseller API.
//
// Facts about the API come from the two OpenAPI descriptions in Gcore's public documentation repository (2026-07). An
// account is a "client" there. It has two views: a reseller's credential reads the client itself, a member's credential
// only sees which accounts the users of its own account may enter.
package gcore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

const (
	vendor = "Gcore"

	createAccountPath = "/iam/clients/create"
	clientsPath       = "/iam/clients"
	ownAccountPath    = "/iam/clients/me"
	usersPath         = "/iam/users"
	availabilityPath  = "/iam/products/availability/clients"
)

// Options configure a Client. Exactly one of APIKey and AccessToken is set.
type Options struct {
	// Transport's BaseURL stands above /iam: https://api.gcore.com.
	Transport   transport.Options
	APIKey      transport.Secret // permanent API token, sent as "Authorization: APIKey …"
	AccessToken transport.Secret // JWT, sent as "Authorization: Bearer …"
	// AllowedCallers are the ids of the accounts whose credentials may be used; any where empty.
	AllowedCallers []string
	BulkReads      bool
	// Warn takes messages for the log, such as that a listing can't be used.
	Warn func(ctx context.Context, message string)
}

// Client calls the API. It is safe for concurrent use.
type Client struct {
	http          *transport.Client
	authorization transport.Secret
	accounts      *bulkread.Reader[Account]
	users         *bulkread.Reader[User]
	resellers     resellerView
	members       memberView
	listing       *witness.Listing // of the reseller's accounts
	madeAccounts  createonce.IDs
	madeUsers     createonce.IDs
	caller        callerOnce
	warn          func(ctx context.Context, message string) // nil: no log
	services      serviceListings
	openTokens    sync.Map // openToken by id: the API tokens that this client has made and not deleted
}

// New returns a client. It makes no request.
func New(o Options) *Client {
	o.Transport.Vendor = vendor
	o.Transport.BaseURL = baseURL(o.Transport.BaseURL)
	c := &Client{http: transport.New(o.Transport)}
	c.http.Guard, c.http.Caller = c.allowCallers(o.AllowedCallers), func() string { return c.caller.get().ID }
	c.http.Scrubber.Add(o.APIKey, o.AccessToken)
	c.authorization = transport.NewSecret("APIKey " + o.APIKey.Reveal())
	if !o.AccessToken.IsEmpty() {
		c.authorization = transport.NewSecret("Bearer " + o.AccessToken.Reveal())
	}
	c.accounts = bulkread.New(c.accountSource(o))
	c.users = bulkread.New(c.userSource(o))
	c.warn, c.services.enabled = o.Warn, o.BulkReads
	c.resellers.init()
	c.members.init(c.Now, c.everyUser)
	c.listing = witness.NewListing(c.witnesses, c.Now)
	return c
}

// baseURL drops what users copy along with the address: a trailing slash, or the /iam that the paths begin with.
func baseURL(u *url.URL) *url.URL {
	out := *u
	out.Path = strings.TrimSuffix(strings.TrimRight(out.Path, "/"), "/iam")
	return &out
}

// Address is the base URL that requests go to.
func (c *Client) Address() string { return c.http.BaseURL.String() }

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.http.Clock.Now() }

// Authorize implements transport.Session.
func (c *Client) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", c.authorization.Reveal())
	return nil
}

// Renew implements transport.Session: neither kind of credential can be renewed here.
func (c *Client) Renew(context.Context, *http.Request) (bool, error) { return false, nil }

// ErrInvalidID says what the id of an account or user looks like.
var ErrInvalidID = errors.New("the id of a Gcore account or user is a whole number such as 7310004; " +
	"the data sources gcore_accounts and gcore_reseller_users list it")

// ValidID checks the id of an account or user before it enters a path.
func ValidID(id string) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != id {
		return ErrInvalidID
	}
	return nil
}

// call makes one request that carries a JSON body, or none, and decodes the reply. It uses the client's own credential
// unless the request has another.
func (c *Client) call(ctx context.Context, r transport.Request, body any) (*transport.Response, error) {
	if r.Session == nil {
		r.Session = c
	}
	r.ResourceID = transport.IDIn(r.Path, ValidID)
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, asError(r.Operation, err)
		}
		r.Body = raw
	}
	return c.http.Do(ctx, r)
}

// pathOf is the path of one account, user or the like, whose id has been checked.
func pathOf(collection, id string) string { return collection + "/" + url.PathEscape(id) }

// checkID is ValidID as a failure of an operation.
func checkID(operation, id string) error {
	if err := ValidID(id); err != nil {
		return asError(operation, err)
	}
	return nil
}

// asError makes any failure the one error type; one that is not of that type yet kept the request from going out.
func asError(operation string, err error) error {
	if e, ok := errors.AsType[*transport.Error](err); ok {
		return e
	}
	failure := &transport.Error{Kind: transport.KindCancelled, Message: err.Error(), Err: err}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		failure = transport.NotSent(err)
	}
	failure.Vendor, failure.Operation = vendor, operation
	return failure
}

// unexpected is a reply that was understood and makes no sense.
func unexpected(operation, message string) error {
	return &transport.Error{Vendor: vendor, Operation: operation, Kind: transport.KindUnexpected, Message: message}
}

// denied reports whether the credential got no access to what it asked for. Only some calls of the API distinguish missing
// permission from missing things.
func denied(err error) bool {
	return transport.IsStatus(err, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
}

// SameName reports whether two company names count as equal: the vendor may change case, and whitespace within or around
// what it is given.
func SameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// sameText compares e-mail addresses and codes, which ignore case.
func sameText(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

func orPrior(value, prior string) string {
	if value == "" {
		return prior
	}
	return value
}

func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
