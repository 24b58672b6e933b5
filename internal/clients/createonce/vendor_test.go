package createonce_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// thing is what the vendor below has.
type thing struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Note    string    `json:"note"`
	Owner   string    `json:"owner"`
	Created time.Time `json:"created"`
}

// vendor is an API in memory, behind a RoundTripper, so that a synctest bubble's clock can run.
type vendor struct {
	t             *testing.T
	offset        time.Duration // of its clock against ours
	seconds       bool          // its creation times are in whole seconds
	noDate        bool
	gateway       time.Duration            // of the clock behind the Date header against the vendor's
	respell       func(name string) string // what the vendor makes of a name
	readsDoNotLag bool                     // a read by id shows what a listing doesn't show yet
	perSecond     float64                  // the client's own limit; none where 0
	lag           time.Duration            // until listings show what has been created
	latency       time.Duration            // of each request
	work          time.Duration            // for how long a POST is worked on after it has had its effect

	// onPost decides what becomes of the nth POST, n from 1: whether it has its effect, and the reply in place of 201.
	onPost func(n int) (acts bool, instead *http.Response, err error)
	// onList replaces the reply to the nth look-up, unless it returns nil.
	onList func(n int) *http.Response

	mu     sync.Mutex
	things []thing
	posts  int
	lists  int
}

func (v *vendor) now() time.Time { return time.Now().Add(v.offset) }

func (v *vendor) add(name, note, owner string, created time.Time) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seconds {
		created = created.Truncate(time.Second)
	}
	id := fmt.Sprint(len(v.things) + 1)
	v.things = append(v.things, thing{id, name, note, owner, created})
	return id
}

func (v *vendor) names(name string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := 0
	for _, one := range v.things {
		if strings.EqualFold(one.Name, name) {
			n++
		}
	}
	return n
}

// RoundTrip implements http.RoundTripper.
func (v *vendor) RoundTrip(req *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(req.Context())
	trace.GetConn("")
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	trace.GotConn(httptrace.GotConnInfo{})
	var sent []byte
	if req.Body != nil {
		sent, _ = io.ReadAll(req.Body)
	}
	if err := sleep(req, v.latency); err != nil {
		return nil, err
	}
	if req.Method == http.MethodPost {
		return v.post(req, sent)
	}
	v.mu.Lock()
	v.lists++
	n := v.lists
	shown := []thing{}
	for _, one := range v.things {
		if v.lag == 0 || v.now().Sub(one.Created) >= v.lag || v.readsDoNotLag && req.URL.Query().Has("id") {
			shown = append(shown, one)
		}
	}
	v.mu.Unlock()
	if v.onList != nil {
		if res := v.onList(n); res != nil {
			return res, nil
		}
	}
	return v.reply(200, shown), nil
}

func sleep(req *http.Request, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-req.Context().Done():
		return req.Context().Err()
	}
}

func (v *vendor) post(req *http.Request, sent []byte) (*http.Response, error) {
	v.mu.Lock()
	v.posts++
	n := v.posts
	v.mu.Unlock()
	var one thing
	if err := json.Unmarshal(sent, &one); err != nil {
		v.t.Error(err)
	}
	acts, instead, err := true, (*http.Response)(nil), error(nil)
	if v.onPost != nil {
		acts, instead, err = v.onPost(n)
	}
	if acts {
		name := one.Name
		if v.respell != nil {
			name = v.respell(name)
		}
		one.ID = v.add(name, one.Note, "me", v.now())
	}
	if err := sleep(req, v.work); err != nil {
		return nil, err
	}
	if instead != nil || err != nil {
		return instead, err
	}
	return v.reply(201, one), nil
}

func (v *vendor) reply(status int, body any, headers ...string) *http.Response {
	raw, err := json.Marshal(body)
	if err != nil {
		v.t.Error(err)
	}
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(raw))}
	if !v.noDate {
		res.Header.Set("Date", v.now().Add(v.gateway).UTC().Format(http.TimeFormat))
	}
	for i := 0; i < len(headers); i += 2 {
		res.Header.Set(headers[i], headers[i+1])
	}
	return res
}

func page(text string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text))}
}

// creation creates the thing Acme with the note "sent", as me.
func (v *vendor) creation() createonce.Creation[thing] { return v.creationOf("Acme") }

func (v *vendor) creationOf(name string) createonce.Creation[thing] {
	isNamed := func(one thing) bool { return strings.EqualFold(strings.TrimSpace(one.Name), name) }
	base, _ := transport.ParseBaseURL("https://vendor.example")
	client := transport.New(transport.Options{Vendor: "Vendor", BaseURL: base, RoundTripper: v, MaxRequestsPerSecond: v.perSecond})
	return createonce.Creation[thing]{
		Clock: transport.SystemClock{},
		Post: func(ctx context.Context) (thing, error) {
			var made thing
			_, err := client.Do(ctx, transport.Request{
				Operation: "create thing", Method: http.MethodPost, Path: "/things", Body: []byte(`{"name":"` + name + `","note":"sent"}`),
				Replay: transport.Create, Into: &made,
			})
			return made, err
		},
		LookUp: func(ctx context.Context) ([]thing, createonce.Moment, error) {
			var all, same []thing
			res, err := client.Do(ctx, transport.Request{Operation: "look up thing", Method: http.MethodGet, Path: "/things", Into: &all})
			if err != nil {
				return nil, createonce.Moment{}, err
			}
			for _, one := range all {
				if isNamed(one) {
					same = append(same, one)
				}
			}
			return same, createonce.MomentOf(res), nil
		},
		IDs:  &createonce.IDs{},
		Same: func(found thing) bool { return found.Name == name && found.Note == "sent" },
		Mismatch: func(made thing) string {
			if isNamed(made) {
				return ""
			}
			return "the reply is about " + made.Name
		},
		Read: func(ctx context.Context, made thing) (thing, createonce.Moment, error) {
			var all []thing
			res, err := client.Do(ctx, transport.Request{
				Operation: "read thing", Method: http.MethodGet, Path: "/things", Query: "id=" + made.ID, Into: &all,
			})
			if err != nil {
				return thing{}, createonce.Moment{}, err
			}
			for _, one := range all {
				if one.ID == made.ID {
					return one, createonce.MomentOf(res), nil
				}
			}
			return thing{}, createonce.Moment{}, fmt.Errorf("no thing %s", made.ID)
		},
		MadeHere: func(_ context.Context, found thing, window createonce.Window) (bool, error) {
			return found.Owner == "me" && window.Contains(found.Created), nil
		},
		Describe: func(one thing) createonce.Candidate { return createonce.Candidate{ID: one.ID, Label: one.Name} },
	}
}
