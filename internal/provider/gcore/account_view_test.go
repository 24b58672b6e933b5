package gcore_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// A credential that changes between runs loses nothing and plans nothing, whatever a member's gets to see.
func TestAccountChangingCredentials(t *testing.T) {
	t.Parallel()
	config := Values{"company": "Acme"}
	for name, view := range map[string]mock.MemberView{
		"forbidden": mock.MemberForbidden, "not found": mock.MemberNotFound, "empty": mock.MemberEmpty, "own": mock.MemberOwn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, first := range []string{mock.DemoAPIKey, mock.DemoMemberKey} {
				w := newWorld(t, mock.Options{Member: view})
				w.use(first)
				r := w.Resource(accountType)
				r.Applied(config)
				id := r.ID()
				// The reseller sees the account since it is the member's, the member once it may enter it.
				w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[number(t, id)] = []string{"1"} })
				w.use(mock.DemoAPIKey)
				r.Settled(config)
				seen := r.State()
				if seen["status"] != "new" || seen["email"] == nil {
					t.Errorf("the reseller sees %v", seen)
				}
				for _, key := range []string{mock.DemoMemberKey, mock.DemoAPIKey, mock.DemoMemberKey, mock.DemoMemberKey} {
					w.use(key)
					r.Settled(config)
					same(t, r.State(), seen)
				}
				if n := acctest.Changes(w.server); n != 1 {
					t.Errorf("%d changes were sent, want only the create", n)
				}
			}
		})
	}
}

// What each view says of an account that isn't there any more, or hides: only the reseller's makes it gone.
func TestAccountGone(t *testing.T) {
	t.Parallel()
	const other = "9002_other-reseller-key"
	remove := func(w *world, id int64) { w.RemoveClient(id) }
	tombstone := func(w *world, id int64) { w.ChangeClient(id, func(c *mock.Client) { c.Deleted = true }) }
	hide := func(w *world, id int64) { w.ChangeClient(id, func(c *mock.Client) { c.Reseller = 9001 }) }
	nothing := func(*world, int64) {}
	for name, test := range map[string]struct {
		options mock.Options
		away    func(*world, int64)
		key     string
		faults  []mockserver.Fault
		says    string // "" where the account is gone
	}{
		"removed":              {away: remove},
		"the only one removed": {away: func(w *world, _ int64) { removeAll(w) }, says: "no other account"},
		"tombstone":            {options: mock.Options{SoftDelete: true}, away: tombstone},
		"tombstone, 404":       {away: tombstone},
		"bare list":            {options: mock.Options{Envelope: mock.EnvelopeBare}, away: remove},
		"member, removed":      {away: remove, key: mock.DemoMemberKey, says: "doesn't prove"},
		"member, hidden":       {away: hide, key: mock.DemoMemberKey, says: "doesn't prove"},
		"member, not found": {
			options: mock.Options{Member: mock.MemberNotFound}, away: remove, key: mock.DemoMemberKey, says: "doesn't prove",
		},
		"member, empty": {
			options: mock.Options{Member: mock.MemberEmpty}, away: remove, key: mock.DemoMemberKey, says: "doesn't prove",
		},
		"member, own":            {options: mock.Options{Member: mock.MemberOwn}, away: remove, key: mock.DemoMemberKey, says: "doesn't prove"},
		"member, tombstone":      {options: mock.Options{SoftDelete: true}, away: tombstone, key: mock.DemoMemberKey, says: "doesn't prove"},
		"another reseller":       {away: nothing, key: other, says: "no other account"},
		"another empty reseller": {away: nothing, key: "9003_empty", says: "doesn't prove"},
		"wrong credential":       {away: remove, key: "1_wrong", says: "GCORE_API_KEY"},
		"hidden by both":         {away: remove, faults: []mockserver.Fault{{On: "GET *", Status: 403}}, says: "403"},
		"401":                    {away: remove, faults: []mockserver.Fault{{On: getClient, Status: 401}}, says: "401"},
		"500":                    {away: remove, faults: []mockserver.Fault{{On: getClient, Status: 500}}, says: "500"},
		"listing broken":         {away: remove, faults: []mockserver.Fault{{On: listClients, Status: 502}}, says: "502"},
		"HTML": {
			away: remove, faults: []mockserver.Fault{{On: getClient, Body: "<html>maintenance</html>"}}, says: "base URL",
		},
		"proxy answers 404": {
			away: nothing, faults: []mockserver.Fault{{On: "GET *", Status: 404, Body: "<html>no such page</html>"}}, says: "doesn't prove",
		},
		"seen by the member only": {
			away: remove, faults: []mockserver.Fault{{On: getClient, Status: 404}, {On: listClients, Status: 404}}, says: "doesn't prove",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.options)
			w.AddCredential(mock.Reseller, other, 9001)
			w.SeedClient(mock.Client{Reseller: 9001})
			w.AddCredential(mock.Reseller, "9003_empty", 9003)
			w.SeedClient(mock.Client{})
			config := Values{"company": "Acme"}
			r := w.Resource(accountType)
			r.Applied(config)
			config = Values{"company": "Acme", "deletion_policy": "abandon"}
			r.Applied(config)
			id := number(t, r.ID())
			test.away(w, id)
			if test.key == "" {
				test.key = mock.DemoAPIKey
			}
			w.use(test.key)
			w.server.Inject(test.faults...)
			said := r.Refresh()
			if test.says == "" {
				if len(said) > 0 || r.State() != nil {
					t.Fatalf("it is still there: %v\n%s", r.State(), said)
				}
				if plan := r.Plan(config); plan.Action != "create" || len(plan.Diagnostics) > 0 {
					t.Errorf("planned %q\n%s", plan.Action, plan.Diagnostics)
				}
				return
			}
			said.Errors().Contain(t, test.says)
			if r.State() == nil || r.Identity() != text(id) {
				t.Error("the account was taken out of the state")
			}
			w.server.ClearFaults()
		})
	}
}

func removeAll(w *world) {
	for _, c := range w.Clients() {
		if c.Reseller == mock.DemoReseller {
			w.RemoveClient(c.ID)
		}
	}
}

// A state without an identity, as an older Terraform leaves it, does no harm.
func TestAccountGoneWithoutIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	for _, typeName := range []string{accountType, userType} {
		r := w.Resource(typeName)
		r.Applied(minimal(typeName))
		id := number(t, r.ID())
		w.RemoveClient(id)
		w.RemoveUser(id)
		r.ForgetIdentity()
		w.Restart()
		if said := r.Refresh(); len(said) > 0 || r.State() != nil {
			t.Errorf("%s: %v\n%s", typeName, r.State(), said)
		}
	}
}

// minimal is a configuration with nothing but what must be.
func minimal(typeName string) Values {
	if typeName == accountType {
		return Values{"company": "Acme"}
	}
	return Values{"email": "ann@example.com", "company": "Acme users", "password_wo": password, "password_wo_version": 1}
}

// A new account that isn't shown yet stays in the state, in the same process and in the next.
func TestLag(t *testing.T) {
	t.Parallel()
	for typeName, config := range map[string]Values{
		accountType: minimal(accountType), userType: acctest.With(minimal(userType), Values{"custom_id": "c-1"}),
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mock.Options{Lag: 15})
			r := w.Resource(typeName)
			if said := r.Apply(config); len(said) > 0 {
				t.Fatal(said)
			}
			lagging := 0
			for range 20 {
				w.Restart()
				said := r.Refresh()
				if len(said) == 0 {
					break
				}
				said.Errors().Contain(t, "can't be read yet", "stays in the state")
				lagging++
			}
			if lagging == 0 {
				t.Error("nothing lagged")
			}
			r.Settled(config)
			if n := acctest.Changes(w.server); n != 1 {
				t.Errorf("%d changes were sent, want only the create", n)
			}
		})
	}
}

// Renaming takes a reseller; a member is told so, and the state keeps the name that the account has.
func TestAccountRename(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	r := w.Resource(accountType)
	r.Applied(Values{"company": "Acme"})
	id := r.ID()
	w.server.Reset()
	r.Applied(Values{"company": "Acme 2"})
	if r.ID() != id {
		t.Errorf("another account: %s", r.ID())
	}
	w.count(patchClient, 1)
	w.count(posts, 0)
	if sent := string(w.server.Find(patchClient)[0].Body); sent != `{"companyName":"Acme 2"}` {
		t.Errorf("sent %s", sent)
	}
	if plan := r.Plan(Values{"company": " ACME  2"}); len(plan.Diagnostics.Errors()) == 0 {
		t.Error("surrounding whitespace passes")
	}
	// Another spelling is a change too, and where the vendor keeps its own, that counts as equal.
	w.Configure(func(o *mock.Options) { o.Company = strings.ToUpper })
	r.Applied(Values{"company": "acme 2"})
	w.count(patchClient, 2)
	if c, _ := w.Client(number(t, id)); c.Company != "ACME 2" || r.State()["company"] != "acme 2" {
		t.Errorf("vendor %q, state %q", c.Company, r.State()["company"])
	}
	w.Configure(func(o *mock.Options) { o.Company = nil })
	r.Applied(Values{"company": "Acme 2"})

	for name, view := range map[string]mock.MemberView{"forbidden": mock.MemberForbidden, "not found": mock.MemberNotFound} {
		w.Configure(func(o *mock.Options) { o.Member = view })
		w.ChangeUser(mock.DemoMember, func(u *mock.User) { u.Access[number(t, id)] = []string{"1"} })
		w.use(mock.DemoMemberKey)
		said := r.Apply(Values{"company": "Mine"})
		said.Errors().Contain(t, "only a reseller", id)
		if r.State()["company"] != "Acme 2" {
			t.Errorf("%s: the state has %v", name, r.State()["company"])
		}
	}

	// A saved plan for an account that is gone since, as a new process applies it.
	w.use(mock.DemoAPIKey)
	r.Settled(Values{"company": "Acme 2"})
	plan := r.Plan(Values{"company": "Late"})
	gone, _ := w.Client(number(t, id))
	w.ChangeClient(gone.ID, func(c *mock.Client) { c.Deleted = true })
	w.Restart()
	said := r.Execute(plan)
	said.Errors().Contain(t, "What was asked for doesn't exist", "404")
	if strings.Contains(fmt.Sprint(said), "only a reseller") {
		t.Error(said)
	}
	w.ChangeClient(gone.ID, func(c *mock.Client) { c.Deleted = false })

	w.SeedClient(mock.Client{Company: "Taken"})
	said = r.Apply(Values{"company": "Taken"})
	said.Errors().Contain(t, "already exists", "company")
	w.server.Inject(mockserver.Fault{On: patchClient, Body: fmt.Sprintf(`{"id":%s,"companyName":"Acme 2"}`, id)})
	r.Apply(Values{"company": "Ignored"}).Errors().Contain(t, "did not apply a change", "Acme 2")
}
