package transport

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// TestCode: the vendor's code for a failure is shown.
func TestCode(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"message":"name taken","code":"UNIQUE_VIOLATION","severity":"ERROR"}`:                            "UNIQUE_VIOLATION",
		`[{"message":"name taken","code":"CONFLICT"}]`:                                                     "CONFLICT",
		`{"error":{"code":"quota","message":"no"}}`:                                                        "quota",
		`{"type":"https://docs.example/errors/commerce#MPTCOM03-0078","title":"Bad Request","status":400}`: "MPTCOM03-0078",
		`{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","title":"Bad Request","status":400}`: "",
		`{"code":400,"message":"no"}`:                                                                      "",
		`{"code":["taken"]}`:                                                                               "",
		`{"code":"a sentence is no code","message":"no"}`:                                                  "",
		`{"code":"` + strings.Repeat("x", 65) + `"}`:                                                       "",
		`{"title":"t","errors":{"address":{"state":{"code":"no"}}}}`:                                       "",
		`not JSON`: "",
	} {
		got := decodeError(nil, []byte(body))
		if got.code != want {
			t.Errorf("%s: code %q, want %q", body, got.code, want)
		}
	}
	client := New(Options{Vendor: "Vendor"})
	reply := responseOf(409, []byte(`{"code":"UNIQUE_VIOLATION","message":"name taken"}`)) //nolint:bodyclose // nothing to close
	_, failure := client.read(reply, Request{})
	got := client.complete(Request{Operation: "create"}, failure).Error()
	if got != "Vendor: create: HTTP 409 Conflict: UNIQUE_VIOLATION: name taken" {
		t.Errorf("got %s", got)
	}
}

// TestDeprecation: the vendor's announcement that a call ends is one warning for each operation.
func TestDeprecation(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"X-Deprecation", "X-Sunset", "Deprecation", "Sunset"} {
		var warnings []string
		status := http.StatusOK
		client := New(Options{
			Vendor:  "Vendor",
			BaseURL: mustParse("https://vendor.example"),
			RoundTripper: tripper(func(*http.Request) *http.Response {
				res := responseOf(status, []byte("{}"))
				res.Header.Set(name, "2027-01-01 hunter2\x1b")
				return res
			}),
			Warn: func(_ context.Context, message string) { warnings = append(warnings, message) },
		})
		client.Scrubber.Add(NewSecret("hunter2"))
		for _, operation := range []string{"list accounts", "list accounts", "read account"} {
			_, _ = client.Do(t.Context(), Request{Operation: operation, Method: http.MethodGet, Path: "/x"})
			status = http.StatusBadRequest
		}
		if len(warnings) != 2 || !strings.Contains(warnings[0], name+": 2027-01-01 [redacted]") ||
			!strings.Contains(warnings[0], "list accounts") ||
			strings.Contains(warnings[0], "\x1b") {
			t.Errorf("%s: warnings are %q", name, warnings)
		}
	}
}

// TestSecretParts: the secret part of a token is hidden where it stands by itself, and so are passwords of proxies.
func TestSecretParts(t *testing.T) {
	t.Parallel()
	for token, part := range map[string]string{
		"42_SECRET": "SECRET", "42$a1b2c3d4e5f6a7b8": "a1b2c3d4e5f6a7b8", "idt:TKN-1234-5678:QxYz0987": "QxYz0987",
	} {
		s := &Scrubber{}
		s.Add(NewSecret(token))
		if got := s.plain("Bad token: " + part + "."); got != "Bad token: [redacted]." {
			t.Errorf("%s: %s", token, got)
		}
	}
	s := &Scrubber{}
	s.Add(NewSecret("my_password"))
	if got := s.plain("the password is wrong"); got != "the password is wrong" {
		t.Errorf("got %s", got)
	}
	for name, address := range map[string]string{
		"HTTPS_PROXY": "http://user:p%40ss%2Fword@proxy.example:8080", "https_proxy": "user:p%40ss%2Fword@proxy.example",
		"HTTP_PROXY": "http://p%40ss%2Fword@proxy.example", "ALL_PROXY": "http://user:p%40ss%2Fword@bad host:x",
	} {
		s := &Scrubber{}
		s.addProxies(func(variable string) string {
			if variable == name {
				return address
			}
			return ""
		})
		for _, form := range []string{"p%40ss%2Fword", "p@ss/word", "p%40ss/word"} {
			if got := s.plain("proxy http://user:" + form + "@proxy.example refuses"); got != "proxy http://user:[redacted]@proxy.example refuses" {
				t.Errorf("%s, %s: %s", name, form, got)
			}
		}
	}
}

type tripper func(*http.Request) *http.Response

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
