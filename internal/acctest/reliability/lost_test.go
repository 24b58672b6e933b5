package reliability_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// lost are the ways in which a reply can fail to tell what became of a create.
func lost() map[string]mockserver.Fault {
	faults := map[string]mockserver.Fault{
		"closed": {Close: true}, "reset": {Reset: true}, "cut": {Cut: true}, "page": {Body: "<html><title>Welcome</title></html>"},
	}
	for _, status := range []int{408, 425, 500, 502, 503, 504, 520} {
		faults[fmt.Sprint(status)] = mockserver.Fault{Status: status, Body: "<html>gateway</html>"}
	}
	return faults
}

// A create whose reply is lost is sent once. The account is saved where it is proven ours, else named.
func TestLostReply(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		for _, offset := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
			w := s.open(t, 0)
			w.server.SetClockOffset(offset)
			for fault, f := range lost() {
				t.Run(fmt.Sprintf("%s clock %v", fault, offset), func(t *testing.T) {
					name := "acme-" + fault
					f.On, f.Effect, f.Times = s.post, true, 1
					w.server.Inject(f)
					w.Restart()
					r := w.Resource(s.typeName)
					said := r.Apply(s.called(name))
					w.posts(t, s, 1, 1)
					if s.member {
						unclear(t, r, said, w.named(name)...)
						return
					}
					if len(said) > 0 {
						t.Fatal(said)
					}
					w.created(t, r, name)
					r.Settled(s.called(name))
					w.server.Reset()
				})
			}
		}
	})
}

// A create that is lost on its way isn't sent again, unless the vendor itself says that it did not take it up.
func TestLostRequest(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		w := s.open(t, 0)
		for fault, f := range lost() {
			t.Run(fault, func(t *testing.T) {
				name := "acme-" + fault
				f.On, f.Times = s.post, 1
				w.server.Inject(f)
				w.Restart()
				r := w.Resource(s.typeName)
				said := r.Apply(s.called(name))
				if f.Status == 503 || f.Status == 425 {
					w.posts(t, s, 2, 2)
					if len(said) > 0 {
						t.Fatal(said)
					}
					w.created(t, r, name)
					return
				}
				w.posts(t, s, 1, 1)
				unclear(t, r, said)
				if ids := w.named(name); len(ids) > 0 {
					t.Errorf("the vendor has %v", ids)
				}
			})
		}
	})
}

// A vendor that answers later than timeouts.create allows has lost its reply too. There is time left to look.
func TestLateReply(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		for _, acts := range []bool{true, false} {
			t.Run(fmt.Sprint("acts ", acts), func(t *testing.T) {
				t.Parallel()
				w := s.open(t, 0)
				w.server.Inject(mockserver.Fault{On: s.post, Effect: acts, Delay: time.Hour, Times: 1, Status: 504})
				r := w.Resource(s.typeName)
				said := r.Apply(s.called("acme", Values{"timeouts": Values{"create": "8s"}}))
				w.posts(t, s, 1, 1)
				switch {
				case s.member || !acts:
					unclear(t, r, said, w.named("acme")...)
				case len(said) > 0:
					t.Error(said)
				default:
					w.created(t, r, "acme")
				}
			})
		}
	})
}

// What somebody else made a second before or after is never taken for ours.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		for _, clock := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
			w := s.open(t, 0)
			w.server.SetClockOffset(clock)
			for _, acts := range []bool{true, false} {
				for _, at := range []time.Duration{-time.Second, time.Second} {
					t.Run(fmt.Sprintf("clock %v, acts %v, %v", clock, acts, at), func(t *testing.T) {
						name := fmt.Sprintf("acme-%v-%v", acts, at)
						other := ""
						w.server.Inject(
							mockserver.Fault{On: s.post, Close: true, Effect: acts, Times: 1, Before: func() {
								// The vendors refuse a second one of a name; what is seen afterwards may be one anyway.
								w.server.Inject(mockserver.Fault{On: s.list, Times: 1, Before: func() { other = w.seed(name, time.Now().Add(clock+at)) }})
							}})
						w.Restart()
						r := w.Resource(s.typeName)
						said := r.Apply(s.called(name))
						w.posts(t, s, 1, 1)
						switch {
						case other == "":
							t.Error("nobody looked")
						case s.member:
							if r.State() != nil {
								t.Errorf("the state has %v", r.State())
							}
						case !acts:
							unclear(t, r, said, other)
						case len(said) > 0:
							t.Error(said)
						case r.State() == nil || r.ID() == other || len(w.named(name)) != 2:
							t.Errorf("the state has %v, %s is somebody else's", r.State(), other)
						}
					})
				}
			}
		}
	})
}
