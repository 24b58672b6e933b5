package fortanix

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

type user struct {
	id, email, password string
	created             time.Time
}

// session is a login. The token stays the same for its whole life; refresh moves tokenEnds only.
type session struct {
	token     string
	user      *user
	ends      time.Time
	tokenEnds time.Time // never after ends
	selected  string    // account id
}

// AddUser makes a user who can log in, or gives an existing one a new password, and returns the user's id.
func (m *Mock) AddUser(email, password string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.users[email]
	if u == nil {
		u = &user{id: newUUID(), email: email, created: m.now()}
		m.users[email] = u
	}
	u.password = password
	return u.id
}

// AddToken opens a session of an existing user under a token of the caller's choice, as if it had been logged in elsewhere.
func (m *Mock) AddToken(token, email string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.users[email]
	if u == nil {
		panic("fortanix mock: no user " + email)
	}
	m.open(token, u)
}

// ExpireSessions ends every session: its token gets 401 from then on and can't be refreshed.
func (m *Mock) ExpireSessions() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.sessions)
}

// Sessions counts the sessions that are open.
func (m *Mock) Sessions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, s := range m.sessions {
		if s.alive(m.now()) {
			n++
		}
	}
	return n
}

func (s *session) alive(now time.Time) bool { return now.Before(s.tokenEnds) }

func (m *Mock) open(token string, u *user) *session {
	now := m.now()
	s := &session{token: token, user: u, ends: now.Add(cmp.Or(m.options.SessionLifetime, 8*time.Hour))}
	m.extend(s)
	m.sessions[token] = s
	return s
}

func (m *Mock) extend(s *session) {
	s.tokenEnds = m.now().Add(cmp.Or(m.options.TokenLifetime, 10*time.Minute))
	if s.ends.Before(s.tokenEnds) {
		s.tokenEnds = s.ends
	}
}

// authenticated runs h for a call that carries the token of a live session.
func (m *Mock) authenticated(h handler) handler {
	return func(c *call) (reply, error) {
		s := m.sessions[m.token(c.Header)]
		if s == nil || !s.alive(m.now()) {
			return reply{}, refuse(http.StatusUnauthorized, "invalid or expired session")
		}
		c.session = s
		return h(c)
	}
}

// onAccounts is authenticated for the calls about accounts, which a locked selection spoils in that mode.
func (m *Mock) onAccounts(h handler) handler {
	return m.authenticated(func(c *call) (reply, error) {
		selected := m.accounts[c.session.selected]
		if m.options.LockedSelection && selected != nil && selected.AccountStatus == AccountDeactivated {
			return reply{}, refuse(http.StatusForbidden, "the selected account is locked")
		}
		return h(c)
	})
}

// token takes the session token from the headers that are looked at. The vendor's clients send Authorization: Bearer;
// the reference page names Authentication.
func (m *Mock) token(h http.Header) string {
	only := m.options.TokenHeader
	if token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok && only != "Authentication" {
		return token
	}
	if only != "Authorization" {
		return strings.TrimPrefix(h.Get("Authentication"), "Bearer ")
	}
	return ""
}

func (m *Mock) login(c *call) (reply, error) {
	if len(c.body) > 0 {
		return reply{}, refuse(http.StatusBadRequest, "no identity provider is configured")
	}
	email, password, ok := c.BasicAuth()
	u := m.users[email]
	if !ok || u == nil || u.password != password {
		return reply{}, refuse(http.StatusUnauthorized, "invalid credentials")
	}
	s := m.open("session."+rand.Text(), u)
	body := map[string]any{"session_info": m.sessionInfo(s)}
	if !m.options.OmitAccessToken {
		body["access_token"] = s.token
	}
	return reply{http.StatusOK, body}, nil
}

func (m *Mock) refresh(c *call) (reply, error) {
	m.extend(c.session)
	return reply{http.StatusOK, map[string]any{"session_info": m.sessionInfo(c.session)}}, nil
}

func (m *Mock) terminate(c *call) (reply, error) {
	delete(m.sessions, c.session.token)
	return reply{http.StatusNoContent, nil}, nil
}

func (m *Mock) selectAccount(c *call) (reply, error) {
	a, _, err := m.lookUp(c)
	if err != nil {
		return reply{}, err
	}
	c.session.selected = a.ID
	return reply{http.StatusOK, map[string]any{"session_info": m.sessionInfo(c.session)}}, nil
}

func (m *Mock) getUser(c *call) (reply, error) {
	u := c.session.user
	return reply{http.StatusOK, map[string]any{
		"user_id": u.id, "user_email": u.email, "status": StatusActive, "email_verified": true,
		"created_at": stamp(u.created, m.options.CreatedMillis),
	}}, nil
}

type sessionInfo struct {
	SubjectID   string `json:"subject_id"`
	SessionEnds int64  `json:"session_expires_at"`
	TokenEnds   int64  `json:"session_token_expires_at"`
	Selected    string `json:"selected_account_id,omitempty"`
}

func (m *Mock) sessionInfo(s *session) sessionInfo {
	return sessionInfo{
		SubjectID:   s.user.id,
		SessionEnds: stamp(s.ends, m.options.SessionMillis),
		TokenEnds:   stamp(s.tokenEnds, m.options.SessionMillis),
		Selected:    s.selected,
	}
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func isUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	return err == nil && len(b) == 16
}

// Session returns the account that the session of a token has selected, "" for none, and whether the session is open.
func (m *Mock) Session(token string) (account string, open bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[token]
	if s == nil || !s.alive(m.now()) {
		return "", false
	}
	return s.selected, true
}
