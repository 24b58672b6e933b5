package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// marking stands before a mock and marks what it sends: every text gets a mark, every number is the mark, every object gets a
// member that is not documented, and one whose name is data.
func marking(t *testing.T, api http.Handler, spoil func(v any) any) environment {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		rep := httptest.NewRecorder()
		api.ServeHTTP(rep, r)
		var value any
		decoder := json.NewDecoder(bytes.NewReader(rep.Body.Bytes()))
		decoder.UseNumber()
		body := rep.Body.Bytes()
		if decoder.Decode(&value) == nil {
			body, _ = json.Marshal(spoil(value))
		}
		maps.Copy(w.Header(), rep.Header())
		w.Header().Set("X-Request-Id", "zqmark-header")
		w.Header().Set("X-RateLimit-Limit", "zqmark-limit")
		w.Header().Set("Set-Cookie", "zqmark=zqmark")
		w.WriteHeader(rep.Code)
		_, _ = w.Write(body)
	})
}

// added puts the marks next to what is there, so that the checks go on as they would.
func added(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = added(member)
		}
		v["zqmark-7310004@acme.example"] = "zqmark"
		v["undocumented"] = "zqmark"
	case []any:
		for i := range v {
			v[i] = added(v[i])
		}
	}
	return v
}

// replaced puts marks in the place of all texts and numbers.
func replaced(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = replaced(member)
		}
	case []any:
		for i := range v {
			v[i] = replaced(v[i])
		}
	case string:
		return "zqmark " + v
	case json.Number:
		return json.Number("918273645")
	}
	return v
}

// The report can be published: it holds nothing that the vendors sent, and no credential.
func TestNothingOfTheVendorsDataIsPrinted(t *testing.T) {
	t.Parallel()
	names := []string{"Zqmark O'Hara Company", "Zqmark Müller Söhne", "zqmark", "Zqmark Third Company"}
	mocks := map[string]http.Handler{}
	var ids []string
	g := gcore.New(gcore.Options{StaleUserCompany: true, Numbers: gcore.NumberExponent})
	for i, name := range names {
		user := g.SeedUser(gcore.User{Company: name, Email: fmt.Sprintf("zqmark%d@zqmark.example", i)})
		g.ChangeClient(user.Client, func(c *gcore.Client) { c.Company = name + " renamed" })
		ids = append(ids, strconv.FormatInt(user.ID, 10), strconv.FormatInt(user.Client, 10))
	}
	mocks["gcore"] = g
	s := softwareone.New(softwareone.Options{})
	for _, name := range names {
		ids = append(ids, s.Seed(softwareone.Account{Name: name, Type: "Client", Website: "https://zqmark.example", ExternalID: "zqmark"}).ID)
	}
	mocks["softwareone"] = s
	f := fortanix.New(fortanix.Options{Secrets: fortanix.SecretsMasked})
	for _, name := range names {
		ids = append(ids, f.Seed(fortanix.Account{Name: name, AuthConfigs: map[string]fortanix.AuthConfig{
			"0b9c8d7e-6f5a-4b3c-8d2e-1f0a9b8c7d6e": {OAuth: &fortanix.OAuthConfig{Name: "zqmark", ClientSecret: "zqmark"}},
		}}).ID)
	}
	mocks["fortanix"] = f
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/iam/"):
			mocks["gcore"].ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/public/"):
			mocks["softwareone"].ServeHTTP(w, r)
		default:
			mocks["fortanix"].ServeHTTP(w, r)
		}
	})
	secrets := []string{
		gcore.DemoAPIKey, softwareone.DemoToken, softwareone.DemoTokenID, fortanix.DemoUsername, fortanix.DemoPassword, "127.0.0.1",
		"918273645", "0b9c8d7e", "acme.example",
	}
	anyID := regexp.MustCompile(`ACC-\d|TKN-\d|[0-9a-f]{8}-[0-9a-f]{4}-|@`)
	for kind, spoil := range map[string]func(any) any{
		"as they are": func(v any) any { return v }, "added": added, "replaced": replaced,
		"both": func(v any) any { return added(replaced(v)) },
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			env := marking(t, all, spoil)
			c := runMock(t, env)
			var table, stderr bytes.Buffer
			run(t.Context(), nil, env.get, &acctest.Clock{}, &table, &stderr)
			printed := c.stdout + c.markdown + c.stderr + table.String() + stderr.String()
			if !strings.Contains(printed, "can't tell") || c.code != exitDiffers {
				t.Errorf("exit %d: the checks did not run:\n%s", c.code, table.String())
			}
			if kind == "added" && !strings.Contains(c.stdout, ".undocumented: is not documented (string)") {
				t.Errorf("an undocumented field is not named:\n%s", c.stdout)
			}
			for _, secret := range append(secrets, ids...) {
				if strings.Contains(printed, secret) {
					t.Errorf("%q is printed", secret)
				}
			}
			if at := strings.Index(strings.ToLower(printed), "zqmark"); at >= 0 {
				t.Errorf("a mark is printed: …%s…", printed[max(0, at-200):min(len(printed), at+50)])
			}
			if found := anyID.FindString(printed); found != "" {
				t.Errorf("%q is printed", found)
			}
		})
	}
}
