package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

var quiet = log.New(io.Discard, "", 0)

func trusted(server *httptest.Server, t *http.Transport) {
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	t.TLSClientConfig.RootCAs = roots
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"proto":%q}`, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	own := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))

	do := func(t *testing.T, ca string, adjust func(*tls.Config)) (string, error) {
		t.Helper()
		var roots *x509.CertPool
		if ca != "" {
			var err error
			if roots, err = transport.ParseCA(ca); err != nil {
				t.Fatal(err)
			}
		}
		tripper := transport.NewTransport(roots)
		t.Cleanup(tripper.CloseIdleConnections)
		if adjust != nil {
			adjust(tripper.TLSClientConfig)
		}
		var got struct{ Proto string }
		r := request(transport.Idempotent)
		r.Into = &got
		_, err := newClient(t, server.URL, func(o *transport.Options) { o.RoundTripper = tripper }).Do(t.Context(), r)
		return got.Proto, err
	}
	if _, err := do(t, "", nil); err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("without the CA: %v", err)
	}
	if proto, err := do(t, "text before\n"+own, nil); err != nil || proto != "HTTP/2.0" {
		t.Errorf("with the CA: %s, %v", proto, err)
	}
	if _, err := do(t, own, func(c *tls.Config) { c.ServerName = "elsewhere.example" }); err == nil ||
		!strings.Contains(err.Error(), "elsewhere.example") {
		t.Errorf("for another host: %v", err)
	}
	if _, err := transport.ParseCA("no certificate"); err == nil || strings.Contains(err.Error(), "no certificate\n") {
		t.Errorf("no PEM: %v", err)
	}

	roots, _ := transport.ParseCA(own)
	config := transport.NewTransport(roots).TLSClientConfig
	if config.MinVersion != tls.VersionTLS12 || config.InsecureSkipVerify {
		t.Errorf("TLS %x, insecure %v", config.MinVersion, config.InsecureSkipVerify)
	}
	system, err := x509.SystemCertPool()
	if err == nil && !system.Equal(x509.NewCertPool()) {
		only := x509.NewCertPool()
		only.AddCert(server.Certificate())
		if config.RootCAs.Equal(only) {
			t.Error("the CA replaces the system's roots")
		}
	}
}

// TestProxy runs this test again as a process whose environment names a proxy, since net/http reads it once.
func TestProxy(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEST_TARGET") != "" {
		dial := dialing(func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "127.0.0.1:") {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}
			return nil, errors.New("not connecting to " + address)
		})
		client := newClient(t, os.Getenv("TEST_TARGET"), dial, func(o *transport.Options) { o.Clock = &instant{} })
		_, err := client.Do(t.Context(), request(transport.Create))
		t.Logf("error: %v", err)
		return
	}
	const password = "hunter2hunter2"
	for name, tt := range map[string]struct {
		target, noProxy string
		status          int
		asked           int // how often the proxy was
		says            string
	}{
		"through the proxy": {
			target: "https://vendor.invalid", status: 407, asked: 1, says: "the proxy answered 407 Proxy Authentication Required",
		},
		"while it is ill": {target: "https://vendor.invalid", status: 502, asked: whole, says: "the proxy answered 502 Bad Gateway"},
		"past it":         {target: "https://vendor.invalid", noProxy: "vendor.invalid", says: "not connecting to vendor.invalid:443"},
		"this machine":    {target: "https://127.0.0.1:1", says: "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var asked []string
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				asked = append(asked, r.Method+" "+r.Host)
				w.WriteHeader(tt.status)
			}))
			t.Cleanup(proxy.Close)
			address := strings.Replace(proxy.URL, "http://", "http://user:"+password+"@", 1)
			again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxy$", "-test.v")
			again.Env = []string{"TEST_TARGET=" + tt.target, "HTTPS_PROXY=" + address, "NO_PROXY=" + tt.noProxy}
			out, err := again.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if len(asked) != tt.asked || tt.asked > 0 && asked[0] != "CONNECT vendor.invalid:443" {
				t.Errorf("the proxy was asked for %v\n%s", asked, out)
			}
			if !strings.Contains(string(out), tt.says) || strings.Contains(string(out), password) {
				t.Errorf("it says\n%s", out)
			}
		})
	}
}

// TestRedirect: none is followed, even by a client that would, and its target is not told.
func TestRedirect(t *testing.T) {
	t.Parallel()
	const target = "elsewhere.example"
	for _, location := range []string{"https://" + target + "/?token=x", "/" + target, "https://" + target + "/%zz", "://" + target, ""} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			v := newVendor(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, `<a href="`+target+`">`+target+`</a>`)
			}, func(o *transport.Options) { o.RoundTripper = roundTrip(o.RoundTripper.RoundTrip) })
			r := request(transport.Idempotent)
			r.Method = http.MethodGet
			r.Body = nil
			_, err := v.Do(t.Context(), r)
			if e := mustFail(t, err); e.Status != status || strings.Contains(e.Error(), target) || v.arrived.Load() != 1 {
				t.Errorf("%d to %q: %d requests, %v", status, location, v.arrived.Load(), err)
			}
		}
	}
}

// TestWhatIsSent: headers, path, query and the absence of a body.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	type seen struct {
		method, uri, body string
		length            int64
		header            http.Header
	}
	var got seen
	v := newVendor(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = seen{r.Method, r.RequestURI, string(body), r.ContentLength, r.Header}
		w.WriteHeader(http.StatusNoContent)
	}, func(o *transport.Options) { o.UserAgent = "terraform-provider-accounts/1.2.3 Terraform/1.14" })
	for _, tt := range []struct {
		request     transport.Request
		uri         string
		contentType string
	}{
		{transport.Request{Method: "GET", Path: "/a%2Fb", Query: `eq(name,%22x%22)&limit=1`}, `/a%2Fb?eq(name,%22x%22)&limit=1`, ""},
		{transport.Request{Method: "POST", Path: "/a", Body: []byte("{}")}, "/a", "application/json"},
		{transport.Request{Method: "POST", Path: "/a", Body: []byte("--"), ContentType: "multipart/form-data"}, "/a", "multipart/form-data"},
		{transport.Request{Method: "POST", Path: "/a"}, "/a", ""},
		{transport.Request{Method: "POST", Path: "/a", ContentType: "application/json"}, "/a", "application/json"},
		{transport.Request{Method: "DELETE", Path: "/a", Body: []byte("{}")}, "/a", "application/json"},
	} {
		if _, err := v.Do(t.Context(), tt.request); err != nil {
			t.Fatal(err)
		}
		if got.method != tt.request.Method || got.uri != tt.uri || got.body != string(tt.request.Body) || got.length != int64(len(got.body)) {
			t.Errorf("sent %+v", got)
		}
		if got.header.Get("Content-Type") != tt.contentType || got.header.Get("Accept") != "application/json" ||
			got.header.Get("User-Agent") != "terraform-provider-accounts/1.2.3 Terraform/1.14" {
			t.Errorf("headers are %v", got.header)
		}
		for name := range got.header {
			if strings.Contains(strings.ToLower(name), "idempotency") {
				t.Errorf("%s makes Go repeat a POST", name)
			}
		}
	}
	_, err := v.Do(t.Context(), transport.Request{Operation: "read", Method: "GET", Path: "/%zz"})
	if e := mustFail(t, err); e.Kind != transport.KindCancelled || strings.Contains(e.Error(), "zz") {
		t.Errorf("a path that is none: %v", err)
	}
}

// TestReply: status, headers and the server's time are passed on.
func TestReply(t *testing.T) {
	t.Parallel()
	for date, known := range map[string]bool{"Tue, 10 Nov 2009 23:00:00 GMT": true, "today": false} {
		client := newFake(t, func(*http.Request) (*http.Response, error) {
			return reply(202, "\xef\xbb\xbf {\"id\": 1} \n", "Date", date, "X-Request-Id", "r-1")
		})
		got, err := client.Do(t.Context(), request(transport.Idempotent))
		if err != nil || got.Status != 202 || got.Header.Get("X-Request-Id") != "r-1" || got.Date.IsZero() == known {
			t.Errorf("got %+v, %v", got, err)
		}
		if known && got.Date.Unix() != 1257894000 {
			t.Errorf("date is %v", got.Date)
		}
	}
}

// A reply with a key twice, in whatever case, could be about two things. That the server has acted stays possible.
func TestReplyWithAKeyTwice(t *testing.T) {
	t.Parallel()
	for body, good := range map[string]bool{
		`{"id":"1","name":"x"}`: true, `[{"id":"1"},{"id":"2"}]`: true, `{"a":{"id":"1"},"id":"2"}`: true, "\ufeff" + `{"id":"1"}`: true,
		`{"id":"1","ID":"2"}`: false, `{"id":"1","name":{"x":[1,{}]},"id":"1"}`: false, "\ufeff" + `{"Id":"1","iD":null}`: false,
		"{\"k\":1,\"\u212a\":2}": false,
	} {
		v := newVendor(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		r := request(transport.Create)
		var got any
		r.Into = &got
		if _, err := v.Do(t.Context(), r); (err == nil) != good ||
			!good && (!transport.Unclear(err) || !strings.Contains(err.Error(), "more than once")) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestConnectionsReused, after failures too, and of parallel requests.
func TestConnectionsReused(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	opened := 0
	server := httptest.NewUnstartedServer(alternate(
		answer(200, "{}"), answer(404, strings.Repeat("no ", 1000)), answer(503, ""), answer(200, "<html>"), answer(302, "there")))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			mu.Lock()
			defer mu.Unlock()
			opened++
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := newClient(t, server.URL, func(o *transport.Options) { o.Clock = &instant{} })
	for range 10 {
		_, _ = client.Do(t.Context(), request(transport.Idempotent))
	}
	if opened != 1 {
		t.Errorf("%d connections", opened)
	}
}

// TestLog: one line an attempt, with nothing in it that was not asked for.
func TestLog(t *testing.T) {
	t.Parallel()
	v := newVendor(t, alternate(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "r-\u202e1")
		w.WriteHeader(http.StatusServiceUnavailable)
	}, answer(200, `{"reply":"body"}`)))
	r := request(transport.Idempotent)
	r.Query = "name=query"
	r.Session = &session{}
	if _, err := v.Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if len(v.logged) != 2 {
		t.Fatalf("logged %v", v.logged)
	}
	for i, status := range []int{503, 200} {
		line := v.logged[i]
		if line["vendor"] != "Vendor" || line["method"] != "POST" || line["path"] != "/accounts" || line["status"] != status ||
			line["attempt"] != i+1 {
			t.Errorf("logged %v", line)
		}
		if _, ok := line["duration_ms"].(int64); !ok || len(line) != 7 {
			t.Errorf("logged %v", line)
		}
	}
	if id := v.logged[0]["request_id"]; id != "r-1" {
		t.Errorf("request id is %q", id)
	}
	if text := fmt.Sprint(v.logged); strings.Contains(text, "query") || strings.Contains(text, "Bearer") || strings.Contains(text, "body") ||
		strings.Contains(text, "Acme") {
		t.Errorf("logged %s", text)
	}
}
