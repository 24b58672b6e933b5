package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

const (
	// maxBody is what is read of one reply, as in the provider.
	maxBody = 10 << 20
	// maxSilent is after how many requests in a row without a reply a vendor is given up.
	maxSilent = 2
)

// exchange is one request and its reply.
type exchange struct {
	operation string // the method and the path of the vendor's description, such as GET /iam/clients/{clientId}
	status    int
	header    http.Header
	body      []byte
	value     any  // the body as JSON, with json.Number
	isJSON    bool // whether it is JSON
	received  time.Time
}

// ok reports whether there is a reply and it has what was asked for, as JSON.
func (e *exchange) ok() bool { return e != nil && e.status == http.StatusOK && e.isJSON }

// probe asks one vendor, one request at a time. Only reads, logins and the end of a login leave it: the transport refuses
// all else in its read-only mode, and RoundTrip refuses it once more.
type probe struct {
	vendor    string
	client    *transport.Client
	next      http.RoundTripper
	clock     transport.Clock
	authorize func(*http.Request)
	contract  *contract
	limit     int // requests at most
	progress  func(requests int)

	count     int
	last      *exchange // the reply to the request under way
	stop      context.CancelFunc
	exchanges []*exchange
	replies   map[string]*exchange // by path and query, so that nothing is asked for twice
	silent    int                  // requests in a row without a reply
	closed    string               // why nothing more is sent; "" while all is well
	seen      any                  // what a vendor's checks share
}

// options are what a probe needs to know besides its vendor.
type options struct {
	base     *url.URL
	timeout  time.Duration
	limit    int
	clock    transport.Clock
	progress func(vendor string, requests int)
}

func newProbe(vendor string, o options, document []byte, authorize func(*http.Request)) (*probe, error) {
	c, err := readContract(document)
	if err != nil {
		return nil, err
	}
	p := &probe{
		vendor: vendor, next: transport.NewTransport(nil), clock: o.clock, authorize: authorize, contract: c, limit: o.limit,
		progress: func(n int) { o.progress(vendor, n) }, replies: map[string]*exchange{},
	}
	p.client = transport.New(transport.Options{
		Vendor: vendor, BaseURL: o.base, RoundTripper: p, UserAgent: "terraform-provider-accounts-verify",
		RequestTimeout: o.timeout, Clock: o.clock, ReadOnly: true,
	})
	return p, nil
}

var (
	errNotRead = errors.New("this would not be a read")
	errTooMany = errors.New("there have been as many requests as are allowed")
)

// isRead reports whether a request changes nothing: reads, a login, and the end of the session that it has begun.
func isRead(req *http.Request) bool {
	path := req.URL.Path
	return req.Method == http.MethodGet ||
		req.Method == http.MethodPost && (strings.HasSuffix(path, loginPath) || strings.HasSuffix(path, logoutPath))
}

// RoundTrip implements http.RoundTripper: it counts requests, refuses what is not a read, and keeps the reply.
func (p *probe) RoundTrip(req *http.Request) (*http.Response, error) {
	switch {
	case !isRead(req):
		p.stop()
		return nil, errNotRead
	case p.count >= p.limit:
		p.closed = "-max-requests was reached"
		p.stop()
		return nil, errTooMany
	}
	p.count++
	p.progress(p.count)
	p.last = nil
	res, err := p.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if closing := res.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	e := &exchange{status: res.StatusCode, header: res.Header, body: body, received: p.clock.Now()}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	e.isJSON = decoder.Decode(&e.value) == nil && !decoder.More()
	p.last = e
	return res, nil
}

// Authorize implements transport.Session.
func (p *probe) Authorize(_ context.Context, req *http.Request) error {
	p.authorize(req)
	return nil
}

// Renew implements transport.Session: a refused credential stays refused.
func (p *probe) Renew(context.Context, *http.Request) (bool, error) { return false, nil }

// as is a session whose credentials one request shows in another way.
type as func(*http.Request)

func (a as) Authorize(_ context.Context, req *http.Request) error {
	a(req)
	return nil
}

func (as) Renew(context.Context, *http.Request) (bool, error) { return false, nil }

// read asks for something, once. The second result says why there is no reply; it holds nothing that the vendor sent.
func (p *probe) read(ctx context.Context, operation, path, query string) (*exchange, string) {
	key := path + "?" + query
	if e := p.replies[key]; e != nil {
		return e, ""
	}
	e, why := p.send(ctx, transport.Request{Method: http.MethodGet, Path: path, Query: query, Session: p}, operation)
	if e != nil {
		p.replies[key] = e
	}
	return e, why
}

// send makes one request. It is repeated only where it can't have arrived, and after 429.
func (p *probe) send(ctx context.Context, r transport.Request, operation string) (*exchange, string) {
	if p.closed != "" {
		return nil, p.closed
	}
	ctx, p.stop = context.WithCancel(ctx)
	defer p.stop()
	r.Operation, r.Replay = operation, transport.NonIdempotent
	p.last = nil
	_, err := p.client.Do(ctx, r)
	if e := p.last; e != nil {
		p.silent = 0
		e.operation = operation
		p.exchanges = append(p.exchanges, e)
		if e.status == http.StatusTooManyRequests {
			p.closed = "the vendor asks for a longer pause (429)"
			return nil, p.closed
		}
		return e, ""
	}
	if p.closed != "" {
		return nil, p.closed
	}
	why := "no whole reply came"
	if failure, ok := errors.AsType[*transport.Error](err); ok && failure.Kind == transport.KindUntrusted {
		why = "the connection can't be trusted (TLS)"
	}
	if p.silent++; p.silent >= maxSilent {
		p.closed = why + ", several times"
	}
	return nil, why
}

// object returns a JSON object; nil where v is none.
func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

// list returns a JSON array; nil where v is none.
func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// objects returns the objects of a JSON array.
func objects(v any) (found []map[string]any) {
	for _, item := range list(v) {
		if o := object(item); o != nil {
			found = append(found, o)
		}
	}
	return found
}

// text returns a string member; "" where there is none.
func text(o map[string]any, name string) string {
	s, _ := o[name].(string)
	return s
}

// number returns a member that is a whole number, however it is written.
func number(o map[string]any, name string) (int64, bool) {
	n, ok := o[name].(json.Number)
	if !ok {
		return 0, false
	}
	if whole, err := n.Int64(); err == nil {
		return whole, true
	}
	f, err := n.Float64()
	return int64(f), err == nil && f == float64(int64(f))
}
