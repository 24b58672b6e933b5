package mockserver

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	send(t, s, "POST", "/things", `{"name":"a","note":null,"password":"hush"}`, "Authorization", "Bearer abc")
	send(t, s, "GET", "/things?limit=3", "")
	send(t, s, "GET", "/things/a%2Fb", "")

	for pattern, want := range map[string]int{
		"": 3, "* *": 3, "GET *": 2, "POST /things": 1, "GET /things": 1, "GET /things/*": 1, "* /things": 2,
		"GET /*": 1, "DELETE *": 0, "GET /things/": 0, "GET /things/*/*": 0,
	} {
		if got := s.Count(pattern); got != want {
			t.Errorf("Count(%q) = %d, want %d", pattern, got, want)
		}
	}
	post := s.Requests()[0]
	if post.Status != 200 || post.ContentType != "application/json" || time.Since(post.Time) > time.Minute || post.RemoteAddr == "" {
		t.Errorf("recorded %+v", post)
	}
	if got := post.Header.Get("Authorization"); got != Hash("Bearer abc") {
		t.Errorf("Authorization recorded as %q", got)
	}
	if strings.Contains(string(post.Body), "hush") {
		t.Errorf("body recorded as %s", post.Body)
	}
	for pointer, want := range map[string]any{"/name": "a", "/note": nil, "/password": Hash("hush")} {
		if got, sent := post.Field(pointer); !sent || got != want {
			t.Errorf("Field(%q) = %v, %v", pointer, got, sent)
		}
	}
	if _, sent := post.Field("/colour"); sent {
		t.Error("/colour was not sent")
	}
	if got := s.Requests()[1].Query; got != "limit=3" {
		t.Errorf("query %q", got)
	}
	s.Reset()
	if len(s.Requests()) != 0 {
		t.Error("Reset left requests")
	}
}

func TestFieldAndPart(t *testing.T) {
	t.Parallel()
	r := Request{ContentType: "multipart/form-data; boundary=b", Body: []byte("--b\r\n" +
		"Content-Disposition: form-data; name=\"logo\"; filename=\"l.png\"\r\n\r\n\x89PNG\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"thing\"\r\nContent-Type: application/json\r\n\r\n" +
		`{"list":[{"a/b":{"~":7}}]}` + "\r\n--b--\r\n")}
	if got, sent := r.Part("logo"); !sent || string(got) != "\x89PNG" {
		t.Errorf("logo %q, %v", got, sent)
	}
	if _, sent := r.Part("picture"); sent {
		t.Error("no picture was sent")
	}
	if got, sent := r.Field("/list/0/a~1b/~0"); !sent || got != 7.0 {
		t.Errorf("field %v, %v", got, sent)
	}
	for _, pointer := range []string{"/list/1", "/list/x", "/list/0/a~1b/~0/deeper"} {
		if _, sent := r.Field(pointer); sent {
			t.Errorf("%s was not sent", pointer)
		}
	}
	if _, sent := (Request{ContentType: "application/json", Body: []byte("{")}).Field("/a"); sent {
		t.Error("broken JSON holds no field")
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	// Not the default transport: httptest.Server.Close drops that one's idle connections, for every test at once.
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	for range 3 {
		resp, err := client.Get(s.URL + "/things")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	if got := s.Connections(); got != 1 {
		t.Errorf("%d connections for three requests in turn", got)
	}
}

func TestClockOffset(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	s.SetClockOffset(-5 * time.Minute)
	resp, err := http.Get(s.URL + "/things")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var thing struct{ At time.Time }
	if err := json.NewDecoder(resp.Body).Decode(&thing); err != nil {
		t.Fatal(err)
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{thing.At, date} {
		if late := time.Since(at); late < 5*time.Minute || late > 6*time.Minute {
			t.Errorf("the vendor's clock is %s late, want five minutes", late)
		}
	}
}

func TestEchoedCredentials(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	s.Inject(Fault{On: "POST /things", EchoCredentials: true, Status: 422},
		Fault{On: "GET *", EchoCredentials: true, Body: "<p>" + Credentials})
	basic := base64.StdEncoding.EncodeToString([]byte("ann:p&ss"))
	status, body := send(t, s, "POST", "/things", `{"name":"a","password":"hu\"sh"}`, "Authorization", "Basic "+basic)
	if status != 422 {
		t.Errorf("status %d", status)
	}
	for _, secret := range []string{basic, "ann:p", `hu\"sh`, "p%26ss", base64.StdEncoding.EncodeToString([]byte("p&ss"))} {
		if !strings.Contains(body, secret) {
			t.Errorf("%q is not in %s", secret, body)
		}
	}
	if status, body = send(t, s, "GET", "/things", "", "Cookie", "sid=42"); status != 200 || !strings.Contains(body, "<p>") ||
		!strings.Contains(body, "sid=42") {
		t.Errorf("status %d, body %s", status, body)
	}
	if slices.ContainsFunc(s.Requests(), func(r Request) bool { return r.Status == 0 }) {
		t.Error("a status is missing")
	}
}
