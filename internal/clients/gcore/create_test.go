package gcore

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const password = "s3cret-Pa55w0rd"

// lost are the ways in which the reply to a POST that took effect gets lost.
var lost = map[string]mockserver.Fault{
	"closed":    {Close: true},
	"reset":     {Reset: true},
	"cut":       {Cut: true},
	"408":       {Status: 408},
	"500":       {Status: 500},
	"502, HTML": {Status: 502, Body: "<html><h1>Bad gateway</h1></html>"},
	"503":       {Status: 503},
	"504":       {Status: 504},
	"200, HTML": {Body: "<html>maintenance</html>"},
	"no id":     {Status: 201, Body: `{"company":"Acme"}`},
	"null":      {Status: 201, Body: `null`},
}

func (w *world) candidates(err error, want ...string) {
	w.Helper()
	var got []string
	for _, c := range createonce.CandidatesOf(err) {
		got = append(got, c.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("candidates of %v: %s", err, diff)
	}
}

func (w *world) clientsNamed(company string) (ids []string) {
	for _, c := range w.Clients() {
		if c.Company == company && !c.Deleted {
			ids = append(ids, text(c.ID))
		}
	}
	return ids
}

func TestLostAccount(t *testing.T) {
	t.Parallel()
	for _, offset := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		for name, fault := range lost {
			t.Run(name+" "+offset.String(), func(t *testing.T) {
				t.Parallel()
				w := start(t, mock.Options{Filters: mock.FilterContains})
				w.server.SetClockOffset(offset)
				w.SeedClient(mock.Client{Company: "acme"}) // the same to a person, not to the vendor
				fault.On, fault.Effect, fault.Times = "POST *", true, 1
				w.server.Inject(fault)
				made, err := w.reseller().CreateAccount(t.Context(), "Acme")
				w.ok(err)
				w.count("POST *", 1)
				if diff := cmp.Diff(w.clientsNamed("Acme"), []string{made.ID}); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// A 503 without effect is followed by a look-up, and then by another POST.
func TestRefusedAccount(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	w.server.Inject(mockserver.Fault{On: "POST *", Status: 503, Times: 2})
	made, err := w.reseller().CreateAccount(t.Context(), "Acme")
	w.ok(err)
	w.count("POST *", 3)
	if diff := cmp.Diff(w.clientsNamed("Acme"), []string{made.ID}); diff != "" {
		t.Error(diff)
	}
}

// Nothing is taken that this very request has not made.
func TestNotOurs(t *testing.T) {
	t.Parallel()
	mine := mock.DemoResellerUser
	for name, test := range map[string]struct {
		other   mock.Client
		age     time.Duration
		options mock.Options
		faults  []mockserver.Fault
	}{
		"made before":      {other: mock.Client{Company: "Acme", Owner: mine}, age: time.Minute},
		"by somebody else": {other: mock.Client{Company: "Acme", Owner: 4711}},
		"in other case": {
			other: mock.Client{Company: "ACME", Owner: mine}, options: mock.Options{Filters: mock.FilterContains, FoldCompany: true},
		},
		"surrounding whitespace": {other: mock.Client{Company: " Acme ", Owner: mine}, options: mock.Options{Filters: mock.FilterContains}},
		"filter refused": {
			other: mock.Client{Company: "Acme", Owner: mine}, faults: []mockserver.Fault{{Where: byCreation, Status: 400}},
		},
		"filter fails": {
			other: mock.Client{Company: "Acme", Owner: mine}, faults: []mockserver.Fault{{Where: byCreation, Status: 500}},
		},
		"filter finds nothing": {
			other: mock.Client{Company: "Acme", Owner: mine}, faults: []mockserver.Fault{{Where: byCreation, Body: `{"count":0,"results":[]}`}},
		},
		"the server hides its time": {
			other:  mock.Client{Company: "Acme", Owner: mine},
			faults: []mockserver.Fault{{On: "GET /iam/clients", Header: http.Header{"Date": {""}}, Body: `[{"id":7310001,"companyName":"Acme"}]`}},
		},
		"filter ignored": {
			other:  mock.Client{Company: "Acme", Owner: mine},
			faults: []mockserver.Fault{{Where: byCreation, Body: `[{"id":7310001,"companyName":"Acme"}]`}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, test.options)
			var other mock.Client
			w.server.Inject(mockserver.Fault{On: "POST *", Close: true, Before: func() {
				test.other.CreatedAt = time.Now().Add(-test.age)
				other = w.SeedClient(test.other)
			}})
			w.server.Inject(test.faults...)
			_, err := w.reseller().CreateAccount(t.Context(), "Acme")
			var failure *createonce.Error
			if !errors.As(err, &failure) || !failure.Unclear {
				t.Fatalf("got %v", err)
			}
			_ = w.transportError(err)
			w.count("POST *", 1)
			w.candidates(err, text(other.ID))
		})
	}
}

// asksFor reports whether a request has a filter.
func asksFor(filter string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.URL.Query().Has(filter) }
}

var byCreation = asksFor("created_at_gte")

// The member's view names candidates, and proves nothing.
func TestLostAccountOfMember(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]mock.MemberView{
		"forbidden": mock.MemberForbidden, "not found": mock.MemberNotFound, "empty": mock.MemberEmpty,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{Member: mode})
			w.server.Inject(mockserver.Fault{On: "POST *", Effect: true, Reset: true, Times: 1})
			_, err := w.member().CreateAccount(t.Context(), "Acme")
			w.candidates(err, w.clientsNamed("Acme")...)
			w.count("POST *", 1)
			_, err = w.member().CreateAccount(t.Context(), "Acme") // the next apply
			w.candidates(err, w.clientsNamed("Acme")...)
			if !transport.IsStatus(err, http.StatusBadRequest) || len(w.clientsNamed("Acme")) != 1 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTakenCompany(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	taken := w.SeedClient(mock.Client{Company: "Acme"})
	_, err := w.reseller().CreateAccount(t.Context(), "Acme")
	w.candidates(err, text(taken.ID))
	e := w.transportError(err)
	if e.Status != 400 || e.Fields[0].Field != "company" {
		t.Errorf("got %+v", e)
	}
	w.count("POST *", 1)
	_, err = w.member().CreateAccount(t.Context(), "Demo member's company")
	w.candidates(err, text(mock.DemoAccount))
	// Taken where this credential can't look.
	w.SeedClient(mock.Client{Company: "Elsewhere", Reseller: 1})
	_, err = w.reseller().CreateAccount(t.Context(), "Elsewhere")
	w.candidates(err)
}

func TestInterruptedAccount(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	ctx, interrupt := context.WithCancel(t.Context())
	w.server.Inject(mockserver.Fault{On: "POST *", Effect: true, Close: true, Before: interrupt})
	made, err := w.reseller().CreateAccount(ctx, "Acme")
	w.ok(err)
	if diff := cmp.Diff(w.clientsNamed("Acme"), []string{made.ID}); diff != "" {
		t.Error(diff)
	}
	_, err = w.reseller().CreateAccount(ctx, "Never")
	if w.transportError(err).Kind != transport.KindCancelled {
		t.Errorf("got %v", err)
	}
	w.count("POST *", 1)
}

func newUser() NewUser {
	return NewUser{
		Email: "Ann@Example.com", Password: transport.NewSecret(password), Company: "Acme",
		UserFields:    UserFields{Name: wire.Value("Ann"), Phone: wire.Value("+352 1"), Lang: wire.Value("de")},
		AccountFields: AccountFields{CustomID: wire.Value("c-1"), Seller: wire.Value[int64](12), IsTest: wire.Value(true)},
		UserType:      wire.Value("common"), CountryCode: wire.Value("LU"),
		Services: []ProductAvailability{{"CDN", new(true)}, {"DNS", new(false)}, {"CLOUD", nil}},
	}
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]mock.NumberForm{
		"integer": mock.NumberInteger, "fraction": mock.NumberFraction, "exponent": mock.NumberExponent,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{Numbers: form})
			c := w.reseller()
			made, err := c.CreateUser(t.Context(), newUser())
			w.ok(err)
			w.count("POST *", 1)
			w.count("GET *", 0)
			client, _ := w.Client(number(t, made.ClientID))
			if client.Company != "Acme" || client.CustomID == nil || *client.CustomID != "c-1" || client.CountryCode != "LU" ||
				!client.IsTest || *client.Seller != 12 {
				t.Errorf("made %+v", client)
			}
			if diff := cmp.Diff(map[string]bool{"CDN": true, "DNS": false}, client.Availability); diff != "" {
				t.Error(diff)
			}
			want := User{
				ID: made.ID, Email: "Ann@Example.com", UserFields: newUser().UserFields,
				Company: wire.Value("Acme"), UserType: wire.Value("common"), IsActive: wire.Value(true),
				Activated: wire.Value(true), TwoFA: wire.Value(false), SSOAuth: wire.Value(false), AuthTypes: []string{"password"},
				Groups: []Group{{ID: "1", Name: "Administrators"}}, ClientID: text(client.ID), Reseller: text(mock.DemoReseller),
				Access: []Access{{ClientID: text(client.ID), Company: "Acme", Roles: []string{"1"}}},
			}
			if diff := cmp.Diff(want, made, ignoreInternals...); diff != "" {
				t.Error(diff)
			}
			want.Access = nil
			post := w.server.Find("POST *")[0]
			if sent, _ := post.Field("/password"); sent != mockserver.Hash(password) {
				t.Errorf("the password went out as %v", sent)
			}
			read, err := c.ReadUser(t.Context(), made.ID, made.ClientID, witness.Witness{}, nil)
			w.ok(err)
			if diff := cmp.Diff(want, read, ignoreInternals...); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is not given does not go out.
func TestCreateSparseUser(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	_, err := w.reseller().CreateUser(t.Context(), NewUser{
		Email: "a@example.com", Company: "A", Password: transport.NewSecret(password),
	})
	w.ok(err)
	want := `{"company":"A","email":"a@example.com","password":"` + mockserver.Hash(password) + `"}`
	if diff := cmp.Diff(want, string(w.server.Find("POST *")[0].Body)); diff != "" {
		t.Error(diff)
	}
}

func TestLostUser(t *testing.T) {
	t.Parallel()
	for mode, options := range map[string]mock.Options{
		"documented":      {},
		"substrings":      {Filters: mock.FilterContains},
		"partial lists":   {PartialLists: []string{"users"}},
		"thinner lists":   {PartialLists: []string{"users", "companyName", "email", "client_and_roles"}},
		"partial members": {PartialMembers: true},
		"bare lists":      {Envelope: mock.EnvelopeBare},
		"lag":             {Lag: 1},
		"folded address":  {Email: strings.ToLower},
	} {
		for name, fault := range lost {
			t.Run(mode+" "+name, func(t *testing.T) {
				t.Parallel()
				w := start(t, options)
				w.SeedUser(mock.User{Company: "Acme Corp", Email: "joann@example.com"})
				fault.On, fault.Effect, fault.Times = "POST *", true, 1
				w.server.Inject(fault)
				made, err := w.reseller().CreateUser(t.Context(), newUser())
				w.ok(err)
				w.count("POST *", 1)
				kept, _ := w.User(number(t, made.ID))
				if !strings.EqualFold(kept.Email, "ann@example.com") || text(kept.Client) != made.ClientID || made.ClientID == "" {
					t.Errorf("made %+v, found %+v", kept, made)
				}
				if active, shown := made.IsActive.Get(); !shown || !*active {
					t.Error("the user was not read whole")
				}
			})
		}
	}
}

func TestNotOurUser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		client func(*mock.Client)
		user   func(*mock.User)
	}{
		"earlier":       {client: func(c *mock.Client) { c.CreatedAt = time.Now().Add(-time.Minute) }},
		"other owner":   {client: func(c *mock.Client) { c.Owner = 4711 }},
		"other company": {client: func(c *mock.Client) { c.Company = "ACME" }},
		"other address": {user: func(u *mock.User) { u.Email = "bob@example.com" }},
		"other name":    {user: func(u *mock.User) { u.Name = new("Anne") }},
		"no phone":      {user: func(u *mock.User) { u.Phone = nil }},
		"other lang":    {user: func(u *mock.User) { u.Lang = "en" }},
		"other id":      {client: func(c *mock.Client) { c.CustomID = new("c-2") }},
		"other country": {client: func(c *mock.Client) { c.CountryCode = "DE" }},
		"other seller":  {client: func(c *mock.Client) { c.Seller = nil }},
		"no test":       {client: func(c *mock.Client) { c.IsTest = false }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{Filters: mock.FilterContains})
			client := mock.Client{
				Company: "Acme", CustomID: new("c-1"), CountryCode: "LU", Seller: new(int64(12)), IsTest: true,
			}
			user := mock.User{Email: "Ann@Example.com", Name: new("Ann"), Phone: new("+352 1"), Lang: "de"}
			if test.client != nil {
				test.client(&client)
			}
			if test.user != nil {
				test.user(&user)
			}
			w.server.Inject(mockserver.Fault{On: "POST *", Close: true, Before: func() {
				user.Client = w.SeedClient(client).ID
				user = w.SeedUser(user)
			}})
			_, err := w.reseller().CreateUser(t.Context(), newUser())
			w.candidates(err, text(user.ID))
			w.count("POST *", 1)
		})
	}
}

func TestTakenUser(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	byMail := w.SeedUser(mock.User{Company: "Other", Email: "ann@example.com"})
	_, err := c.CreateUser(t.Context(), newUser())
	if e := w.transportError(err); e.Fields[0].Field != "email" {
		t.Errorf("got %+v", e)
	}
	// The vendor's filter may not fold; then this one has no name.
	w.Configure(func(o *mock.Options) { o.Filters = mock.FilterContains })
	_, err = c.CreateUser(t.Context(), newUser())
	w.candidates(err, text(byMail.ID))

	made, err := c.CreateUser(t.Context(), NewUser{Email: "bob@example.com", Company: "Acme", Password: transport.NewSecret(password)})
	w.ok(err)
	w.RemoveUser(byMail.ID)
	_, err = c.CreateUser(t.Context(), newUser())
	w.candidates(err, made.ID)

	w.ok(c.DeleteUser(t.Context(), made.ID))
	_, err = c.CreateUser(t.Context(), newUser())
	w.candidates(err)
	taken, ok := errors.AsType[*CompanyTakenError](err)
	if !ok || len(taken.Accounts) != 1 || taken.Accounts[0].ID != made.ClientID || !strings.Contains(err.Error(), made.ClientID) {
		t.Errorf("the account that is left is not named: %v", err)
	}
	if _, ok := errors.AsType[*createonce.Error](err); !ok {
		t.Errorf("no *createonce.Error in %v", err)
	}
}

func TestPasswordStaysSecret(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	w.server.Inject(mockserver.Fault{On: "POST *", Status: 400, EchoCredentials: true})
	_, err := w.reseller().CreateUser(t.Context(), newUser())
	for _, secret := range []string{password, mock.DemoAPIKey} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in %v", secret, err)
		}
	}
	_, err = w.member().CreateUser(t.Context(), newUser())
	if !transport.IsStatus(err, http.StatusForbidden, http.StatusBadRequest) {
		t.Errorf("got %v", err)
	}
}
