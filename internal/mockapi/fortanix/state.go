package fortanix

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Values of the API's enumerations.
const (
	ComponentDefault        = "DEFAULT"
	ComponentConfidentialAI = "CONFIDENTIAL_AI"

	AccountActive      = "Active"
	AccountDeactivated = "Deactivated"

	RoleReader  = "READER"
	RoleWriter  = "WRITER"
	RoleManager = "MANAGER"

	StatusActive   = "ACTIVE"
	StatusPending  = "PENDING"
	StatusDisabled = "DISABLED"
)

// Account is an account as the server stores it, secrets included. Its members have the API's names, so that requests and
// replies are read and written with it; those without a name differ between the two, or depend on the caller.
type Account struct {
	ID                 string                `json:"acct_id"`
	Name               string                `json:"name,omitempty"`
	CreatedAt          time.Time             `json:"-"`
	CustomLogo         string                `json:"custom_logo"` // base64, as sent
	AuthConfigs        map[string]AuthConfig `json:"-"`           // by config id
	NodeEnrollment     `json:"node_enrollment"`
	Component          string            `json:"component"`
	DefaultGroupID     string            `json:"default_group_id,omitempty"`
	MarketplaceGroupID string            `json:"marketplace_group_id,omitempty"`
	AccountStatus      string            `json:"account_status,omitempty"`
	PCRPriority        []int             `json:"azure_cvm_pcr_priority,omitempty"`
	Totals             Totals            `json:"-"`
	Members            map[string]Member `json:"-"` // by e-mail
}

// NodeEnrollment is how nodes join an account.
type NodeEnrollment struct {
	AttestationDisabled bool `json:"attestation_enforcement_disabled_insecure"`
}

// clone returns a copy that shares nothing that changes with a; auth configs are replaced, never changed.
func (a Account) clone() Account {
	a.AuthConfigs, a.Members = maps.Clone(a.AuthConfigs), maps.Clone(a.Members)
	a.PCRPriority = slices.Clone(a.PCRPriority)
	return a
}

// Member is one user's membership of an account.
type Member struct {
	Roles  []string
	Status string
}

// Totals counts what an account holds.
type Totals struct {
	Datasets       int `json:"datasets"`
	FinalWorkflows int `json:"final_workflows"`
	Nodes          int `json:"nodes"`
}

// AuthConfig is one way to log in to an account: exactly one field is set.
type AuthConfig struct {
	Password *PasswordConfig `json:"password,omitempty"`
	OAuth    *OAuthConfig    `json:"oauth,omitempty"`
	Cluster  *ClusterRef     `json:"cluster_auth_ref,omitempty"`
}

// PasswordConfig is log-in by password.
type PasswordConfig struct {
	Require2FA         bool `json:"require_2fa"`
	AdministratorsOnly bool `json:"administrators_only"`
}

// OAuthConfig is log-in through an identity provider.
type OAuthConfig struct {
	Name                  string `json:"idp_name"`
	IconURL               string `json:"idp_icon_url"`
	AuthorizationEndpoint string `json:"idp_authorization_endpoint"`
	TokenEndpoint         string `json:"idp_token_endpoint"`
	RequiresBasicAuth     bool   `json:"idp_requires_basic_auth"`
	UserinfoEndpoint      string `json:"idp_userinfo_endpoint,omitempty"`
	TLS                   TLS    `json:"tls"`
	ClientID              string `json:"client_id"`
	ClientSecret          string `json:"client_secret,omitempty"`
}

// TLS is how the server reaches an identity provider: exactly one field is set.
type TLS struct {
	Disabled      *struct{}    `json:"disabled,omitempty"`
	Opportunistic *struct{}    `json:"opportunistic,omitempty"`
	Required      *TLSRequired `json:"required,omitempty"`
}

// TLSRequired is TLS with verification; key and certificates are base64.
type TLSRequired struct {
	ValidateHostname bool   `json:"validate_hostname"`
	ClientKey        string `json:"client_key,omitempty"`
	ClientCert       string `json:"client_cert,omitempty"`
	CA               CA     `json:"ca"`
}

// CA is the set of trusted certificates: exactly one field is set.
type CA struct {
	Set    string   `json:"ca_set,omitempty"`
	Pinned []string `json:"pinned,omitempty"`
}

// ClusterRef points to an identity provider of the cluster.
type ClusterRef struct {
	TargetID string `json:"target_id"`
}

// record is an account with what only the mock knows of it.
type record struct {
	Account
	lag int // reads that will not see it
}

// Seed stores an account as it is, secrets and nonsense included, and returns it with what was missing filled in:
// id, creation time, component, account status, and the demo user as its manager where Members is nil.
func (m *Mock) Seed(a Account) Account {
	m.mu.Lock()
	defer m.mu.Unlock()
	a = a.clone()
	if a.ID == "" {
		a.ID = newUUID()
	}
	if a.CreatedAt.IsZero() {
		a.CreatedAt = m.now()
	}
	if a.Component == "" {
		a.Component = ComponentDefault
	}
	if a.AccountStatus == "" {
		a.AccountStatus = AccountActive
	}
	if a.Members == nil {
		a.Members = manager(DemoUsername)
	}
	m.store(&record{Account: a})
	return a.clone()
}

// Get returns the stored account.
func (m *Mock) Get(id string) (Account, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.accounts[strings.ToLower(id)]
	if r == nil {
		return Account{}, false
	}
	return r.clone(), true
}

// All returns every stored account, oldest first.
func (m *Mock) All() []Account {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Account, 0, len(m.order))
	for _, r := range m.order {
		all = append(all, r.clone())
	}
	return all
}

// Named returns the accounts that are stored under exactly this name.
func (m *Mock) Named(name string) []Account {
	return slices.DeleteFunc(m.All(), func(a Account) bool { return a.Name != name })
}

// Change edits an account as another actor would, unchecked, and reports whether it exists.
func (m *Mock) Change(id string, edit func(*Account)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.accounts[strings.ToLower(id)]
	if r != nil {
		edit(&r.Account)
	}
	return r != nil
}

// Remove deletes an account as another actor would, and reports whether it existed.
func (m *Mock) Remove(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.remove(id)
}

// Hide makes the next reads of an account, single or listing, not see it.
func (m *Mock) Hide(id string, reads int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.accounts[strings.ToLower(id)]; r != nil {
		r.lag = reads
	}
}

func (m *Mock) store(r *record) {
	r.ID = strings.ToLower(r.ID)
	m.accounts[r.ID] = r
	m.order = append(m.order, r)
}

func (m *Mock) remove(id string) bool {
	id = strings.ToLower(id)
	r := m.accounts[id]
	if r == nil {
		return false
	}
	delete(m.accounts, id)
	m.order = slices.DeleteFunc(m.order, func(other *record) bool { return other == r })
	for _, s := range m.sessions {
		if s.selected == id {
			s.selected = ""
		}
	}
	return true
}

func manager(email string) map[string]Member {
	return map[string]Member{email: {Roles: []string{RoleReader, RoleWriter, RoleManager}, Status: StatusActive}}
}
