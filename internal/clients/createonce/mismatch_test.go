package createonce_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
)

// about answers a POST with a thing of another name or id, after the vendor has acted or not.
func about(v *vendor, acts bool, answer thing) {
	v.onPost = func(int) (bool, *http.Response, error) { return acts, v.reply(201, answer), nil }
}

// TestMismatch: a reply about something else is never taken at its word. What it names decides first, then the look-up,
// and without proof the error names both.
func TestMismatch(t *testing.T) {
	t.Parallel()
	const lost = "it may have been created anyway"
	for name, tt := range map[string]struct {
		setup  func(*vendor)
		change func(*createonce.Creation[thing])
		want   outcome
		named  string // the id that the error says the reply has
	}{
		"another spelling, and ours by its own showing": {
			setup: func(v *vendor) {
				v.respell = func(string) string { return "A.C.M.E." }
				about(v, true, thing{ID: "1", Name: "A.C.M.E."})
			},
			want: outcome{id: "1"},
		},
		"someone else's, and ours is found": {
			setup: func(v *vendor) { v.add("Bcme", "x", "other", v.now()); about(v, true, thing{ID: "1", Name: "Bcme"}) },
			want:  outcome{id: "2", things: 1},
		},
		"ours from long ago, and ours is found": {
			setup: func(v *vendor) {
				v.add("Bcme", "x", "me", v.now().Add(-time.Hour))
				about(v, true, thing{ID: "1", Name: "Bcme"})
			},
			want: outcome{id: "2", things: 1},
		},
		"someone else's, and nothing is found": {
			setup: func(v *vendor) { v.add("Bcme", "x", "other", v.now()); about(v, false, thing{ID: "1", Name: "Bcme"}) },
			want:  outcome{unclear: true, says: lost}, named: "1",
		},
		"someone else's, and a look-alike": {
			setup: func(v *vendor) {
				v.add("Bcme", "x", "other", v.now())
				v.add("Acme", "sent", "other", v.now())
				about(v, false, thing{ID: "1", Name: "Bcme"})
			},
			want:  outcome{things: 1, unclear: true, candidates: []string{"2"}, says: `"Acme" exists with id 2; the reply has the id 1 of "Bcme"`},
			named: "1",
		},
		"nothing of that id, and ours is found": {
			setup: func(v *vendor) { about(v, true, thing{ID: "99", Name: "Bcme"}) }, want: outcome{id: "1", things: 1},
		},
		"nothing of that id, and nothing is found": {
			setup: func(v *vendor) { about(v, false, thing{ID: "99", Name: "Bcme"}) },
			want:  outcome{unclear: true, says: `the reply is about Bcme; ` + lost + `; the reply has the id 99 of "Bcme"`}, named: "99",
		},
		"the read fails, and ours is found": {
			setup: func(v *vendor) {
				v.add("Bcme", "x", "other", v.now())
				about(v, true, thing{ID: "1", Name: "Bcme"})
				v.onList = func(n int) *http.Response {
					if n == 1 {
						return v.reply(403, "no")
					}
					return nil
				}
			},
			want: outcome{id: "2", things: 1},
		},
		"neither read nor look-up": {
			setup: func(v *vendor) {
				about(v, true, thing{ID: "1", Name: "Bcme"})
				v.onList = func(int) *http.Response { return v.reply(403, "no") }
			},
			want: outcome{things: 1, unclear: true, says: "looking it up failed"}, named: "1",
		},
		"the read is about another id": {
			setup: func(v *vendor) { about(v, false, thing{ID: "7", Name: "Bcme"}) },
			change: func(c *createonce.Creation[thing]) {
				c.Read = func(context.Context, thing) (thing, createonce.Moment, error) {
					now := createonce.Moment{Date: time.Now(), Received: time.Now()}
					return thing{ID: "8", Name: "x", Owner: "me", Created: time.Now()}, now, nil
				}
			},
			want: outcome{unclear: true, says: lost}, named: "7",
		},
		"the read tells no time": {
			setup: func(v *vendor) { v.noDate = true; about(v, true, thing{ID: "1", Name: "Bcme"}) },
			want:  outcome{things: 1, unclear: true, candidates: []string{"1"}}, named: "1",
		},
		"the proof of what is read fails": {
			setup: func(v *vendor) { about(v, true, thing{ID: "1", Name: "Bcme"}) },
			change: func(c *createonce.Creation[thing]) {
				made, calls := c.MadeHere, 0
				c.MadeHere = func(ctx context.Context, found thing, w createonce.Window) (bool, error) {
					if calls++; calls == 1 {
						return true, errors.New("who am I")
					}
					return made(ctx, found, w)
				}
			},
			want: outcome{id: "1", things: 1},
		},
		"nothing can be read": {
			setup:  func(v *vendor) { about(v, true, thing{ID: "9", Name: "Bcme"}) },
			change: func(c *createonce.Creation[thing]) { c.Read = nil }, want: outcome{id: "1", things: 1},
		},
		"nothing can be proven": {
			setup:  func(v *vendor) { about(v, true, thing{ID: "9", Name: "Bcme"}) },
			change: func(c *createonce.Creation[thing]) { c.MadeHere = nil },
			want:   outcome{things: 1, unclear: true, candidates: []string{"1"}}, named: "9",
		},
		"no id, and ours is found": {setup: func(v *vendor) { about(v, true, thing{Name: "Acme"}) }, want: outcome{id: "1", things: 1}},
		"no id, and nothing is found": {
			setup: func(v *vendor) { about(v, false, thing{Name: "Acme"}) }, want: outcome{unclear: true, says: "the reply has no id"},
		},
		"text for a terminal": {
			setup: func(v *vendor) { about(v, false, thing{ID: "9\x1b[2J", Name: "B\nError: \u202ex"}) },
			want:  outcome{unclear: true, says: `the reply is about B Error: x; ` + lost + `; the reply has the id 9[2J of "B Error: x"`},
			named: "9\x1b[2J",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{t: t}
				tt.setup(v)
				c := v.creation()
				if tt.change != nil {
					tt.change(&c)
				}
				made, err := c.Run(t.Context())
				tt.want.posts = 1
				v.check(t, made, err, tt.want)
				e, failed := errors.AsType[*createonce.Error](err)
				if failed && (tt.named == "") != (e.Named == nil) || e != nil && e.Named != nil && e.Named.ID != tt.named {
					t.Errorf("named is %+v, want %q", e.Named, tt.named)
				}
				if err != nil && strings.ContainsAny(err.Error(), "\n\x1b\u202e") || err != nil && strings.HasPrefix(err.Error(), ":") {
					t.Errorf("error is %q", err)
				}
			})
		})
	}
}

// TestCancelAfterMismatch: the look-up of what has been sent goes on.
func TestCancelAfterMismatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{t: t, work: 10 * time.Second}
		about(v, true, thing{ID: "9", Name: "Bcme"})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		made, err := v.creation().Run(ctx)
		v.check(t, made, err, outcome{id: "1", posts: 1, things: 1})
	})
}

// pair runs two creates of things A and B at the same time, with the vendor's way to answer them.
func pair(t *testing.T, v *vendor, names ...string) (made []thing, errs []error) {
	t.Helper()
	ids := &createonce.IDs{}
	made, errs = make([]thing, len(names)), make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() {
			time.Sleep(time.Duration(i) * 10 * time.Millisecond)
			c := v.creationOf(name)
			c.IDs = ids
			made[i], errs[i] = c.Run(t.Context())
		})
	}
	all.Wait()
	return made, errs
}

// TestSwappedReplies: of two creates at the same time, each gets what it has made, whatever the replies say; or an error.
func TestSwappedReplies(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(v *vendor, n int) (*http.Response, error){
		"swapped": func(v *vendor, n int) (*http.Response, error) {
			return v.reply(201, thing{ID: fmt.Sprint(3 - n), Name: []string{"Bcme", "Acme"}[n-1]}), nil
		},
		"the first for both": func(v *vendor, _ int) (*http.Response, error) {
			return v.reply(201, thing{ID: "1", Name: "Acme"}), nil
		},
		"the second for both": func(v *vendor, _ int) (*http.Response, error) {
			return v.reply(201, thing{ID: "2", Name: "Bcme"}), nil
		},
		"both lost": func(*vendor, int) (*http.Response, error) { return nil, io.EOF },
		"the second for the first, then lost": func(v *vendor, n int) (*http.Response, error) {
			if n == 1 {
				return v.reply(201, thing{ID: "2", Name: "Bcme"}), nil
			}
			return nil, io.EOF
		},
	} {
		for _, lag := range []time.Duration{0, time.Hour} {
			t.Run(fmt.Sprint(name, "/", lag), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					v := &vendor{t: t, work: time.Second}
					v.onPost = func(n int) (bool, *http.Response, error) {
						res, err := answer(v, n)
						return true, res, err
					}
					if lag > 0 { // the look-up shows nothing; reads by id do
						v.lag = lag
						v.readsDoNotLag = true
					}
					made, errs := pair(t, v, "Acme", "Bcme")
					for i, want := range []string{"1", "2"} {
						if made[i].ID != "" && made[i].ID != want || lag == 0 && made[i].ID != want {
							t.Errorf("create %d has %q: %v", i+1, made[i].ID, errs[i])
						}
					}
					if v.posts != 2 {
						t.Errorf("%d POSTs", v.posts)
					}
				})
			})
		}
	}
}

// TestSameID: no two creates return one id, even where both replies have it and are about the right name.
func TestSameID(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			v := &vendor{t: t, work: time.Second}
			v.onPost = func(n int) (bool, *http.Response, error) { // one thing, whoever asks
				if lost {
					return n == 1, nil, io.EOF
				}
				return n == 1, v.reply(201, thing{ID: "1", Name: "Acme"}), nil
			}
			made, errs := pair(t, v, "Acme", "Acme", "acme")
			returned := 0
			for i := range made {
				if made[i].ID != "" {
					returned++
				} else if e, ok := errors.AsType[*createonce.Error](errs[i]); !ok || !e.Unclear || len(e.Candidates) != 1 {
					t.Errorf("error is %v", errs[i])
				}
			}
			if returned != 1 {
				t.Errorf("%d creates returned id 1: %v", returned, errs)
			}
		})
	}
}

// TestOneAfterTheOther: what an earlier create has returned is not in the way of the next one of that name.
func TestOneAfterTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{t: t}
		v.onPost = func(int) (bool, *http.Response, error) { return true, nil, io.EOF }
		ids := &createonce.IDs{}
		for _, want := range []string{"1", "2", "3"} {
			c := v.creation()
			c.IDs = ids
			made, err := c.Run(t.Context())
			if made.ID != want || err != nil || !ids.Has(want) {
				t.Errorf("made %q, want %q: %v", made.ID, want, err)
			}
		}
		if ids.Has("4") || (*createonce.IDs)(nil).Has("1") {
			t.Error("an id that no create has returned")
		}
	})
}

// TestQueued: the window begins when the POST goes out, not when it is asked for: what others made while it waited in a
// queue is not ours.
func TestQueued(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{t: t, perSecond: 0.1}
		c := v.creation()
		if _, _, err := c.LookUp(t.Context()); err != nil { // takes the first turn
			t.Fatal(err)
		}
		time.AfterFunc(5*time.Second, func() { v.add("Acme", "sent", "me", v.now()) })
		v.onPost = func(int) (bool, *http.Response, error) { return false, nil, io.EOF }
		made, err := c.Run(t.Context())
		v.check(t, made, err, outcome{posts: 1, things: 1, unclear: true, candidates: []string{"1"}})
	})
}

// TestWindow: both ends follow the clock that the look-up states. Where that clock is not the one of the creation times,
// nothing is ours.
func TestWindow(t *testing.T) {
	t.Parallel()
	for _, gateway := range []time.Duration{0, time.Hour, -time.Hour} {
		for _, stranger := range []time.Duration{0, -time.Hour, time.Hour, -time.Minute, -4 * time.Second} { // against our POST
			for _, acts := range []bool{false, true} {
				t.Run(fmt.Sprint(gateway, "/", stranger, "/", acts), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						v := &vendor{t: t, gateway: gateway, work: time.Second}
						v.onPost = func(int) (bool, *http.Response, error) { return acts, nil, io.EOF }
						want := outcome{posts: 1, unclear: true}
						if stranger != 0 { // just like ours, in everything but the time
							v.add("Acme", "sent", "me", v.now().Add(stranger))
							want.things, want.candidates = 1, []string{"1"}
						}
						if acts {
							want.things++
							want.candidates = append(want.candidates, fmt.Sprint(want.things))
						}
						switch {
						case gateway == 0 && acts:
							want.id = want.candidates[len(want.candidates)-1]
							want.candidates = nil
						case gateway != 0 && stranger == gateway:
							// A clock that is wrong by just as much as the stranger was earlier: nothing tells them apart.
							return
						}
						made, err := v.creation().Run(t.Context())
						v.check(t, made, err, want)
					})
				})
			}
		}
	}
}

// TestWindowEnds: the window is as wide as the time from POST to look-up, and a second at either end.
func TestWindowEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{t: t, work: 10 * time.Second, latency: time.Second}
		v.onPost = func(int) (bool, *http.Response, error) { return true, nil, io.EOF }
		c := v.creation()
		began := time.Now()
		c.MadeHere = func(_ context.Context, _ thing, w createonce.Window) (bool, error) {
			received := time.Now()
			if got := w.Until.Sub(w.From); got != received.Sub(began)+2*time.Second {
				t.Errorf("the window is %v wide", got)
			}
			if !w.Until.Equal(received.Truncate(time.Second).Add(time.Second)) || w.From.After(began) || w.From.Before(began.Add(-2*time.Second)) {
				t.Errorf("the window is %v to %v", w.From, w.Until)
			}
			for at, in := range map[time.Time]bool{
				w.From: true, w.Until: true, w.From.Add(-1): false, w.Until.Add(1): false, {}: false,
			} {
				if w.Contains(at) != in {
					t.Errorf("%v in the window: %v", at, !in)
				}
			}
			return true, nil
		}
		made, err := c.Run(t.Context())
		v.check(t, made, err, outcome{id: "1", posts: 1, things: 1})
	})
	if (createonce.MomentOf(nil) != createonce.Moment{}) {
		t.Error("no reply, no moment")
	}
}
