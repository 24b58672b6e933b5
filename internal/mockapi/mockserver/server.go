// Package mockserver is what the vendors' mocks share: a loopback server that records every request, checks each request and
// reply against the vendor's contract, and can be made to misbehave.
package mockserver

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// maxBody bounds what the server reads of one request.
const maxBody = 64 << 20

// API is one vendor's mock: an http.Handler with in-memory state, and the contract that it keeps.
type API interface {
	http.Handler
	// Contract returns the OpenAPI 3.1 document (YAML) of exactly the operations that the mock serves.
	Contract() []byte
	// SetClock replaces the clock behind every timestamp that the vendor shows.
	SetClock(now func() time.Time)
}

// Server serves an API. It is safe for concurrent use.
type Server struct {
	// URL is the base URL, such as http://127.0.0.1:41234; empty for a server made by [New].
	URL string

	api      API
	contract checker
	closed   chan struct{}
	close    sync.Once

	mu         sync.Mutex
	requests   []*Request
	faults     []*liveFault
	violations []string
	latency    time.Duration
	offset     time.Duration
	dateOffset time.Duration
	conns      int
}

// Option changes how [New] builds a server.
type Option func(*options)

type options struct{ unchecked bool }

// WithoutValidation leaves requests and replies unchecked.
func WithoutValidation() Option { return func(o *options) { o.unchecked = true } }

// New puts a Server before api, as a plain http.Handler: the caller brings the listener.
// It fails when the contract is not a valid OpenAPI document.
func New(api API, opts ...Option) (*Server, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	s := &Server{api: api, closed: make(chan struct{})}
	if !o.unchecked {
		c, err := loadContract(api.Contract())
		if err != nil {
			return nil, err
		}
		s.contract = c
	}
	api.SetClock(s.now)
	return s, nil
}

// Start serves api on a loopback port of its own until the test ends. Violations of the contract that nobody took with
// [Server.Violations] fail the test.
func Start(t testing.TB, api API) *Server {
	t.Helper()
	s, err := New(api)
	if err != nil {
		t.Fatalf("contract: %v", err)
	}
	ts := httptest.NewUnstartedServer(s)
	ts.Config.ConnState = s.ConnState
	ts.Start()
	s.URL = ts.URL
	t.Cleanup(func() {
		s.Close()
		ts.Close()
		for _, v := range s.Violations() {
			t.Errorf("contract violation: %s", v)
		}
	})
	return s
}

// Close ends every injected delay at once, so that the server around s can shut down.
func (s *Server) Close() { s.close.Do(func() { close(s.closed) }) }

// ConnState counts connections when it is set as the http.Server's ConnState; [Start] does so.
func (s *Server) ConnState(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.mu.Lock()
		s.conns++
		s.mu.Unlock()
	}
}

// Connections returns how many TCP connections have been accepted so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// SetLatency makes every reply take at least d.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	s.latency = d
	s.mu.Unlock()
}

// SetClockOffset shifts the vendor's clock against this machine's: the Date header and every timestamp.
func (s *Server) SetClockOffset(d time.Duration) {
	s.mu.Lock()
	s.offset = d
	s.mu.Unlock()
}

// SetDateOffset shifts the Date header against the vendor's clock, as a gateway in front of it with a clock of its own does.
func (s *Server) SetDateOffset(d time.Duration) {
	s.mu.Lock()
	s.dateOffset = d
	s.mu.Unlock()
}

// date is the value of the Date header.
func (s *Server) date() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.offset + s.dateOffset).UTC().Format(http.TimeFormat)
}

// Violations returns the violations of the contract so far and forgets them.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.violations
	s.violations = nil
	return v
}

func (s *Server) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.offset)
}

func (s *Server) violated(found []string) {
	s.mu.Lock()
	s.violations = append(s.violations, found...)
	s.mu.Unlock()
}

// ServeHTTP records and checks the request, lets the API or a fault answer it, and checks the API's reply.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		// A client that hung up in mid-request has still been heard.
		s.record(r, body)
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, err.Error(), status)
		return
	}
	withBody(r, body)
	rec := s.record(r, body)
	fault, latency := s.match(r)
	if s.contract != nil {
		s.violated(s.contract.checkRequest(r, body))
		withBody(r, body)
	}
	if fault == nil {
		s.wait(latency)
		rep := s.act(r, body)
		s.answered(rec, rep.Code)
		s.write(w, rep.Code, rep.Header(), rep.Body.Bytes())
		return
	}
	s.serveFault(w, r, body, rec, fault, latency)
}

// act lets the vendor answer and checks its answer.
func (s *Server) act(r *http.Request, body []byte) *httptest.ResponseRecorder {
	rep := httptest.NewRecorder()
	s.api.ServeHTTP(rep, r)
	if s.contract != nil {
		withBody(r, body)
		s.violated(s.contract.checkReply(r, rep.Result(), rep.Body.Bytes()))
	}
	return rep
}

func (s *Server) write(w http.ResponseWriter, status int, header http.Header, body []byte) {
	maps.Copy(w.Header(), header)
	if w.Header().Get("Date") == "" {
		w.Header().Set("Date", s.date())
	}
	if status != http.StatusNoContent && status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// wait aborts the exchange when the server closes meanwhile. It does not end when the client goes away: a vendor that is
// working on a request doesn't notice.
func (s *Server) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.closed:
		panic(http.ErrAbortHandler)
	}
}

func withBody(r *http.Request, body []byte) {
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
}
