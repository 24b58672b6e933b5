package fortanix_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// client speaks to a mock behind the mock server, which checks every reply against the contract.
type client struct {
	t      *testing.T
	server *mockserver.Server
	header http.Header // sent with each request
}

// object is a JSON object.
type object = map[string]any

const readyToken = "ready-token"

// start serves a mock to a client that holds a token of the demo user.
func start(t *testing.T, o fortanix.Options) (*fortanix.Mock, *client) {
	t.Helper()
	m := fortanix.New(o)
	c := &client{t: t, server: mockserver.Start(t, m), header: http.Header{}}
	m.AddToken(readyToken, fortanix.DemoUsername)
	c.header.Set("Authorization", "Bearer "+readyToken)
	return m, c
}

func (c *client) send(method, path, body string) (status int, reply string, header http.Header) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.server.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header = c.header.Clone()
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(data), res.Header
}

// want sends a request that fits the contract and returns the decoded reply of the given status.
func (c *client) want(status int, method, path, body string) object {
	c.t.Helper()
	got, reply, _ := c.send(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, got, status, reply)
	}
	var v object
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(reply), &v); err != nil {
			c.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return v
}

// refused sends a request that breaks the contract; the mock must refuse it, and its refusal must keep the contract.
func (c *client) refused(status int, method, path, body string) {
	c.t.Helper()
	c.want(status, method, path, body)
	for _, v := range c.server.Violations() {
		if strings.Contains(v, ": reply ") {
			c.t.Errorf("contract violation: %s", v)
		}
	}
}

func (c *client) create(body string) object {
	c.t.Helper()
	return c.want(http.StatusOK, "POST", "/v1/accounts", body)
}

// names lists the names on one page.
func (c *client) names(query string) string {
	c.t.Helper()
	var names []string
	for _, item := range c.want(http.StatusOK, "GET", "/v1/accounts"+query, "")["items"].([]any) {
		names = append(names, item.(object)["name"].(string))
	}
	return strings.Join(names, " ")
}

func path(account object) string { return "/v1/accounts/" + account["acct_id"].(string) }

func compact(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func oauth(clientID, secret string) string {
	return `{"oauth":{"idp_name":"Acme","idp_icon_url":"https://idp.example.com/i.png",` +
		`"idp_authorization_endpoint":"https://idp.example.com/a","idp_token_endpoint":"https://idp.example.com/t",` +
		`"idp_requires_basic_auth":true,"client_id":"` + clientID + `","client_secret":"` + secret + `",` +
		`"tls":{"required":{"validate_hostname":true,"client_key":"` + b64("key of "+clientID) + `","ca":{"ca_set":"GLOBAL_ROOTS"}}}}}`
}

const (
	passwordConfig = `{"password":{"require_2fa":true,"administrators_only":false}}`
	clusterConfig  = `{"cluster_auth_ref":{"target_id":"entra"}}`
	strangeID      = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
)

// epoch is where tests with their own clock begin.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
