package gcore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func collect[T any](t *testing.T, seq iter.Seq2[T, error], id func(T) string) []string {
	t.Helper()
	var ids []string
	for item, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id(item))
	}
	return ids
}

func TestListAccounts(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"results": {}, "result": {Envelope: mock.EnvelopeResult}, "bare": {Envelope: mock.EnvelopeBare},
		"small pages": {MaxLimit: 40}, "fractions": {Numbers: mock.NumberFraction}, "exponents": {Numbers: mock.NumberExponent},
		"partial": {PartialLists: []string{"companyName", "users"}}, "tombstones": {SoftDelete: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, options)
			var want []string
			for range 110 {
				want = append(want, text(w.SeedClient(mock.Client{}).ID))
			}
			w.ChangeClient(number(t, want[7]), func(c *mock.Client) { c.Deleted = true })
			want = append([]string{text(mock.DemoAccount)}, slices.Delete(want, 7, 8)...)
			got := collect(t, w.reseller().ListAccounts(t.Context(), AccountFilter{}), accountID)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			for _, r := range w.server.Find("GET /iam/clients") {
				if q := parseQuery(t, r); q.Get("deleted") != "false" || q.Get("ordering") != "id" || q.Get("limit") != "100" {
					t.Errorf("asked for %s", r.Query)
				}
			}
		})
	}
}

func TestListAccountsStopsEarly(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	for range 250 {
		w.SeedClient(mock.Client{})
	}
	for _, err := range w.reseller().ListAccounts(t.Context(), AccountFilter{}) {
		w.ok(err)
		break
	}
	w.count("GET *", 1)
}

func TestAccountFilter(t *testing.T) {
	t.Parallel()
	for _, mode := range []mock.Options{{}, {Filters: mock.FilterContains}} {
		w := start(t, mode)
		acme := w.SeedUser(mock.User{Company: "Acme", Email: "ann@example.com", Name: new("Ann")})
		w.ChangeClient(acme.Client, func(c *mock.Client) {
			c.CustomID, c.CountryCode, c.IsTest, c.Seller = new("c-1"), "LU", true, new(int64(5))
		})
		w.SeedUser(mock.User{Company: "Acme 2", Email: "joann@example.com", Name: new("Joann")})
		c := w.reseller()
		for name, filter := range map[string]AccountFilter{
			"company": {Company: "Acme"}, "email": {Email: "ann@example.com"}, "name": {Name: "Ann"}, "custom id": {CustomID: "c-1"},
			"country": {CountryCode: "LU"}, "test": {IsTest: new(true)}, "seller": {Seller: new(int64(5))},
			"user": {UserEmail: "ann@example.com"},
			"all": {
				Company: "Acme", Email: "ann@example.com", CustomID: "c-1", CountryCode: "LU", IsTest: new(true), Seller: new(int64(5)),
				Reseller: text(mock.DemoReseller), ClientType: "common",
			},
		} {
			if diff := cmp.Diff([]string{text(acme.Client)}, collect(t, c.ListAccounts(t.Context(), filter), accountID)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if got := collect(t, c.ListAccounts(t.Context(), AccountFilter{Reseller: "9001"}), accountID); got != nil {
			t.Errorf("another reseller's: %v", got)
		}
	}
}

// An API may ignore filters.
func TestIgnoredFilter(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	w.server.Inject(mockserver.Fault{On: "GET /iam/clients", Body: `[
		{"id": 1, "companyName": "Acme", "deleted": true}, {"id": 2, "companyName": "Acme 2", "is_test": true},
		{"id": 3, "companyName": "Acme", "is_test": false}, {"id": 4, "companyName": "Acme", "is_test": true}]`})
	got := collect(t, w.reseller().ListAccounts(t.Context(), AccountFilter{Company: "Acme", IsTest: new(true)}), accountID)
	if diff := cmp.Diff([]string{"4"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestListAccountsAsMember(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]mock.MemberView{
		"forbidden": mock.MemberForbidden, "not found": mock.MemberNotFound, "empty": mock.MemberEmpty,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{Member: mode})
			c := w.member()
			want := []string{text(mock.DemoAccount)}
			for range 2 {
				made, err := c.CreateAccount(t.Context(), fmt.Sprintf("Acme %d", len(want)))
				w.ok(err)
				want = append(want, made.ID)
				if diff := cmp.Diff(want, collect(t, c.ListAccounts(t.Context(), AccountFilter{}), accountID)); diff != "" {
					t.Error(diff)
				}
			}
			if diff := cmp.Diff(want[1:2], collect(t, c.ListAccounts(t.Context(), AccountFilter{Company: "acme 1"}), accountID)); diff != "" {
				t.Error(diff)
			}
			for _, process := range []*Client{c, w.member()} {
				var failure error
				for _, failure = range process.ListAccounts(t.Context(), AccountFilter{CustomID: "x"}) {
					break
				}
				if refused := mode != mock.MemberEmpty; errors.Is(failure, ErrNeedsReseller) != refused {
					t.Errorf("got %v", failure)
				}
			}
		})
	}
}

func TestListFailures(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"500": {Status: 500}, "401": {Status: 401}, "null": {Body: `{"results":null}`}, "message": {Body: `{"message":"no"}`},
		"numbers": {Body: `[{"id":1,"companyName":5,"email":5}]`}, "no id": {Body: `[{"companyName":"Acme","email":"a@b.c"}]`},
		"text id": {Body: `[{"id":"1"}]`}, "half an id": {Body: `[{"id":1.5}]`}, "negative id": {Body: `[{"id":-1}]`},
		"repeats": {Body: `{"count":3,"results":[{"id":1,"companyName":"A","email":"a@b.c"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{})
			fault.On = "GET *"
			w.server.Inject(fault)
			var accounts, users error
			for _, accounts = range w.reseller().ListAccounts(t.Context(), AccountFilter{}) {
				continue
			}
			for _, users = range w.reseller().ListUsers(t.Context(), UserFilter{}) {
				continue
			}
			_ = w.transportError(accounts)
			_ = w.transportError(users)
		})
	}
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"results": {}, "small pages": {MaxLimit: 3}, "bare": {Envelope: mock.EnvelopeBare}, "stale company": {StaleUserCompany: true},
		"partial": {PartialLists: []string{"email"}}, "tombstones": {SoftDelete: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, options)
			var want []string
			for i := range 9 {
				want = append(want, text(w.SeedUser(mock.User{Email: fmt.Sprintf("u%d@example.com", i)}).ID))
			}
			w.ChangeUser(number(t, want[4]), func(u *mock.User) { u.Deleted = true })
			want = append([]string{text(mock.DemoMember)}, slices.Delete(want, 4, 5)...)
			c := w.reseller()
			if diff := cmp.Diff(want, collect(t, c.ListUsers(t.Context(), UserFilter{}), userID)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(want[3:4], collect(t, c.ListUsers(t.Context(), UserFilter{Email: "U2@example.com"}), userID)); diff != "" {
				t.Error(diff)
			}
			third, _ := w.User(number(t, want[3]))
			w.ChangeClient(third.Client, func(c *mock.Client) { c.Company = "Renamed" })
			if diff := cmp.Diff(want[3:4], collect(t, c.ListUsers(t.Context(), UserFilter{Company: "renamed"}), userID)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is read, and what that costs, with many accounts.
func TestBulkReads(t *testing.T) {
	t.Parallel()
	const n = 300
	for name, test := range map[string]struct {
		options  mock.Options
		change   func(*Options)
		read     int // how many of them
		accounts int // requests at most
	}{
		"all":             {read: n, accounts: 10},
		"a few":           {read: 3, accounts: 3},
		"fractions":       {options: mock.Options{Numbers: mock.NumberFraction}, read: n, accounts: 10},
		"small pages":     {options: mock.Options{MaxLimit: 50}, read: n, accounts: 16},
		"bare":            {options: mock.Options{Envelope: mock.EnvelopeBare}, read: n, accounts: 10},
		"partial lists":   {options: mock.Options{PartialLists: []string{"country_code", "lang"}}, read: n, accounts: n + 5},
		"without country": {options: mock.Options{OmitNulls: true}, read: n, accounts: 10},
		"bulk off":        {change: func(o *Options) { o.BulkReads = false }, read: n, accounts: n},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, test.options)
			var users []mock.User
			for i := range n {
				u := w.SeedUser(mock.User{Company: fmt.Sprintf("Company %d", i)})
				w.ChangeClient(u.Client, func(c *mock.Client) { c.CountryCode = "LU" })
				users = append(users, u)
			}
			c := w.reseller(func(o *Options) {
				if test.change != nil {
					test.change(o)
				}
			})
			w.concurrently(users[:test.read], func(u mock.User) error {
				user, err := c.ReadUser(t.Context(), text(u.ID), "", witness.Witness{}, nil)
				if err == nil && user.Email != u.Email {
					err = fmt.Errorf("read %+v", user)
				}
				return err
			})
			usersCost := w.server.Count("GET *")
			w.concurrently(users[:test.read], func(u mock.User) error {
				account, err := c.ReadAccount(t.Context(), text(u.Client), witness.Witness{}, nil)
				if err == nil && account.Company != u.Company {
					err = fmt.Errorf("read %+v", account)
				}
				return err
			})
			accountsCost := w.server.Count("GET *") - usersCost
			if max(usersCost, accountsCost) > test.accounts {
				t.Errorf("%d requests for users, %d for accounts, want %d at most", usersCost, accountsCost, test.accounts)
			}
		})
	}
}

// concurrently runs f for each user, ten at a time as Terraform does.
func (w *world) concurrently(users []mock.User, f func(mock.User) error) {
	w.Helper()
	var group sync.WaitGroup
	next := make(chan mock.User)
	for range 10 {
		group.Go(func() {
			for u := range next {
				if err := f(u); err != nil {
					w.Errorf("user %d: %v", u.ID, err)
				}
			}
		})
	}
	for _, u := range users {
		next <- u
	}
	close(next)
	group.Wait()
}

// A member's accounts cost one refusal and one listing, however many are read at once.
func TestBulkReadsAsMember(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	var users []mock.User
	for range 50 {
		client := w.SeedClient(mock.Client{})
		w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[client.ID] = []string{"1"} })
		users = append(users, mock.User{Client: client.ID})
	}
	c := w.member()
	w.concurrently(users, func(u mock.User) error {
		a, err := c.ReadAccount(t.Context(), text(u.Client), witness.Witness{}, nil)
		if err == nil && a.View != MemberView {
			err = fmt.Errorf("read %+v", a)
		}
		return err
	})
	w.count("GET *", 2)
}

// What was written is read back, whatever a listing said before.
func TestWritesAreNeverStale(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	var users []mock.User
	for range 20 {
		users = append(users, w.SeedUser(mock.User{}))
	}
	c := w.reseller()
	for round := range 3 {
		for _, u := range users {
			name := fmt.Sprintf("Company %d of round %d", u.ID, round)
			_, err := c.RenameAccount(t.Context(), text(u.Client), name)
			w.ok(err)
			_, err = c.UpdateUser(t.Context(), text(u.ID), UserUpdate{Email: value(fmt.Sprintf("u%d-%d@example.com", u.ID, round))})
			w.ok(err)
			account, err := c.ReadAccount(t.Context(), text(u.Client), witness.Witness{}, nil)
			w.ok(err)
			user, err := c.ReadUser(t.Context(), text(u.ID), "", witness.Witness{}, nil)
			w.ok(err)
			if account.Company != name || user.Email != fmt.Sprintf("u%d-%d@example.com", u.ID, round) {
				t.Fatalf("read %+v and %+v", account, user)
			}
		}
	}
}

// A change whose outcome is unclear makes what the listing said worthless.
func TestUnclearWrites(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	var users []mock.User
	for range 20 {
		users = append(users, w.SeedUser(mock.User{}))
	}
	c := w.reseller()
	for _, u := range users {
		_, account := c.ReadAccount(t.Context(), text(u.Client), witness.Witness{}, nil)
		_, user := c.ReadUser(t.Context(), text(u.ID), "", witness.Witness{}, nil)
		w.ok(errors.Join(account, user))
	}
	last := users[len(users)-1]
	w.server.Inject(mockserver.Fault{On: "PATCH *", Effect: true, Status: 500}, mockserver.Fault{On: "DELETE *", Effect: true, Status: 403})
	_, account := c.RenameAccount(t.Context(), text(last.Client), "Renamed")
	_, user := c.UpdateUser(t.Context(), text(last.ID), UserUpdate{Email: value("new@example.com")})
	if account == nil || user == nil {
		t.Fatal("no failure")
	}
	gotAccount, err := c.ReadAccount(t.Context(), text(last.Client), witness.Witness{}, nil)
	w.ok(err)
	gotUser, err := c.ReadUser(t.Context(), text(last.ID), "", witness.Witness{}, nil)
	w.ok(err)
	if gotAccount.Company != "Renamed" || gotUser.Email != "new@example.com" {
		t.Errorf("read %+v and %+v", gotAccount, gotUser)
	}
	if c.DeleteUser(t.Context(), text(last.ID)) == nil {
		t.Fatal("no failure")
	}
	if _, err = c.ReadUser(t.Context(), text(last.ID), "", witness.Witness{}, nil); !transport.IsNotFound(err) {
		t.Errorf("read a user who was deleted: %v", err)
	}
}

// Tombstones in a listing serve no read; the size of the page counts them anyway.
func TestTombstonesInPages(t *testing.T) {
	t.Parallel()
	items := []Account{{ID: "1"}, {ID: "2", Deleted: true}, {ID: "3"}}
	p := list[Account]{Items: items, Count: 9}.page(0)
	got := withoutTombstones(p, func(a Account) bool { return a.Deleted })
	if len(got.Items) != 2 || got.Items[1].ID != "3" || got.Limit != 3 || got.Arrived != 3 || got.Total != 9 {
		t.Errorf("got %+v", got)
	}
}

// A reader that gives up takes no other with it.
func TestCancelledListing(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.member()
	ctx, cancel := context.WithCancel(t.Context())
	w.server.Inject(mockserver.Fault{On: "GET /iam/users", Times: 1, Before: cancel, Close: true})
	_, err := c.ReadAccount(ctx, text(mock.DemoAccount), witness.Witness{}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	_, err = c.ReadAccount(ctx, text(mock.DemoAccount), witness.Witness{}, nil)
	if w.transportError(err).Kind != transport.KindCancelled {
		t.Errorf("got %v", err)
	}
	_, err = c.ReadAccount(t.Context(), text(mock.DemoAccount), witness.Witness{}, nil)
	w.ok(err)
}
