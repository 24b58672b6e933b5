package gcore

import (
	"net/http"
	"strings"
	"time"
)

// Kind says what a credential may do.
type Kind string

const (
	// Reseller credentials see the clients of one reseller and their users.
	Reseller Kind = "reseller"
	// Member credentials see the users of one user's account, and the accounts that those have access to.
	Member Kind = "member"
)

// Credentials that every mock accepts.
const (
	DemoAPIKey      = "7002_demo-gcore-reseller-key" // a reseller's, for APIKey
	DemoAccessToken = "demo.gcore.access-token"      // the same reseller's, for Bearer
	DemoMemberKey   = "7004_demo-gcore-member-key"   // a member's, for APIKey
)

// Whom the demo credentials belong to. The member's account is a client of the reseller; accounts made by either are too.
const (
	DemoReseller     int64 = 7001 // the reseller: its id, and that of its own account
	DemoResellerUser int64 = 7002
	DemoAccount      int64 = 7003 // the member's account
	DemoMember       int64 = 7004
)

// caller is whom a credential belongs to.
type caller struct {
	kind     Kind
	reseller int64 // for members, the reseller whose client their account is
	user     int64
	account  int64     // the account that a session or token is in; 0: the user's own
	ends     time.Time // zero: never
	session  bool
}

// accountOf is the account that a credential is in.
func (m *Mock) accountOf(who caller) int64 {
	if who.account != 0 {
		return who.account
	}
	return m.users[who.user].Client
}

// AddCredential makes the mock accept secret. A secret of three parts with dots between is an access token, for Bearer;
// any other is an API key, for APIKey. For a [Reseller], id is the reseller's, which is made if need be; for a [Member]
// it is that of a user who exists: AddCredential panics where there is none.
func (m *Mock) AddCredential(kind Kind, secret string, id int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if kind == Member {
		u, ok := m.users[id]
		if !ok {
			panic("gcore mock: a member's credential needs a user")
		}
		m.credentials[secret] = caller{kind: kind, reseller: u.Reseller, user: id}
		return
	}
	if m.resellerUser(id) == 0 {
		m.addReseller(id, 0)
	}
	m.credentials[secret] = caller{kind: kind, reseller: id, user: m.resellerUser(id)}
}

// RemoveCredential revokes secret.
func (m *Mock) RemoveCredential(secret string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.credentials, secret)
}

// authenticate answers 401, or lets serve answer.
func (m *Mock) authenticate(r *http.Request, serve func(caller) reply) reply {
	header := r.Header.Get("Authorization")
	if header == "" {
		return m.denied(http.StatusUnauthorized, "Authentication credentials were not provided.")
	}
	scheme, secret, _ := strings.Cut(header, " ")
	bearer := strings.EqualFold(scheme, "Bearer")
	if bearer != isAccessToken(secret) || !bearer && !strings.EqualFold(scheme, "APIKey") {
		return m.denied(http.StatusUnauthorized, "Given token not valid for any token type")
	}
	who, known := m.credentials[secret]
	known = known && (who.ends.IsZero() || m.now().Before(who.ends))
	switch {
	case known:
		return serve(who)
	case bearer:
		return m.denied(http.StatusUnauthorized, "Token is invalid or expired")
	default:
		return m.denied(http.StatusUnauthorized, "Bad permanent token: "+secret[:min(len(secret), 8)]+"...")
	}
}

func isAccessToken(secret string) bool { return strings.Count(secret, ".") == 2 }
