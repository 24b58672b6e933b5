package gcore

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func value[T any](v T) wire.Field[T] { return wire.Value(v) }

func parseQuery(t *testing.T, r mockserver.Request) url.Values {
	t.Helper()
	q, err := url.ParseQuery(r.Query)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change UserUpdate
		body   string
	}{
		"e-mail":  {UserUpdate{Email: value("new@example.com")}, `{"email":"new@example.com"}`},
		"cleared": {UserUpdate{UserFields: UserFields{Name: wire.Null[string](), Phone: wire.Null[string]()}}, `{"name":null,"phone":null}`},
		"rest": {UserUpdate{UserFields: UserFields{Name: value("B"), Lang: value("zh"), Phone: value("2")}},
			`{"lang":"zh","name":"B","phone":"2"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{})
			u := w.SeedUser(mock.User{Name: new("A"), Phone: new("1"), Company: "Acme"})
			c := w.reseller()
			updated, err := c.UpdateUser(t.Context(), text(u.ID), test.change)
			w.ok(err)
			if diff := cmp.Diff(test.body, canonical(t, w.server.Find("PATCH /iam/users/*")[0])); diff != "" {
				t.Error(diff)
			}
			w.count("PATCH *", 1)
			read, err := w.reseller().ReadUser(t.Context(), text(u.ID), "", witness.Witness{}, nil)
			w.ok(err)
			read.Access = updated.Access // reads of one user don't show it
			if diff := cmp.Diff(read, updated, ignoreInternals...); diff != "" {
				t.Error(diff)
			}
			client, _ := w.Client(u.Client)
			if *client.Name != "A" || *client.Phone != "1" {
				t.Errorf("the account changed too: %+v", client)
			}
		})
	}
}

// canonical is a recorded body with its keys in order.
func canonical(t *testing.T, r mockserver.Request) string {
	t.Helper()
	body := strings.Split(strings.Trim(string(r.Body), "{}"), ",")
	slices.Sort(body)
	return "{" + strings.Join(body, ",") + "}"
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	u := w.SeedUser(mock.User{})
	busy := w.SeedUser(mock.User{HasTokens: true})
	w.ok(c.DeleteUser(t.Context(), text(u.ID)))
	w.ok(c.DeleteUser(t.Context(), text(u.ID)))
	if kept, _ := w.User(u.ID); !kept.Deleted {
		t.Error("not deleted")
	}
	if client, _ := w.Client(u.Client); client.Deleted {
		t.Error("the account went too")
	}
	err := c.DeleteUser(t.Context(), text(busy.ID))
	if !transport.IsStatus(err, http.StatusForbidden) || w.transportError(err).Message != "The user has active tokens" {
		t.Errorf("got %v", err)
	}
	w.count("DELETE *", 3)
}

func TestAvailability(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	client := w.SeedClient(mock.Client{
		Availability: map[string]bool{"CDN": false, "DNS": true}, Services: map[string]mock.Service{"CLOUD": {Status: "active", Enabled: true}},
	})
	id := text(client.ID)
	got, err := c.Availability(t.Context(), id)
	w.ok(err)
	if diff := cmp.Diff([]ProductAvailability{{"CDN", new(false)}, {"DNS", new(true)}}, got); diff != "" {
		t.Error(diff)
	}
	w.ok(c.SetAvailability(t.Context(), id, "STORAGE", true))
	w.ok(c.ResetAvailability(t.Context(), id, "CDN", "DNS"))
	w.ok(c.ResetAvailability(t.Context(), id))
	w.count("PATCH *", 1)
	w.count("DELETE *", 1)
	w.count("DELETE /iam/products/availability/clients", 0) // that would be every account's
	kept, _ := w.Client(client.ID)
	if diff := cmp.Diff(map[string]bool{"STORAGE": true}, kept.Availability); diff != "" {
		t.Error(diff)
	}
	err = c.SetAvailability(t.Context(), id, "CLOUD", false)
	if e := w.transportError(err); e.Status != http.StatusForbidden || len(e.Fields) == 0 {
		t.Errorf("got %+v", e)
	}
}

// Errors come in several shapes; each says what the vendor said.
func TestErrorShapes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"errors":{"email":["taken"]}}`:            "email: taken",
		`{"errors":{"email":"taken"}}`:              "email: taken",
		`{"errors":{"errors":["wrong"]}}`:           "wrong",
		`{"message":"JSON parse error"}`:            "JSON parse error",
		`["already invited"]`:                       "already invited",
		`[{"errors":{"new_email":["taken"]}}]`:      "new_email: taken",
		`"plainly wrong"`:                           "plainly wrong",
		`plainly wrong`:                             "plainly wrong",
		`<html><body><h1>Denied</h1></body></html>`: "Denied",
	} {
		w := start(t, mock.Options{})
		u := w.SeedUser(mock.User{})
		w.server.Inject(mockserver.Fault{On: "PATCH *", Status: 400, Body: body})
		_, err := w.reseller().UpdateUser(t.Context(), text(u.ID), UserUpdate{Email: value("x@example.com")})
		if e := w.transportError(err); !strings.HasSuffix(e.Detail(), ": "+want) {
			t.Errorf("%s → %s", body, e.Detail())
		}
	}
}
