package gcore

import (
	"errors"
	"testing"

	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// remembered is what a reseller's earlier run has recorded of an account.
func (w *world) remembered(id int64) Witness {
	w.Helper()
	a, err := w.reseller().ReadAccount(w.Context(), text(id), Witness{})
	w.ok(err)
	known := Witness{}.After(a)
	known.Company = a.Company
	if known != (Witness{SeenByReseller: true, Reseller: text(mock.DemoReseller), Viewer: text(mock.DemoResellerUser), Company: a.Company}) {
		w.Fatalf("remembered %+v", known)
	}
	return known
}

func TestKnown(t *testing.T) {
	t.Parallel()
	known := Witness{SeenByReseller: true, Reseller: "1", Viewer: "2"}
	for _, a := range []Account{{View: MemberView, Reseller: "9"}, {View: ResellerView}} {
		if got := known.After(a); got != known {
			t.Errorf("after %+v: %+v", a, got)
		}
	}
}

// gone is an account that a reseller has seen, and that is now away in one of the ways that a vendor knows.
func TestAccountGone(t *testing.T) {
	t.Parallel()
	const (
		isGone Reason = -1
		found  Reason = -2
	)
	remove := func(w *world, id int64) { w.RemoveClient(id) }
	tombstone := func(w *world, id int64) { w.ChangeClient(id, func(c *mock.Client) { c.Deleted = true }) }
	for name, test := range map[string]struct {
		options mock.Options
		away    func(w *world, id int64)
		reader  func(w *world) *Client
		forget  bool // the caller remembers nothing
		want    Reason
	}{
		"removed":             {away: remove, want: isGone},
		"removed, new to us":  {away: remove, forget: true, want: NotInMembersView},
		"tombstone":           {options: mock.Options{SoftDelete: true}, away: tombstone, want: isGone},
		"tombstone, new":      {options: mock.Options{SoftDelete: true}, away: tombstone, forget: true, want: isGone},
		"tombstone, hidden":   {away: tombstone, want: isGone},
		"thin lists":          {options: mock.Options{ThinLists: []string{"users", "resellers", "currentUser"}}, away: remove, want: isGone},
		"bare lists":          {options: mock.Options{Envelope: mock.EnvelopeBare}, away: remove, want: isGone},
		"without bulk reads":  {away: remove, reader: func(w *world) *Client { return w.reseller(func(o *Options) { o.BulkReads = false }) }, want: isGone},
		"its own account":     {away: ownThenRemoved, want: isGone},
		"still listed":        {away: unreadable, want: StillListed},
		"listing broken":      {away: unlistable, want: 0},
		"thin, others":        {options: mock.Options{ThinLists: []string{"users", "resellers", "currentUser"}}, away: remove, reader: func(w *world) *Client { return w.otherReseller(2) }, want: OtherReseller},
		"another reseller":    {away: remove, reader: func(w *world) *Client { return w.otherReseller(2) }, want: OtherReseller},
		"not gone at all":     {away: func(*world, int64) {}, reader: func(w *world) *Client { return w.otherReseller(2) }, want: OtherReseller},
		"an empty reseller":   {away: remove, reader: func(w *world) *Client { return w.otherReseller(0) }, want: NothingShown},
		"member, forbidden":   {away: remove, reader: func(w *world) *Client { return w.member() }, want: NotInMembersView},
		"member, not found":   {options: mock.Options{Member: mock.MemberNotFound}, away: remove, reader: func(w *world) *Client { return w.member() }, want: NothingShown},
		"member, empty":       {options: mock.Options{Member: mock.MemberEmpty}, away: remove, reader: func(w *world) *Client { return w.member() }, want: NothingShown},
		"member, own clients": {options: mock.Options{Member: mock.MemberOwn}, away: remove, reader: func(w *world) *Client { return w.member() }, want: NothingShown},
		"member still has it": {
			options: mock.Options{Member: mock.MemberNotFound},
			away: func(w *world, id int64) {
				w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[id] = []string{"1"} })
			},
			reader: func(w *world) *Client { return w.member() }, want: found,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, test.options)
			client := w.SeedClient(mock.Client{Company: "Acme"})
			known := w.remembered(client.ID)
			test.away(w, client.ID)
			if test.forget {
				known = Witness{}
			}
			if test.reader == nil {
				test.reader = func(w *world) *Client { return w.reseller() }
			}
			account, err := test.reader(w).ReadAccount(t.Context(), text(client.ID), known)
			got := found
			if err != nil {
				_ = w.transportError(err)
				got = reasonOf(err)
			}
			if got != test.want {
				t.Errorf("got %v, want %v: %+v, %v", int(got), int(test.want), account, err)
			}
		})
	}
}

// ownThenRemoved leaves a reseller with none but accounts of the reseller's own user, as gcore_account makes them.
func ownThenRemoved(w *world, _ int64) {
	w.Helper()
	for _, c := range w.Clients() {
		if c.Reseller == mock.DemoReseller {
			w.RemoveClient(c.ID)
		}
	}
	_, err := w.reseller().CreateAccount(w.Context(), "Own")
	w.ok(err)
}

// unreadable leaves an account in the listing that can't be read singly.
func unreadable(w *world, id int64) {
	w.SeedClient(mock.Client{}) // which the reseller's view shows
	w.server.Inject(mockserver.Fault{On: "GET /iam/clients/" + text(id), Status: 404})
}

// unlistable takes an account away, and breaks what could tell that it is still there.
func unlistable(w *world, id int64) {
	w.RemoveClient(id)
	w.server.Inject(mockserver.Fault{On: "GET /iam/clients", Status: 502})
}

// reasonOf is -1 for ErrGone, 0 for any error that says nothing about existence.
func reasonOf(err error) Reason {
	if doubt, ok := errors.AsType[*NotProvenError](err); ok {
		return doubt.Reason
	}
	if errors.Is(err, ErrGone) {
		return -1
	}
	return 0
}

// The last account of a reseller is gone where its credential is shown nothing any more, though not somebody else's.
func TestLastAccountGone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		viewer string // who saw it last; "" for the same user
		faults []mockserver.Fault
		want   Reason // -1: gone
	}{
		"same user":       {want: -1},
		"somebody else":   {viewer: "5", want: NothingShown},
		"nobody is named": {faults: []mockserver.Fault{{On: "GET /iam/clients/me", Body: `{"id": 1}`}}, viewer: "5", want: NothingShown},
		"refused":         {faults: []mockserver.Fault{{On: "GET /iam/clients/me", Status: 403}}, viewer: "5", want: NothingShown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{})
			c := w.otherReseller(1)
			clients := w.Clients()
			last := clients[len(clients)-1]
			account, err := c.ReadAccount(t.Context(), text(last.ID), Witness{})
			w.ok(err)
			known := Witness{}.After(account)
			known.Viewer = orPrior(test.viewer, known.Viewer)
			w.RemoveClient(last.ID)
			w.server.Inject(test.faults...)
			_, err = w.client("9002_other-reseller-key").ReadAccount(t.Context(), text(last.ID), known)
			if reasonOf(err) != test.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Where replies don't tell whose the accounts are, those of another user speak for nobody.
func TestGoneForAnotherUser(t *testing.T) {
	t.Parallel()
	for viewer, want := range map[string]Reason{text(mock.DemoResellerUser): -1, "901": NothingShown} {
		w := start(t, mock.Options{})
		client := w.SeedClient(mock.Client{Company: "Acme"})
		known := w.remembered(client.ID)
		other := w.SeedClient(mock.Client{Company: "Bcme"})
		w.RemoveClient(client.ID)
		thin := `{"id": ` + text(other.ID) + `, "companyName": "Bcme", "currentUser": ` + viewer + `}`
		w.server.Inject(
			mockserver.Fault{On: "GET /iam/clients/" + text(client.ID), Status: 404},
			mockserver.Fault{On: "GET /iam/clients/" + text(other.ID), Body: thin},
			mockserver.Fault{On: "GET /iam/clients", Body: `{"count": 1, "results": [` + thin + `]}`},
		)
		_, err := w.reseller().ReadAccount(t.Context(), text(client.ID), known)
		if reasonOf(err) != want {
			t.Errorf("as user %s: %v", viewer, err)
		}
	}
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
		"own account 500":      {{On: "GET /iam/clients", Body: `{"count":0,"results":[]}`}, {On: "GET /iam/clients/me", Status: 500}},
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
			known := w.remembered(client.ID)
			w.RemoveClient(client.ID)
			w.server.Inject(faults...)
			_, err := w.reseller().ReadAccount(t.Context(), text(client.ID), known)
			if err == nil || errors.Is(err, ErrGone) {
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
	var gone []int64
	for range 3 {
		gone = append(gone, w.SeedClient(mock.Client{}).ID)
	}
	known := w.remembered(kept.ID)
	for _, id := range gone {
		w.RemoveClient(id)
	}
	for name, first := range map[string]func(*Client){
		"nothing read": func(*Client) {},
		"one read": func(c *Client) {
			_, err := c.ReadAccount(t.Context(), text(kept.ID), known)
			w.ok(err)
		},
	} {
		c := w.reseller()
		first(c)
		w.server.Reset()
		for _, id := range gone {
			if _, err := c.ReadAccount(t.Context(), text(id), known); !errors.Is(err, ErrGone) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := w.server.Count("GET *"); got > 8 {
			t.Errorf("%s: %d requests", name, got)
		}
	}
}

func TestUserGone(t *testing.T) {
	t.Parallel()
	remove := func(w *world, u mock.User) { w.RemoveUser(u.ID) }
	tombstone := func(w *world, u mock.User) { w.ChangeUser(u.ID, func(u *mock.User) { u.Deleted = true }) }
	for name, test := range map[string]struct {
		options mock.Options
		away    func(w *world, u mock.User)
		reader  func(w *world) *Client
		faults  []mockserver.Fault
		forget  bool
		want    Reason // -1: gone, 0: another error
	}{
		"removed":            {away: remove, want: -1},
		"tombstone":          {options: mock.Options{SoftDelete: true}, away: tombstone, want: -1},
		"with its account":   {away: func(w *world, u mock.User) { w.RemoveUser(u.ID); w.RemoveClient(u.Client) }, want: -1},
		"account unknown":    {away: remove, forget: true, want: AccountHidden},
		"another reseller":   {away: remove, reader: func(w *world) *Client { return w.otherReseller(2) }, want: OtherReseller},
		"an empty reseller":  {away: remove, reader: func(w *world) *Client { return w.otherReseller(0) }, want: NothingShown},
		"member":             {away: remove, reader: func(w *world) *Client { return w.member() }, want: AccountHidden},
		"member of its own":  {options: mock.Options{Member: mock.MemberOwn}, away: remove, reader: memberWithAccess, want: NothingShown},
		"still listed":       {faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 404}}, want: StillListed},
		"listing empty":      {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users", Body: `{"count":0,"results":[]}`}, {On: "GET /iam/clients/*", Status: 403}}, want: AccountHidden},
		"listing refused":    {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users", Status: 403}}, want: 0},
		"listing broken":     {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users", Status: 500}}, want: 0},
		"read refused":       {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 403}}, want: 0},
		"read unauthorized":  {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 401}}, want: 0},
		"read broken":        {away: remove, faults: []mockserver.Fault{{On: "GET /iam/users/*", Status: 502}}, want: 0},
		"account unreadable": {away: remove, faults: []mockserver.Fault{{On: "GET /iam/clients/*", Status: 500}}, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, test.options)
			user := w.SeedUser(mock.User{Company: "Acme"})
			known, clientID := w.remembered(user.Client), text(user.Client)
			if test.away != nil {
				test.away(w, user)
			}
			if test.forget {
				known, clientID = Witness{}, ""
			}
			c := w.reseller()
			if test.reader != nil {
				c = test.reader(w)
			}
			w.server.Inject(test.faults...)
			_, err := c.ReadUser(t.Context(), text(user.ID), clientID, known)
			if err == nil || reasonOf(err) != test.want {
				t.Errorf("got %v, want %d", err, test.want)
			}
			_ = w.transportError(err)
		})
	}
}

// memberWithAccess is a member who may enter every account, and so sees accounts but not their users.
func memberWithAccess(w *world) *Client {
	for _, client := range w.Clients() {
		w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[client.ID] = []string{"1"} })
	}
	return w.member()
}
