package createonce_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// outcome is what a create is to end with.
type outcome struct {
	id         string // "" for an error
	posts      int
	things     int // named Acme, at the vendor
	unclear    bool
	candidates []string // their ids
	says       string
}

func (v *vendor) check(t *testing.T, made thing, err error, want outcome) {
	t.Helper()
	if made.ID != want.id || (err == nil) != (want.id != "") {
		t.Errorf("made %+v, error %v", made, err)
	}
	if v.posts != want.posts || v.names("Acme") != want.things {
		t.Errorf("%d POSTs and %d things, want %d and %d", v.posts, v.names("Acme"), want.posts, want.things)
	}
	var ids []string
	for _, c := range createonce.CandidatesOf(err) {
		ids = append(ids, c.ID)
		if c.Label != "Acme" && c.Label != "ACME " {
			t.Errorf("candidate is %+v", c)
		}
	}
	if !slices.Equal(ids, want.candidates) {
		t.Errorf("candidates %v, want %v", ids, want.candidates)
	}
	if err == nil {
		return
	}
	e, ok := errors.AsType[*createonce.Error](err)
	if !ok || e.Unclear != want.unclear || !strings.Contains(err.Error(), want.says) {
		t.Errorf("error is %v", err)
	}
}

// lost are the ways in which a reply can fail to tell what became of a POST.
func lost() map[string]func() (*http.Response, error) {
	all := map[string]func() (*http.Response, error){
		"closed":    func() (*http.Response, error) { return nil, io.EOF },
		"reset":     func() (*http.Response, error) { return nil, errors.New("connection reset by peer") },
		"cut":       func() (*http.Response, error) { return page(`{"id":"1",`), nil },
		"a page":    func() (*http.Response, error) { return page("<html>OK</html>"), nil },
		"something": func() (*http.Response, error) { return page(`[]`), nil },
		"redirect": func() (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusSeeOther, Body: http.NoBody}, nil
		},
	}
	for _, status := range []int{408, 500, 502, 504, 520, 529} {
		all[fmt.Sprint(status)] = func() (*http.Response, error) { return &http.Response{StatusCode: status, Body: http.NoBody}, nil }
	}
	return all
}

// TestLostReply: what was made is found, what was not made is not made twice, whatever clock the vendor has.
func TestLostReply(t *testing.T) {
	t.Parallel()
	for name, lose := range lost() { //nolint:bodyclose // the client closes it
		for _, offset := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
			for _, seconds := range []bool{false, true} {
				for _, acts := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s/%v/seconds %v/acts %v", name, offset, seconds, acts), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							v := &vendor{t: t, offset: offset, seconds: seconds, latency: 300 * time.Millisecond}
							v.onPost = func(int) (bool, *http.Response, error) {
								res, err := lose()
								return acts, res, err
							}
							time.Sleep(123 * time.Millisecond)
							made, err := v.creation().Run(t.Context())
							want := outcome{posts: 1, unclear: true, says: "it may have been created anyway"}
							if acts {
								want = outcome{id: "1", posts: 1, things: 1}
							}
							v.check(t, made, err, want)
						})
					})
				}
			}
		}
	}
}

// TestLookAlikes: what others made at about the same time is never taken for ours.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	type other struct {
		when              time.Duration // against our POST
		name, note, owner string
	}
	first, both := outcome{candidates: []string{"1"}}, outcome{candidates: []string{"1", "2"}}
	for name, tt := range map[string]struct {
		others []other
		acts   bool
		want   outcome
		unlike int // how many of them have another name, though it may make them candidates
	}{
		"someone else's, a second before": {[]other{{-time.Second, "Acme", "sent", "other"}}, false, first, 0},
		"someone else's, a second after":  {[]other{{time.Second, "Acme", "sent", "other"}}, false, first, 0},
		"someone else's, both, and ours": {
			[]other{{-time.Second, "Acme", "sent", "other"}, {time.Second, "Acme", "sent", "other"}}, true, outcome{id: "2"}, 0,
		},
		"of other content, both": {[]other{{-time.Second, "Acme", "x", "me"}, {time.Second, "Acme", "x", "me"}}, false, both, 0},
		"of other content, both, and ours": {
			[]other{{-time.Second, "Acme", "x", "me"}, {time.Second, "Acme", "x", "me"}}, true, outcome{id: "2"}, 0,
		},
		"in other case":                              {[]other{{-time.Second, "ACME ", "sent", "me"}}, false, first, 1},
		"in other case, and ours":                    {[]other{{-time.Second, "ACME ", "sent", "me"}}, true, outcome{id: "2"}, 1},
		"just like ours, long before":                {[]other{{-3 * time.Second, "Acme", "sent", "me"}}, false, first, 0},
		"just like ours, long before, and ours":      {[]other{{-3 * time.Second, "Acme", "sent", "me"}}, true, outcome{id: "2"}, 0},
		"just like ours, a second after, and ours":   {[]other{{time.Second, "Acme", "sent", "me"}}, true, both, 0},
		"just like ours, too close before, and ours": {[]other{{-500 * time.Millisecond, "Acme", "sent", "me"}}, true, both, 0},
		// All that is known speaks for it: the limit of what can be proven.
		"ours in all we know, too close before": {[]other{{-500 * time.Millisecond, "Acme", "sent", "me"}}, false, outcome{id: "1"}, 0},
		"of another name":                       {[]other{{0, "Bcme", "sent", "me"}}, false, outcome{}, 1},
		"just like ours, on both sides, but not ours": {
			[]other{{-time.Second, "Acme", "sent", "me"}, {time.Second, "Acme", "sent", "me"}}, false, both, 0,
		},
	} {
		for _, offset := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
			for _, seconds := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%v/seconds %v", name, offset, seconds), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						const start = 10*time.Second + 700*time.Millisecond
						v := &vendor{t: t, offset: offset, seconds: seconds, work: 2 * time.Second} // then the reply is lost
						for _, o := range tt.others {
							time.AfterFunc(start+o.when, func() { v.add(o.name, o.note, o.owner, v.now()) })
						}
						v.onPost = func(int) (bool, *http.Response, error) { return tt.acts, nil, io.EOF }
						time.Sleep(start)
						made, err := v.creation().Run(t.Context())
						want := tt.want
						want.posts = 1
						want.unclear = true
						want.things = len(tt.others) - tt.unlike
						if tt.acts {
							want.things++
						}
						v.check(t, made, err, want)
					})
				})
			}
		}
	}
}

// TestRepeat: a POST that the server says it did not take up is repeated once a look-up has found nothing.
func TestRepeat(t *testing.T) {
	t.Parallel()
	refuse := func(acts bool, times int, headers ...string) func(*vendor) {
		return func(v *vendor) {
			v.onPost = func(n int) (bool, *http.Response, error) {
				if n > times {
					return true, nil, nil
				}
				return acts, v.reply(503, "busy", headers...), nil
			}
		}
	}
	for name, tt := range map[string]struct {
		setup   func(*vendor)
		timeout time.Duration
		want    outcome
		least   time.Duration
	}{
		"503 that did nothing": {setup: refuse(false, 1), want: outcome{id: "1", posts: 2, things: 1}},
		"503 that had acted":   {setup: refuse(true, 1), want: outcome{id: "1", posts: 1, things: 1}},
		"503 that had acted, seen late": {
			setup: func(v *vendor) { refuse(true, 1)(v); v.lag = 5 * time.Second }, want: outcome{id: "1", posts: 1, things: 1},
			least: 5 * time.Second,
		},
		"425": {
			setup: func(v *vendor) {
				v.onPost = func(n int) (bool, *http.Response, error) {
					if n > 1 {
						return true, nil, nil
					}
					return false, v.reply(425, ""), nil
				}
			},
			want: outcome{id: "1", posts: 2, things: 1},
		},
		"503 four times":     {setup: refuse(false, 4), want: outcome{id: "1", posts: 5, things: 1}},
		"503 for ever":       {setup: refuse(false, 99), want: outcome{posts: 5, unclear: true, says: "HTTP 503 Service Unavailable: busy"}},
		"503, asked to wait": {setup: refuse(false, 1, "Retry-After", "60"), want: outcome{id: "1", posts: 2, things: 1}, least: time.Minute},
		"503, asked too much": {
			setup: refuse(false, 1, "Retry-After", "600"), timeout: 5 * time.Minute,
			want: outcome{posts: 1, unclear: true, says: "asked to wait 10m0s, which is more than the time left"},
		},
		"503, then lost": {
			setup: func(v *vendor) {
				v.onPost = func(n int) (bool, *http.Response, error) {
					if n == 1 {
						return false, v.reply(503, ""), nil
					}
					return true, nil, io.EOF
				}
			},
			want: outcome{id: "1", posts: 2, things: 1},
		},
		"503 that acts later, then refused as a duplicate": {
			setup: func(v *vendor) {
				v.onPost = func(n int) (bool, *http.Response, error) {
					if n == 1 {
						time.AfterFunc(8*time.Second, func() { v.add("Acme", "sent", "me", v.now()) })
						return false, v.reply(503, ""), nil
					}
					return false, v.reply(400, map[string]any{"errors": map[string]string{"name": "taken"}}), nil
				}
			},
			want: outcome{id: "1", posts: 2, things: 1},
		},
		"503, and a look-alike": {
			setup: func(v *vendor) { refuse(false, 1)(v); v.add("Acme", "sent", "other", v.now()) },
			want:  outcome{posts: 1, things: 1, unclear: true, candidates: []string{"1"}},
		},
		"503, and a look-alike that is shown once": {
			setup: func(v *vendor) {
				refuse(false, 1)(v)
				v.add("Acme", "sent", "other", v.now())
				v.onList = func(n int) *http.Response {
					if n > 1 {
						return v.reply(200, []thing{})
					}
					return nil
				}
			},
			want: outcome{posts: 1, things: 1, unclear: true, candidates: []string{"1"}},
		},
		"503, and no look-up": {
			setup: func(v *vendor) {
				refuse(false, 1)(v)
				v.onList = func(int) *http.Response { return v.reply(403, "no") }
			},
			want: outcome{posts: 1, unclear: true, says: "looking it up failed: Vendor: look up thing: HTTP 403 Forbidden: no"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{t: t}
				tt.setup(v)
				ctx := t.Context()
				if tt.timeout > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.timeout)
					defer cancel()
				}
				started := time.Now()
				made, err := v.creation().Run(ctx)
				v.check(t, made, err, tt.want)
				if took := time.Since(started); took < tt.least || tt.timeout > 0 && took > tt.timeout {
					t.Errorf("took %v", took)
				}
				time.Sleep(time.Minute) // for what is still to happen at the vendor
			})
		})
	}
}

// TestUnproven: without proof, everything that it may be is named.
func TestUnproven(t *testing.T) {
	t.Parallel()
	lose := func(v *vendor) {
		v.onPost = func(int) (bool, *http.Response, error) { return true, nil, io.EOF }
	}
	for name, tt := range map[string]struct {
		setup  func(*vendor)
		change func(*createonce.Creation[thing])
		want   outcome
		lists  int
	}{
		"nothing can be proven": {
			change: func(c *createonce.Creation[thing]) { c.MadeHere = nil }, want: outcome{things: 1, candidates: []string{"1"}}, lists: 1,
		},
		"nothing can be proven, seen late": {
			setup: func(v *vendor) { v.lag = 3 * time.Second }, change: func(c *createonce.Creation[thing]) { c.MadeHere = nil },
			want: outcome{things: 1, candidates: []string{"1"}}, lists: 4,
		},
		"seen late": {setup: func(v *vendor) { v.lag = 7 * time.Second }, want: outcome{id: "1", things: 1}, lists: 5},
		"seen too late": {
			setup: func(v *vendor) { v.lag = time.Hour }, want: outcome{things: 1, says: "it may have been created anyway"}, lists: 5,
		},
		"no time from the vendor": {setup: func(v *vendor) { v.noDate = true }, want: outcome{things: 1, candidates: []string{"1"}}, lists: 5},
		"the look-up fails": {
			setup: func(v *vendor) {
				v.onList = func(int) *http.Response { return v.reply(404, "no") }
			},
			want: outcome{
				things: 1, says: "Vendor: create thing: no complete reply: EOF; it may have been created anyway; looking it up failed: ",
			},
			lists: 1,
		},
		"the look-up fails for a while": {
			setup: func(v *vendor) {
				v.onList = func(n int) *http.Response {
					if n < 4 {
						return v.reply(503, "")
					}
					return nil
				}
			},
			want: outcome{id: "1", things: 1}, lists: 4,
		},
		"the proof fails": {
			setup: func(v *vendor) { v.add("Acme", "sent", "other", v.now()) },
			change: func(c *createonce.Creation[thing]) {
				c.MadeHere = func(context.Context, thing, createonce.Window) (bool, error) { return true, errors.New("who am I") }
			},
			want: outcome{things: 2, candidates: []string{"1", "2"}, says: "looking it up failed: who am I"}, lists: 1,
		},
		"an error that is none of the transport's": {
			change: func(c *createonce.Creation[thing]) {
				post := c.Post
				c.Post = func(ctx context.Context) (thing, error) {
					_, _ = post(ctx)
					return thing{}, errors.New("the reply holds no id")
				}
			},
			want: outcome{id: "1", things: 1}, lists: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{t: t}
				lose(v)
				if tt.setup != nil {
					tt.setup(v)
				}
				c := v.creation()
				if tt.change != nil {
					tt.change(&c)
				}
				made, err := c.Run(t.Context())
				tt.want.posts, tt.want.unclear = 1, true
				v.check(t, made, err, tt.want)
				if v.lists != tt.lists {
					t.Errorf("%d look-ups, want %d", v.lists, tt.lists)
				}
			})
		})
	}
}

// TestRejection: a clear refusal stands, with what exists already, and nothing is repeated.
func TestRejection(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 409, 422, 501} {
		for _, lookUp := range []int{200, 403} {
			t.Run(fmt.Sprint(status, lookUp), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					v := &vendor{t: t}
					v.add("Acme", "other", "other", v.now().Add(-time.Hour))
					v.add("Bcme", "other", "other", v.now().Add(-time.Hour))
					v.add("ACME ", "other", "other", v.now().Add(-time.Hour))
					v.onPost = func(int) (bool, *http.Response, error) { return false, v.reply(status, "taken"), nil }
					if lookUp != 200 {
						v.onList = func(int) *http.Response { return v.reply(lookUp, "") }
					}
					made, err := v.creation().Run(t.Context())
					want := outcome{posts: 1, things: 1, says: fmt.Sprintf("Vendor: create thing: HTTP %d %s: taken", status, http.StatusText(status))}
					if lookUp == 200 && slices.Contains([]int{400, 409, 422}, status) {
						want.candidates = []string{"1", "3"}
						want.says = `"ACME " exists with id 3`
					}
					v.check(t, made, err, want)
					if strings.Contains(err.Error(), "may have been") || strings.Contains(err.Error(), "looking") || !transport.IsStatus(err, status) {
						t.Errorf("error is %v", err)
					}
				})
			})
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	found := &createonce.Error{Candidates: []createonce.Candidate{{ID: "7", Label: `A "b"`}}}
	if got := found.Error(); got != `it exists already; "A \"b\"" exists with id 7` {
		t.Errorf("got %s", got)
	}
	if createonce.CandidatesOf(fmt.Errorf("wrapped: %w", found)) == nil || createonce.CandidatesOf(io.EOF) != nil ||
		errors.Unwrap(found) != nil {
		t.Error("candidates of the wrong error")
	}
}
