package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// everywhere configures all vendors at one address.
func everywhere(address string) environment {
	return environment{
		"GCORE_API_KEY": gcore.DemoAPIKey, "GCORE_BASE_URL": address,
		"MPT_API_TOKEN": softwareone.DemoToken, "MPT_API_BASE_URL": address,
		"FORTANIX_CCM_USERNAME": fortanix.DemoUsername, "FORTANIX_CCM_PASSWORD": fortanix.DemoPassword, "FORTANIX_CCM_ENDPOINT": address,
	}
}

func serve(t *testing.T, handle http.HandlerFunc) environment {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return everywhere(s.URL)
}

// soon fails the test where a run takes long.
func soon(t *testing.T, env environment, clock transport.Clock, args ...string) checked {
	t.Helper()
	began := time.Now()
	c := runWith(t, env, clock, args...)
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
	return c
}

// A server that answers rubbish differs, or shows nothing; nothing holds that the rubbish could not show.
func TestRubbish(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"HTML": "<html>MARKED</html>", "nothing": "", "null": "null", "a number": "7", "a list": `[[["MARKED"]]]`,
		"an object": `{"MARKED":"MARKED"}`,
		"nulls":     `{"data":null,"items":null,"results":null,"$meta":null,"session_info":null}`,
		"odd items": `{"data":[1,null,[]],"items":[1,null,{}],"results":[null,{}]}`,
		"cut":       `{"data":[{"id":`, "deep": strings.Repeat("[", 20_000), "binary": "\x00\xff\xfe",
	} {
		for _, status := range []int{200, 204, 302, 403, 404, 500} {
			t.Run(fmt.Sprint(name, status), func(t *testing.T) {
				t.Parallel()
				env := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					w.Header().Set("Location", "https://elsewhere.example/MARKED")
					w.WriteHeader(status)
					_, _ = w.Write([]byte(body))
				})
				c := soon(t, env, &acctest.Clock{})
				if c.code == exitHolds {
					t.Errorf("exit %d", c.code)
				}
				if all := c.stdout + c.markdown + c.stderr; strings.Contains(strings.ToUpper(all), "MARKED\"") || strings.Contains(all, "elsewhere") {
					t.Errorf("the report repeats what was sent:\n%s", all)
				}
				for _, r := range c.named(holds) {
					asDescribed := strings.Contains(r, ".contract.") && (body == "" || status >= 400 && !strings.Contains(r, "list"))
					if !asDescribed && (strings.HasSuffix(r, "-whole") || strings.Contains(r, "filter") || strings.Contains(r, "list-")) {
						t.Errorf("%s holds", r)
					}
				}
			})
		}
	}
}

// A server that doesn't answer in time, or at all, is given up after a few requests.
func TestSilence(t *testing.T) {
	t.Parallel()
	slow := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	hangsUp := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	cut := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"data":[`))
	})
	for name, env := range map[string]environment{"slow": slow, "closed": everywhere(closed.URL), "hangs up": hangsUp, "cut": cut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := soon(t, env, &acctest.Clock{}, "-timeout", "50ms")
			if c.code != exitNotRun || len(c.named(holds))+len(c.named(differs)) > 0 {
				t.Errorf("exit %d\n%s%s", c.code, c.details(holds), c.details(differs))
			}
			for _, v := range c.Vendors {
				if v.NotRun == "" || v.Requests > 20 {
					t.Errorf("%s: %q after %d requests", v.Vendor, v.NotRun, v.Requests)
				}
			}
		})
	}
}

// Ctrl-C and the deadline end a run.
func TestDeadline(t *testing.T) {
	t.Parallel()
	env := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := soon(t, env, transport.SystemClock{}, "-deadline", "100ms")
	if c.code != exitNotRun {
		t.Errorf("exit %d", c.code)
	}
}

// 429 is waited for as long as the vendor says, and a pause beyond the deadline ends that vendor's checks.
func TestObeysPause(t *testing.T) {
	t.Parallel()
	s, env := gcoreMock(t, gcore.Options{})
	s.Inject(mockserver.Fault{On: "GET /iam/users", Times: 2, Status: 429, Header: http.Header{"Retry-After": {"17"}}})
	clock := &acctest.Clock{}
	began := clock.Now()
	c := runWith(t, env, clock)
	if waited := clock.Now().Sub(began); waited < 34*time.Second {
		t.Errorf("it waited for %s", waited)
	}
	if c.code != exitHolds && !strings.Contains(c.details(differs), "clock") {
		t.Errorf("exit %d\n%s", c.code, c.details(differs))
	}

	s, env = gcoreMock(t, gcore.Options{})
	s.Inject(mockserver.Fault{On: "GET /iam/users", Status: 429, Header: http.Header{"Retry-After": {"7200"}}})
	c = runWith(t, env, &acctest.Clock{})
	if c.code != exitNotRun || s.Count("GET /iam/users") != 1 {
		t.Errorf("exit %d after %d requests\n%s", c.code, s.Count("GET /iam/users"), c.stdout)
	}
}

func TestMaxRequests(t *testing.T) {
	t.Parallel()
	s, env := softwareoneMock(t, softwareone.Options{})
	c := runMock(t, env, "-max-requests", "3")
	if n := len(s.Requests()); n != 3 || c.code != exitNotRun {
		t.Errorf("%d requests, exit %d", n, c.code)
	}
	s, env = gcoreMock(t, gcore.Options{})
	s.Inject(mockserver.Fault{Status: 429})
	if c = runMock(t, env, "-max-requests", "5"); len(s.Requests()) != 5 || c.code != exitNotRun {
		t.Errorf("%d requests, exit %d", len(s.Requests()), c.code)
	}
}

// One request at a time.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	busy := make(chan struct{}, 1)
	m := softwareone.New(softwareone.Options{})
	env := serve(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case busy <- struct{}{}:
			defer func() { <-busy }()
		default:
			t.Error("two requests at once")
		}
		m.ServeHTTP(w, r)
	})
	runMock(t, env)
}

// Whatever a check would ask for, nothing but a read, a login and its end can leave a probe.
func TestOnlyReadsLeave(t *testing.T) {
	t.Parallel()
	arrived := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived++ }))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get"} {
		for _, r := range []transport.Request{
			{Path: "/v1/accounts"}, {Path: "/iam/users", Login: true}, {Path: "/v1/sys/session/select_account/x", Selection: true},
			{Path: "/v1/sys/auth/x", Login: true},
		} {
			p, err := newProbe("fortanix", options{
				base: base, timeout: time.Second, limit: 5, clock: &acctest.Clock{}, progress: func(string, int) {},
			}, fortanix.New(fortanix.Options{}).Contract(), func(*http.Request) {})
			if err != nil {
				t.Fatal(err)
			}
			if !p.client.ReadOnly {
				t.Fatal("the transport's own guard is off")
			}
			r.Method, r.Session = method, p
			if e, _ := p.send(t.Context(), r, "anything"); e != nil || arrived > 0 {
				t.Fatalf("%s %s was sent", method, r.Path)
			}
		}
	}
}

// What is unusable in the environment is named by its variable, without its value, and nothing is sent.
func TestUnusableEnvironment(t *testing.T) {
	t.Parallel()
	for want, env := range map[string]environment{
		"GCORE_API_KEY holds whitespace":                  {"GCORE_API_KEY": "MARKED\nx"},
		"GCORE_ACCESS_TOKEN conflicts with GCORE_API_KEY": {"GCORE_API_KEY": "MARKED", "GCORE_ACCESS_TOKEN": "MARKED"},
		"GCORE_BASE_URL must start with https://":         {"GCORE_API_KEY": "MARKED", "GCORE_BASE_URL": "http://MARKED.example"},
		"MPT_API_TOKEN holds whitespace":                  {"MPT_API_TOKEN": "idt:MARKED X"},
		"MPT_API_BASE_URL must not hold a user name": {"MPT_API_TOKEN": "idt:MARKED",
			"MPT_API_BASE_URL": "https://MARKED:MARKED@x.example"},
		"FORTANIX_CCM_USERNAME and FORTANIX_CCM_PASSWORD go together": {"FORTANIX_CCM_USERNAME": "MARKED"},
		"FORTANIX_CCM_USERNAME holds a colon, which the login can't":  {"FORTANIX_CCM_USERNAME": "MARKED:x", "FORTANIX_CCM_PASSWORD": "MARKED"},
		"FORTANIX_CCM_TOKEN holds a character that no token has":      {"FORTANIX_CCM_TOKEN": "MARKED\u00e9"},
		"FORTANIX_CCM_ENDPOINT must not hold a query": {"FORTANIX_CCM_TOKEN": "MARKED",
			"FORTANIX_CCM_ENDPOINT": "https://x.example?MARKED"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), nil, env.get, &acctest.Clock{}, &stdout, &stderr)
		said := stdout.String() + stderr.String()
		if code != exitNotRun || !strings.Contains(said, want) || strings.Contains(said, "MARKED") {
			t.Errorf("%s: exit %d\n%s", want, code, said)
		}
	}
}

// A refused credential is what the report says, and no check draws conclusions from it.
func TestRefusedCredential(t *testing.T) {
	t.Parallel()
	_, g := gcoreMock(t, gcore.Options{})
	_, s := softwareoneMock(t, softwareone.Options{})
	_, f := fortanixMock(t, fortanix.Options{})
	env := environment{
		"GCORE_API_KEY": "1_wrong", "GCORE_BASE_URL": g["GCORE_BASE_URL"],
		"MPT_API_TOKEN": "idt:TKN-0000-0000:wrong", "MPT_API_BASE_URL": s["MPT_API_BASE_URL"],
		"FORTANIX_CCM_USERNAME": "a@b.example", "FORTANIX_CCM_PASSWORD": "wrong", "FORTANIX_CCM_ENDPOINT": f["FORTANIX_CCM_ENDPOINT"],
	}
	c := runMock(t, env)
	if c.code != exitNotRun || len(c.named(differs)) > 0 {
		t.Errorf("exit %d\n%s", c.code, c.details(differs))
	}
	for _, v := range c.Vendors {
		if !strings.Contains(v.NotRun, "refused (401)") {
			t.Errorf("%s: %q", v.Vendor, v.NotRun)
		}
	}
}
