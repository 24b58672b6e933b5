package softwareone_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// direct hands requests to a handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

func directClient(h http.Handler) *softwareone.Client {
	return softwareone.New(softwareone.Options{
		Transport: transport.Options{
			BaseURL: &url.URL{Scheme: "https", Host: "api.example"}, RoundTripper: direct{h}, Clock: &clock{},
		},
		APIToken: transport.NewSecret(mock.DemoToken),
	})
}

// A name in a query finds the accounts of that name, whatever it holds, and means nothing else.
func FuzzQuote(f *testing.F) {
	for _, name := range []string{
		`Acme`, `Quote " double`, `Quote ' single`, `Both " '`, `a,b`, `f(x)`, `),eq(type,"Operations"`, `\`, `a\*b`, `*`, `a & b`, `a&limit=0`, `#`, `+`, `a+b`, `%`, `%22`,
		`${x}`, `%{if}`, "line\nbreak", "tab\there", "🚀 emoji", "שלום עליכם", "مرحبا", "null()", "empty()", "ﬁ ligature", "İstanbul", "ß", "a  b", "\u00a0nbsp\u00a0", "\x00", "\xff",
	} {
		f.Add(name)
	}
	safe := regexp.MustCompile(`^[A-Za-z0-9_.,()="%*~-]*$`)
	f.Fuzz(func(t *testing.T, name string) {
		if strings.TrimSpace(name) == "" || len(name) > 500 || strings.ToValidUTF8(name, "") != name || strings.Contains(name, "\x00") {
			return // refused before it gets here
		}
		m := mock.New(mock.Options{})
		wanted := m.Seed(mock.Account{Name: name, ExternalID: name})
		m.Seed(mock.Account{Name: "x" + name + "y"})
		c := directClient(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
				if !safe.MatchString(part) {
					t.Errorf("%q stands raw in the query", part)
				}
			}
			if n := strings.Count(r.URL.RawQuery, "&"); n != 3 {
				t.Errorf("the query has %d parts: %s", n+1, r.URL.RawQuery)
			}
			m.ServeHTTP(w, r)
		}))
		for _, filter := range []softwareone.Filter{{Name: name}, {ExternalID: name}} {
			filter.Type = "Client"
			found, err := collect(t, c, filter, false)
			if err != nil || len(found) != 1 || found[0].ID != wanted.ID {
				t.Errorf("%+v: found %v, %v", filter, found, err)
			}
		}
	})
}

// Whatever comes in place of a listing is a listing or an error.
func FuzzListing(f *testing.F) {
	for _, body := range []string{
		`{"$meta":{"pagination":{"offset":0,"limit":100,"total":1}},"data":[{"id":"ACC-1-1","name":"A","type":"Client","status":"Enabled"}]}`,
		`{"$meta":{"pagination":{"offset":0,"limit":0,"total":null},"omitted":["audit","website"]},"data":[{"id":"ACC-1-1"},{}]}`,
		`{"data":[{"id":5}]}`, `{"data":null}`, `[]`, `null`, `"x"`, `{"data":[null]}`, `{"data":[{"status":"Unheard of","serviceLevel":"x","revision":1e3}]}`,
		`{"data":[{"audit":{"created":{"at":"never"}}}]}`, `{"$meta":{"pagination":{"total":-1,"limit":-5}},"data":[{}]}`, "<html>", "",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		requests := 0
		c := directClient(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if requests++; requests > 20 {
				body = `{"data":[]}`
			}
			_, _ = io.WriteString(w, body)
		}))
		found, err := collect(t, c, softwareone.Filter{}, true)
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
		for _, a := range found {
			if _, err := json.Marshal(a); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestListAccounts(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"": {}, "no total": {NoTotal: true}, "small pages": {PageLimit: 7}, "no total, small pages": {NoTotal: true, PageLimit: 7}, "exact pages": {PageLimit: 26, NoTotal: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, c, _ := start(t, options)
			for i := range 25 {
				m.Seed(mock.Account{Name: fmt.Sprint("Acme ", i)})
			}
			all, err := collect(t, c, softwareone.Filter{}, true)
			seen := map[string]bool{}
			for _, a := range all {
				seen[a.ID] = a.Audit != nil && len(a.Groups) > 0
			}
			if err != nil || len(all) != 26 || len(seen) != 26 {
				t.Errorf("%d accounts, %d different: %v", len(all), len(seen), err)
			}
			for id, whole := range seen {
				if !whole {
					t.Errorf("%s came without its audit and groups", id)
				}
			}
			pages := 1
			if options.PageLimit > 0 {
				pages = (26 + options.PageLimit - 1) / options.PageLimit
			}
			if n := s.Count(lists); n > pages+1 {
				t.Errorf("%d requests for %d pages", n, pages)
			}
		})
	}
}

// A listing that doesn't go on is an error, not an endless loop.
func TestListAccountsWithoutEnd(t *testing.T) {
	t.Parallel()
	_, s, c, _ := start(t, mock.Options{})
	s.Inject(mockserver.Fault{On: lists, Body: `{"$meta":{"pagination":{"limit":1}},"data":[{"id":"ACC-1-1","name":"x"}]}`, Times: 50})
	if _, err := collect(t, c, softwareone.Filter{}, false); err == nil || s.Count(lists) != 2 {
		t.Errorf("%d requests were sent: %v", s.Count(lists), err)
	}
}

// Fields that a reply lacks for another reason than null are asked for, and read one by one where that doesn't help.
func TestListAccountsWithheld(t *testing.T) {
	t.Parallel()
	m, s, c, _ := start(t, mock.Options{ThinList: []string{"website", "externalId"}})
	for i := range 5 {
		m.Seed(mock.Account{Name: fmt.Sprint("Acme ", i), Website: "https://e.example", ExternalID: fmt.Sprint(i)})
	}
	all, err := collect(t, c, softwareone.Filter{ExternalID: "3"}, false)
	if err != nil || len(all) != 1 || all[0].Website == nil || s.Count(lists) != 2 || s.Count(gets) != 0 {
		t.Errorf("%v by %d listings and %d reads: %v", all, s.Count(lists), s.Count(gets), err)
	}
	s.Inject(mockserver.Fault{On: lists, Body: `{"$meta":{"omitted":["website"]},"data":[{"id":"` + m.All()[1].ID + `","name":"x"}]}`, Times: 2})
	all, err = collect(t, c, softwareone.Filter{}, false)
	if err != nil || len(all) != 1 || all[0].Website == nil || all[0].Name != m.All()[1].Name {
		t.Errorf("%v: %v", all, err)
	}
}

// What was sent and came back as it was is not missing; anything else is.
func TestMissing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Ptr(rapid.StringMatching(`[a-z]{1,4}`), true)
		flag := rapid.Ptr(rapid.Bool(), true)
		sent := softwareone.AccountFields{
			Name: rapid.StringMatching(`[A-Z][a-z]{1,5}`).Draw(t, "name"), ExternalID: wire.Pointer(text.Draw(t, "externalId")),
			TechnicalSupportEmail: wire.Pointer(text.Draw(t, "email")), Website: wire.Pointer(text.Draw(t, "website")),
			Description: wire.Pointer(text.Draw(t, "description")), DefaultLanguageCode: wire.Pointer(text.Draw(t, "language")),
			Address: &softwareone.Address{
				AddressLine1: text.Draw(t, "line1"), AddressLine2: text.Draw(t, "line2"), PostCode: text.Draw(t, "post"),
				City: text.Draw(t, "city"), State: text.Draw(t, "state"), Country: text.Draw(t, "country"),
			},
			Eligibility: wire.Value(softwareone.Eligibility{Client: flag.Draw(t, "client"), Partner: flag.Draw(t, "partner")}),
		}
		raw, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		var got softwareone.Account
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if field, problem := sent.Missing(got); field != "" {
			t.Fatalf("%s is missing: %s", field, problem)
		}
		got.Name = strings.ToUpper(got.Name) + " "
		if field, _ := sent.Missing(got); field != "" {
			t.Fatalf("another spelling of the name is missing: %s", field)
		}
		other := new("OTHER")
		changes := map[string]func(*softwareone.Account){
			"name":                  func(a *softwareone.Account) { a.Name = "Other" },
			"externalId":            func(a *softwareone.Account) { a.ExternalID = other },
			"technicalSupportEmail": func(a *softwareone.Account) { a.TechnicalSupportEmail = other },
			"website":               func(a *softwareone.Account) { a.Website = other },
			"description":           func(a *softwareone.Account) { a.Description = other },
			"defaultLanguageCode":   func(a *softwareone.Account) { a.DefaultLanguageCode = other },
			"address.addressLine1":  func(a *softwareone.Account) { a.Address.AddressLine1 = other },
			"address.addressLine2":  func(a *softwareone.Account) { a.Address.AddressLine2 = other },
			"address.postCode":      func(a *softwareone.Account) { a.Address.PostCode = other },
			"address.city":          func(a *softwareone.Account) { a.Address.City = other },
			"address.state":         func(a *softwareone.Account) { a.Address.State = other },
			"address.country":       func(a *softwareone.Account) { a.Address.Country = other },
		}
		for want, change := range changes {
			changed := got
			address := *got.Address
			changed.Address = &address
			change(&changed)
			if field, problem := sent.Missing(changed); field != want || problem == "" {
				t.Fatalf("%s has changed, and %q is missing", want, field)
			}
			changed.Meta.Omitted = []string{strings.SplitN(want, ".", 2)[0]}
			if field, _ := sent.Missing(changed); field != "" && want != "name" {
				t.Fatalf("%s is left out of the reply, and %q is missing", want, field)
			}
		}
	})
}

// A time that can't be read is none, and leaves the rest of the account readable.
func TestUnreadableTimes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"2026-01-02T03:04:05Z"`: "2026-01-02T03:04:05Z", `"2026-01-02T03:04:05.5+01:00"`: "2026-01-02T02:04:05.5Z",
		`"2026-01-02T03:04:05"`: "", `"2026-01-02"`: "", `""`: "", `null`: "", `5`: "", `"0001-01-01T00:00:00Z"`: "",
	} {
		var a softwareone.Account
		err := json.Unmarshal([]byte(`{"id":"ACC-1111-2222","audit":{"created":{"at":`+in+`,"by":{"id":"TKN-1"}}}}`), &a)
		if err != nil || a.Audit.Created.By.ID != "TKN-1" {
			t.Errorf("%s: %+v, %v", in, a.Audit, err)
			continue
		}
		got := ""
		if at := a.Audit.Created.At; at != nil {
			got = at.UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
