package fortanix_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

// as is the same client with another Authorization header.
func (c *client) as(authorization string) *client {
	return &client{t: c.t, server: c.server, header: http.Header{"Authorization": {authorization}}}
}

func basic(email, password string) string { return "Basic " + b64(email+":"+password) }

func (c *client) login(email, password string) (token string, info object) {
	c.t.Helper()
	reply := c.as(basic(email, password)).want(http.StatusOK, "POST", "/v1/sys/auth", "")
	token, _ = reply["access_token"].(string)
	return token, reply["session_info"].(object)
}

func TestLogin(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{})
	m.SetClock(func() time.Time { return epoch })
	id := m.AddUser("jo@example.com", "with:colon")

	token, info := c.login("jo@example.com", "with:colon")
	if token == "" || info["subject_id"] != id {
		t.Errorf("token %q, session %v", token, info)
	}
	if got, want := info["session_token_expires_at"], float64(epoch.Add(10*time.Minute).Unix()); got != want {
		t.Errorf("token ends %v, want %v", got, want)
	}
	if _, selected := info["selected_account_id"]; selected {
		t.Error("an account is selected from the start")
	}
	c.header.Set("Authorization", "Bearer "+token)
	if user := c.want(http.StatusOK, "GET", "/v1/user", ""); user["user_email"] != "jo@example.com" || user["user_id"] != id {
		t.Errorf("user %v", user)
	}
}

func TestLoginModes(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{SessionMillis: true, OmitAccessToken: true, SessionLifetime: time.Hour, TokenLifetime: time.Minute})
	m.SetClock(func() time.Time { return epoch })
	token, info := c.login(fortanix.DemoUsername, fortanix.DemoPassword)
	if token != "" {
		t.Errorf("access_token %q", token)
	}
	if info["session_expires_at"] != float64(epoch.Add(time.Hour).UnixMilli()) ||
		info["session_token_expires_at"] != float64(epoch.Add(time.Minute).UnixMilli()) {
		t.Errorf("session %v", info)
	}
}

func TestLoginRefused(t *testing.T) {
	t.Parallel()
	_, c := start(t, fortanix.Options{})
	for name, authorization := range map[string]string{
		"wrong password": basic(fortanix.DemoUsername, "x"),
		"unknown user":   basic("no@example.com", fortanix.DemoPassword),
		"empty":          basic("", ""),
	} {
		if status, reply, _ := c.as(authorization).send("POST", "/v1/sys/auth", ""); status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, status, reply)
		}
	}
	c.refused(http.StatusUnauthorized, "POST", "/v1/sys/auth", "") // a bearer token
	c.refused(http.StatusBadRequest, "POST", "/v1/sys/auth", `{"oauth_auth_code":{"idp_id":"aWQ=","code":"c"}}`)
}

func TestTokenHeader(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		only   string
		header http.Header
		status int
	}{
		"either: bearer":           {"", http.Header{"Authorization": {"Bearer " + readyToken}}, 200},
		"either: authentication":   {"", http.Header{"Authentication": {readyToken}}, 200},
		"either: with its scheme":  {"", http.Header{"Authentication": {"Bearer " + readyToken}}, 200},
		"either: unknown":          {"", http.Header{"Authorization": {"Bearer x"}}, 401},
		"bearer only":              {"Authorization", http.Header{"Authorization": {"Bearer " + readyToken}}, 200},
		"bearer only: other":       {"Authorization", http.Header{"Authentication": {readyToken}}, 401},
		"authentication only":      {"Authentication", http.Header{"Authentication": {readyToken}}, 200},
		"authentication only: not": {"Authentication", http.Header{"Authorization": {"Bearer " + readyToken}}, 401},
		"both":                     {"Authentication", http.Header{"Authorization": {"Bearer x"}, "Authentication": {readyToken}}, 200},
		"none":                     {"", http.Header{}, 401},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := start(t, fortanix.Options{TokenHeader: tt.only})
			c.header = tt.header
			if tt.status == http.StatusOK {
				c.want(tt.status, "GET", "/v1/user", "")
			} else {
				c.refused(tt.status, "GET", "/v1/user", "")
			}
		})
	}
}

func TestSessionLife(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{TokenLifetime: 10 * time.Minute, SessionLifetime: 15 * time.Minute})
	now := epoch
	m.SetClock(func() time.Time { return now })
	m.AddToken(readyToken, fortanix.DemoUsername)

	now = epoch.Add(9 * time.Minute)
	info := c.want(http.StatusOK, "POST", "/v1/sys/session/refresh", "")["session_info"].(object)
	if want := float64(epoch.Add(15 * time.Minute).Unix()); info["session_token_expires_at"] != want || info["session_expires_at"] != want {
		t.Errorf("refreshed beyond the session: %v", info)
	}
	now = epoch.Add(14 * time.Minute)
	c.want(http.StatusOK, "GET", "/v1/user", "")
	if m.Sessions() != 1 {
		t.Errorf("%d sessions", m.Sessions())
	}
	now = epoch.Add(15 * time.Minute)
	c.want(http.StatusUnauthorized, "GET", "/v1/user", "")
	c.want(http.StatusUnauthorized, "POST", "/v1/sys/session/refresh", "")

	m.AddToken(readyToken, fortanix.DemoUsername)
	now = now.Add(10 * time.Minute)
	c.want(http.StatusUnauthorized, "GET", "/v1/user", "")
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{})
	m.ExpireSessions()
	c.want(http.StatusUnauthorized, "GET", "/v1/accounts", "")

	m.AddToken(readyToken, fortanix.DemoUsername)
	c.want(http.StatusNoContent, "POST", "/v1/sys/session/terminate", "")
	c.want(http.StatusUnauthorized, "POST", "/v1/sys/session/refresh", "")
	if m.Sessions() != 0 {
		t.Errorf("%d sessions", m.Sessions())
	}
	c.header.Del("Authorization")
	if v := c.want(http.StatusOK, "GET", "/v1/sys/version", ""); v["version"] == "" {
		t.Error("no version")
	}
}

func TestSelectAccount(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{RequireSelected: true})
	a, b := c.create(`{"name":"a"}`), c.create(`{"name":"b"}`)
	pick := func(account object) string { return "/v1/sys/session/select_account/" + account["acct_id"].(string) }

	c.want(http.StatusForbidden, "PATCH", path(a), `{"name":"a2"}`)
	info := c.want(http.StatusOK, "POST", pick(a), "")["session_info"].(object)
	if info["selected_account_id"] != a["acct_id"] {
		t.Errorf("session %v", info)
	}
	c.want(http.StatusOK, "PATCH", path(a), `{"name":"a2"}`)
	c.want(http.StatusForbidden, "DELETE", path(b), "")
	c.want(http.StatusOK, "GET", path(b), "")
	c.want(http.StatusNoContent, "DELETE", path(a), "")
	if info := c.want(http.StatusOK, "POST", "/v1/sys/session/refresh", "")["session_info"].(object); info["selected_account_id"] != nil {
		t.Errorf("a deleted account stays selected: %v", info)
	}
	c.want(http.StatusNotFound, "POST", pick(a), "")

	foreign := m.Seed(fortanix.Account{Name: "foreign", Members: map[string]fortanix.Member{}})
	c.want(http.StatusForbidden, "POST", "/v1/sys/session/select_account/"+foreign.ID, "")
	c.refused(http.StatusBadRequest, "POST", "/v1/sys/session/select_account/x", "")
}

func TestErrorShapes(t *testing.T) {
	t.Parallel()
	for shape, want := range map[fortanix.ErrorShape]string{
		fortanix.ErrorText: `account not found`, fortanix.ErrorString: `"account not found"`,
		fortanix.ErrorMessage: `{"message":"account`, fortanix.ErrorError: `{"error":"account`, fortanix.ErrorDetail: `{"detail":"account`,
	} {
		m, c := start(t, fortanix.Options{})
		m.Configure(func(o *fortanix.Options) { o.Errors = shape })
		status, reply, header := c.send("GET", "/v1/accounts/"+strangeID, "")
		media := "application/json"
		if shape == fortanix.ErrorText {
			media = "text/plain; charset=utf-8"
		}
		if status != http.StatusNotFound || !strings.HasPrefix(reply, want) || header.Get("Content-Type") != media {
			t.Errorf("%d: %d %s %s", shape, status, header.Get("Content-Type"), reply)
		}
	}
}
