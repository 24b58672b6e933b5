package mockserver

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// shelf is a small API: things that are kept under a name.
type shelf struct {
	now   func() time.Time
	acted sync.Map
	reply func(w http.ResponseWriter, r *http.Request) // nil: as the contract says
}

func (s *shelf) Contract() []byte              { return []byte(shelfContract) }
func (s *shelf) SetClock(now func() time.Time) { s.now = now }

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.acted.Store(r.Method+" "+r.URL.Path, true)
	switch {
	case s.reply != nil:
		s.reply(w, r)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"name":"thing","at":%q}`, s.now().UTC().Format(time.RFC3339))
	}
}

func (s *shelf) did(what string) bool { _, ok := s.acted.Load(what); return ok }

const shelfContract = `
openapi: 3.1.0
info: {title: Shelf, version: "1"}
paths:
  /things:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 100}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
    post:
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Thing"}}
          application/zip: {schema: {type: string}}
          multipart/form-data:
            schema:
              type: object
              required: [thing]
              additionalProperties: false
              properties: {thing: {$ref: "#/components/schemas/Thing"}, picture: {type: string}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
  /search:
    get:
      x-free-query: true
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
    delete:
      responses: {"204": {description: gone}}
components:
  schemas:
    Thing:
      type: object
      required: [name]
      additionalProperties: false
      properties:
        name: {type: string, maxLength: 20}
        at: {type: string, format: date-time}
        note: {type: [string, "null"]}
        password: {type: string}
`

func start(t *testing.T) (*Server, *shelf) {
	t.Helper()
	api := &shelf{}
	return Start(t, api), api
}

// send returns status and body; status 0 stands for a failed exchange.
func send(t *testing.T, s *Server, method, path, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

func TestContractViolations(t *testing.T) {
	t.Parallel()
	formType := "multipart/form-data; boundary=b"
	part := func(head, body string) string {
		return "--b\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + body + "\r\n--b--\r\n"
	}
	jsonPart := "name=\"thing\"\r\nContent-Type: application/json"
	tests := map[string]struct {
		method, path, body string
		header             []string
		reply              func(http.ResponseWriter, *http.Request)
		want               string // "" = none
	}{
		"fits": {method: "POST", path: "/things", body: `{"name":"a","note":null}`},
		"fits as a form": {
			method: "POST", path: "/things", body: part(jsonPart, `{"name":"a"}`), header: []string{"Content-Type", formType},
		},
		"fits without a body": {method: "DELETE", path: "/things/1"},
		"free query":          {method: "GET", path: `/search?eq(name,"a%26b")&limit=1`},
		"unknown field":       {method: "POST", path: "/things", body: `{"name":"a","colour":"red"}`, want: "colour"},
		"unknown field in a form": {
			method: "POST", path: "/things", body: part(jsonPart, `{"name":"a","colour":1}`), header: []string{"Content-Type", formType},
			want: "colour",
		},
		"unknown part": {
			method: "POST", path: "/things", body: part(`name="other"`, "x"), header: []string{"Content-Type", formType}, want: "other",
		},
		"missing field":          {method: "POST", path: "/things", body: `{}`, want: "name"},
		"wrong type":             {method: "POST", path: "/things", body: `{"name":1}`, want: "want string"},
		"null where none may be": {method: "POST", path: "/things", body: `{"name":null}`, want: "want string"},
		"too long":               {method: "POST", path: "/things", body: `{"name":"` + strings.Repeat("x", 21) + `"}`, want: "maxLength"},
		"broken JSON":            {method: "POST", path: "/things", body: `{"name"`, want: "decoded"},
		"wrong content type": {
			method: "POST", path: "/things", body: `a`, header: []string{"Content-Type", "text/plain"}, want: "content type",
		},
		"unreadable content type": {
			method: "POST", path: "/things", body: `PK`, header: []string{"Content-Type", "application/zip"}, want: "decoder",
		},
		"no content type": {
			method: "POST", path: "/things", body: `{"name":"a"}`, header: []string{"Content-Type", ""}, want: "content type",
		},
		"body not declared":     {method: "DELETE", path: "/things/1", body: `{}`, want: "not declared"},
		"unknown path":          {method: "GET", path: "/shelves", want: "not found"},
		"unknown method":        {method: "PATCH", path: "/things", want: "not found"},
		"unknown query":         {method: "GET", path: "/things?size=3", want: `"size"`},
		"query out of range":    {method: "GET", path: "/things?limit=101", want: "limit"},
		"query of a wrong type": {method: "GET", path: "/things?limit=ten", want: "limit"},
		"undocumented status": {method: "GET", path: "/things/1", want: "418", reply: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
		}},
		"unknown field in a reply": {method: "GET", path: "/things/1", want: "colour", reply: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"name":"a","colour":"red"}`)
		}},
		"format in a reply": {method: "GET", path: "/things/1", want: "date-time", reply: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"name":"a","at":"yesterday"}`)
		}},
		"HTML for a reply": {method: "GET", path: "/things/1", want: "text/html", reply: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<html>`)
		}},
		"body where none is declared": {method: "DELETE", path: "/things/1", want: "none is declared",
			reply: func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusNoContent)
				_, _ = io.WriteString(w, "x")
			}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, api := start(t)
			api.reply = tt.reply
			send(t, s, tt.method, tt.path, tt.body, tt.header...)
			got := s.Violations()
			if tt.want == "" && len(got) > 0 || tt.want != "" && !strings.Contains(strings.Join(got, "\n"), tt.want) {
				t.Errorf("violations %q, want %q", got, tt.want)
			}
		})
	}
}

// fakeTB collects what Start reports at cleanup.
type fakeTB struct {
	testing.TB
	cleanups []func()
	errors   []string
}

func (f *fakeTB) Helper()                      {}
func (f *fakeTB) Cleanup(c func())             { f.cleanups = append(f.cleanups, c) }
func (f *fakeTB) Errorf(form string, a ...any) { f.errors = append(f.errors, fmt.Sprintf(form, a...)) }

func TestViolationsFailTheTest(t *testing.T) {
	t.Parallel()
	for _, taken := range []bool{false, true} {
		tb := &fakeTB{TB: t}
		s := Start(tb, &shelf{})
		send(t, s, "GET", "/shelves", "")
		if taken {
			s.Violations()
		}
		for _, c := range tb.cleanups {
			c()
		}
		if got, want := len(tb.errors), map[bool]int{false: 1, true: 0}[taken]; got != want {
			t.Errorf("taken %v: reported %q", taken, tb.errors)
		}
	}
}

func TestBrokenContract(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{"", "openapi: 3.1.0\npaths: 7\n"} {
		if _, err := loadContract([]byte(doc)); err == nil {
			t.Errorf("%q was accepted", doc)
		}
	}
}

func TestConcurrentServersShareOneContract(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 8 {
		s, _ := start(t)
		wg.Go(func() {
			for range 5 {
				send(t, s, "POST", "/things", `{"name":"a"}`)
				send(t, s, "GET", "/things?limit=5", "")
			}
		})
	}
	wg.Wait()
	one, _ := loadContract([]byte(shelfContract))
	two, _ := loadContract([]byte(shelfContract))
	if one != two {
		t.Error("the contract was built twice")
	}
}
