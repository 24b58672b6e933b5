package mockserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// credentialHeaders are recorded only as hashes.
var credentialHeaders = []string{"Authorization", "Authentication", "Cookie", "Proxy-Authorization"}

// secretFields are the JSON members, of any vendor and at any depth, whose values are recorded only as hashes.
var secretFields = []string{"password", "client_secret", "client_key", "access_token", "refresh_token", "api_key"}

// Request is one request as it arrived, without its secrets.
type Request struct {
	Method string
	// Path is the path as sent, percent-encoding included.
	Path string
	// Query is the raw query, without the question mark.
	Query string
	// Header holds [Hash] of the value in place of each credential.
	Header http.Header
	// Body is the body as sent; in JSON each secret value is replaced by its [Hash].
	Body        []byte
	ContentType string
	// Status is the reply's status, 0 as long as there is none and where the connection was cut before one.
	Status     int
	Time       time.Time
	RemoteAddr string
}

// Hash returns the form in which recorded requests show secret: "sha256:" and its digest in hexadecimal.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Field looks up a JSON pointer (RFC 6901) such as /address/city in a JSON body, or in the JSON part of a multipart one.
// sent reports whether the field was there at all: one that was sent as null gives nil, true.
func (r Request) Field(pointer string) (value any, sent bool) {
	doc := r.Body
	if form(r.ContentType) != "" {
		doc = nil
		r.eachPart(func(p *multipart.Part, body []byte) bool {
			if isJSON(p.Header.Get("Content-Type")) {
				doc = body
			}
			return doc == nil
		})
	}
	if json.Unmarshal(doc, &value) != nil {
		return nil, false
	}
	if pointer == "" {
		return value, true
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch at := value.(type) {
		case map[string]any:
			v, ok := at[step]
			if !ok {
				return nil, false
			}
			value = v
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			value = at[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// Part returns the body of a part of a multipart/form-data request.
func (r Request) Part(name string) (body []byte, sent bool) {
	r.eachPart(func(p *multipart.Part, b []byte) bool {
		if p.FormName() == name {
			body, sent = b, true
		}
		return !sent
	})
	return body, sent
}

// eachPart visits the parts of a multipart body until visit returns false or the body is unreadable.
func (r Request) eachPart(visit func(p *multipart.Part, body []byte) bool) {
	boundary := form(r.ContentType)
	if boundary == "" {
		return
	}
	reader := multipart.NewReader(bytes.NewReader(r.Body), boundary)
	for {
		p, err := reader.NextRawPart()
		if err != nil {
			return
		}
		body, err := io.ReadAll(p)
		if err != nil || !visit(p, body) {
			return
		}
	}
}

// form returns the boundary of a multipart/form-data content type, and "" for any other.
func form(contentType string) string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return ""
	}
	return params["boundary"]
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// Requests returns everything that arrived, in order, faulted requests included.
func (s *Server) Requests() []Request { return s.Find("") }

// Find returns the requests that pattern matches, in order. A pattern is a method and a path, such as "POST /iam/users";
// in the path * stands for one segment, as in "GET /iam/users/*", and a * by itself for any path. "" matches everything.
func (s *Server) Find(pattern string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Request
	for _, r := range s.requests {
		if matches(pattern, r.Method, r.Path) {
			found = append(found, *r)
		}
	}
	return found
}

// Count returns how many requests pattern matches; see [Server.Find].
func (s *Server) Count(pattern string) int { return len(s.Find(pattern)) }

// Reset forgets the recorded requests, and nothing else.
func (s *Server) Reset() {
	s.mu.Lock()
	s.requests = nil
	s.mu.Unlock()
}

func (s *Server) record(r *http.Request, body []byte) *Request {
	rec := &Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(),
		Body: redact(body), ContentType: r.Header.Get("Content-Type"), Time: time.Now(), RemoteAddr: r.RemoteAddr,
	}
	for _, name := range credentialHeaders {
		for i, v := range rec.Header[name] {
			rec.Header[name][i] = Hash(v)
		}
	}
	s.mu.Lock()
	s.requests = append(s.requests, rec)
	s.mu.Unlock()
	return rec
}

func (s *Server) answered(rec *Request, status int) {
	s.mu.Lock()
	rec.Status = status
	s.mu.Unlock()
}

func matches(pattern, method, path string) bool {
	if pattern == "" {
		return true
	}
	wantMethod, want, _ := strings.Cut(pattern, " ")
	if wantMethod != "*" && wantMethod != method {
		return false
	}
	if want == "*" || want == "" {
		return true
	}
	return slices.EqualFunc(strings.Split(want, "/"), strings.Split(path, "/"), func(want, got string) bool {
		return want == got || want == "*" && got != ""
	})
}

// redact returns a body with its secrets hashed, and the body itself where there is none.
func redact(body []byte) []byte {
	found := false
	doc, ok := decode(body)
	if !ok {
		return body
	}
	eachSecret(doc, func(at map[string]any, name, secret string) {
		at[name] = Hash(secret)
		found = true
	})
	if !found {
		return body
	}
	clean, err := json.Marshal(doc)
	if err != nil {
		return nil
	}
	return clean
}

func decode(body []byte) (doc any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return doc, d.Decode(&doc) == nil
}

func eachSecret(doc any, visit func(at map[string]any, name, secret string)) {
	switch at := doc.(type) {
	case map[string]any:
		for name, v := range at {
			if secret, ok := v.(string); ok && slices.Contains(secretFields, name) {
				visit(at, name, secret)
				continue
			}
			eachSecret(v, visit)
		}
	case []any:
		for _, v := range at {
			eachSecret(v, visit)
		}
	}
}
