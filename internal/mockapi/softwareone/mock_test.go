package softwareone

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// client talks to a mock as its tests need it.
type client struct {
	t     *testing.T
	mock  *Mock
	srv   *mockserver.Server
	token string
}

func open(t *testing.T, o Options) *client {
	t.Helper()
	m := New(o)
	return &client{t: t, mock: m, srv: mockserver.Start(t, m), token: DemoToken}
}

type answer struct {
	status int
	body   map[string]any
}

// at returns the value under a path such as "$meta.pagination.total"; nil where there is none.
func (a answer) at(path string) any {
	var v any = a.body
	for step := range strings.SplitSeq(path, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[step]
	}
	return v
}

func (c *client) send(method, path, contentType, body string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.srv.URL+collection+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode}
	if err := json.Unmarshal(raw, &a.body); err != nil {
		c.t.Fatalf("%s %s: %s: %v", method, path, raw, err)
	}
	return a
}

func (c *client) get(path string) answer { c.t.Helper(); return c.send("GET", path, "", "") }

func (c *client) post(path, body string) answer {
	c.t.Helper()
	if body == "" {
		return c.send("POST", path, "", "")
	}
	return c.send("POST", path, "application/json", body)
}

func (c *client) put(id, body string) answer {
	c.t.Helper()
	return c.send("PUT", "/"+id, "application/json", body)
}

// form sends the parts that are not empty.
func (c *client) form(method, path, account, logo string) answer {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="account"`}, "Content-Type": {"application/json"},
	})
	_, _ = io.WriteString(part, account)
	if logo != "" {
		part, _ = w.CreateFormFile("logo", "logo.png")
		_, _ = io.WriteString(part, logo)
	}
	_ = w.Close()
	return c.send(method, path, w.FormDataContentType(), body.String())
}

// refused asserts a refusal that the contract foresaw, and one that it didn't: then the violation is taken.
func (c *client) refused(a answer, status int, violates bool) {
	c.t.Helper()
	if a.status != status {
		c.t.Errorf("status %d, want %d: %v", a.status, status, a.body)
	}
	if a.at("traceId") == nil {
		c.t.Errorf("no trace id in %v", a.body)
	}
	if violates && len(c.srv.Violations()) == 0 {
		c.t.Error("the contract allows the request")
	}
}

func (c *client) want(a answer, status int, values map[string]any) {
	c.t.Helper()
	if a.status != status {
		c.t.Fatalf("status %d, want %d: %v", a.status, status, a.body)
	}
	for path, want := range values {
		if got := a.at(path); fmt.Sprint(got) != fmt.Sprint(want) {
			c.t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
}

const everything = `{"name":"Acme","type":"Client","externalId":"CDG-1","address":{"addressLine1":"1 Road","addressLine2":null,
	"postCode":"1000","city":"Town","state":"ST","country":"CH"},"technicalSupportEmail":"help@example.com",
	"website":"https://acme.example","description":"d","eligibility":{"client":true,"partner":true},
	"defaultLanguageCode":"de-CH","groups":[{"id":"UGR-1111-2222"}]}`

func TestCreateAndRead(t *testing.T) {
	t.Parallel()
	c := open(t, Options{})
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	c.mock.SetClock(func() time.Time { return at })
	created := c.post("", everything)
	c.want(created, 201, map[string]any{
		"name": "Acme", "type": "Client", "status": "Enabled", "externalId": "CDG-1", "address.city": "Town",
		"address.addressLine2": nil, "technicalSupportEmail": "help@example.com", "website": "https://acme.example",
		"description": "d", "eligibility.partner": true, "defaultLanguageCode": "de-CH", "revision": 1,
		"$meta.omitted": []any{"audit", "groups"}, "audit": nil, "groups": nil,
	})
	id := created.at("id").(string)
	if len(id) != len("ACC-0000-0000") || created.at("icon") != "/v1/accounts/accounts/"+id+"/icon" {
		t.Errorf("id %s, icon %v", id, created.at("icon"))
	}
	full := c.get("/" + id + "?select=audit,groups")
	c.want(full, 200, map[string]any{
		"$meta.omitted": []any{}, "audit.created.at": "2026-03-04T05:06:07.000Z", "audit.created.by.id": DemoTokenID,
	})
	if groups := full.at("groups").([]any); len(groups) != 2 || groups[0].(map[string]any)["isDefault"] != true {
		t.Errorf("groups %v", groups)
	}
	c.want(c.get("/"+id+"?select=-*,id,name"), 200, map[string]any{"name": "Acme", "id": id, "status": nil, "revision": nil})
	c.refused(c.get("/"+id+"?select=colour"), 400, false)

	bare := c.post("", `{"name":"Bare","type":"Vendor"}`)
	c.want(bare, 201, map[string]any{"status": "Active", "defaultLanguageCode": "en-US", "address": map[string]any{}})
	for _, member := range []string{"externalId", "website", "eligibility", "externalIds", "externalName"} {
		if v, sent := bare.body[member]; sent {
			t.Errorf("%s = %v", member, v)
		}
	}
	c.want(c.post("", `{"name":"Client","type":"Client"}`), 201,
		map[string]any{"eligibility": map[string]any{"client": true, "partner": false}})
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("é", n) }
	tests := map[string]struct {
		body     string
		member   string
		violates bool
	}{
		"no name":               {`{"type":"Client"}`, "name", true},
		"empty name":            {`{"name":"","type":"Client"}`, "name", true},
		"blank name":            {`{"name":"  ","type":"Client"}`, "name", false},
		"name is a number":      {`{"name":1,"type":"Client"}`, "name", true},
		"long name":             {`{"name":"` + long(501) + `","type":"Client"}`, "name", true},
		"no type":               {`{"name":"a"}`, "type", true},
		"unknown type":          {`{"name":"a","type":"Reseller"}`, "type", true},
		"operations":            {`{"name":"a","type":"Operations"}`, "type", false},
		"unknown status":        {`{"name":"a","type":"Client","status":"Off"}`, "status", true},
		"unknown member":        {`{"name":"a","type":"Client","colour":"red"}`, "colour", true},
		"read-only member":      {`{"name":"a","type":"Client","revision":1}`, "revision", true},
		"ERP's name":            {`{"name":"a","type":"Client","externalName":"x"}`, "externalName", true},
		"eligibility of vendor": {`{"name":"a","type":"Vendor","eligibility":{"client":true}}`, "eligibility", false},
		"eligibility as text":   {`{"name":"a","type":"Client","eligibility":{"client":"yes"}}`, "eligibility.client", true},
		"eligibility as a list": {`{"name":"a","type":"Client","eligibility":[]}`, "eligibility", true},
		"unknown eligibility":   {`{"name":"a","type":"Client","eligibility":{"both":true}}`, "eligibility.both", true},
		"address is null":       {`{"name":"a","type":"Client","address":null}`, "address", true},
		"address is text":       {`{"name":"a","type":"Client","address":"x"}`, "address", true},
		"unknown address":       {`{"name":"a","type":"Client","address":{"street":"x"}}`, "address.street", true},
		"city is a number":      {`{"name":"a","type":"Client","address":{"city":1}}`, "address.city", true},
		"not an e-mail":         {`{"name":"a","type":"Client","technicalSupportEmail":"x"}`, "technicalSupportEmail", true},
		"long externalId":       {`{"name":"a","type":"Client","externalId":"` + long(251) + `"}`, "externalId", true},
		"long website":          {`{"name":"a","type":"Client","website":"` + long(2001) + `"}`, "website", true},
		"long description":      {`{"name":"a","type":"Client","description":"` + long(2001) + `"}`, "description", true},
		"groups as text":        {`{"name":"a","type":"Client","groups":"x"}`, "groups", true},
		"group without id":      {`{"name":"a","type":"Client","groups":[{"name":"x"}]}`, "groups", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, asList := range []bool{false, true} {
				c := open(t, Options{ErrorsAsList: asList})
				a := c.post("", tt.body)
				c.refused(a, 400, tt.violates)
				if !asList {
					if errs, ok := a.at("errors").(map[string]any); !ok || errs[tt.member] == nil {
						t.Errorf("errors %v, want one for %s", a.at("errors"), tt.member)
					}
				} else if !strings.Contains(fmt.Sprint(a.at("errors")), "properties:["+tt.member+"]") {
					t.Errorf("errors %v, want one for %s", a.at("errors"), tt.member)
				}
				if len(c.mock.All()) != 1 {
					t.Error("an account was made")
				}
			}
		})
	}
}

func TestBodies(t *testing.T) { //nolint:tparallel // they share the list of violations
	t.Parallel()
	c := open(t, Options{})
	a := c.form("POST", "", `{"name":"Iconic","type":"Client"}`, "\x89PNG\x00\xff")
	c.want(a, 201, map[string]any{"name": "Iconic"})
	if got, _ := c.mock.Get(a.at("id").(string)); string(got.Logo) != "\x89PNG\x00\xff" {
		t.Errorf("logo %q", got.Logo)
	}
	c.refused(c.send("POST", "", "text/plain", "x"), 415, true)
	c.refused(c.send("POST", "", "", "x"), 415, true)
	c.refused(c.send("POST", "", "application/json", "{"), 400, true)
	c.refused(c.send("POST", "", "application/json", "null"), 400, true)
	c.refused(c.send("POST", "", "application/json", `{"name":"a","type":"Client"} {}`), 400, false)
	c.srv.Violations()
	part := func(head, body string) string {
		return "--b\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + body + "\r\n--b--\r\n"
	}
	for name, body := range map[string]string{ //nolint:paralleltest // as above
		"no account":       part(`name="logo"; filename="x"`, "x"),
		"account as text":  part(`name="account"`, `{"name":"a","type":"Client"}`),
		"account not JSON": part("name=\"account\"\r\nContent-Type: application/json", `{`),
		"unknown part":     part(`name="icon"`, "x"),
		"empty logo": "--b\r\nContent-Disposition: form-data; name=\"account\"\r\nContent-Type: application/json\r\n\r\n" +
			`{"name":"a","type":"Client"}` + "\r\n" + part(`name="logo"; filename="x"`, ""),
		"broken at the head": "--b\r\nContent",
	} {
		t.Run(name, func(*testing.T) { c.refused(c.send("POST", "", "multipart/form-data; boundary=b", body), 400, true) })
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	c := open(t, Options{})
	own := c.mock.Seed(Account{Name: "Own"})
	other := c.mock.Seed(Account{Name: "Other", Type: "Vendor"})
	c.mock.AddCredential(Credential{Token: "idt:TKN-3333-4444:x", AccountID: own.ID})
	c.mock.AddCredential(Credential{Token: "idt:TKN-5555-6666:x", AccountID: OperationsID, Limited: true})

	c.token = "idt:TKN-3333-4444:x"
	c.want(c.get("/"+own.ID), 200, nil)
	c.refused(c.get("/"+other.ID), 404, false)
	c.want(c.get("?limit=10"), 200, map[string]any{"$meta.pagination.total": 1})
	c.refused(c.post("", `{"name":"a","type":"Client"}`), 403, false)
	c.refused(c.put(own.ID, `{"name":"a"}`), 403, false)
	c.refused(c.put(other.ID, `{"name":"a"}`), 404, false)
	c.refused(c.post("/"+own.ID+"/disable", ""), 403, false)

	c.token = "idt:TKN-5555-6666:x"
	c.refused(c.get("/"+other.ID), 404, false)
	c.refused(c.post("", `{"name":"a","type":"Client"}`), 403, false)

	for _, token := range []string{"", "idt:TKN-1111-2222:wrong", "TKN-1111-2222"} {
		c.token = token
		c.refused(c.get("/"+own.ID), 401, false)
	}
	c.token = DemoToken
	c.want(c.get("?limit=10"), 200, map[string]any{"$meta.pagination.total": 3})
	c.mock.RevokeCredential(DemoToken)
	c.refused(c.get("/"+own.ID), 401, false)
	c.srv.Violations() // the request without a token
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	c := open(t, Options{})
	a := c.mock.Seed(Account{})
	c.refused(c.send("DELETE", "/"+a.ID, "", ""), 405, true)
	c.refused(c.send("PATCH", "", "application/json", "{}"), 405, true)
	c.refused(c.get("/"+a.ID+"/enable"), 405, true)
	c.refused(c.post("/"+a.ID+"/delete", ""), 404, true)
	c.refused(c.get("/a/b/c"), 404, true)
	c.refused(c.get("s"), 404, true)
	c.refused(c.get("/INVALID-ID"), 404, false)
	c.refused(c.put("ACC-0000-0000", `{"name":"a"}`), 404, false)
	c.refused(c.post("/ACC-0000-0000/disable", ""), 404, false)
}

func TestOtherActors(t *testing.T) {
	t.Parallel()
	c := open(t, Options{})
	a := c.mock.Seed(Account{Name: "Mine", Eligibility: &Eligibility{}})
	if !c.mock.Change(a.ID, func(a *Account) { a.Name = "Theirs" }) || c.mock.Change("ACC-0000-0000", func(*Account) {}) {
		t.Error("Change reports wrongly whether there is the account")
	}
	c.want(c.get("/"+a.ID+"?select=audit"), 200, map[string]any{"name": "Theirs", "revision": 2, "audit.updated.by.id": OtherTokenID})
	got, _ := c.mock.Get(a.ID)
	got.Eligibility.Client, got.Groups[0].Name = true, "x"
	if again, _ := c.mock.Get(a.ID); again.Eligibility.Client || again.Groups[0].Name == "x" {
		t.Error("Get hands out the vendor's own memory")
	}
	c.mock.Remove(a.ID)
	c.refused(c.get("/"+a.ID), 404, false)
	if len(c.mock.All()) != 1 {
		t.Error("Remove left the account")
	}
}

func TestSeededIDsAreUnique(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	var ids []string
	for range 500 {
		ids = append(ids, m.Seed(Account{}).ID)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 500 {
		t.Error("ids repeat")
	}
}

// The contract notices members that it doesn't know, also next to those that create, update and reply share.
func TestContractKnowsEveryMember(t *testing.T) {
	t.Parallel()
	c := open(t, Options{})
	id := c.mock.Seed(Account{Name: "Acme"}).ID
	for body, violated := range map[string]bool{
		`{"name":"A","type":"Client","website":"x","externalId":"e"}`: false, `{"name":"A","type":"Client","colour":"red"}`: true,
		`{"name":"A","type":"Client","website":5}`: true, `{"name":"A","type":"Client","address":{"planet":"x"}}`: true,
	} {
		for _, path := range []string{"", "/" + id} {
			method := map[string]string{"": http.MethodPost}[path]
			if method == "" {
				method = http.MethodPut
			}
			c.send(method, path, "application/json", body)
			if found := c.srv.Violations(); (len(found) > 0) != violated {
				t.Errorf("%s %s: %v", method, body, found)
			}
		}
	}
}
