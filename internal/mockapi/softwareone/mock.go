// Package softwareone plays the Accounts API of SoftwareOne's Marketplace Platform in memory.
//
// It follows the published description and documentation. What those leave open is a field of [Options]: its zero value
// is the likelier behaviour, its set value the other one.
package softwareone

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed contract/softwareone.yaml
var contract []byte

const collection = "/public/v1/accounts/accounts"

// Credentials and accounts that every mock starts with.
const (
	// DemoToken is an API token of the Operations account OperationsID.
	DemoToken = "idt:TKN-1111-2222:demo-only"
	// DemoTokenID is DemoToken's id, which audit records name.
	DemoTokenID = "TKN-1111-2222"
	// OperationsID is the id of the platform's own account, which listings show like all others.
	OperationsID = "ACC-1000-0001"
	// OtherTokenID is the id of the token behind seeded accounts and other actors' changes.
	OtherTokenID = "TKN-9999-9999"
)

// Options chooses between the behaviours that the vendor's documentation leaves open.
type Options struct {
	// PUTReplaces: a member that a PUT leaves out is cleared. Otherwise it stays.
	PUTReplaces bool
	// PUTIgnoresNull: a member that a PUT sends as null stays as it is. Otherwise it is cleared.
	PUTIgnoresNull bool
	// PUTIgnoresExternalID: only actions change externalId.
	PUTIgnoresExternalID bool
	// FormKeepsIcon: a multipart PUT without a logo leaves the icon. Otherwise it removes an uploaded one.
	FormKeepsIcon bool
	// CreateActivates: a Client created with an externalId starts Active. Otherwise every Client starts Enabled.
	CreateActivates bool
	// CreateHonoursStatus: a new account takes the status that was sent. Otherwise that is ignored.
	CreateHonoursStatus bool
	// DeactivateKeepsExternalID: otherwise deactivating clears it.
	DeactivateKeepsExternalID bool
	// EnableNeedsExternalID: a Vendor without an externalId is enabled to Enabled. Otherwise Vendors always become Active.
	EnableNeedsExternalID bool
	// CollapsesNames: names are stored without whitespace around them, and with single spaces inside.
	CollapsesNames bool
	// PartialCreate: the reply to a create shows only id, name, type and status, and what was sent. Otherwise the account.
	PartialCreate bool
	// NoDefaultLanguage: otherwise an account without a language gets en-US.
	NoDefaultLanguage bool
	// OmitsEmptyAddress: an address without members is left out of replies. Otherwise it is {}.
	OmitsEmptyAddress bool
	// WholeAddress: an address needs all its members but addressLine2, and a country of two letters.
	WholeAddress bool
	// ErrorsAsList: field errors come as a list of messages with properties. Otherwise as an object of lists.
	ErrorsAsList bool
	// ConflictOnStatus: an action in the wrong status gives 409. Otherwise 400.
	ConflictOnStatus bool
	// InnerWildcards: every * in a pattern of ilike stands for anything, and \* for itself. Otherwise a * counts at the two
	// ends only, as in the vendor's own query library.
	InnerWildcards bool
	// FoldsASCIIOnly: ilike ignores the case of A to Z only. Otherwise of every letter.
	FoldsASCIIOnly bool
	// IgnoresFilters: listings show everything, whatever the filter.
	IgnoresFilters bool
	// NoTotal: listings give null for their total.
	NoTotal bool
	// PartialList names members that listings leave out unless they are selected, in addition to audit and groups.
	PartialList []string
	// OmittedPerItem: a listing names what it left out in each item. Otherwise once, for the page.
	OmittedPerItem bool
	// Lag is how many reads (of the account, or of a listing that should show it) a new account stays invisible for.
	Lag int
	// PageLimit is the highest page size, 100 where it is 0. Higher limits are lowered to it.
	PageLimit int
	// RepeatsLimit: a page states the limit that it was asked for, although PageLimit has lowered it.
	RepeatsLimit bool
	// KnownExternalID reports which externalIds the ERP knows; nil means all. Activating with another one gives 400.
	KnownExternalID func(externalID string) bool
}

// Credential is an API token.
type Credential struct {
	// Token is the whole secret, idt:TKN-NNNN-NNNN:…
	Token string
	// AccountID is the account that the token belongs to. A token of an Operations account sees every account, any
	// other one only its own account, and changes nothing.
	AccountID string
	// Limited: the token lacks the account management permission, so that it sees only its own account.
	Limited bool
}

// Mock is the vendor. It is safe for concurrent use.
type Mock struct {
	mux *http.ServeMux

	mu          sync.Mutex
	options     Options
	now         func() time.Time
	random      *rand.Rand
	accounts    map[string]*Account
	order       []string // ids, oldest first
	lag         map[string]int
	credentials map[string]Credential
}

// New returns a vendor that holds its own Operations account and accepts [DemoToken].
func New(o Options) *Mock {
	m := &Mock{
		mux: http.NewServeMux(), options: o, now: time.Now, random: rand.New(rand.NewPCG(1, 2)),
		accounts: map[string]*Account{}, lag: map[string]int{}, credentials: map[string]Credential{},
	}
	m.route("GET "+collection, m.list)
	m.route("POST "+collection, m.create)
	m.route(collection, m.unknownMethod)
	m.route("GET "+collection+"/{id}", m.get)
	m.route("PUT "+collection+"/{id}", m.update)
	m.route(collection+"/{id}", m.unknownMethod)
	m.route(collection+"/{id}/{action}", m.act)
	m.route("/", m.unknownPath)
	m.Seed(Account{ID: OperationsID, Name: "Marketplace Operations", Type: "Operations", Status: "Active"})
	m.AddCredential(Credential{Token: DemoToken, AccountID: OperationsID})
	return m
}

// Contract returns the OpenAPI document of the operations that the mock serves.
func (m *Mock) Contract() []byte { return contract }

// SetClock replaces the clock behind the mock's timestamps.
func (m *Mock) SetClock(now func() time.Time) {
	m.mu.Lock()
	m.now = now
	m.mu.Unlock()
}

// AddCredential makes the vendor accept a token.
func (m *Mock) AddCredential(c Credential) {
	m.mu.Lock()
	m.credentials[c.Token] = c
	m.mu.Unlock()
}

// RevokeCredential makes the vendor refuse a token.
func (m *Mock) RevokeCredential(token string) {
	m.mu.Lock()
	delete(m.credentials, token)
	m.mu.Unlock()
}

// Configure changes the options from the next request on.
func (m *Mock) Configure(change func(*Options)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.options)
}

// Seed stores an account as if somebody else had made it, and returns it as stored. It fills what an account can't be
// without: id, name, type (Client), status, revision, the default group and the times.
func (m *Mock) Seed(a Account) Account {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.Type == "" {
		a.Type = "Client"
	}
	if a.Status == "" {
		a.Status = initialStatus(a.Type)
	}
	if a.Created.At.IsZero() {
		a.Created = Event{At: m.now(), By: OtherTokenID}
	}
	if a.Updated.At.IsZero() {
		a.Updated = a.Created
	}
	m.store(&a)
	return a.clone()
}

// store gives a new account its id, name, revision and default group where it lacks them, and keeps it.
func (m *Mock) store(a *Account) {
	if a.ID == "" {
		a.ID = m.newID("ACC")
	}
	if a.Name == "" {
		a.Name = "Account " + a.ID
	}
	a.Revision = max(a.Revision, 1)
	if !slices.ContainsFunc(a.Groups, func(g Group) bool { return g.IsDefault }) {
		a.Groups = append([]Group{{ID: m.newID("UGR"), Name: "Administrators", Revision: 1, IsDefault: true}}, a.Groups...)
	}
	kept := a.clone()
	if _, exists := m.accounts[a.ID]; !exists {
		m.order = append(m.order, a.ID)
	}
	m.accounts[a.ID] = &kept
}

// DrawIDs makes the ids of accounts and groups that follow depend on seed.
func (m *Mock) DrawIDs(seed uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.random = rand.New(rand.NewPCG(seed, 0))
}

func (m *Mock) newID(prefix string) string {
	for {
		n := m.random.IntN(100_000_000)
		id := fmt.Sprintf("%s-%04d-%04d", prefix, n/10_000, n%10_000)
		if _, taken := m.accounts[id]; !taken {
			return id
		}
	}
}

// Get returns an account as the vendor holds it, visible yet or not.
func (m *Mock) Get(id string) (Account, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[id]
	if !ok {
		return Account{}, false
	}
	return a.clone(), true
}

// All returns every account, oldest first, the vendor's own Operations account included.
func (m *Mock) All() []Account {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Account
	for _, id := range m.order {
		all = append(all, m.accounts[id].clone())
	}
	return all
}

// Change lets another actor change an account. It reports whether there is such an account.
func (m *Mock) Change(id string, change func(*Account)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.accounts[id]
	if ok {
		change(a)
		m.touch(a, OtherTokenID)
	}
	return ok
}

// Remove takes an account out of every token's sight. The vendor's API has no such call.
func (m *Mock) Remove(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.accounts, id)
	m.order = slices.DeleteFunc(m.order, func(o string) bool { return o == id })
}

// touch records a change.
func (m *Mock) touch(a *Account, by string) {
	a.Revision++
	a.Updated = Event{At: m.now(), By: by}
}

// call is one authenticated request.
type call struct {
	*http.Request
	caller caller
}

func (m *Mock) route(pattern string, serve func(*call) reply) {
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		defer m.mu.Unlock()
		who, ok := m.caller(r)
		if !ok {
			m.refuse(http.StatusUnauthorized, "The token is missing, malformed or unknown.", nil).write(w)
			return
		}
		serve(&call{r, who}).write(w)
	})
}

func (m *Mock) unknownPath(*call) reply {
	return m.refuse(http.StatusNotFound, "There is no such resource.", nil)
}

func (m *Mock) unknownMethod(*call) reply { return m.refuse(http.StatusMethodNotAllowed, "", nil) }

// ServeHTTP answers one request.
func (m *Mock) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// caller is who sent a request.
type caller struct {
	tokenID, accountID string
	operations         bool // a token of an Operations account with account management
}

func (m *Mock) caller(r *http.Request) (caller, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c := m.credentials[token]
	own := m.accounts[c.AccountID]
	id := strings.Split(token, ":")
	if !ok || own == nil || len(id) != 3 {
		return caller{}, false
	}
	return caller{tokenID: id[1], accountID: c.AccountID, operations: own.Type == "Operations" && !c.Limited}, true
}

// visible returns an account that the caller may see; to others it looks as if there were none.
func (m *Mock) visible(c caller, id string) *Account {
	if a := m.accounts[id]; c.operations || id == c.accountID {
		return a
	}
	return nil
}
