package gcore

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

var ignoreInternals = []cmp.Option{
	cmpopts.IgnoreUnexported(Account{}, User{}),
	cmp.Transformer("field", sent[string]),
	cmp.Transformer("flag", sent[bool]),
	cmp.Transformer("number", sent[int64]),
}

func sent[T any](f wire.Field[T]) []any {
	value, shown := f.Get()
	if value == nil {
		return []any{shown, nil}
	}
	return []any{shown, *value}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"API key": {func(*Options) {}, "APIKey " + mock.DemoAPIKey},
		"access token": {func(o *Options) {
			o.APIKey, o.AccessToken = transport.Secret{}, transport.NewSecret(mock.DemoAccessToken)
		}, "Bearer " + mock.DemoAccessToken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{})
			_, err := w.reseller(test.change).ReadAccount(t.Context(), text(mock.DemoAccount), witness.Witness{}, nil)
			w.ok(err)
			for _, r := range w.server.Requests() {
				if got := r.Header.Get("Authorization"); got != mockserver.Hash(test.want) {
					t.Errorf("%s %s went out with other credentials", r.Method, r.Path)
				}
			}
		})
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://api.gcore.com": "https://api.gcore.com", "https://api.gcore.com/iam/": "https://api.gcore.com",
		"https://proxy.example/gcore": "https://proxy.example/gcore",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := baseURL(u).String(); got != want {
			t.Errorf("%s → %s, want %s", in, got, want)
		}
	}
}

func TestCreateAndReadAccount(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	made, err := c.CreateAccount(t.Context(), "Acme & <Söhne>")
	w.ok(err)
	if ValidID(made.ID) != nil || made.Company != "Acme & <Söhne>" {
		t.Fatalf("made %+v", made)
	}
	w.count("POST *", 1)
	w.count("GET *", 0)
	if company, _ := w.server.Find("POST /iam/clients/create")[0].Field("/company"); company != "Acme & <Söhne>" {
		t.Errorf("sent %v", company)
	}

	got, err := c.ReadAccount(t.Context(), made.ID, witness.Witness{}, nil)
	w.ok(err)
	kept, _ := w.Client(number(t, made.ID))
	want := Account{
		ID: made.ID, Company: "Acme & <Söhne>", Email: wire.Value(kept.Email), Name: wire.Null[string](),
		Phone: wire.Null[string](), Status: wire.Value("new"), ClientType: wire.Value("common"), BillType: wire.Value("prepaid"),
		Website:  wire.Value(""),
		Reseller: text(mock.DemoReseller), Owner: text(mock.DemoResellerUser), Viewer: text(mock.DemoResellerUser),
		View:          ResellerView,
		AccountFields: AccountFields{CustomID: wire.Null[string](), IsTest: wire.Value(false), Seller: wire.Null[int64]()},
	}
	if diff := cmp.Diff(want, got, ignoreInternals...); diff != "" {
		t.Error(diff)
	}
	w.count("GET *", 1)
}

// The member's view shows id and company, costs one listing for all accounts, and is tried after one refusal.
func TestMembersView(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]mock.MemberView{
		"forbidden": mock.MemberForbidden, "not found": mock.MemberNotFound, "empty": mock.MemberEmpty,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{Member: mode})
			c := w.member()
			made, err := c.CreateAccount(t.Context(), "Acme")
			w.ok(err)
			for range 3 {
				got, err := c.ReadAccount(t.Context(), made.ID, witness.Witness{}, nil)
				w.ok(err)
				want := Account{ID: made.ID, Company: "Acme", View: MemberView}
				if diff := cmp.Diff(want, got, ignoreInternals...); diff != "" {
					t.Error(diff)
				}
			}
			w.count("GET /iam/users", 0) // the create's own reply is as good

			later := w.member()
			for _, id := range []string{made.ID, text(mock.DemoAccount), made.ID} {
				got, err := later.ReadAccount(t.Context(), id, witness.Witness{}, nil)
				w.ok(err)
				if got.ID != id || got.View != MemberView {
					t.Errorf("read %+v", got)
				}
			}
			w.count("GET /iam/users", 1)
			if mode == mock.MemberForbidden {
				w.count("GET /iam/clients/*", 2) // one a process
				w.count("GET /iam/clients", 0)
			}
		})
	}
}

// A 401 from the reseller's view only is a refusal of that view; from both it is a bad credential.
func TestUnauthorized(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	w.server.Inject(mockserver.Fault{On: "GET /iam/clients/*", Status: 401, Body: `{"message":"no"}`})
	c := w.member()
	for range 2 {
		got, err := c.ReadAccount(t.Context(), text(mock.DemoAccount), witness.Witness{}, nil)
		w.ok(err)
		if got.View != MemberView {
			t.Errorf("read %+v", got)
		}
	}
	w.count("GET *", 2)

	_, err := w.client("1_wrong").ReadAccount(t.Context(), text(mock.DemoAccount), w.seenHere(), nil)
	if !transport.IsStatus(err, http.StatusUnauthorized) || errors.Is(err, witness.ErrGone) {
		t.Errorf("got %v", err)
	}
	if doubt, ok := errors.AsType[*witness.NotProvenError](err); ok {
		t.Errorf("a bad credential is reported as %v", doubt)
	}
}

// One account that is refused doesn't close the view for the others.
func TestOneForbiddenAccount(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	foreign, own := w.SeedClient(mock.Client{}), w.SeedClient(mock.Client{})
	w.server.Inject(mockserver.Fault{On: "GET /iam/clients/" + text(foreign.ID), Status: 403})
	c := w.reseller()
	_, err := c.ReadAccount(t.Context(), text(foreign.ID), w.seenHere(), nil)
	if doubt, ok := errors.AsType[*witness.NotProvenError](err); !ok || !strings.Contains(doubt.Reason, "can't see it") {
		t.Errorf("got %v", err)
	}
	got, err := c.ReadAccount(t.Context(), text(own.ID), witness.Witness{}, nil)
	w.ok(err)
	if got.View != ResellerView || c.resellers.isRefused() {
		t.Errorf("read %+v", got)
	}
}

func TestUpdateAccount(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	client := w.SeedClient(mock.Client{Company: "Acme", CustomID: new("a"), Seller: new(int64(7))})
	id := text(client.ID)
	got, err := c.RenameAccount(t.Context(), id, "Acme 2")
	w.ok(err)
	if got.Company != "Acme 2" {
		t.Errorf("got %+v", got)
	}
	patch := w.server.Find("PATCH /iam/clients/*")[0]
	if diff := cmp.Diff(`{"companyName":"Acme 2"}`, string(patch.Body)); diff != "" {
		t.Error(diff)
	}
	_, err = c.UpdateClient(t.Context(), id, AccountUpdate{
		AccountFields: AccountFields{CustomID: wire.Null[string](), Seller: wire.Null[int64](), IsTest: wire.Value(true)},
	})
	w.ok(err)
	kept, _ := w.Client(client.ID)
	if kept.Company != "Acme 2" || kept.CustomID != nil || kept.Seller != nil || !kept.IsTest {
		t.Errorf("kept %+v", kept)
	}

	for name, mode := range map[string]mock.MemberView{"forbidden": mock.MemberForbidden, "not found": mock.MemberNotFound} {
		w.Configure(func(o *mock.Options) { o.Member = mode })
		_, err = w.member().RenameAccount(t.Context(), text(mock.DemoAccount), "Mine")
		if !errors.Is(err, ErrNeedsReseller) {
			t.Errorf("%s: %v", name, err)
		}
		_ = w.transportError(err)
	}
	for _, reseller := range []*Client{c, w.reseller()} { // the second one has read nothing yet
		_, err = reseller.RenameAccount(t.Context(), "7999999", "Nobody")
		if errors.Is(err, ErrNeedsReseller) || !transport.IsNotFound(err) {
			t.Errorf("a reseller's rename of nothing: %v", err)
		}
	}
	w.server.Reset()
	_, err = c.RenameAccount(t.Context(), id, "Demo member's company")
	e := w.transportError(err)
	if len(e.Fields) != 1 || e.Fields[0].Field != "companyName" || e.Fields[0].Messages[0] != "Company with this name already exists" {
		t.Errorf("fields %+v", e.Fields)
	}
	w.count("PATCH *", 1)
}

// PATCH and DELETE are repeated: they leave the same result.
func TestHarmlessRepeats(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	user := w.SeedUser(mock.User{})
	w.server.Inject(
		mockserver.Fault{On: "PATCH *", Times: 1, Effect: true, Close: true},
		mockserver.Fault{On: "PATCH *", Times: 1, Status: 503},
		mockserver.Fault{On: "DELETE *", Times: 1, Effect: true, Reset: true},
	)
	_, err := c.RenameAccount(t.Context(), text(user.Client), "Acme 2")
	w.ok(err)
	w.count("PATCH *", 3)
	w.ok(c.DeleteUser(t.Context(), text(user.ID)))
	w.count("DELETE *", 2)
}

func TestInvalidIDs(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	for _, id := range []string{"", "0", "-1", "+1", "01", "1.0", "1e3", "me", "../users/1", "1?x", "1/2", " 1", "９", "99999999999999999999"} {
		if ValidID(id) == nil {
			t.Errorf("%q counts as an id", id)
		}
		_, read := c.ReadAccount(t.Context(), id, witness.Witness{}, nil)
		_, rename := c.RenameAccount(t.Context(), id, "x")
		_, user := c.ReadUser(t.Context(), id, "1", witness.Witness{}, nil)
		_, update := c.UpdateUser(t.Context(), id, UserUpdate{})
		_, products := c.Availability(t.Context(), id)
		for _, err := range []error{
			read, rename, user, update, products, c.DeleteUser(t.Context(), id),
			c.SetAvailability(t.Context(), id, "CDN", true), c.ResetAvailability(t.Context(), id, "CDN"),
		} {
			if !errors.Is(err, ErrInvalidID) || !strings.Contains(w.transportError(err).Error(), "7310004") {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
	w.count("", 0)
}

// A reply about another thing is not an answer.
func TestWrongObject(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	w.server.Inject(
		mockserver.Fault{On: "GET /iam/clients/*", Body: `{"id": 5, "companyName": "Other"}`},
		mockserver.Fault{On: "GET /iam/users/*", Body: `{"id": 5, "email": "other@example.com"}`},
	)
	_, err := c.ReadAccount(t.Context(), "6", w.seenHere(), nil)
	if w.transportError(err).Kind != transport.KindUnexpected {
		t.Errorf("account: %v", err)
	}
	_, err = c.ReadUser(t.Context(), "6", "7", witness.Witness{}, nil)
	if w.transportError(err).Kind != transport.KindUnexpected {
		t.Errorf("user: %v", err)
	}
}
