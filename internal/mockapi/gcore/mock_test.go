package gcore

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const (
	reseller = "APIKey " + DemoAPIKey
	member   = "APIKey " + DemoMemberKey
)

// session is a mock behind a server that checks each request and reply against the contract.
type session struct {
	*testing.T
	*Mock
	server *mockserver.Server
}

func start(t *testing.T, o Options) session {
	t.Helper()
	m := New(o)
	return session{t, m, mockserver.Start(t, m)}
}

// answer is what came back: doc is the decoded body, nil for an empty one.
type answer struct {
	status int
	raw    string
	doc    any
}

// send makes one request; body is JSON, "" for none.
func (s session) send(auth, methodAndPath, body string) answer {
	s.Helper()
	method, path, _ := strings.Cut(methodAndPath, " ")
	req, err := http.NewRequestWithContext(s.Context(), method, s.server.URL+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	a := answer{status: resp.StatusCode, raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &a.doc); err != nil {
			s.Fatalf("%s: %v in %q", methodAndPath, err, raw)
		}
	}
	return a
}

// want is send with an expected status.
func (s session) want(status int, auth, methodAndPath, body string) answer {
	s.Helper()
	a := s.send(auth, methodAndPath, body)
	if a.status != status {
		s.Fatalf("%s: status %d, want %d: %s", methodAndPath, a.status, status, a.raw)
	}
	return a
}

// at walks into the body: names for objects, numbers for arrays.
func (a answer) at(path ...any) any {
	doc := a.doc
	for _, step := range path {
		switch step := step.(type) {
		case string:
			doc = doc.(map[string]any)[step]
		case int:
			doc = doc.([]any)[step]
		}
	}
	return doc
}

func (a answer) has(name string) bool {
	_, ok := a.doc.(map[string]any)[name]
	return ok
}

func (a answer) id() int64 { return int64(a.at("id").(float64)) }

// ids lists the ids of a list's items.
func ids(items any) []int64 {
	var all []int64
	for _, item := range items.([]any) {
		all = append(all, int64(item.(map[string]any)["id"].(float64)))
	}
	return all
}

func (s session) equal(got, want any) {
	s.Helper()
	if d := cmp.Diff(want, got); d != "" {
		s.Errorf("differs (-want +got):\n%s", d)
	}
}

func path(pattern string, id int64) string { return fmt.Sprintf(pattern, id) }

func TestCredentials(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		auth    string
		status  int
		message any
	}{
		"API key":                {reseller, 200, nil},
		"API key in lower case":  {"apikey " + DemoAPIKey, 200, nil},
		"access token":           {"Bearer " + DemoAccessToken, 200, nil},
		"member's key":           {member, 200, nil},
		"unknown key":            {"APIKey 12345_unknown-key", 401, "Bad permanent token: 12345_un..."},
		"short key":              {"APIKey 12", 401, "Bad permanent token: 12..."},
		"unknown access token":   {"Bearer a.b.c", 401, "Token is invalid or expired"},
		"API key as Bearer":      {"Bearer " + DemoAPIKey, 401, "Given token not valid for any token type"},
		"access token as APIKey": {"APIKey " + DemoAccessToken, 401, "Given token not valid for any token type"},
		"another scheme":         {"Basic " + DemoAPIKey, 401, "Given token not valid for any token type"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{})
			a := s.want(tt.status, tt.auth, "GET /iam/clients/me", "")
			s.equal(a.at("message"), tt.message)
		})
	}
}

func TestNoCredential(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	a := s.want(401, "", "GET /iam/clients/me", "")
	s.equal(a.at("message"), "Authentication credentials were not provided.")
	if len(s.server.Violations()) == 0 {
		t.Error("a request without a credential kept the contract")
	}
}

func TestAddCredential(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	u := s.SeedUser(User{})
	s.AddCredential(Member, "another-member", u.ID)
	s.equal(s.want(200, "APIKey another-member", "GET /iam/clients/me", "").id(), u.Client)

	s.AddCredential(Reseller, "another", 8001)
	s.AddCredential(Reseller, "same.as.another", 8001)
	c := s.SeedClient(Client{Reseller: 8001})
	for _, auth := range []string{"APIKey another", "Bearer same.as.another"} {
		s.equal(s.want(200, auth, "GET /iam/clients/me", "").id(), int64(8001))
		s.equal(ids(s.want(200, auth, "GET /iam/clients", "").doc), []int64{c.ID})
	}
	owner, _ := s.User(c.Owner)
	s.equal([]any{owner.Client, owner.UserType}, []any{int64(8001), "reseller"})

	defer func() {
		if recover() == nil {
			t.Error("a member's credential without a user was taken")
		}
	}()
	s.AddCredential(Member, "nobody", 1)
}

func TestRevokedCredential(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.want(200, reseller, "GET /iam/clients", "")
	s.RemoveCredential(DemoAPIKey)
	s.want(401, reseller, "GET /iam/clients", "")
}

func TestBareDenials(t *testing.T) {
	t.Parallel()
	s := start(t, Options{BareDenials: true})
	s.equal(s.want(401, "APIKey wrong", "GET /iam/clients/me", "").raw, "")
	s.equal(s.want(403, member, "GET /iam/clients", "").raw, "")
	s.equal(s.want(404, reseller, "GET /iam/users/1", "").raw, "")
}

func TestErrorShapes(t *testing.T) {
	t.Parallel()
	const company, email = "Company with this name already exists", "User with this email already exists"
	tests := map[ErrorShape]any{
		ErrorFieldLists:   map[string]any{"errors": map[string]any{"company": []any{company}, "email": []any{email}}},
		ErrorFieldStrings: map[string]any{"errors": map[string]any{"company": company, "email": email}},
		ErrorObjects:      []any{map[string]any{"errors": map[string]any{"company": company, "email": email}}},
		ErrorList:         []any{company, email},
		ErrorMessage:      map[string]any{"message": company},
		ErrorNested:       map[string]any{"errors": map[string]any{"errors": []any{company, email}}},
	}
	for shape, want := range tests {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{Errors: shape})
			s.SeedUser(User{Company: "Acme", Email: "a@example.com"})
			a := s.want(400, reseller, "POST /iam/users", `{"company":"Acme","email":"A@example.com","password":"p"}`)
			s.equal(a.doc, want)
		})
	}
}

// What doesn't fit the description is refused, and a violation besides.
func TestMalformed(t *testing.T) {
	t.Parallel()
	const client, user, availability = "PATCH /iam/clients/7003", "PATCH /iam/users/7004", "/iam/products/availability/clients/7003"
	tests := map[string]struct {
		to, body, field string
	}{
		"unknown field":     {"POST /iam/clients/create", `{"company":"a","companyName":"a"}`, "companyName"},
		"read-only field":   {"POST /iam/clients/create", `{"company":"a","id":1}`, "id"},
		"missing field":     {"POST /iam/clients/create", `{}`, "company"},
		"wrong type":        {"POST /iam/clients/create", `{"company":1}`, "company"},
		"null":              {"POST /iam/clients/create", `{"company":null}`, "company"},
		"no e-mail address": {"POST /iam/users", `{"company":"a","password":"p","email":"a"}`, "email"},
		"missing password":  {"POST /iam/users", `{"company":"a","email":"a@example.com"}`, "password"},
		"other user type": {
			"POST /iam/users", `{"company":"a","password":"p","email":"a@example.com","user_type":"seller"}`, "user_type",
		},
		"unknown language": {"POST /iam/users", `{"company":"a","password":"p","email":"a@example.com","lang":"fr"}`, "lang"},
		"unknown product": {
			"POST /iam/users", `{"company":"a","password":"p","email":"a@example.com","services":[{"product_name":"X"}]}`, "services",
		},
		"null name on create":     {"POST /iam/users", `{"company":"a","password":"p","email":"a@example.com","name":null}`, "name"},
		"client's company":        {client, `{"company":"a"}`, "company"},
		"client's country":        {client, `{"country_code":"LU"}`, "country_code"},
		"client's seller":         {client, `{"seller":"1"}`, "seller"},
		"client's id":             {client, `{"id":1}`, "id"},
		"user's password":         {user, `{"password":"p"}`, "password"},
		"user's company":          {user, `{"company":"a"}`, "company"},
		"user's null e-mail":      {user, `{"email":null}`, "email"},
		"unknown auth type":       {user, `{"auth_types":["card"]}`, "auth_types"},
		"null availability":       {"PATCH " + availability, `{"product_name":"CDN","available":null}`, "available"},
		"availability of nothing": {"PATCH " + availability, `{"available":true}`, "product_name"},
		"unknown names":           {"DELETE " + availability, `{"product_names":["X"]}`, "product_names"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{})
			a := s.want(400, reseller, tt.to, tt.body)
			if a.at("errors", tt.field) == nil {
				t.Errorf("no error for %s: %s", tt.field, a.raw)
			}
			if len(s.server.Violations()) == 0 {
				t.Error("the request kept the contract")
			}
		})
	}
}

// What fits the description but is still wrong is refused without a violation.
func TestRefused(t *testing.T) {
	t.Parallel()
	const twice = `{"company":"a","password":"p","email":"a@example.com","services":[{"product_name":"CDN"},{"product_name":"CDN"}]}`
	for to, body := range map[string]string{
		"POST /iam/clients/create": `{"company":" "}`,
		"POST /iam/users":          twice,
		"PATCH /iam/clients/7003":  `{"companyName":""}`,
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			start(t, Options{}).want(400, reseller, to, body)
		})
	}
}

func TestNotJSON(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	a := s.want(400, reseller, "POST /iam/clients/create", `{"company":`)
	if text, _ := a.at("message").(string); !strings.HasPrefix(text, "JSON parse error") {
		t.Errorf("message %q", text)
	}
	if len(s.server.Violations()) == 0 {
		t.Error("the request kept the contract")
	}
}

func TestUnknownRequests(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"GET /iam/users?email=a@example.com", "GET /iam/clients?company=a", "GET /iam/clients?limit=many"} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{})
			s.send(reseller, to, "")
			if len(s.server.Violations()) == 0 {
				t.Error("the request kept the contract")
			}
		})
	}
}

// Copies handed out are the caller's own, and whoever creates at once gets one account.
func TestState(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	u := s.SeedUser(User{})
	u.Access[1] = nil
	for _, u := range s.Users() {
		u.Access[1] = nil
	}
	for _, c := range s.Clients() {
		c.Availability["CDN"] = true
	}
	if got, _ := s.User(u.ID); len(got.Access) != 1 {
		t.Error("a copy changed a user")
	}
	if got, _ := s.Client(u.Client); len(got.Availability) != 0 {
		t.Error("a copy changed a client")
	}
	if _, ok := s.Client(1); ok || s.ChangeClient(1, nil) || s.ChangeUser(1, nil) {
		t.Error("nobody was found")
	}
	if _, ok := s.User(1); ok {
		t.Error("nobody was found")
	}

	before := len(s.Clients())
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { s.send(reseller, "POST /iam/clients/create", `{"company":"Acme"}`) })
	}
	all.Wait()
	s.equal(len(s.Clients()), before+1)
}
