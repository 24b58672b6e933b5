package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

type environment map[string]string

func (e environment) get(name string) string { return e[name] }

// many is more than a page of any vendor.
const many = 110

func gcoreMock(t *testing.T, o gcore.Options) (*mockserver.Server, environment) {
	t.Helper()
	m := gcore.New(o)
	for i := range many {
		company := fmt.Sprintf("Acme Company %03d", i)
		if i == 1 {
			company = "O'Reilly Media"
		}
		m.SeedUser(gcore.User{Company: company, Email: fmt.Sprintf("User.%03d@acme.example", i)})
	}
	s := mockserver.Start(t, m)
	return s, environment{"GCORE_API_KEY": gcore.DemoAPIKey, "GCORE_BASE_URL": s.URL}
}

func softwareoneMock(t *testing.T, o softwareone.Options) (*mockserver.Server, environment) {
	t.Helper()
	m := softwareone.New(o)
	for i := range many {
		a := softwareone.Account{Name: fmt.Sprintf("Acme Company %03d", i), Type: "Client"}
		switch i {
		case 0:
			a.Website, a.Description, a.ExternalID, a.TechnicalSupportEmail = "https://acme.example", "Text", "10042", "it@acme.example"
			a.Address, a.Eligibility = softwareone.Address{City: "Zürich"}, &softwareone.Eligibility{Client: true}
			a.Created = softwareone.Event{At: time.Now(), By: softwareone.DemoTokenID}
		case 1:
			a.Name = "O'Reilly Media"
		case 2:
			a.Name = "Müller Söhne"
		}
		m.Seed(a)
	}
	s := mockserver.Start(t, m)
	return s, environment{"MPT_API_TOKEN": softwareone.DemoToken, "MPT_API_BASE_URL": s.URL}
}

func fortanixMock(t *testing.T, o fortanix.Options) (*mockserver.Server, environment) {
	t.Helper()
	m := fortanix.New(o)
	for i := range many {
		a := fortanix.Account{Name: fmt.Sprintf("Acme Company %03d", i)}
		switch i {
		case 0:
			a.CustomLogo = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
			a.AuthConfigs = map[string]fortanix.AuthConfig{"0b9c8d7e-6f5a-4b3c-8d2e-1f0a9b8c7d6e": {OAuth: &fortanix.OAuthConfig{
				Name: "IdP", IconURL: "https://idp.example/icon", AuthorizationEndpoint: "https://idp.example/a",
				TokenEndpoint: "https://idp.example/t",
				ClientID:      "client", ClientSecret: "s3cret-value", TLS: fortanix.TLS{Disabled: &struct{}{}},
			}}}
		case 1:
			a.AuthConfigs = map[string]fortanix.AuthConfig{"1c0d9e8f-7a6b-4c5d-9e3f-2a1b0c9d8e7f": {Password: &fortanix.PasswordConfig{}}}
		}
		m.Seed(a)
	}
	s := mockserver.Start(t, m)
	return s, environment{
		"FORTANIX_CCM_USERNAME": fortanix.DemoUsername, "FORTANIX_CCM_PASSWORD": fortanix.DemoPassword, "FORTANIX_CCM_ENDPOINT": s.URL,
	}
}

// checked is what a run has found.
type checked struct {
	report
	code           int
	stdout, stderr string
	markdown       string
}

// runWith runs the command, and reads its report in all forms.
func runWith(t *testing.T, env environment, clock transport.Clock, args ...string) checked {
	t.Helper()
	var stdout, stderr bytes.Buffer
	file := filepath.Join(t.TempDir(), "report.md")
	c := checked{code: run(t.Context(), append([]string{"-json", "-o", file}, args...), env.get, clock, &stdout, &stderr)}
	c.stdout, c.stderr = stdout.String(), stderr.String()
	if err := json.Unmarshal(stdout.Bytes(), &c.report); err != nil {
		t.Fatalf("%v\n%s\n%s", err, c.stdout, c.stderr)
	}
	markdown, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c.markdown = string(markdown)
	return c
}

func runMock(t *testing.T, env environment, args ...string) checked {
	t.Helper()
	return runWith(t, env, &acctest.Clock{}, args...)
}

// named returns the checks of a status, sorted.
func (c checked) named(s status) (names []string) {
	for _, v := range c.Vendors {
		for _, r := range v.Results {
			if r.Status == s {
				names = append(names, r.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (c checked) details(s status) string {
	var b strings.Builder
	for _, v := range c.Vendors {
		for _, r := range v.Results {
			if r.Status == s {
				fmt.Fprintf(&b, "  %s: %s\n", r.Name, r.Found)
			}
		}
	}
	return b.String()
}

// Against the mocks as they are, nothing differs, and all that reads can show is shown.
func TestDefaults(t *testing.T) {
	t.Parallel()
	env := environment{}
	var servers []*mockserver.Server
	for _, start := range []func() (*mockserver.Server, environment){
		func() (*mockserver.Server, environment) { return gcoreMock(t, gcore.Options{}) },
		func() (*mockserver.Server, environment) { return softwareoneMock(t, softwareone.Options{}) },
		func() (*mockserver.Server, environment) { return fortanixMock(t, fortanix.Options{}) },
	} {
		s, e := start()
		servers = append(servers, s)
		maps.Copy(env, e)
	}
	c := runMock(t, env)
	if c.code != exitHolds || len(c.named(differs)) > 0 {
		t.Errorf("exit %d\n%s", c.code, c.details(differs))
	}
	want := []string{
		"fortanix.request-id", "gcore.deleted", "gcore.own-user", "gcore.request-id", "gcore.tokens", "softwareone.request-id",
	}
	if got := c.named(cantTell); !slices.Equal(got, want) {
		t.Errorf("can't tell:\n%s", c.details(cantTell))
	}
	for i, s := range servers {
		if n := len(s.Requests()); n > 40 || n != c.Vendors[i].Requests {
			t.Errorf("%s: %d requests, %d reported", c.Vendors[i].Vendor, n, c.Vendors[i].Requests)
		}
		readsOnly(t, s)
	}
}

// readsOnly checks that nothing but reads, a login and its end has arrived.
func readsOnly(t *testing.T, s *mockserver.Server) {
	t.Helper()
	for _, r := range s.Requests() {
		if r.Method != "GET" && (r.Method != "POST" || r.Path != loginPath && r.Path != logoutPath) {
			t.Errorf("%s %s was sent", r.Method, r.Path)
		}
	}
}

// The session that a run begins is ended.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	s, env := fortanixMock(t, fortanix.Options{})
	runMock(t, env)
	if s.Count("POST "+loginPath) != 1 || s.Count("POST "+logoutPath) != 1 {
		t.Errorf("%d logins, %d ends", s.Count("POST "+loginPath), s.Count("POST "+logoutPath))
	}
}

// What headers show is told as well.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s, env := gcoreMock(t, gcore.Options{})
	s.SetClockOffset(time.Hour)
	c := runMock(t, env)
	if got := c.named(differs); !slices.Equal(got, []string{"gcore.clock"}) {
		t.Errorf("%s", c.details(differs))
	}
	if !strings.Contains(c.details(differs), "1h0m") {
		t.Error(c.details(differs))
	}
}

func TestNothingConfigured(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	if code := run(context.Background(), nil, environment{}.get, &acctest.Clock{}, &stdout, io.Discard); code != exitNotRun {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"Gcore: not configured", "SoftwareOne: not configured", "Fortanix: not configured"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is missing:\n%s", want, stdout.String())
		}
	}
}

// The page that lists all checks is the one that go generate writes.
func TestPageIsCurrent(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../templates/guides/verification.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), listBegins+checkList()+listEnds) {
		t.Error("out of date: run go generate ./...")
	}
}

// Every check has a name of its own, and says what it assumes and why.
func TestChecksAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range vendors {
		for _, c := range v.checks {
			if seen[c.name] || !strings.HasPrefix(c.name, v.name+".") || c.assumption == "" || c.source == "" || !strings.HasSuffix(c.assumption,
				".") {
				t.Errorf("%+v", c.name)
			}
			seen[c.name] = true
		}
	}
}
