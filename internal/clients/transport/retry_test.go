package transport_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

const whole = 6 // attempts, where a request is repeated until it is given up

// fault is one row of the retry table.
type fault struct {
	handle http.HandlerFunc
	adjust func(*transport.Options)
	// attempts by harmless, guarded and creating requests
	attempts [3]int
	kind     transport.Kind
	status   int
	unclear  bool   // whether a guarded or creating request may have been acted on
	says     string // part of the error
}

func faults(t *testing.T) map[string]fault {
	t.Helper()
	rows := map[string]fault{
		"connection refused": {
			adjust: dialing(refuse(t)), attempts: [3]int{whole, whole, whole}, kind: transport.KindNotSent, says: "connection refused",
		},
		"temporary DNS failure": {
			adjust:   dialing(failDNS(net.DNSError{Err: "server misbehaving", Name: "vendor", IsTemporary: true})),
			attempts: [3]int{whole, whole, whole}, kind: transport.KindNotSent, says: "server misbehaving",
		},
		"DNS timeout": {
			adjust:   dialing(failDNS(net.DNSError{Err: "i/o timeout", Name: "vendor", IsTimeout: true})),
			attempts: [3]int{whole, whole, whole}, kind: transport.KindNotSent, says: "i/o timeout",
		},
		"unknown host": {
			adjust:   dialing(failDNS(net.DNSError{Err: "no such host", Name: "vendor", IsNotFound: true})),
			attempts: [3]int{1, 1, 1}, kind: transport.KindUntrusted, says: "unknown host: lookup vendor: no such host",
		},
		"closed while connecting": {
			adjust: toTLS(t, func(net.Conn) {}), attempts: [3]int{whole, whole, whole}, kind: transport.KindNotSent,
			says: "no connection",
		},
		"TLS: no certificate that we trust": {
			adjust: overTLS(t, nil), attempts: [3]int{1, 1, 1}, kind: transport.KindUntrusted, says: "certificate",
		},
		"TLS: the server refuses us": {
			adjust: overTLS(t, &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, trusted),
			// crypto/tls has no exported type for the alert
			attempts: [3]int{1, 1, 1}, kind: transport.KindUntrusted, says: "remote error: tls",
		},
		"TLS: version 1.1": {
			adjust:   overTLS(t, &tls.Config{MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11}, trusted),
			attempts: [3]int{1, 1, 1}, kind: transport.KindUntrusted, says: "protocol version",
		},
		"TLS: plain HTTP instead": {
			adjust:   toTLS(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }),
			attempts: [3]int{1, 1, 1}, kind: transport.KindUntrusted, says: "no connection",
		},
		"reset": {
			handle: reset, attempts: [3]int{whole, 1, 1}, kind: transport.KindNoReply, unclear: true, says: "no complete reply",
		},
		"closed without a reply": {
			handle:   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			attempts: [3]int{whole, 1, 1}, kind: transport.KindNoReply, unclear: true, says: "no complete reply",
		},
		"cut body": {
			handle: cut, attempts: [3]int{whole, 1, 1}, kind: transport.KindUnreadable, status: 200, unclear: true, says: "cut short",
		},
		"HTML instead of JSON": {
			handle:   answer(200, "<html><head><title>no</title></head><body><h1>Maintenance</h1></body></html>"),
			attempts: [3]int{whole, 1, 1}, kind: transport.KindUnreadable, status: 200, unclear: true,
			says: "HTTP 200 OK: the reply is not JSON: Maintenance",
		},
		"more than JSON": {
			handle: answer(200, `{}}`), attempts: [3]int{whole, 1, 1}, kind: transport.KindUnreadable, status: 200, unclear: true,
			says: "not JSON",
		},
		"empty instead of JSON": {
			handle: answer(200, ""), attempts: [3]int{whole, 1, 1}, kind: transport.KindUnreadable, status: 200, unclear: true,
			says: "the reply is not JSON: it is empty",
		},
		"JSON of another form": {
			handle: answer(200, `[]`), attempts: [3]int{1, 1, 1}, kind: transport.KindUnexpected, status: 200, unclear: true,
			says: "unexpected form",
		},
		"larger than we read": {
			handle:   answer(200, strings.Repeat("1", 10<<20+1)),
			attempts: [3]int{1, 1, 1}, kind: transport.KindUnexpected, status: 200, unclear: true, says: "larger than 10 MiB",
		},
	}
	transient := []int{408, 425, 500, 502, 503, 504}
	for status := 520; status <= 529; status++ {
		transient = append(transient, status)
	}
	for _, status := range transient {
		rows[strconv.Itoa(status)] = fault{
			handle: answer(status, `{"message":"sorry"}`), attempts: [3]int{whole, 1, 1}, status: status, unclear: true, says: "sorry",
		}
	}
	for _, status := range []int{400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 418, 422, 423, 424, 428, 431, 451, 501} {
		rows[strconv.Itoa(status)] = fault{
			handle: answer(status, `{"message":"no"}`), attempts: [3]int{1, 1, 1}, status: status,
			says: strings.TrimSpace(fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))) + ": no",
		}
	}
	for _, status := range []int{505, 507, 511, 519, 530} {
		rows[strconv.Itoa(status)] = fault{handle: answer(status, ""), attempts: [3]int{1, 1, 1}, status: status, unclear: true}
	}
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		rows[strconv.Itoa(status)] = fault{
			handle: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
			},
			attempts: [3]int{1, 1, 1}, status: status, unclear: true, says: "redirects elsewhere",
		}
	}
	return rows
}

func TestRetryTable(t *testing.T) {
	t.Parallel()
	for name, tt := range faults(t) {
		for i, kind := range []transport.Replay{transport.Idempotent, transport.NonIdempotent, transport.Create} {
			t.Run(fmt.Sprintf("%s/%v", name, []string{"harmless", "guarded", "creating"}[i]), func(t *testing.T) {
				t.Parallel()
				var adjust []func(*transport.Options)
				if tt.adjust != nil {
					adjust = append(adjust, tt.adjust)
				}
				v := newVendor(t, tt.handle, adjust...)
				_, err := v.Do(t.Context(), request(kind))
				e := mustFail(t, err)
				if got := int(v.attempts.Load()); got != tt.attempts[i] {
					t.Errorf("%d attempts, want %d", got, tt.attempts[i])
				}
				if tt.handle != nil && int(v.arrived.Load()) != tt.attempts[i] {
					t.Errorf("%d requests at the server, want %d", v.arrived.Load(), tt.attempts[i])
				}
				if e.Kind != tt.kind || e.Status != tt.status || transport.StatusOf(err) != tt.status {
					t.Errorf("kind %v, status %d, want %v, %d: %v", e.Kind, e.Status, tt.kind, tt.status, e)
				}
				if transport.Unclear(err) != tt.unclear {
					t.Errorf("Unclear is %v: %v", !tt.unclear, e)
				}
				if transport.IsNotFound(err) != (tt.status == 404) {
					t.Errorf("IsNotFound is wrong: %v", e)
				}
				if want := tt.status == 503 || tt.status == 425; transport.Refused(err) != want {
					t.Errorf("Refused is %v: %v", !want, e)
				}
				if !strings.HasPrefix(e.Error(), "Vendor: create account: ") || !strings.Contains(e.Error(), tt.says) {
					t.Errorf("error is %q, want %q", e, tt.says)
				}
				if e.Wait != 0 || strings.Contains(e.Error(), "asked to wait") {
					t.Errorf("nobody asked to wait: %v", e)
				}
			})
		}
	}
}

// TestTimeout is the row of the table that takes time. A creating request waits until its deadline.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for kind, want := range map[transport.Replay]struct {
		attempts int
		least    time.Duration
	}{
		transport.Idempotent:    {whole, whole * time.Minute},
		transport.NonIdempotent: {1, time.Minute},
		transport.Create:        {1, 20 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			client := newFake(t, func(req *http.Request) (*http.Response, error) {
				attempts++
				<-req.Context().Done()
				return nil, req.Context().Err()
			})
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
			defer cancel()
			started := time.Now()
			_, err := client.Do(ctx, request(kind))
			e := mustFail(t, err)
			if e.Kind != transport.KindNoReply || !transport.Unclear(err) || !strings.Contains(e.Error(), "no complete reply: the time ran out") {
				t.Errorf("kind %d: %v", e.Kind, e)
			}
			if took := time.Since(started); attempts != want.attempts || took < want.least || took > want.least+10*time.Second {
				t.Errorf("replay %d: %d attempts in %v", kind, attempts, took)
			}
		})
	}
}

// TestRecovery: whatever is repeated succeeds when the server does, with the same body each time.
func TestRecovery(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault    http.HandlerFunc
		failures int32
		replay   transport.Replay
	}{
		"503, harmless":  {answer(503, ""), 5, transport.Idempotent},
		"reset":          {reset, 5, transport.Idempotent},
		"cut body":       {cut, 5, transport.Idempotent},
		"429, harmless":  {answer(429, ""), 20, transport.Idempotent},
		"429, guarded":   {answer(429, ""), 20, transport.NonIdempotent},
		"429, creating":  {answer(429, ""), 20, transport.Create},
		"429 and others": {alternate(answer(429, ""), answer(500, "")), 10, transport.Idempotent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v *vendor
			v = newVendor(t, func(w http.ResponseWriter, r *http.Request) {
				if body, _ := io.ReadAll(r.Body); string(body) != `{"name":"Acme"}` || r.ContentLength != int64(len(body)) {
					t.Errorf("body is %q, %d bytes", body, r.ContentLength)
				}
				if v.arrived.Load() <= tt.failures {
					tt.fault(w, r)
					return
				}
				_, _ = io.WriteString(w, `{"id":"1"}`)
			})
			var got struct{ ID string }
			r := request(tt.replay)
			r.Into = &got
			if _, err := v.Do(t.Context(), r); err != nil || got.ID != "1" {
				t.Errorf("got %v, error %v", got, err)
			}
			if want := tt.failures + 1; v.attempts.Load() != want || v.arrived.Load() != want {
				t.Errorf("%d attempts, %d arrived, want %d", v.attempts.Load(), v.arrived.Load(), want)
			}
		})
	}
}

// TestUnclear: nothing is known of an error from elsewhere.
func TestUnclear(t *testing.T) {
	t.Parallel()
	if transport.Unclear(nil) || !transport.Unclear(io.ErrUnexpectedEOF) {
		t.Error("no error is clear, a foreign one is not")
	}
	for kind, want := range map[transport.Kind]bool{
		transport.KindNotSent: false, transport.KindUntrusted: false, transport.KindCancelled: false,
		transport.KindNoReply: true, transport.KindUnreadable: true, transport.KindUnexpected: true,
	} {
		err := fmt.Errorf("wrapped: %w", &transport.Error{Kind: kind, Status: http.StatusServiceUnavailable})
		if transport.Unclear(err) != want {
			t.Errorf("kind %d: Unclear is %v", kind, !want)
		}
	}
}

func refuse(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	_ = listener.Close()
	return connectTo(closed)
}

func failDNS(err net.DNSError) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &err}
	}
}

// toTLS has the client connect, as for HTTPS, to a server that does this once it has read something.
func toTLS(t *testing.T, serve func(net.Conn)) func(*transport.Options) {
	t.Helper()
	address := listen(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		serve(c)
	})
	return func(o *transport.Options) {
		o.BaseURL.Scheme = "https"
		dialing(connectTo(address))(o)
	}
}

// listen serves raw connections, and closes each afterwards.
func listen(t *testing.T, serve func(net.Conn)) (address string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			})
		}
	})
	return listener.Addr().String()
}

func connectTo(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}

// overTLS has the client connect to a server with this configuration instead.
func overTLS(t *testing.T, config *tls.Config, adjust ...func(*httptest.Server, *http.Transport)) func(*transport.Options) {
	t.Helper()
	server := httptest.NewUnstartedServer(answer(200, `{}`))
	server.Config.ErrorLog = quiet
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return func(o *transport.Options) {
		o.BaseURL.Scheme = "https"
		dialing(connectTo(server.Listener.Addr().String()))(o)
		for _, f := range adjust {
			f(server, o.RoundTripper.(*http.Transport))
		}
	}
}

func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"id":"1"`)
}

func alternate(handlers ...http.HandlerFunc) http.HandlerFunc {
	calls := -1
	return func(w http.ResponseWriter, r *http.Request) {
		calls++
		handlers[calls%len(handlers)](w, r)
	}
}
