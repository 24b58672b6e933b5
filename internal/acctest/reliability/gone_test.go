package reliability_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// made returns an account that has been created and read.
func (w *world) made(t *testing.T, s subject) *acctest.Resource {
	t.Helper()
	w.seed("acme-other", time.Now().Add(-time.Hour)) // so that no listing is empty
	r := w.Resource(s.typeName)
	r.Applied(s.called("acme"))
	w.server.Reset()
	return r
}

// stays checks that a refresh failed and left the state as it was.
func stays(t *testing.T, r *acctest.Resource, words ...string) {
	t.Helper()
	before := fmt.Sprint(r.State())
	said := r.Refresh()
	if len(said.Errors()) == 0 {
		t.Error("the refresh went well")
	}
	said.Errors().Contain(t, append(words, r.ID())...)
	if fmt.Sprint(r.State()) != before || r.Identity() != r.ID() {
		t.Errorf("the state has changed: %v, was %s", r.State(), before)
	}
}

// Nothing but proof takes an account out of the state.
func TestNeverGoneByMistake(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		faults := map[string]struct {
			fault   mockserver.Fault
			missing bool // the single read finds nothing
		}{
			"page":                           {fault: mockserver.Fault{On: "GET *", Body: "<html>maintenance</html>"}},
			"not found":                      {fault: mockserver.Fault{On: "GET *", Status: 404, Body: "<html>no such page</html>"}},
			"cut":                            {fault: mockserver.Fault{On: "GET *", Cut: true, Effect: true}},
			"reset":                          {fault: mockserver.Fault{On: "GET *", Reset: true}},
			"null":                           {fault: mockserver.Fault{On: "GET *", Body: "null"}},
			"{}":                             {fault: mockserver.Fault{On: "GET *", Body: "{}"}},
			"missing, while listings fail":   {fault: mockserver.Fault{On: "GET *", Status: 503}, missing: true},
			"missing, while it is forbidden": {fault: mockserver.Fault{On: "GET *", Status: 403}, missing: true},
		}
		for _, status := range []int{401, 403, 408, 410, 500, 502, 503, 504} {
			row := faults[fmt.Sprint(status)]
			row.fault = mockserver.Fault{On: "GET *", Status: status, Body: "{}"}
			faults[fmt.Sprint(status)] = row
		}
		w := s.open(t, 0)
		r := w.made(t, s)
		for name, test := range faults {
			t.Run(name, func(t *testing.T) { //nolint:paralleltest // one account for all
				w.Restart()
				if test.missing {
					w.server.Inject(mockserver.Fault{On: s.get, Times: 1, Status: 404, Body: "{}"})
				}
				w.server.Inject(test.fault)
				defer w.server.ClearFaults()
				stays(t, r)
			})
		}
		t.Run("an empty listing", func(t *testing.T) { //nolint:paralleltest // as above
			w.Restart()
			w.server.Inject(mockserver.Fault{On: s.list, Body: s.empty})
			defer w.server.ClearFaults()
			before := fmt.Sprint(r.State())
			if said := r.Refresh(); fmt.Sprint(r.State()) != before && len(said.Errors()) == 0 {
				t.Errorf("the state is %v, was %s", r.State(), before)
			}
		})
		t.Run("still there", func(t *testing.T) { //nolint:paralleltest // as above
			w.Restart()
			r.Settled(s.called("acme"))
			w.posts(t, s, 0, 0)
		})
	})
}

// What a listing shows is there, whatever a single read says.
func TestMissingButListed(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		w := s.open(t, 0)
		r := w.made(t, s)
		w.Restart()
		w.server.Inject(mockserver.Fault{On: s.get, Status: 404, Body: "{}"})
		if said := r.Refresh(); r.State() == nil {
			t.Errorf("the account was taken out of the state: %s", said)
		}
	})
}

// A credential of somebody else's proves nothing, whatever it is shown.
func TestStrangers(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		w := s.open(t, 0)
		r := w.made(t, s)
		own := maps.Clone(w.env)
		for i, stranger := range w.strangers() {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				w.use(stranger)
				stays(t, r)
			})
		}
		w.use(own)
		w.Restart()
		r.Settled(s.called("acme"))
		w.posts(t, s, 0, 0)
	})
}

// An account that is really deleted is planned to be created again, where the vendor can delete and the credential can see it.
func TestReallyGone(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		w := s.open(t, 0)
		r := w.made(t, s)
		// An update leaves traces in private state, which the create that follows must not take for a replacement's.
		if said := r.Apply(acctest.With(s.called("acme"), acctest.Values{"timeouts": acctest.Values{"read": "1m"}})); len(said) > 0 {
			t.Fatal(said)
		}
		w.remove(r.ID())
		w.Restart()
		if s.member || s.cantGo {
			stays(t, r)
			return
		}
		if said := r.Refresh(); len(said.Errors()) > 0 || r.State() != nil {
			t.Fatalf("the state has %v: %s", r.State(), said)
		}
		if plan := r.Plan(s.called("acme")); plan.Action != "create" {
			t.Errorf("planned is %q: %s", plan.Action, plan.Diagnostics)
		}
	})
}

// A tombstone is proof as well, except for a member, who isn't shown it.
func TestTombstones(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		if !strings.HasPrefix(s.typeName, "gcore") {
			return // the other vendors have none
		}
		w := s.open(t, 0)
		r := w.made(t, s)
		g := w.vendor.(gcoreVendor)
		g.Configure(func(o *gcore.Options) { o.SoftDelete = true })
		for _, c := range g.Clients() {
			if c.Company == "acme" {
				g.ChangeClient(c.ID, func(c *gcore.Client) { c.Deleted = !g.users })
			}
		}
		for _, u := range g.Users() {
			if u.Company == "acme" {
				g.ChangeUser(u.ID, func(u *gcore.User) { u.Deleted = g.users })
			}
		}
		w.Restart()
		if s.member {
			stays(t, r)
		} else if said := r.Refresh(); len(said) > 0 || r.State() != nil {
			t.Errorf("the state has %v: %s", r.State(), said)
		}
	})
}

// A new account that isn't shown yet stays in the state, in the same process and in the next.
func TestLag(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprint("restart ", restart), func(t *testing.T) {
				t.Parallel()
				w := s.open(t, 9)
				w.seed("acme-other", time.Now().Add(-time.Hour))
				r := w.Resource(s.typeName)
				if said := r.Apply(s.called("acme")); len(said) > 0 {
					t.Fatal(said)
				}
				lagging := 0
				for range 20 {
					if restart {
						w.Restart()
					}
					said := r.Refresh()
					w.created(t, r, "acme")
					if len(said) == 0 {
						break
					}
					said.Errors().Contain(t, r.ID())
					if !s.member { // whose view tells a new account from a hidden one by nothing
						said.Errors().Contain(t, "can't be read yet", "stays in the state")
					}
					lagging++
				}
				if lagging == 0 && !s.member {
					t.Error("nothing lagged")
				}
				w.Restart()
				for range 20 { // a member's own listing may still lack it
					if len(r.Refresh()) == 0 {
						break
					}
					w.created(t, r, "acme")
					w.Restart()
				}
				r.Settled(s.called("acme"))
				w.posts(t, s, 1, 1)
			})
		}
	})
}

// Lag has an end: what isn't shown ten minutes after its creation is not lag any more.
func TestLagEnds(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		if s.member {
			return // its view gives another answer than "not found"
		}
		w := s.open(t, 1000)
		r := w.Resource(s.typeName)
		if said := r.Apply(s.called("acme")); len(said) > 0 {
			t.Fatal(said)
		}
		w.Restart()
		stays(t, r, "can't be read yet")
		w.clock.Advance(11 * time.Minute)
		w.Restart()
		if said := r.Refresh(); strings.Contains(said.String(), "can't be read yet") {
			t.Error(said)
		}
	})
}
