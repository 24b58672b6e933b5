// Package gcore plays Gcore's IAM and IAM Reseller APIs in memory, strictly: what the published descriptions don't know
// is refused. What they leave open is a mode in [Options].
package gcore

import (
	_ "embed"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

//go:embed contract/gcore.yaml
var contract []byte

// Options are the answers to what Gcore's documentation leaves open. The zero value is the documented behaviour, and the
// plainest where there is none.
type Options struct {
	// Member is what a member's credential gets from the reseller's endpoints.
	Member MemberView
	// NoResellerOverview refuses GET /iam/clients/me to a reseller's credential: it is documented for an account's users.
	NoResellerOverview bool
	// OwnUserListed puts a reseller's own users into its GET /iam/users, next to those of its clients.
	OwnUserListed bool

	// SoftDelete makes deleted clients and users read as 200 with deleted: true, and appear in lists, instead of 404.
	SoftDelete bool
	// DeletedKeepNames keeps company names and e-mail addresses taken after a deletion.
	DeletedKeepNames bool

	// Company and Email rewrite names and addresses before they are stored, as trimming and lower-casing servers do.
	Company, Email func(string) string
	// FoldCompany lets company names that only differ in case clash. E-mail addresses always do.
	FoldCompany bool
	// StaleUserCompany leaves a user's company as it was at creation when its client is renamed.
	StaleUserCompany bool

	// IgnoreOnCreate names fields that POST /iam/users takes and drops.
	IgnoreOnCreate []string
	// Lang is the language of users created without one; "" is en.
	Lang string
	// CountryCode is the country of clients created without one; "" leaves the field out.
	CountryCode string
	// TestAccounts makes clients created without is_test test accounts.
	TestAccounts bool
	// Availability holds the availability that clients inherit; products that it lacks are available.
	Availability map[string]bool
	// EffectiveAvailability makes GET of a client's availability list all products with what applies to each, instead of
	// only the client's overrides.
	EffectiveAvailability bool

	// Envelope wraps lists that were asked for with a limit.
	Envelope Envelope
	// MaxLimit caps a page without a word; 0: no cap.
	MaxLimit int
	// HideCount leaves the count out of envelopes, and the next page's address.
	HideCount bool
	// ExtraCount is how many items more than there are envelopes count.
	ExtraCount int
	// Filters is how text filters compare.
	Filters FilterReading
	// PartialLists names fields that list items lack.
	PartialLists []string
	// PartialClients names fields that clients lack everywhere.
	PartialClients []string
	// PartialMembers only shows of a client's users id, e-mail address and name; the description requires nothing of them.
	PartialMembers bool
	// OmitNulls leaves nullable fields out of clients when they are null, where the description doesn't require them.
	OmitNulls bool
	// Numbers is how fields typed as number are written: a user's client, a client's owner, the count of clients.
	Numbers NumberForm

	// Lag is how many reads miss a client or user after its creation: single ones answer 404, lists lack it.
	Lag int

	// Activating is how many lists of services show a service as activating once it was made active.
	Activating int
	// PutServiceReplaces makes a change of a service reset what it leaves out.
	PutServiceReplaces bool
	// HiddenServices are products that a client's services lack.
	HiddenServices []string

	// Sessions is what access tokens of sessions look like.
	Sessions SessionForm
	// LoginForbidden refuses the credential at GET /iam/auth/jwt/clients/{id}/login: nothing says that an API key may call it.
	LoginForbidden bool
	// TokensNeverExpire drops the expiry of API tokens without a word.
	TokensNeverExpire bool

	// Errors is the shape of 400 bodies.
	Errors ErrorShape
	// BareDenials leaves the bodies of 401, 403 and 404 empty.
	BareDenials bool
}

// MemberView is what a member's credential gets from the endpoints that only the reseller's description has.
type MemberView int

const (
	// MemberForbidden answers 403.
	MemberForbidden MemberView = iota
	// MemberNotFound answers 404 to everything, but 403 to POST /iam/users.
	MemberNotFound
	// MemberEmpty answers lists with nothing in them, everything else as MemberNotFound.
	MemberEmpty
	// MemberOwn lets members read the accounts that they have access to; the rest is forbidden.
	MemberOwn
)

// Envelope is what list items come in when a limit was asked for.
type Envelope int

const (
	// EnvelopeResults is {count, next, previous, results}.
	EnvelopeResults Envelope = iota
	// EnvelopeResult is the same with the items in result.
	EnvelopeResult
	// EnvelopeBare is an array of everything, whatever limit and offset say, as if both had been left out.
	EnvelopeBare
)

// FilterReading is how a text filter compares.
type FilterReading int

const (
	// FilterExact compares the whole value.
	FilterExact FilterReading = iota
	// FilterFold compares the whole value, ignoring case.
	FilterFold
	// FilterContains finds any part, ignoring case.
	FilterContains
	// FilterPrefix finds the beginning.
	FilterPrefix
	// FilterLower compares the whole value with a copy in lower case that the server keeps.
	FilterLower
	// FilterIgnored takes the filter and finds everything.
	FilterIgnored
)

// NumberForm is how an integer is spelt in a field whose type is number.
type NumberForm int

const (
	// NumberInteger is 7310004.
	NumberInteger NumberForm = iota
	// NumberFraction is 7310004.0.
	NumberFraction
	// NumberExponent is 7.310004e+06.
	NumberExponent
)

// Mock is the API with its state. It is safe for concurrent use.
type Mock struct {
	mux *http.ServeMux

	mu          sync.Mutex
	options     Options
	now         func() time.Time
	credentials map[string]caller
	clients     map[int64]*Client
	users       map[int64]*User
	tokens      map[int64]*Token
	sellers     map[int64]*Seller
	lag         map[int64]int // by id: the reads that will still miss it
	nextID      int64         // clients and users draw from one sequence, so that no id is both
}

// New returns a mock that holds the demo credentials with their accounts and nothing else.
func New(o Options) *Mock {
	m := &Mock{
		mux:         http.NewServeMux(),
		options:     o,
		now:         time.Now,
		credentials: map[string]caller{},
		clients:     map[int64]*Client{},
		users:       map[int64]*User{},
		tokens:      map[int64]*Token{},
		sellers:     map[int64]*Seller{},
		lag:         map[int64]int{},
		nextID:      7310001,
	}
	m.route("POST /iam/clients/create", m.createAccount)
	m.route("GET /iam/clients/me", m.accountOverview)
	m.route("GET /iam/clients", m.listClients)
	m.route("GET /iam/clients/{id}", m.getClient)
	m.route("PATCH /iam/clients/{id}", m.updateClient)
	m.route("POST /iam/users", m.createUser)
	m.route("GET /iam/users", m.listUsers)
	m.route("GET /iam/users/{id}", m.getUser)
	m.route("PATCH /iam/users/{id}", m.updateUser)
	m.route("DELETE /iam/users/{id}", m.deleteUser)
	m.route("GET /iam/products/availability/clients/{id}", m.getAvailability)
	m.route("PATCH /iam/products/availability/clients/{id}", m.updateAvailability)
	m.route("DELETE /iam/products/availability/clients/{id}", m.deleteAvailability)
	m.route("GET /iam/clients/{id}/services", m.listServices)
	m.route("PUT /iam/clients/{id}/services/{service}", m.updateService)
	m.route("GET /iam/admin/sellers", m.listSellers)
	m.route("POST /iam/auth/renew_invitation", m.renewInvitation)
	m.route("POST /iam/auth/reset_password", m.resetPassword)
	m.route("GET /iam/auth/jwt/clients/{id}/admin_token", m.adminToken)
	m.route("GET /iam/auth/jwt/clients/{id}/login", m.selectAccount)
	m.route("POST /iam/v2/clients/{client}/tokens", m.createToken)
	m.route("GET /iam/v2/clients/{client}/tokens", m.listTokens)
	m.route("DELETE /iam/v2/clients/{client}/tokens/{id}", m.deleteToken)
	m.seedDemo()
	return m
}

// Contract returns the OpenAPI description of the operations that the mock serves.
func (m *Mock) Contract() []byte { return contract }

// SetClock replaces the clock that stamps new clients.
func (m *Mock) SetClock(now func() time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = now
}

// Configure changes the options from the next request on.
func (m *Mock) Configure(change func(*Options)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.options)
}

// call is one authenticated request.
type call struct {
	*http.Request
	caller caller
	body   []byte
	lagged map[int64]bool // what this request misses; a request that meets an object twice counts as one read
}

func (m *Mock) route(pattern string, serve func(*call) reply) {
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		rep := m.authenticate(r, func(who caller) reply {
			return serve(&call{Request: r, caller: who, body: body, lagged: map[int64]bool{}})
		})
		rep.write(w)
	})
}

// ServeHTTP answers one request.
func (m *Mock) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// misses reports whether the object with this id is too new to be seen by c.
func (m *Mock) misses(c *call, id int64) bool {
	missed, met := c.lagged[id]
	if !met {
		missed = m.lag[id] > 0
		if missed {
			m.lag[id]--
		}
		c.lagged[id] = missed
	}
	return missed
}

func rewrite(f func(string) string, s string) string {
	if f == nil {
		return s
	}
	return f(s)
}

// companyTaken reports whether a client other than except holds this company name.
func (m *Mock) companyTaken(name string, except int64) bool {
	for _, c := range m.clients {
		same := c.Company == name || m.options.FoldCompany && strings.EqualFold(c.Company, name)
		if same && c.ID != except && (!c.Deleted || m.options.DeletedKeepNames) {
			return true
		}
	}
	return false
}

// emailTaken reports whether a user other than except has this address.
func (m *Mock) emailTaken(address string, except int64) bool {
	for _, u := range m.users {
		if strings.EqualFold(u.Email, address) && u.ID != except && (!u.Deleted || m.options.DeletedKeepNames) {
			return true
		}
	}
	return false
}
