package gcore

import (
	"errors"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// gone is what a proof says; any other text is part of the reason why there is none, or of the error.
const gone = "it is gone"

// checkProof asserts that an error says that something is gone, or why it doesn't.
func (w *world) checkProof(err error, want string) {
	w.Helper()
	if err == nil {
		w.Fatal("it was read")
	}
	_ = w.transportError(err)
	if errors.Is(err, witness.ErrGone) != (want == gone) || !strings.Contains(err.Error(), want) {
		w.Errorf("got %v, want %q", err, want)
	}
}

// An account that a reseller has seen, and that is now away in one of the ways that a vendor knows.
func TestAccountGone(t *testing.T) {
	t.Parallel()
	remove := func(w *world, id int64) { w.RemoveClient(id) }
	tombstone := func(w *world, id int64) { w.ChangeClient(id, func(c *mock.Client) { c.Deleted = true }) }
	partial := mock.Options{PartialLists: []string{"users", "resellers", "currentUser"}}
	other := func(clients int) func(w *world) *Client {
		return func(w *world) *Client { return w.otherReseller(clients) }
	}
	member := func(w *world) *Client { return w.member() }
	for name, test := range map[string]struct {
		options mock.Options
		away    func(w *world, id int64)
		reader  func(w *world) *Client
		seen    func(witness.Witness) witness.Witness // what the caller remembers otherwise
		want    string                                // "" where it is found
	}{
		"removed":              {away: remove, want: gone},
		"tombstone":            {options: mock.Options{SoftDelete: true}, away: tombstone, want: gone},
		"tombstone, new to us": {options: mock.Options{SoftDelete: true}, away: tombstone, seen: nothingSeen, want: gone},
		"tombstone, hidden":    {away: tombstone, want: gone},
		"less in lists":        {options: partial, away: remove, want: gone},
		"bare lists":           {options: mock.Options{Envelope: mock.EnvelopeBare}, away: remove, want: gone},
		"without count":        {options: mock.Options{HideCount: true, MaxLimit: 1}, away: remove, want: gone},
		"without bulk reads": {
			away: remove, reader: func(w *world) *Client { return w.reseller(func(o *Options) { o.BulkReads = false }) }, want: gone,
		},
		"new to us": {away: remove, seen: nothingSeen, want: "at which address"},
		"seen elsewhere": {away: remove, want: "https://elsewhere.example", seen: func(s witness.Witness) witness.Witness {
			s.Address = "https://elsewhere.example"
			return s
		}},
		"seen by a member": {away: remove, want: "whose credential", seen: func(s witness.Witness) witness.Witness {
			s.Owner = ""
			return s
		}},
		"the last one":          {away: func(w *world, _ int64) { removeAll(w) }, want: "shows no other account"},
		"except for its own":    {away: ownThenRemoved, want: "shows no other account"},
		"resellers not shown":   {options: mock.Options{PartialClients: []string{"resellers"}}, away: remove, want: "whose credential"},
		"still listed":          {away: unreadable, want: "still shows it"},
		"listing broken":        {away: unlistable, want: "502"},
		"listing short":         {options: mock.Options{ExtraCount: 1}, away: remove, want: "items, twice"},
		"less in lists, others": {options: partial, away: remove, reader: other(2), want: "shows no other account"},
		"another reseller":      {away: remove, reader: other(2), want: "shows no other account"},
		"not gone at all":       {away: func(*world, int64) {}, reader: other(2), want: "shows no other account"},
		"an empty reseller":     {away: remove, reader: other(0), want: "shows no other account"},
		"member, forbidden":     {away: remove, reader: member, want: "can't see it"},
		"member, not found":     {options: mock.Options{Member: mock.MemberNotFound}, away: remove, reader: member, want: "doesn't prove"},
		"member, empty":         {options: mock.Options{Member: mock.MemberEmpty}, away: remove, reader: member, want: "shows no other account"},
		"member, own clients":   {options: mock.Options{Member: mock.MemberOwn}, away: remove, reader: member, want: "shows no other account"},
		"member still has it": {
			options: mock.Options{Member: mock.MemberNotFound},
			away: func(w *world, id int64) {
				w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[id] = []string{"1"} })
			},
			reader: member,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, test.options)
			client := w.SeedClient(mock.Client{Company: "Acme"})
			w.SeedClient(mock.Client{Company: "Bcme"})
			seen := w.remembered(client.ID)
			test.away(w, client.ID)
			if test.seen != nil {
				seen = test.seen(seen)
			}
			c := w.reseller()
			if test.reader != nil {
				c = test.reader(w)
			}
			account, err := c.ReadAccount(t.Context(), text(client.ID), seen, nil)
			if test.want == "" {
				w.ok(err)
				if account.ID != text(client.ID) {
					t.Errorf("read %+v", account)
				}
				return
			}
			w.checkProof(err, test.want)
		})
	}
}

func nothingSeen(witness.Witness) witness.Witness { return witness.Witness{} }

// remembered is what a reseller's earlier run has recorded of an account.
func (w *world) remembered(id int64) witness.Witness {
	w.Helper()
	c := w.reseller()
	a, err := c.ReadAccount(w.Context(), text(id), witness.Witness{}, nil)
	w.ok(err)
	return witness.Witness{Owner: a.Reseller, Address: c.Address()}
}

func removeAll(w *world) {
	for _, c := range w.Clients() {
		if c.Reseller == mock.DemoReseller {
			w.RemoveClient(c.ID)
		}
	}
}

// ownThenRemoved leaves a reseller with none but accounts of the reseller's own user, as gcore_account makes them.
func ownThenRemoved(w *world, _ int64) {
	w.Helper()
	removeAll(w)
	_, err := w.reseller().CreateAccount(w.Context(), "Own")
	w.ok(err)
}

// unreadable leaves an account in the listing that can't be read singly.
func unreadable(w *world, id int64) {
	w.server.Inject(mockserver.Fault{On: "GET /iam/clients/" + text(id), Status: 404})
}

// unlistable takes an account away, and breaks what could show that it is still there.
func unlistable(w *world, id int64) {
	w.RemoveClient(id)
	w.server.Inject(mockserver.Fault{On: "GET /iam/clients", Status: 502})
}

// Only a clear 404 starts the search for proof, and only a complete proof ends it.
func TestNeverGoneByFailure(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]mockserver.Fault{
		"401": {{On: "GET /iam/clients/*", Status: 401}}, "403": {{On: "GET /iam/clients/*", Status: 403}},
		"500": {{On: "GET /iam/clients/*", Status: 500}}, "503": {{On: "GET /iam/clients/*", Status: 503}},
		"HTML":                 {{On: "GET /iam/clients/*", Body: "<html>maintenance</html>"}},
		"null":                 {{On: "GET /iam/clients/*", Body: "null"}},
		"reset":                {{On: "GET /iam/clients/*", Reset: true}},
		"listing 401":          {{On: "GET /iam/clients", Status: 401}},
		"listing 403":          {{On: "GET /iam/clients", Status: 403}},
		"listing 404":          {{On: "GET /iam/clients", Status: 404}},
		"listing 500":          {{On: "GET /iam/clients", Status: 500}},
		"listing empty":        {{On: "GET /iam/clients", Body: `{"count":0,"results":[]}`}},
		"users 500":            {{On: "GET /iam/users", Status: 500}},
		"listing no list":      {{On: "GET /iam/clients", Body: `{"message":"try later"}`}},
		"listing null":         {{On: "GET /iam/clients", Body: `{"count":0,"results":null}`}},
		"everything but users": {{On: "GET /iam/clients", Status: 500}, {On: "GET /iam/clients/*", Status: 500}},
		"users too":            {{On: "GET *", Status: 403}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{})
			client := w.SeedClient(mock.Client{})
			seen := w.remembered(client.ID)
			w.RemoveClient(client.ID)
			w.server.Inject(faults...)
			_, err := w.reseller().ReadAccount(t.Context(), text(client.ID), seen, nil)
			if err == nil || errors.Is(err, witness.ErrGone) {
				t.Errorf("got %v", err)
			}
			_ = w.transportError(err)
		})
	}
}

// A proof costs little: a look-up for each account, and what is asked once for all of them.
func TestCostOfProof(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	kept := w.SeedClient(mock.Client{})
	var away []int64
	for range 3 {
		away = append(away, w.SeedClient(mock.Client{}).ID)
	}
	seen := w.remembered(kept.ID)
	for _, id := range away {
		w.RemoveClient(id)
	}
	for name, first := range map[string]func(*Client){
		"nothing read": func(*Client) {},
		"one read": func(c *Client) {
			_, err := c.ReadAccount(t.Context(), text(kept.ID), seen, nil)
			w.ok(err)
		},
	} {
		c := w.reseller()
		first(c)
		w.server.Reset()
		for _, id := range away {
			if _, err := c.ReadAccount(t.Context(), text(id), seen, nil); !errors.Is(err, witness.ErrGone) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := w.server.Count("GET *"); got > 7 {
			t.Errorf("%s: %d requests", name, got)
		}
	}
}

func TestUserGone(t *testing.T) {
	t.Parallel()
	remove := func(w *world, u mock.User) { w.RemoveUser(u.ID) }
	tombstone := func(w *world, u mock.User) { w.ChangeUser(u.ID, func(u *mock.User) { u.Deleted = true }) }
	other := func(clients int) func(w *world) *Client {
		return func(w *world) *Client { return w.otherReseller(clients) }
	}
	for name, test := range map[string]struct {
		options mock.Options
		away    func(w *world, u mock.User)
		reader  func(w *world) *Client
		faults  []mockserver.Fault
		forget  bool
		address string // where it was seen, if elsewhere
		want    string
	}{
		"removed":           {away: remove, want: gone},
		"seen elsewhere":    {away: remove, address: "https://elsewhere.example", want: "doesn't say that it was seen at"},
		"tombstone":         {options: mock.Options{SoftDelete: true}, away: tombstone, want: gone},
		"tombstone, new":    {options: mock.Options{SoftDelete: true}, away: tombstone, forget: true, want: gone},
		"with its account":  {away: func(w *world, u mock.User) { w.RemoveUser(u.ID); w.RemoveClient(u.Client) }, want: gone},
		"account unknown":   {away: remove, forget: true, want: "not known which account"},
		"another reseller":  {away: remove, reader: other(2), want: "shows no other account"},
		"an empty reseller": {away: remove, reader: other(0), want: "shows no other account"},
		"member":            {away: remove, reader: func(w *world) *Client { return w.member() }, want: "can't see the account"},
		// It sees the account and its users, so that it can prove as much as a reseller.
		"member of its own":       {options: mock.Options{Member: mock.MemberOwn}, away: remove, reader: memberWithAccess, want: gone},
		"hidden from a member":    {options: mock.Options{Member: mock.MemberOwn}, reader: memberWithAccess, want: "still shows it"},
		"account hides its users": {options: mock.Options{PartialClients: []string{"users"}}, away: remove, want: "doesn't show its users"},
		"account deleted": {
			options: mock.Options{SoftDelete: true},
			away:    func(w *world, u mock.User) { w.RemoveUser(u.ID); w.ChangeClient(u.Client, deleteClient) }, want: gone,
		},
		"still listed": {faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 404}}, want: "still shows it"},
		"listed by its account": {
			faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 404}, {On: "GET /iam/users", Body: "[]"}}, want: "still shows it",
		},
		"listing empty, no access": {
			away:   remove,
			faults: []mockserver.Fault{{On: "GET /iam/users", Body: `{"count":0,"results":[]}`}, {On: "GET /iam/clients/*", Status: 403}},
			want:   "can't see the account",
		},
		"listing refused":    {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users", Status: 403}}, want: "403"},
		"listing broken":     {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users", Status: 500}}, want: "500"},
		"listing short":      {options: mock.Options{ExtraCount: 3}, away: remove, want: "items, twice"},
		"read refused":       {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 403}}, want: "403"},
		"read unauthorized":  {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 401}}, want: "401"},
		"read broken":        {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 502}}, want: "502"},
		"account unreadable": {away: remove, faults: []mockserver.Fault{{On: "GET /iam/clients/*", Status: 500}}, want: "500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, test.options)
			user := w.SeedUser(mock.User{Company: "Acme"})
			seen, clientID := w.remembered(user.Client), text(user.Client)
			if test.away != nil {
				test.away(w, user)
			}
			seen.Address = orPrior(test.address, seen.Address)
			if test.forget {
				seen, clientID = witness.Witness{}, ""
			}
			c := w.reseller()
			if test.reader != nil {
				c = test.reader(w)
			}
			w.server.Inject(test.faults...)
			_, err := c.ReadUser(t.Context(), text(user.ID), clientID, seen, nil)
			w.checkProof(err, test.want)
		})
	}
}

func deleteClient(c *mock.Client) { c.Deleted = true }

// memberWithAccess is a member who may enter every account, and so sees accounts but not their users.
func memberWithAccess(w *world) *Client {
	for _, client := range w.Clients() {
		w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[client.ID] = []string{"1"} })
	}
	return w.member()
}
