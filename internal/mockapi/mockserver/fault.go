package mockserver

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Credentials is the place in [Fault.Body] that EchoCredentials fills.
const Credentials = "{{credentials}}"

// Fault says what goes wrong for the requests that match. One that sets no reply (Status, Body, Reply, EchoCredentials,
// Reset, Close, Cut) lets the vendor's own reply through.
type Fault struct {
	// On is a pattern as in [Server.Find]; "" matches every request.
	On string
	// Where is a further condition; it must not read the body.
	Where func(*http.Request) bool
	// Skip lets that many matching requests pass first.
	Skip int
	// Times is how often the fault strikes; 0 means always.
	Times int
	// Effect lets the vendor act first; then its reply is replaced.
	Effect bool
	// Delay is waited before the vendor acts, or, where Effect is set, before the reply.
	Delay time.Duration
	// Before runs before the vendor acts: another actor's change.
	Before func()
	// Status, Header and Body are the reply; Status is 200 where it is 0 and only a Body is given.
	Status int
	Header http.Header
	Body   string
	// Reply is asked for the body of each reply, in place of Body: pages that never end, for example.
	Reply func(*http.Request) string
	// Alter changes the body of the vendor's own reply: a vendor that means well, and one field that somebody else wrote.
	Alter func(body []byte) []byte
	// Reset closes the connection with RST, without a reply.
	Reset bool
	// Close closes the connection without a reply.
	Close bool
	// Cut sends half of the body, of the vendor's reply where Effect is set, and closes the connection.
	Cut bool
	// EchoCredentials puts the request's credentials into the reply, plain and encoded: at [Credentials] in Body, or
	// into a JSON error where Body is empty.
	EchoCredentials bool
}

func (f *Fault) replies() bool {
	return f.Status != 0 || f.Body != "" || f.Reply != nil || f.EchoCredentials || f.Reset || f.Close || f.Cut
}

type liveFault struct {
	Fault
	seen int
}

// Inject adds faults. The first live one that matches a request wins.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults = append(s.faults, &liveFault{Fault: f})
	}
}

// ClearFaults drops every fault.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	s.faults = nil
	s.mu.Unlock()
}

// match returns the fault that strikes r, if one does, and the latency in force.
func (s *Server) match(r *http.Request) (*Fault, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times > 0 && f.seen >= f.Skip+f.Times || !matches(f.On, r.Method, r.URL.EscapedPath()) ||
			f.Where != nil && !f.Where(r) {
			continue
		}
		f.seen++
		if f.seen > f.Skip {
			struck := f.Fault
			return &struck, s.latency
		}
	}
	return nil, s.latency
}

func (s *Server) serveFault(w http.ResponseWriter, r *http.Request, body []byte, rec *Request, f *Fault, latency time.Duration) {
	if f.Before != nil {
		f.Before()
	}
	if !f.Effect {
		s.wait(latency + f.Delay)
	}
	rep := httptest.NewRecorder()
	if f.Effect || !f.replies() {
		rep = s.act(r, body)
	}
	if f.Alter != nil {
		altered := f.Alter(rep.Body.Bytes())
		rep.Body.Reset()
		_, _ = rep.Body.Write(altered)
	}
	if f.Effect {
		s.wait(latency + f.Delay)
	}
	switch {
	case f.Reset || f.Close:
		hangUp(w, f.Reset)
		return
	case f.Cut && f.Effect:
		s.answered(rec, rep.Code)
		s.cut(w, rep.Code, rep.Header(), rep.Body.Bytes())
	case !f.replies():
		s.answered(rec, rep.Code)
		s.write(w, rep.Code, rep.Header(), rep.Body.Bytes())
		return
	}

	status, text := f.Status, f.Body
	if f.Reply != nil {
		text = f.Reply(r)
	}
	if f.EchoCredentials {
		if text == "" {
			text = `{"title":"Refused","message":"` + Credentials + `","detail":"` + Credentials +
				`","errors":{"name":["` + Credentials + `"]}}`
			status = max(status, http.StatusBadRequest)
		}
		text = strings.ReplaceAll(text, Credentials, jsonText(strings.Join(credentials(r, body), " ")))
	}
	if status == 0 {
		status = http.StatusOK
	}
	header := f.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Content-Type") == "" && json.Valid([]byte(text)) {
		header.Set("Content-Type", "application/json")
	}
	s.answered(rec, status)
	if f.Cut {
		s.cut(w, status, header, []byte(text))
	}
	s.write(w, status, header, []byte(text))
}

// cut promises the whole body, sends half and closes the connection. It doesn't return.
func (s *Server) cut(w http.ResponseWriter, status int, header http.Header, body []byte) {
	maps.Copy(w.Header(), header)
	w.Header().Set("Date", s.date())
	w.Header().Set("Content-Length", strconv.Itoa(max(len(body), 2)))
	w.WriteHeader(status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// hangUp closes the connection without a reply; abruptly where reset is set.
func hangUp(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// credentials returns every secret that r carries, each as sent, in base64 and URL-escaped.
func credentials(r *http.Request, body []byte) []string {
	var secrets []string
	for _, name := range credentialHeaders {
		for _, value := range r.Header[name] {
			secrets = append(secrets, value)
			if _, token, ok := strings.Cut(value, " "); ok {
				secrets = append(secrets, token)
			}
		}
	}
	if user, password, ok := r.BasicAuth(); ok {
		secrets = append(secrets, user+":"+password, password)
	}
	if doc, ok := decode(body); ok {
		eachSecret(doc, func(_ map[string]any, _, secret string) { secrets = append(secrets, secret) })
	}
	slices.Sort(secrets)
	var all []string
	for _, secret := range slices.Compact(secrets) {
		all = append(all, secret, base64.StdEncoding.EncodeToString([]byte(secret)), url.QueryEscape(secret))
	}
	return all
}

// jsonText escapes s for use inside a JSON string.
func jsonText(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(quoted[1 : len(quoted)-1])
}
