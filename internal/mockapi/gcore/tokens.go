package gcore

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	// sessionLife is how long a session's access token is good.
	sessionLife = time.Hour
	// maxTokens is how many tokens an account may have.
	maxTokens = 100
)

// SessionForm is what the access token of a session looks like.
type SessionForm int

const (
	// SessionJWT is a JWT whose payload has an exp.
	SessionJWT SessionForm = iota
	// SessionWithoutEnd is a JWT whose payload has none.
	SessionWithoutEnd
	// SessionOpaque is no JWT.
	SessionOpaque
)

// Token is a permanent API token as Gcore keeps it.
type Token struct {
	ID          int64
	Client      int64
	Name        string
	Description string
	Role        string     // id of the role
	Expires     *time.Time // nil: never
	Issuer      int64      // the user who issued it
	Created     time.Time
	Deleted     bool

	secret string
}

// Tokens returns the tokens that are not deleted, by id, expired ones included.
func (m *Mock) Tokens() []Token {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Token
	for _, t := range sorted(m.tokens) {
		if !t.Deleted {
			all = append(all, *t)
		}
	}
	return all
}

// SeedToken adds a token of an account without the rules of the API, and returns it with its id.
func (m *Mock) SeedToken(t Token) Token {
	m.mu.Lock()
	defer m.mu.Unlock()
	return *m.addToken(t)
}

// EndSessions ends every session that the mock has handed out.
func (m *Mock) EndSessions() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for secret, who := range m.credentials {
		if who.session {
			delete(m.credentials, secret)
		}
	}
}

func (m *Mock) addToken(t Token) *Token {
	t.ID, t.Role = m.id(t.ID), cmp.Or(t.Role, "2")
	t.Created = m.now()
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	t.secret = fmt.Sprintf("%d_%s", t.ID, hex.EncodeToString(random[:]))
	m.tokens[t.ID] = &t
	return &t
}

// adminToken opens a session in a client for its reseller.
func (m *Mock) adminToken(c *call) reply {
	if c.caller.kind == Member {
		return m.memberDenied()
	}
	client, ok := m.clients[pathID(c)]
	if !ok || client.Deleted || !m.seesClient(c, client) || m.misses(c, client.ID) {
		return m.notFound()
	}
	return m.openSession(client, m.adminOf(client, c.caller.user))
}

// selectAccount opens a session in an account that the caller's user may enter.
func (m *Mock) selectAccount(c *call) reply {
	if m.options.LoginForbidden {
		return m.forbidden()
	}
	client, ok := m.clients[pathID(c)]
	user := m.users[c.caller.user]
	if !ok || client.Deleted || user.Access[client.ID] == nil || m.misses(c, client.ID) {
		return m.denied(http.StatusNotFound, "account not found")
	}
	return m.openSession(client, user)
}

// adminOf is the first administrator of a client; where it has none, the user who asks.
func (m *Mock) adminOf(client *Client, asking int64) *User {
	for _, u := range sorted(m.users) {
		if !u.Deleted && slices.Contains(u.Access[client.ID], roleAdministrator) {
			return u
		}
	}
	return m.users[asking]
}

func (m *Mock) openSession(client *Client, user *User) reply {
	ends := m.now().Add(sessionLife)
	access := m.sessionToken(client, user, ends)
	m.credentials[access] = caller{kind: Member, reseller: client.Reseller, user: user.ID, account: client.ID, ends: ends, session: true}
	return reply{http.StatusOK, object{"access": access, "refresh": m.sessionToken(client, user, m.now().Add(24*time.Hour))}}
}

// sessionToken makes up a token whose payload is that of the description's sample.
func (m *Mock) sessionToken(client *Client, user *User, ends time.Time) string {
	if m.options.Sessions == SessionOpaque {
		return "opaque." + rand.Text() + "." + rand.Text()
	}
	payload := object{
		"user_id":      user.ID,
		"user_type":    "common",
		"client_id":    client.ID,
		"client_name":  client.Company,
		"user_groups":  []string{"Administrators"},
		"is_admin":     false,
		"exchangeable": true,
		"exp":          ends.Unix(),
	}
	if m.options.Sessions == SessionWithoutEnd {
		delete(payload, "exp")
	}
	body, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(
		[]byte(`{"alg":"RS256","typ":"JWT"}`),
	) + "." + base64.RawURLEncoding.EncodeToString(
		body,
	) + "." + rand.Text()
}

// tokenClient finds the account whose tokens the caller may handle, or gives the reply that withholds it. A reseller's
// own credential may not, and its own account can have none: its customers' may.
func (m *Mock) tokenClient(c *call) (*Client, *reply) {
	id, err := strconv.ParseInt(c.PathValue("client"), 10, 64)
	client := m.clients[id]
	if err != nil || client == nil || client.Deleted {
		missing := m.notFound()
		return nil, &missing
	}
	if c.caller.kind != Member || m.accountOf(c.caller) != id || m.resellerUser(id) != 0 {
		denied := m.forbidden()
		return nil, &denied
	}
	return client, nil
}

// rank orders roles: a token can't have a higher one than the user who issues it.
func rank(role string) int {
	return slices.Index([]string{"3022", "3009", "2", "5", roleAdministrator}, role)
}

func (m *Mock) createToken(c *call) reply {
	client, refusal := m.tokenClient(c)
	if refusal != nil {
		return *refusal
	}
	f, bad := m.form(c)
	if bad != nil {
		return *bad
	}
	f.require("name", "exp_date", "client_user")
	name, description, ends := takeText(f, "name"), take[string](f, "description"), takeNullable[string](f, "exp_date")
	user := take[struct {
		Role struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"role"`
	}](f, "client_user")
	t := Token{Client: client.ID, Issuer: c.caller.user, Role: "2"}
	if user.value != nil && user.value.Role.ID != 0 {
		t.Role = strconv.FormatInt(user.value.Role.ID, 10)
	}
	issuer := roleAdministrator // of a reseller who opened the session
	if roles := m.users[c.caller.user].Access[client.ID]; len(roles) > 0 {
		issuer = slices.MaxFunc(roles, func(a, b string) int { return rank(a) - rank(b) })
	}
	if named := groupNames[t.Role]; named == "" || user.value != nil && user.value.Role.Name != "" && user.value.Role.Name != named {
		f.errs.add("client_user", "Not a valid role.")
	} else if rank(t.Role) > rank(issuer) {
		f.errs.add("client_user", "You can't issue a token with a higher role than your own.")
	}
	if ends.value != nil {
		at, err := time.Parse(time.RFC3339, *ends.value)
		if t.Expires = &at; err != nil || !at.After(m.now()) {
			f.errs.add("exp_date", "Not a valid date in the future.")
		}
	}
	count := 0
	for _, other := range m.tokens {
		if other.Client == client.ID && !other.Deleted && !m.expired(other) {
			count++
		}
	}
	if count >= maxTokens {
		f.errs.add("name", "The limit of tokens in this account is reached.")
	}
	if !f.finish() {
		return m.refuse(f.errs)
	}
	name.set(&t.Name)
	description.set(&t.Description)
	if m.options.TokensNeverExpire {
		t.Expires = nil
	}
	made := m.addToken(t)
	m.lag[made.ID] = m.options.Lag
	who := caller{kind: Member, reseller: client.Reseller, user: t.Issuer, account: client.ID}
	if t.Expires != nil {
		who.ends = *t.Expires
	}
	m.credentials[made.secret] = who
	doc := m.tokenJSON(made)
	doc["token"] = made.secret
	return reply{http.StatusOK, doc}
}

func (m *Mock) listTokens(c *call) reply {
	client, refusal := m.tokenClient(c)
	if refusal != nil {
		return *refusal
	}
	list := []object{}
	for _, t := range sorted(m.tokens) {
		if t.Client == client.ID && (!t.Deleted || m.options.SoftDelete) && !m.misses(c, t.ID) {
			list = append(list, m.tokenJSON(t))
		}
	}
	return reply{http.StatusOK, list}
}

func (m *Mock) deleteToken(c *call) reply {
	client, refusal := m.tokenClient(c)
	if refusal != nil {
		return *refusal
	}
	t := m.tokens[pathID(c)]
	if t == nil || t.Client != client.ID || t.Deleted {
		return m.notFound()
	}
	t.Deleted = true
	delete(m.credentials, t.secret)
	return reply{status: http.StatusNoContent}
}

func (m *Mock) expired(t *Token) bool { return t.Expires != nil && !m.now().Before(*t.Expires) }

func (m *Mock) tokenJSON(t *Token) object {
	issuer := m.users[t.Issuer]
	if issuer == nil {
		issuer = &User{}
	}
	name := ""
	if issuer.Name != nil {
		name = *issuer.Name
	}
	role, _ := strconv.Atoi(t.Role)
	doc := object{
		"id": t.ID, "name": t.Name, "description": t.Description, "exp_date": nil, "deleted": t.Deleted, "expired": m.expired(t),
		"created": t.Created.UTC().Format("2006-01-02T15:04:05.000000Z"), "last_usage": "",
		"client_user": object{
			"deleted": t.Deleted, "user_id": t.Issuer, "user_name": name, "user_email": issuer.Email, "client_id": t.Client,
			"role": object{"id": role, "name": groupNames[t.Role]},
		},
	}
	if t.Expires != nil {
		doc["exp_date"] = t.Expires.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return doc
}
