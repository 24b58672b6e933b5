package fortanix_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const page = "<html><head><title>Sign in</title></head><body>Please sign in</body></html>"

// What the vendor refuses is told in its words, on the attribute where it names one, with what to do.
func TestAccountFailures(t *testing.T) {
	t.Parallel()
	type failure struct {
		name  string
		fault mockserver.Fault
		says  []string
	}
	everywhere := []failure{
		{"400, text", mockserver.Fault{Status: 400, Body: "the name is not to our taste"}, []string{"HTTP 400", "not to our taste"}},
		{"400, JSON string", mockserver.Fault{Status: 400, Body: `"not to our taste"`}, []string{"not to our taste"}},
		{
			"403", mockserver.Fault{Status: 403, Body: `{"message":"operation requires the role MANAGER"}`},
			[]string{"HTTP 403", "role MANAGER", "administrators"},
		},
		{"409", mockserver.Fault{Status: 409, Body: `{"detail":"somebody else is at it"}`}, []string{"HTTP 409", "somebody else is at it"}},
		{
			"422, with a field", mockserver.Fault{Status: 422, Body: `{"errors":{"name":["is rude"]}}`},
			[]string{"is rude", `AttributeName("name")`},
		},
		{"501", mockserver.Fault{Status: 501, Body: "not here"}, []string{"HTTP 501"}},
		{"redirect", mockserver.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example/?secret"}}}, []string{"base URL"}},
		{
			"429, for too long", mockserver.Fault{Status: 429, Header: http.Header{"Retry-After": {"7200"}}},
			[]string{"HTTP 429", "asked to wait 2h", "max_requests_per_second"},
		},
	}
	later := []failure{
		{"500, again and again", mockserver.Fault{Status: 500, Body: "oops"}, []string{"HTTP 500", "oops", "fault at the vendor"}},
	}
	replying := []failure{
		{"no JSON", mockserver.Fault{Body: `{"acct_id":`}, []string{"not JSON", "base URL"}},
		{"a web page", mockserver.Fault{Body: page, Header: http.Header{"Content-Type": {"text/html"}}}, []string{"not JSON", "web page"}},
		{"another form", mockserver.Fault{Body: `{"acct_id":5}`}, []string{"unexpected form"}},
		{"another account", mockserver.Fault{Body: fmt.Sprintf(`{"acct_id":%q}`, someID)}, []string{"it is of account"}},
	}
	gone := failure{"404", mockserver.Fault{Status: 404, Body: "account not found"}, []string{"HTTP 404", "account not found"}}

	config := Values{"name": "Acme", "auth_configs": []any{oauth("a", "secret-a")}, "deletion_policy": "delete"}
	for operation, test := range map[string]struct {
		on   string
		also [][]failure
		do   func(r *acctest.Resource) acctest.Diagnostics
	}{
		"create": {on: posts},
		"read":   {gets, [][]failure{later, replying}, (*acctest.Resource).Refresh},
		"update": {patches, [][]failure{later, replying, {gone}}, func(r *acctest.Resource) acctest.Diagnostics {
			return r.Apply(acctest.With(config, Values{"name": "Acme 2", "auth_configs": []any{oauth("a", "secret-a"), password(true)}}))
		}},
		"delete": {deletes, [][]failure{later}, func(r *acctest.Resource) acctest.Diagnostics { return r.Apply(nil) }},
	} {
		failures := everywhere
		for _, more := range test.also {
			failures = append(append([]failure{}, failures...), more...)
		}
		for _, f := range failures {
			t.Run(operation+" "+f.name, func(t *testing.T) {
				t.Parallel()
				m, s, p := startProtocol(t, mock.Options{})
				r := p.Resource(accountType)
				f.fault.On = test.on
				if operation == "create" {
					s.Inject(f.fault)
					said := r.Apply(config)
					said.Errors().Contain(t, f.says...)
					if r.State() != nil || len(m.All()) > 0 || s.Count(posts) != 1 {
						t.Errorf("state %v, %d accounts, %d creates", r.State(), len(m.All()), s.Count(posts))
					}
					return
				}
				r.Applied(config)
				before := r.State()
				p.Restart()
				s.Inject(f.fault)
				said := test.do(r)
				said.Errors().Contain(t, append(f.says, fmt.Sprint(before["id"]))...)
				for _, secret := range []string{"evil", "<html", "secret-a"} {
					if strings.Contains(said.String(), secret) {
						t.Errorf("it repeats what it must not:\n%s", said)
					}
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

// Wrong credentials are told as such, and tried once only: more could lock the user out.
func TestAccountLoginRefused(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	env["FORTANIX_CCM_PASSWORD"] = "wrong-password"
	p, _ := acctest.NewProtocol(t, env, nil)
	for range 3 {
		said := p.Resource(accountType).Apply(Values{"name": "Acme"})
		said.Errors().Contain(t, "HTTP 401", "fortanix.username and fortanix.password")
		if strings.Contains(said.String(), "wrong-password") {
			t.Error("the password is shown")
		}
	}
	if s.Count(logins) != 1 || s.Count(posts) != 0 {
		t.Errorf("%d logins and %d creates were sent", s.Count(logins), s.Count(posts))
	}
}

// Secrets that the vendor repeats are not passed on.
func TestAccountSecretsInErrors(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	config := Values{"name": "Acme", "auth_configs": []any{oauth("a", "s3cret/+ü\"x", mutual("the private key"))}}
	r := p.Resource(accountType)
	check := func(said acctest.Diagnostics) {
		t.Helper()
		for _, secret := range []string{"s3cret", "the private key", b64("the private key"), mock.DemoPassword} {
			if len(said.Errors()) == 0 || strings.Contains(said.String(), secret) {
				t.Errorf("%q is shown, or it did not fail:\n%s", secret, said)
			}
		}
	}
	s.Inject(mockserver.Fault{On: posts, Status: 400, EchoCredentials: true, Times: 1})
	check(r.Apply(config))
	r.Applied(config)
	s.Inject(mockserver.Fault{On: patches, Status: 400, EchoCredentials: true, Times: 1})
	changed := oauth("a", "s3cret/+ü\"y", mutual("the private key"), Values{"idp_requires_basic_auth": false})
	check(r.Apply(acctest.With(config, Values{"auth_configs": []any{changed}})))
}

// A create whose outcome is unclear ends in one account: found and saved where it is proven ours, else named.
func TestAccountLostReply(t *testing.T) {
	t.Parallel()
	config := all()
	for name, fault := range map[string]mockserver.Fault{
		"closed": {Close: true}, "reset": {Reset: true}, "cut": {Cut: true}, "500": {Status: 500, Body: "oops"}, "502": {Status: 502, Body: page},
		"503": {Status: 503}, "504": {Status: 504}, "408": {Status: 408}, "web page": {Body: page}, "no id": {Body: `{"name":"Acme"}`},
	} {
		for clock, offset := range map[string]time.Duration{"": 0, ", clock ahead": 5 * time.Minute, ", clock behind": -5 * time.Minute} {
			t.Run(name+clock, func(t *testing.T) {
				t.Parallel()
				m, s, p := startProtocol(t, mock.Options{PartialList: true, CreatedMillis: offset > 0})
				s.SetClockOffset(offset)
				lost := fault // each clock has its own
				lost.On, lost.Effect, lost.Times = posts, true, 1
				lost.Before = func() { m.Seed(mock.Account{Name: "acme"}) } // somebody else's, made at the very same time
				s.Inject(lost)
				r := p.Resource(accountType)
				r.Applied(config)
				if a := stored(t, m, r); a.Name != "Acme" || a.AccountStatus != "Deactivated" || len(a.AuthConfigs) != 6 {
					t.Errorf("the state has somebody else's account, or less than was planned: %+v", a)
				}
				if s.Count(posts) != 1 || s.Count(patches) != 1 {
					t.Errorf("%d creates and %d updates were sent, want one each", s.Count(posts), s.Count(patches))
				}
			})
		}
	}
}

// Without proof nothing is taken, and nothing is sent again.
func TestAccountUnprovenCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect bool
		before func(m *mock.Mock)
		says   []string
	}{
		"made earlier by somebody else": {before: func(m *mock.Mock) {
			m.Seed(mock.Account{Name: "Acme", CreatedAt: time.Now().Add(-3 * time.Second)})
		}, says: []string{"is unclear", "import {", "provider = accounts"}},
		"changed at once": {effect: true, before: func(m *mock.Mock) {
			m.Change(m.All()[0].ID, func(a *mock.Account) { a.AttestationDisabled = true })
		}, says: []string{"is unclear", "import {"}},
		"nothing is there": {says: []string{"is unclear", "No such account was found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			s.Inject(mockserver.Fault{On: posts, Effect: test.effect, Close: true, Times: 1})
			s.Inject(mockserver.Fault{On: lists, Times: 1, Status: 503, Before: func() {
				if test.before != nil {
					test.before(m)
				}
			}})
			r := p.Resource(accountType)
			said := r.Apply(Values{"name": "Acme", "node_enrollment": Values{"attestation_enforcement_disabled_insecure": false}})
			said.Errors().Contain(t, test.says...)
			if r.State() != nil || s.Count(posts) != 1 {
				t.Errorf("state %v, %d creates", r.State(), s.Count(posts))
			}
			for _, a := range m.All() {
				said.Errors().Contain(t, a.ID)
			}
		})
	}
}

func TestAccountExistsAlready(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"400": {}, "409": {DuplicateStatus: 409, Errors: mock.ErrorMessage}, "names fold": {DuplicateFold: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, options)
			there := m.Seed(mock.Account{Name: `Acme "${x}"`})
			wanted := there.Name
			if options.DuplicateFold {
				wanted = strings.ToUpper(wanted)
			}
			r := p.Resource(accountType)
			r.Apply(Values{"name": wanted}).Errors().Contain(t, "exists already", there.ID, "import {", "to       = fortanix_account.NAME",
				"provider = accounts")
			if r.State() != nil || len(m.All()) != 1 || s.Count(posts) != 1 {
				t.Errorf("state %v, %d accounts, %d creates", r.State(), len(m.All()), s.Count(posts))
			}
		})
	}
}

// What the create call does not take follows in one update; where that fails for good, it is a warning, and the next
// apply finishes in place.
func TestAccountIncomplete(t *testing.T) {
	t.Parallel()
	followUp := map[string]any{
		"default_group_id": someID, "marketplace_group_id": otherID, "account_status": "Deactivated",
	}
	for name, fault := range map[string]*mockserver.Fault{
		"done":        nil,
		"400":         {Status: 400, Body: "no such group"},
		"403":         {Status: 403, Body: "no such group", Times: 2}, // the second one after a selection
		"500 for all": {Status: 500, Body: "no such group", Times: 6},
		"HTML page":   {Body: page, Times: 6},
		"done, lost":  {Effect: true, Close: true, Times: 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			if fault != nil {
				f := *fault
				f.On = patches
				f.Times = max(f.Times, 1)
				s.Inject(f)
			}
			r := p.Resource(accountType)
			said := r.Apply(all())
			if len(said.Errors()) > 0 || r.Tainted {
				t.Fatalf("the account is tainted: %s", said)
			}
			sent := s.Find(patches)
			for field, want := range followUp {
				if got, _ := sent[0].Field("/" + field); got != want {
					t.Errorf("%s was sent as %v", field, got)
				}
			}
			if body, _ := sent[0].Field(""); len(body.(map[string]any)) != 4 {
				t.Errorf("the update holds more than is left to do: %v", body)
			}
			if fault == nil {
				if len(said) > 0 || len(sent) != 1 {
					t.Errorf("%d updates were sent: %s", len(sent), said)
				}
				r.Settled(all())
				return
			}
			said.Warnings().Contain(t, "is incomplete", r.ID(), "next apply finishes it in place")
			if !fault.Effect {
				r.Refresh()
				if plan := r.Plan(all()); plan.Action != "update" {
					t.Errorf("the plan shows %q", plan.Action)
				}
			}
			r.Applied(all())
			if a := stored(t, m, r); s.Count(posts) != 1 || a.AccountStatus != "Deactivated" || a.PCRPriority[0] != 7 {
				t.Errorf("%d creates left %+v", s.Count(posts), a)
			}
		})
	}
}

// Fields that the create call ignores are set after it.
func TestAccountCreatePassesOver(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	s.Inject(mockserver.Fault{On: posts, Times: 1, Before: func() {
		m.Seed(mock.Account{
			ID: someID, Name: "Acme", Component: "CONFIDENTIAL_AI", NodeEnrollment: mock.NodeEnrollment{AttestationDisabled: true},
			AuthConfigs: map[string]mock.AuthConfig{otherID: {Password: &mock.PasswordConfig{Require2FA: true}}},
		})
	}, Body: `{"acct_id":"` + someID + `","name":"Acme","node_enrollment":{"attestation_enforcement_disabled_insecure":true},` +
		`"component":"CONFIDENTIAL_AI"}`})
	r := p.Resource(accountType)
	r.Applied(all())
	a := stored(t, m, r)
	if a.CustomLogo != png("logo") || len(a.AuthConfigs) != 6 || a.AuthConfigs[otherID].Password == nil || s.Count(patches) != 1 {
		t.Errorf("%d updates left %+v", s.Count(patches), a)
	}
	if got := secrets(a); got["a"] != "secret-a" || got["c key"] != b64("key-c") {
		t.Errorf("the vendor's secrets are %v", got)
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
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			r.Applied(Values{"name": "Acme"})
			for _, on := range []string{patches, gets, deletes} {
				f := fault
				f.On, f.Times = on, 2
				s.Inject(f)
			}
			config := Values{"name": "Acme 2", "auth_configs": []any{password(true), oauth("a", "secret-a")}, "deletion_policy": "delete"}
			r.Applied(config)
			if a := stored(t, m, r); len(a.AuthConfigs) != 2 {
				t.Errorf("the vendor has %d auth configs, want 2", len(a.AuthConfigs))
			}
			if said := r.Apply(nil); len(said) > 0 || len(m.All()) > 0 {
				t.Errorf("destroy: %s", said)
			}
			if n := s.Count(posts); n != 1 {
				t.Errorf("%d creates were sent, want 1", n)
			}
		})
	}
}
