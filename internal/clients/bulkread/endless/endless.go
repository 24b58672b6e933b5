// Package endless tests the bounds on listings, which are the same at each vendor, against listings that never end.
package endless

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Vendor is a vendor whose listings never end.
type Vendor struct {
	Name string
	// Page is a page of a listing. total is the JSON value that counts its items, and limits a page; "null" where nothing does.
	Page func(items []string, total string) string
	// ID is the id of the item of a number.
	ID func(n int) string
	// Item is the item of an id, as a page and a single read show it.
	Item func(id string) string
	// LongID is an item whose id has very many digits.
	LongID string
	// Other answers every request that is not for the listing.
	Other func(r *http.Request) (status int, body string)
	// Calls are all that read a listing. The first one does nothing else.
	Calls []Call
}

// Call reads a listing to its end.
type Call struct {
	Name string
	// Path is that of the listing.
	Path string
	// Bulk says that it reads the items of the numbers from 1 to Reads by their ids, and returns a warning as an error.
	Bulk bool
	Run  func(ctx context.Context, o transport.Options) error
}

// Reads is how many items a call reads where Bulk is set.
const Reads = 100

const (
	digits     = 1_000_000
	mostMemory = 512 << 20 // on the heap, garbage included
)

// LongNumber has very many digits.
var LongNumber = strings.Repeat("7", digits)

// kind is one way of not ending.
type kind struct {
	name string
	page func(v Vendor, n int) string // the n-th one, from 0
	want string                       // what the error says, as a regular expression
	bulk string                       // what the warning says where items are read by their ids; "" for anything
	most int                          // requests, with those that belong to the call itself
	few  bool                         // takes long, so that only the first call and those with Bulk are tried
}

const next = ".*support should know"

var kinds = []kind{
	{name: "new items", page: newItems("null"), want: "more than 100000 items" + next, most: 106},
	{name: "new pages", page: items(1, "null"), want: "more than 10000 pages" + next, most: 10_001, few: true},
	{name: "growing pages", page: growing, want: "more than 1024 MiB" + next, bulk: "more than 1024 MiB", most: 30, few: true},
	{
		name: "two pages in turn", page: func(v Vendor, n int) string { return items(1, "null")(v, n%2) },
		want: "repeats itself" + next, most: 8,
	},
	{name: "a huge total", page: newItems("9223372036854775806"), want: "more than 100000 items" + next, most: 106, few: true},
	{name: "a negative total", page: newItems("-9223372036854775807"), want: "more than 100000 items" + next, most: 106, few: true},
	{
		name: "a long number as total", page: newItems(LongNumber),
		want: "a number of 1000000 digits", bulk: "a number of 1000000 digits", most: 6,
	},
	{
		name: "a long text as total", page: newItems(`"` + LongNumber + `"`),
		want: "unexpected form|more than 100000 items" + next, most: 106, few: true,
	},
	{
		name: "a long id", page: func(v Vendor, _ int) string { return v.Page([]string{v.LongID}, "null") },
		want: "a number of 1000000 digits|unexpected form", most: 6,
	},
}

func newItems(total string) func(Vendor, int) string { return items(1000, total) }

// items makes pages of so many new items.
func items(size int, total string) func(Vendor, int) string {
	return func(v Vendor, n int) string {
		var all []string
		for i := range size {
			all = append(all, v.Item(v.ID(n*size+i+1)))
		}
		return v.Page(all, total)
	}
}

// growing makes pages of one new item, which decode into ever more.
func growing(v Vendor, n int) string {
	list := "[" + strings.Repeat("[],", 19_000) + "[]]"
	return strings.TrimSuffix(items(1, "null")(v, n), "}") + `,"more":[` + strings.Repeat(list+",", min(n, 11)) + list + "]}"
}

// Test tries each call with each kind.
func Test(t *testing.T, v Vendor) {
	t.Helper()
	for _, k := range kinds {
		for i, call := range v.Calls {
			if i == 0 || call.Bulk || !k.few {
				t.Run(k.name+"/"+call.Name, func(t *testing.T) { try(t, v, k, call) })
			}
		}
	}
	t.Run("time", func(t *testing.T) { slow(t, v) })
}

func try(t *testing.T, v Vendor, k kind, call Call) {
	t.Helper()
	runtime.GC()
	if call.Bulk {
		k.want, k.most = k.bulk, 2*Reads+8
	}
	s := &server{vendor: v, path: call.Path, page: k.page, most: k.most, single: call.Bulk}
	err := call.Run(t.Context(), s.options())
	said := ""
	if err != nil {
		said = err.Error()
	}
	if !regexp.MustCompile(`(?s)`+k.want).MatchString(said) || k.want != "" && !strings.Contains(said, v.Name) {
		t.Errorf("after %d requests: %.2000s", s.requests, said)
	}
	if s.requests > k.most {
		t.Errorf("%d requests", s.requests)
	}
	if s.peak > mostMemory {
		t.Errorf("%d MB of memory", s.peak>>20)
	}
}

// slow tries a listing whose pages come slowly: it ends with its deadline and, without one, with the bound.
func slow(t *testing.T, v Vendor) {
	t.Helper()
	for _, deadline := range []time.Duration{0, 10 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			ctx, want, text := t.Context(), bulkread.MaxTime, "longer than "+bulkread.MaxTime.String()+next
			if deadline > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, deadline)
				defer cancel()
				want, text = deadline, "the time ran out"
			}
			s := &server{vendor: v, path: v.Calls[0].Path, page: items(1, "null"), most: 1000, pause: 45 * time.Second}
			started := time.Now()
			err := v.Calls[0].Run(ctx, s.options())
			if took := time.Since(started); took != want || !errors.Is(err, context.DeadlineExceeded) ||
				!regexp.MustCompile(text).MatchString(err.Error()) || !strings.Contains(err.Error(), v.Name) {
				t.Errorf("after %v: %v", took, err)
			}
		})
	}
}

// server answers without a network.
type server struct {
	vendor Vendor
	path   string
	page   func(Vendor, int) string
	most   int
	single bool // items are found by their ids
	pause  time.Duration

	mu       sync.Mutex
	requests int
	pages    int
	peak     uint64
}

func (s *server) options() transport.Options {
	return transport.Options{BaseURL: &url.URL{Scheme: "https", Host: "vendor.example"}, RoundTripper: s, Clock: clock{}}
}

// RoundTrip implements http.RoundTripper.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.requests++; s.requests%64 == 0 || s.most < 200 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.peak = max(s.peak, m.HeapAlloc)
	}
	status := http.StatusOK
	var body string
	id, isItem := strings.CutPrefix(r.URL.Path, s.path+"/")
	switch {
	case s.requests > s.most:
		status, body = http.StatusTeapot, "there were too many requests"
	case r.Method == http.MethodGet && r.URL.Path == s.path:
		body = s.page(s.vendor, s.pages)
		s.pages++
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-time.After(s.pause):
		}
	case s.single && isItem:
		body = s.vendor.Item(id)
	default:
		status, body = s.vendor.Other(r)
	}
	header := http.Header{"Content-Type": {"application/json"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// clock doesn't wait.
type clock struct{}

func (clock) Now() time.Time                                   { return time.Now() }
func (clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
