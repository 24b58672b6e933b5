package softwareone_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// The problem details that SoftwareOne answers with, in both documented shapes of errors.
const (
	problemFields = `{"title":"Invalid","status":400,"traceId":"00-77-88-00",` +
		`"errors":{"website":["It is no website."],"address.country":["No such country."]}}`
	problemList = `{"title":"Invalid","status":422,"traceId":"00-77-88-00",` +
		`"errors":[{"message":"It is no website.","properties":["website"]}]}`
	problemOther = `{"title":"Invalid","status":400,"errors":{"unheardOf":["It is wrong."]}}`
	gatewayError = `{"message":"The gateway says no","statusCode":403}`
	page         = "<html><head><title>Sign in</title></head><body>Please sign in</body></html>"
)

// What the vendor refuses is told in its words, on the attribute where it names one, with what to do.
func TestAccountFailures(t *testing.T) {
	t.Parallel()
	type failure struct {
		name  string
		fault mockserver.Fault
		says  []string
	}
	json := func(status int, body string, says ...string) failure {
		return failure{fmt.Sprint(status, " ", body[:min(len(body), 20)]), mockserver.Fault{Status: status, Body: body}, says}
	}
	everywhere := []failure{
		json(401, `{"title":"Unauthorized","status":401}`, "HTTP 401", "MPT_API_TOKEN"),
		json(403, gatewayError, "HTTP 403", "The gateway says no", "Operations account"),
		json(400, problemFields, "It is no website.", "00-77-88-00", `AttributeName("website")`, `AttributeName("country")`),
		json(422, problemList, "It is no website.", "HTTP 422", `AttributeName("website")`),
		json(400, problemOther, "unheardOf: It is wrong."),
		json(409, `{"title":"Conflict","status":"409","detail":"Somebody else is at it."}`, "HTTP 409", "Somebody else is at it."),
		json(501, `{}`, "HTTP 501"),
		{"redirect", mockserver.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example/?secret"}}}, []string{"base URL"}},
		{
			"429, for too long", mockserver.Fault{Status: 429, Header: http.Header{"Retry-After": {"7200"}}, Body: `{}`},
			[]string{"HTTP 429", "asked to wait 2h", "max_requests_per_second"},
		},
	}
	reading := []failure{
		json(404, `{"title":"Not Found","status":404}`, "doesn't show account", "MPT_API_BASE_URL"),
		{
			"500, again and again", mockserver.Fault{Status: 500, Body: `{"title":"Oops","traceId":"00-1-2-00"}`},
			[]string{"HTTP 500", "00-1-2-00", "fault at the vendor"},
		},
		{"no JSON", mockserver.Fault{Body: `{"id":`}, []string{"not JSON", "base URL"}},
		{"a web page", mockserver.Fault{Body: page, Header: http.Header{"Content-Type": {"text/html"}}}, []string{"not JSON", "web page"}},
		{"another form", mockserver.Fault{Body: `{"id":5}`}, []string{"unexpected form"}},
	}

	config := Values{"name": "Acme", "type": "Client", "website": "https://e.example", "address": Values{"country": "CH"}}
	for operation, test := range map[string]struct {
		on   string
		also []failure
		do   func(r *acctest.Resource) acctest.Diagnostics
	}{
		"create": {posts, nil, nil},
		"read":   {gets, reading, (*acctest.Resource).Refresh},
		"update": {puts, reading, func(r *acctest.Resource) acctest.Diagnostics {
			return r.Apply(acctest.With(config, Values{"website": "https://2.example", "address": nil}))
		}},
		"action": {actions, reading[:1], func(r *acctest.Resource) acctest.Diagnostics {
			return r.Apply(acctest.With(config, Values{"status": "Disabled"}))
		}},
		"delete": {actions, nil, func(r *acctest.Resource) acctest.Diagnostics { return r.Apply(nil) }},
	} {
		for _, f := range append(append([]failure{}, everywhere...), test.also...) {
			t.Run(operation+" "+f.name, func(t *testing.T) {
				t.Parallel()
				m, s, p := startProtocol(t, mock.Options{})
				r := p.Resource("softwareone_account")
				f.fault.On = test.on
				if operation == "create" {
					s.Inject(f.fault)
					said := r.Apply(config)
					said.Errors().Contain(t, f.says...)
					if r.State() != nil || len(m.All()) != 1 || s.Count(posts) != 1 {
						t.Errorf("state %v, %d accounts, %d creates", r.State(), len(m.All()), s.Count(posts))
					}
					return
				}
				if said := r.Apply(acctest.With(config, Values{"deletion_policy": "disable"})); len(said) > 0 {
					t.Fatal(said)
				}
				r.Refresh() // from here on a 404 is no lag
				before := r.State()
				r.Restart()
				s.Inject(f.fault)
				said := test.do(r)
				said.Errors().Contain(t, append(f.says, fmt.Sprint(before["id"]))...)
				if strings.Contains(said.String(), "evil") || strings.Contains(said.String(), "<html") {
					t.Errorf("it repeats what it must not:\n%s", said)
				}
				if fmt.Sprint(r.State()) != fmt.Sprint(before) || r.Tainted {
					t.Errorf("the state has changed: %v", r.State())
				}
				if n := s.Count(posts); n != 1 {
					t.Errorf("%d creates were sent, want 1", n)
				}
			})
		}
	}
}

// A create whose outcome is unclear ends in one account: found and saved where it is proven ours, else named.
func TestAccountLostReply(t *testing.T) {
	t.Parallel()
	config := Values{
		"name": "Acme", "type": "Client", "website": "https://e.example", "status": "Disabled", "logo": png, "groups": []string{"UGR-1111-1111"},
	}
	for name, fault := range map[string]mockserver.Fault{
		"closed": {Close: true}, "reset": {Reset: true}, "cut": {Cut: true}, "500": {Status: 500, Body: `{}`}, "502": {Status: 502, Body: page},
		"503": {Status: 503}, "504": {Status: 504}, "408": {Status: 408}, "web page": {Body: page},
		"no id": {Status: 201, Body: `{"name":"Acme"}`},
	} {
		for clock, offset := range map[string]time.Duration{"": 0, ", clock ahead": 5 * time.Minute, ", clock behind": -5 * time.Minute} {
			t.Run(name+clock, func(t *testing.T) {
				t.Parallel()
				m, s, p := startProtocol(t, mock.Options{})
				s.SetClockOffset(offset)
				lost := fault
				lost.On, lost.Effect, lost.Times = posts, true, 1
				lost.Before = func() { // somebody else's, made at the very same time
					m.Seed(mock.Account{Name: "Acme", Website: "https://e.example"})
				}
				s.Inject(lost)
				r := p.Resource("softwareone_account")
				if said := r.Apply(config); len(said) > 0 {
					t.Fatal(said)
				}
				settled(t, r, config)
				if a, _ := m.Get(fmt.Sprint(r.State()["id"])); a.Created.By != mock.DemoTokenID || a.Status != "Disabled" {
					t.Errorf("the state has somebody else's account: %+v", a)
				}
				if n := s.Count(posts); n != 1 {
					t.Errorf("%d creates were sent, want 1", n)
				}
			})
		}
	}
}

// Without proof nothing is taken, and nothing is sent again.
func TestAccountUnprovenCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token   string
		fault   mockserver.Fault
		says    []string
		changed bool // whether somebody changes the account at once
	}{
		"changed at once": {
			fault: mockserver.Fault{Close: true, Effect: true}, changed: true, says: []string{"is unclear", "import {", "provider = accounts"},
		},
		"the token shows no": {
			token: "idt:XX-1:demo-only", fault: mockserver.Fault{Close: true, Effect: true}, says: []string{"is unclear", "import {"},
		},
		"nothing is there": {fault: mockserver.Fault{Status: 500, Body: `{}`}, says: []string{"is unclear", "No such account was found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, env := start(t, mock.Options{})
			if test.token != "" {
				m.AddCredential(mock.Credential{Token: test.token, AccountID: mock.OperationsID})
				env["MPT_API_TOKEN"] = test.token
			}
			p, _ := acctest.NewProtocol(t, env, nil)
			test.fault.On, test.fault.Times = posts, 1
			s.Inject(test.fault, mockserver.Fault{On: lists, Skip: 1, Before: func() {
				if test.changed {
					for _, a := range m.All() {
						m.Change(a.ID, func(a *mock.Account) { a.Website = "https://other.example" })
					}
				}
			}})
			r := p.Resource("softwareone_account")
			said := r.Apply(Values{"name": `Acme ${x}`, "type": "Client", "website": "https://e.example"})
			said.Errors().Contain(t, test.says...)
			if r.State() != nil || s.Count(posts) != 1 {
				t.Errorf("state %v, %d creates", r.State(), s.Count(posts))
			}
			for _, a := range m.All()[1:] {
				said.Errors().Contain(t, a.ID)
			}
		})
	}
}

func TestAccountExistsAlready(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	there := m.Seed(mock.Account{Name: `Acme "Corp"`, Status: "Disabled"})
	vendor := m.Seed(mock.Account{Name: "Acme \"Corp\" ", Type: "Vendor"})
	for _, name := range []string{`Acme "Corp"`, `ACME  "corp"`} {
		r := p.Resource("softwareone_account")
		said := r.Apply(Values{"name": name, "type": "Client"})
		said.Refused(t, s, "exists already", there.ID, "import {", "to       = softwareone_account.NAME")
		if strings.Contains(said.String(), vendor.ID) {
			t.Error("an account of another type counts")
		}
	}
	r := p.Resource("softwareone_account")
	applied(t, r, Values{"name": `Acme "Corp"`, "type": "Client", "allow_duplicate_name": true})
	if r.State()["id"] == there.ID {
		t.Error("the account was adopted")
	}
	applied(t, p.Resource("softwareone_account"), Values{"name": `Acme "Corps"`, "type": "Client"})
}

// A run that was killed has made the account: the next one names it instead of making a second one.
func TestAccountOfAKilledRun(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	config := Values{"name": "Acme", "type": "Client", "allow_duplicate_name": true}
	for run := range 2 { // each is a process, with an empty state
		p, _ := acctest.NewProtocol(t, env, nil)
		r := p.Resource("softwareone_account")
		said := r.Apply(config)
		if run == 0 {
			if len(said) > 0 {
				t.Fatal(said)
			}
			applied(t, p.Resource("softwareone_account"), config) // two of one configuration
			continue
		}
		said.Errors().Contain(t, "exists already", m.All()[1].ID, m.All()[2].ID, "within the last hour",
			"external_id or a description of its own", "import {")
		if r.State() != nil || s.Count(posts) != 2 {
			t.Errorf("state %v, %d creates", r.State(), s.Count(posts))
		}
		applied(t, r, acctest.With(config, Values{"description": "Another one"}))
	}
}

// A reply to the create about another account leads to no request to that account, and not into the state.
func TestAccountCreateNamesAnother(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	other := m.Seed(mock.Account{Name: "Stranger"})
	s.Inject(mockserver.Fault{
		On: posts, Status: 201, Times: 1, Body: `{"id":"` + other.ID + `","name":"Stranger","type":"Client","status":"Enabled"}`,
	})
	r := p.Resource("softwareone_account")
	said := r.Apply(Values{"name": "Acme", "type": "Client", "website": "https://e.example", "status": "Disabled", "logo": png})
	said.Errors().Contain(t, "is unclear", other.ID, "Stranger")
	if now, _ := m.Get(other.ID); r.State() != nil || now.Revision != 1 || s.Count(puts)+s.Count(actions) > 0 {
		t.Errorf("state %v, the other one is %+v", r.State(), now)
	}
}

// A change's reply about another account is not used.
func TestAccountReplyAboutAnother(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	other := m.Seed(mock.Account{Name: "Stranger"})
	r := p.Resource("softwareone_account")
	config := Values{"name": "Acme", "type": "Client"}
	applied(t, r, config)
	id := r.State()["id"]
	for _, reply := range []string{
		`{"id":"` + other.ID + `","name":"Stranger","type":"Client","status":"Disabled"}`, fmt.Sprintf(`{"id":%q,"Id":%q}`, id, other.ID),
	} {
		for _, on := range []string{puts, actions} {
			s.Inject(mockserver.Fault{On: on, Effect: true, Times: 1, Body: reply})
		}
		config = acctest.With(config, Values{
			"website": "https://" + fmt.Sprint(len(reply)) + ".example",
			"status":  map[any]string{nil: "Disabled", "Disabled": "Enabled"}[config["status"]],
		})
		applied(t, r, config)
		if now, _ := m.Get(other.ID); r.State()["id"] != id || now.Revision != 1 {
			t.Errorf("state %v, the other one is %+v", r.State(), now)
		}
	}
}

// A listing that shows less than it says there is: look-ups fail, lists warn.
func TestAccountShortListing(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	m.Seed(mock.Account{Name: "Acme"})
	const start = `{"$meta":{"pagination":{"limit":100,"total":70}},"data":[`
	first := func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, "offset=0") }
	s.Inject(mockserver.Fault{
		On: lists, Body: start + `{"id":"ACC-1-1","name":"Acme","type":"Client","status":"Enabled"}]}`, Where: first,
	}, mockserver.Fault{On: lists, Body: start + `]}`})
	p.Resource("softwareone_account").Apply(Values{"name": "Other", "type": "Client"}).Errors().Contain(t, "1 of 70")
	_, said := p.Data("softwareone_account", Values{"name": "Acme"})
	said.Errors().Contain(t, "1 of 70")
	values, said := p.Data("softwareone_accounts", Values{})
	said.Warnings().Contain(t, "not complete", "70")
	if found, _ := values["accounts"].([]any); len(found) != 1 || len(said.Errors()) > 0 {
		t.Errorf("%v %s", values, said)
	}
	listed, said := p.List("softwareone_account", Values{}, 0, true)
	said.Warnings().Contain(t, "not complete", "70")
	if len(listed) != 1 || len(said.Errors()) > 0 || s.Count(posts) > 0 {
		t.Errorf("%v %s", listed, said)
	}
	if said := p.Resource("softwareone_account").Apply(Values{"name": "Acme", "type": "Client", "allow_duplicate_name": true}); len(said) > 0 {
		t.Errorf("with duplicates allowed: %s", said)
	}
}

// A step after the create call that fails for good is a warning: the next apply finishes in place.
func TestAccountIncomplete(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	s.Inject(mockserver.Fault{On: actions, Status: 403, Body: gatewayError, Times: 1})
	r := p.Resource("softwareone_account")
	config := Values{"name": "Acme", "type": "Client", "status": "Active", "external_id": "C1"}
	said := r.Apply(config)
	said.Warnings().Contain(t, "incomplete", "The gateway says no", fmt.Sprint(r.State()["id"]))
	if len(said.Errors()) > 0 || r.Tainted {
		t.Fatalf("the account is tainted: %s", said)
	}
	applied(t, r, config)
	if s.Count(posts) != 1 || s.Count(actions) != 2 {
		t.Errorf("%d creates and %d actions were sent", s.Count(posts), s.Count(actions))
	}
}

// A field that the create call ignores is set after it.
func TestAccountCreateIgnoresFields(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	s.Inject(mockserver.Fault{On: posts, Status: 201, Times: 1, Before: func() {
		m.Seed(mock.Account{ID: "ACC-5555-5555", Name: "Acme", Type: "Client"})
	}, Body: `{"id":"ACC-5555-5555","name":"Acme","type":"Client","status":"Enabled"}`})
	r := p.Resource("softwareone_account")
	applied(t, r, Values{
		"name": "Acme", "type": "Client", "website": "https://e.example", "address": Values{"city": "Town"}, "default_language_code": "de-CH",
	})
	a, _ := m.Get("ACC-5555-5555")
	if a.Website != "https://e.example" || a.Address.City != "Town" || s.Count(puts) != 1 {
		t.Errorf("%d updates left %+v", s.Count(puts), a)
	}
}

// What the vendor could not answer for a while is sent again as far as that does no harm.
func TestAccountRetries(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"503": {Status: 503, Header: http.Header{"Retry-After": {"2"}}}, "502": {Status: 502, Body: page}, "429": {Status: 429},
		"reset": {Reset: true}, "cut": {Cut: true, Effect: true}, "done, then reset": {Reset: true, Effect: true},
		"done, then 500": {Status: 500, Effect: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{})
			r := p.Resource("softwareone_account")
			applied(t, r, Values{"name": "Acme", "type": "Client"})
			fault.Times = 2
			for _, on := range []string{puts, actions, gets} {
				fault.On = on
				s.Inject(fault)
			}
			applied(t, r, Values{"name": "Acme", "type": "Client", "website": "https://e.example", "status": "Disabled"})
			applied(t, r, Values{
				"name": "Acme", "type": "Client", "website": "https://e.example", "status": "Enabled", "deletion_policy": "disable",
			})
			if said := r.Apply(nil); len(said.Errors()) > 0 {
				t.Error(said)
			}
			if n := s.Count(posts); n != 1 {
				t.Errorf("%d creates were sent, want 1", n)
			}
		})
	}
}

// A reply that shows less than the account itself, or something else, is not believed.
func TestAccountPartialReplies(t *testing.T) {
	t.Parallel()
	const id = "ACC-6164-3622"
	base := Values{"name": "Acme", "type": "Client", "deletion_policy": "disable"}
	for name, reply := range map[string]string{
		"only an id": `{"id":"` + id + `"}`, "no id": `{"name":"Acme"}`, "nothing in it": `{}`,
		"another status": `{"id":"` + id + `","name":"Acme","status":"Active"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource("softwareone_account")
			applied(t, r, base)
			if r.State()["id"] != id {
				t.Fatalf("the mock gave the id %v", r.State()["id"])
			}
			for _, on := range []string{puts, actions} {
				s.Inject(mockserver.Fault{On: on, Effect: true, Times: 1, Body: reply})
			}
			changed := acctest.With(base, Values{"website": "https://e.example", "status": "Disabled"})
			applied(t, r, changed)
			if r.State()["id"] != id || s.Count(puts) != 1 || s.Count(actions) != 1 {
				t.Errorf("%d updates and %d actions left %v", s.Count(puts), s.Count(actions), r.State())
			}
			settled(t, r, changed)

			applied(t, r, acctest.With(changed, Values{"status": "Enabled"}))
			s.Inject(mockserver.Fault{On: actions, Body: `{"id":"` + id + `","status":"Enabled"}`})
			if said := r.Apply(nil); len(said.Errors()) == 0 || r.State() == nil {
				t.Errorf("an account that isn't disabled was forgotten: %s", said)
			}
			if a, _ := m.Get(id); a.Status != "Enabled" {
				t.Errorf("the account is %s", a.Status)
			}
		})
	}
}

// What the vendor shows no value of stays unknown to nobody, whether something is sent or not.
func TestEligibilityInPart(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	r := p.Resource("softwareone_account")
	config := Values{"name": "Acme", "type": "Client", "eligibility": Values{"client": true}}
	s.Inject(mockserver.Fault{
		On: posts, Effect: true, Times: 1, Status: 201,
		Body: `{"id":"ACC-6164-3622","name":"Acme","type":"Client","status":"Enabled","eligibility":{"client":true}}`,
	})
	applied(t, r, config)
	s.Inject(mockserver.Fault{
		On: gets, Body: `{"id":"ACC-6164-3622","name":"Acme","type":"Client","status":"Enabled","eligibility":{"client":true}}`,
	})
	if said := r.Refresh(); len(said) > 0 {
		t.Fatal(said)
	}
	applied(t, r, acctest.With(config, Values{"deletion_policy": "abandon"}))
}

// What a Vendor account shows of eligibility is neither kept nor sent: the API takes none.
func TestEligibilityOfVendor(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	r := p.Resource("softwareone_account")
	config := Values{"name": "Acme", "type": "Vendor"}
	applied(t, r, config)
	s.Inject(mockserver.Fault{On: gets, Times: 1, Body: fmt.Sprintf(
		`{"id":%q,"name":"Acme","type":"Vendor","status":"Active","eligibility":{"client":true,"partner":true}}`, r.State()["id"])})
	if said := r.Refresh(); len(said) > 0 || r.State()["eligibility"] != nil {
		t.Errorf("%v %s", r.State()["eligibility"], said)
	}
	applied(t, r, acctest.With(config, Values{"website": "https://e.example"}))
	for _, put := range s.Find(puts) {
		if strings.Contains(string(put.Body), "eligibility") {
			t.Errorf("sent: %s", put.Body)
		}
	}
}
