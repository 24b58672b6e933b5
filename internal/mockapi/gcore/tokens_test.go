package gcore

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// get returns a member of a reply's object.
func (a answer) get(name string) string {
	doc, _ := a.doc.(map[string]any)
	if n, ok := doc[name].(float64); ok {
		return fmt.Sprint(int64(n))
	}
	return fmt.Sprint(doc[name])
}

const (
	tokens   = "/iam/v2/clients/7003/tokens"
	newToken = `{"name":"ci","exp_date":%s,"client_user":{"role":{"id":%d,"name":%q}}}`
)

// open opens a session in the demo account as its reseller does.
func (s session) open() string {
	s.Helper()
	return "Bearer " + s.send(reseller, "GET /iam/auth/jwt/clients/7003/admin_token", "").get("access")
}

// Whoever may not open a session in an account is refused as the descriptions say.
func TestSessionsAreForThoseWhoMayEnter(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	other := s.SeedClient(Client{Company: "Other", Reseller: 99})
	for _, row := range []struct {
		auth, path string
		status     int
	}{
		{reseller, "7003/admin_token", 200},
		{reseller, "7003/login", 404}, // its user has no access
		{reseller, fmt.Sprint(other.ID, "/admin_token"), 404},
		{reseller, "1/admin_token", 404},
		{member, "7003/admin_token", 403},
		{member, "7003/login", 200},
		{member, fmt.Sprint(other.ID, "/login"), 404},
		{"APIKey 1_wrong", "7003/login", 401},
	} {
		if got := s.send(row.auth, "GET /iam/auth/jwt/clients/"+row.path, ""); got.status != row.status {
			t.Errorf("%s %s: %d %s", row.auth, row.path, got.status, got.raw)
		}
	}
	s.Configure(func(o *Options) { o.LoginForbidden, o.Member = true, MemberNotFound })
	for path, status := range map[string]int{"login": 403, "admin_token": 404} {
		if got := s.send(member, "GET /iam/auth/jwt/clients/7003/"+path, ""); got.status != status {
			t.Error(path, got)
		}
	}
	inside := s.open()
	if me := s.send(inside, "GET /iam/clients/me", ""); me.get("id") != "7003" {
		t.Error(me)
	}
	s.server.SetClockOffset(61 * time.Minute)
	if me := s.send(inside, "GET /iam/clients/me", ""); me.status != 401 {
		t.Error(me)
	}
}

// Tokens are made in one account by those who are in it, shown once, and good until they end or are deleted.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	inside := s.open()
	in := func(d time.Duration) string { return fmt.Sprintf("%q", time.Now().Add(d).UTC().Format(time.RFC3339)) }
	made := s.send(inside, "POST "+tokens, fmt.Sprintf(newToken, in(time.Hour), 5, "Engineers"))
	if made.status != 200 || made.get("token") == "" || made.get("expired") != "false" {
		t.Fatal(made)
	}
	key := "APIKey " + made.get("token")
	if list := s.send(inside, "GET "+tokens, ""); list.status != 200 || strings.Contains(list.raw, made.get("token")) ||
		!strings.Contains(list.raw, `"ci"`) {
		t.Error(list)
	}
	if me := s.send(key, "GET /iam/clients/me", ""); me.get("id") != "7003" {
		t.Error(me)
	}
	for body, want := range map[string]string{
		fmt.Sprintf(newToken, in(-time.Hour), 5, "Engineers"): "exp_date", fmt.Sprintf(newToken, "null", 5, "Users"): "client_user",
	} {
		if got := s.send(inside, "POST "+tokens, body); got.status != 400 || !strings.Contains(got.raw, want) {
			t.Error(got)
		}
	}
	s.want(403, reseller, "POST "+tokens, fmt.Sprintf(newToken, "null", 5, "Engineers"))
	s.server.SetClockOffset(30 * time.Minute)
	if got := s.send(key, "GET /iam/clients/me", ""); got.status != 200 {
		t.Error(got)
	}
	s.server.SetClockOffset(2 * time.Hour)
	if got := s.send(key, "GET /iam/clients/me", ""); got.status != 401 {
		t.Error(got)
	}
	inside = s.open()
	path := "DELETE " + tokens + "/" + made.get("id")
	if first, again := s.send(inside, path, ""), s.send(inside, path, ""); first.status != 204 || again.status != 404 {
		t.Error(first, again)
	}
}
