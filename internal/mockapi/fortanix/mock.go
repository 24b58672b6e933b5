// Package fortanix plays the account and session part of the Fortanix Confidential Computing Manager API in memory.
package fortanix

import (
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed contract/fortanix.yaml
var contract []byte

const (
	// DemoUsername logs in to every new Mock, with DemoPassword.
	DemoUsername = "ops@example.com"
	// DemoPassword is the password of DemoUsername.
	DemoPassword = "demo-fortanix-password"
	// Mask replaces secrets in replies under [SecretsMasked].
	Mask = "********"
	// MaxLogoBytes is the documented limit of a decoded logo, 128 KB.
	MaxLogoBytes = 128 << 10
)

// Secrets says what a reply shows of client_secret and client_key.
type Secrets int

// What a reply can show of them.
const (
	SecretsReturned Secrets = iota // as the published reply model has it
	SecretsMasked                  // Mask instead
	SecretsOmitted                 // no such field
)

// Logos says how a reply shows custom_logo.
type Logos int

// How a reply can show a logo.
const (
	LogosAsSent  Logos = iota // absent where there is none
	LogosEmpty                // "" where there is none
	LogosWrapped              // encoded again, in lines of 76
)

// ErrorShape says how a refusal is written; the API documents no error schema.
type ErrorShape int

// How a refusal can be written.
const (
	ErrorText    ErrorShape = iota // plain text
	ErrorString                    // a JSON string
	ErrorMessage                   // {"message": …}
	ErrorError                     // {"error": …}
	ErrorDetail                    // {"detail": …}
)

// Options are the answers to what the documentation leaves open. The zero value is what is documented or most likely.
type Options struct {
	// TokenLifetime is the time until a refresh is due; 0 is 10 minutes.
	TokenLifetime time.Duration
	// SessionLifetime is how long refreshing can extend a session; 0 is 8 hours.
	SessionLifetime time.Duration
	// SessionMillis gives a session's times in milliseconds. Otherwise in seconds.
	SessionMillis bool
	// OmitAccessToken leaves access_token out of the reply to a login, as for a browser.
	OmitAccessToken bool
	// TokenHeader is the only header that a token is taken from, "Authorization" or "Authentication"; "" is both.
	TokenHeader string

	// Errors is the shape of refusals.
	Errors ErrorShape
	// DuplicateStatus answers to a name that is taken: 400 where it is 0, or 409.
	DuplicateStatus int
	// DuplicateFold lets names clash that differ only in case.
	DuplicateFold bool
	// GoneStatus answers for an account that does not exist, or no longer: 404 where it is 0, or 403.
	GoneStatus int
	// ForeignStatus answers for an account that the caller is not a member of: 403 where it is 0, or 404.
	ForeignStatus int
	// RequireSelected makes PATCH and DELETE answer 403 until the session has selected the account.
	RequireSelected bool
	// LockedSelection makes a session's account calls answer 403 while a deactivated account is selected.
	LockedSelection bool

	// NormalizeName is what the server makes of a name; nil is strings.TrimSpace.
	NormalizeName func(string) string
	// ServerDefaults gives a new account group ids, a PCR priority and, without auth_configs, a password config.
	ServerDefaults bool
	// CreatedMillis gives created_at in milliseconds. Otherwise in seconds.
	CreatedMillis bool
	// Secrets is what a reply shows of client_secret and client_key.
	Secrets Secrets
	// Logos is how a reply shows custom_logo.
	Logos Logos
	// EmptyConfigs shows auth_configs as {} where there are none. Otherwise the field is absent.
	EmptyConfigs bool
	// CreateLag is how many reads, single or listing, do not see an account after its creation.
	CreateLag int
	// PartialCreate makes the reply to a create show only what was sent and what the description requires.
	PartialCreate bool
	// PartialList leaves custom_logo and auth_configs out of list items.
	PartialList bool
	// DefaultPageSize is that of a list without limit; 0 is all.
	DefaultPageSize int
	// MaxPageSize is what a larger limit is cut to; 0 is none.
	MaxPageSize int
	// LostCursorEmpty answers to an unknown previous_id with an empty page. Otherwise with 400.
	LostCursorEmpty bool
}

// Mock is the API with its state. It is safe for concurrent use.
type Mock struct {
	mux *http.ServeMux

	mu       sync.Mutex
	options  Options
	now      func() time.Time
	users    map[string]*user // by e-mail
	sessions map[string]*session
	accounts map[string]*record
	order    []*record // oldest first
}

// New returns a mock that knows the demo user and no account.
func New(o Options) *Mock {
	m := &Mock{
		mux: http.NewServeMux(), options: o, now: time.Now,
		users: map[string]*user{}, sessions: map[string]*session{}, accounts: map[string]*record{},
	}
	m.AddUser(DemoUsername, DemoPassword)

	for _, r := range []route{
		{pattern: "GET /v1/sys/version", handler: m.getVersion},
		{pattern: "POST /v1/sys/auth", handler: m.login, takesBody: true},
		{pattern: "POST /v1/sys/session/refresh", handler: m.authenticated(m.refresh)},
		{pattern: "POST /v1/sys/session/terminate", handler: m.authenticated(m.terminate)},
		{pattern: "POST /v1/sys/session/select_account/{id}", handler: m.authenticated(m.selectAccount)},
		{pattern: "GET /v1/user", handler: m.authenticated(m.getUser)},
		{pattern: "GET /v1/accounts", handler: m.onAccounts(m.listAccounts), query: []string{"scope", "limit", "previous_id", "sort_by"}},
		{pattern: "POST /v1/accounts", handler: m.onAccounts(m.createAccount), takesBody: true},
		{pattern: "GET /v1/accounts/{id}", handler: m.onAccounts(m.getAccount), query: []string{"with_totals"}},
		{pattern: "PATCH /v1/accounts/{id}", handler: m.onAccounts(m.updateAccount), takesBody: true},
		{pattern: "DELETE /v1/accounts/{id}", handler: m.onAccounts(m.deleteAccount)},
	} {
		m.mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { m.serve(w, req, r) })
	}
	return m
}

// ServeHTTP answers one request.
func (m *Mock) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// Contract returns the OpenAPI 3.1 description of the operations served.
func (m *Mock) Contract() []byte { return slices.Clone(contract) }

// SetClock sets the server's clock.
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

// call is one request on its way to a handler.
type call struct {
	*http.Request
	body    []byte
	session *session // nil for operations without a token
}

// reply is a status and the value of its JSON body; a nil body is an empty one.
type reply struct {
	status int
	body   any
}

// handler answers a call; the mock is locked while it runs.
type handler func(c *call) (reply, error)

// refusal is an error that the API answers.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

func refuse(status int, text string) error { return refusal{status, text} }

// route is one operation.
type route struct {
	pattern   string
	handler   handler
	query     []string // parameters that it takes
	takesBody bool
}

func (m *Mock) serve(w http.ResponseWriter, r *http.Request, to route) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	m.mu.Lock()
	defer m.mu.Unlock()

	rep, err := to.answer(&call{Request: r, body: body})
	switch {
	case err != nil:
		m.writeError(w, err)
	case rep.body == nil:
		w.WriteHeader(rep.status)
	default:
		writeJSON(w, rep.status, rep.body)
	}
}

func (to route) answer(c *call) (reply, error) {
	for _, key := range slices.Sorted(maps.Keys(c.URL.Query())) {
		if !slices.Contains(to.query, key) {
			return reply{}, refuse(http.StatusBadRequest, "unknown query parameter "+key)
		}
	}
	if id := c.PathValue("id"); id != "" && !isUUID(id) {
		return reply{}, refuse(http.StatusBadRequest, "invalid account id: not a UUID")
	}
	if len(c.body) > 0 && !to.takesBody {
		return reply{}, refuse(http.StatusBadRequest, "unexpected request body")
	}
	return to.handler(c)
}

func (m *Mock) writeError(w http.ResponseWriter, err error) {
	r, ok := errors.AsType[refusal](err)
	if !ok {
		r = refusal{http.StatusInternalServerError, err.Error()}
	}
	switch m.options.Errors {
	case ErrorString:
		writeJSON(w, r.status, r.text)
	case ErrorMessage:
		writeJSON(w, r.status, map[string]string{"message": r.text})
	case ErrorError:
		writeJSON(w, r.status, map[string]string{"error": r.text})
	case ErrorDetail:
		writeJSON(w, r.status, map[string]string{"detail": r.text})
	default:
		http.Error(w, r.text, r.status)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

func (m *Mock) getVersion(*call) (reply, error) {
	return reply{http.StatusOK, map[string]string{"version": "2.0.0"}}, nil
}

// stamp is a time as the API writes it.
func stamp(t time.Time, millis bool) int64 {
	if millis {
		return t.UnixMilli()
	}
	return t.Unix()
}

func (o *Options) normalize(name string) string {
	if o.NormalizeName != nil {
		return o.NormalizeName(name)
	}
	return strings.TrimSpace(name)
}
