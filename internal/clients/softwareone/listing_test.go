package softwareone_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Whatever comes in place of a listing is a listing or an error.
func FuzzListing(f *testing.F) {
	for _, body := range []string{
		`{"$meta":{"pagination":{"offset":0,"limit":100,"total":1}},"data":[{"id":"ACC-1-1","name":"A","type":"Client","status":"Enabled"}]}`,
		`{"$meta":{"pagination":{"offset":0,"limit":0,"total":null},"omitted":["audit","website"]},"data":[{"id":"ACC-1-1"},{}]}`,
		`{"data":[{"id":5}]}`, `{"data":null}`, `[]`, `null`, `"x"`, `{"data":[null]}`,
		`{"data":[{"status":"Unheard of","serviceLevel":"x","revision":1e3}]}`,
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
		"": {}, "no total": {NoTotal: true}, "small pages": {PageLimit: 7}, "no total, small pages": {NoTotal: true, PageLimit: 7},
		"exact pages":       {PageLimit: 26, NoTotal: true},
		"repeats the limit": {PageLimit: 7, RepeatsLimit: true}, "repeats the limit, no total": {PageLimit: 7, RepeatsLimit: true, NoTotal: true},
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
	m, s, c, _ := start(t, mock.Options{PartialList: []string{"website", "externalId"}})
	for i := range 5 {
		m.Seed(mock.Account{Name: fmt.Sprint("Acme ", i), Website: "https://e.example", ExternalID: fmt.Sprint(i)})
	}
	all, err := collect(t, c, softwareone.Filter{ExternalID: "3"}, false)
	if err != nil || len(all) != 1 || all[0].Website == nil || s.Count(lists) != 2 || s.Count(gets) != 0 {
		t.Errorf("%v by %d listings and %d reads: %v", all, s.Count(lists), s.Count(gets), err)
	}
	s.Inject(mockserver.Fault{
		On: lists, Body: `{"$meta":{"pagination":{"total":1},"omitted":["website"]},"data":[{"id":"` + m.All()[1].ID + `","name":"x"}]}`,
		Times: 2,
	})
	all, err = collect(t, c, softwareone.Filter{}, false)
	if err != nil || len(all) != 1 || all[0].Website == nil || all[0].Name != m.All()[1].Name {
		t.Errorf("%v: %v", all, err)
	}
}

// A reply that is not a listing is an error, never an empty listing; an empty listing is none.
func TestNotAListing(t *testing.T) {
	t.Parallel()
	for body, good := range map[string]bool{
		`{}`: false, `{"message":"maintenance"}`: false, `null`: false, `{"data":null}`: false, `{"items":[]}`: false, `{"data":{}}`: false,
		`[]`: false,
		`{"$meta":{"pagination":{"offset":0,"limit":100,"total":0}}}`: false, `{"$meta":{"pagination":{"total":1}},"data":[]}`: false,
		`{"data":[{"name":"Acme"}]}`: false, `{"data":[null]}`: false, `{"data":[],"Data":[{"id":"ACC-1-1"}]}`: false,
		`{"data":[]}`: true, `{"$meta":{"pagination":{"total":0}},"data":[]}`: true, `{"$meta":null,"data":[]}`: true,
	} {
		_, s, c, _ := start(t, mock.Options{})
		s.Inject(mockserver.Fault{On: lists, Body: body})
		if found, err := collect(t, c, softwareone.Filter{}, false); len(found) > 0 || (err == nil) != good {
			t.Errorf("%s: %v, %v", body, found, err)
		}
		_, err := c.CreateAccount(t.Context(), named("Acme"), nil, false)
		if (err == nil) != good || !good && s.Count(posts) > 0 {
			t.Errorf("%s: %d creates were sent: %v", body, s.Count(posts), err)
		}
	}
}

// A listing that shows less than its total is made once more; then it is an error with both numbers, after all that it
// shows. Only a create that allows duplicates goes on.
func TestShortListing(t *testing.T) {
	t.Parallel()
	_, s, c, _ := start(t, mock.Options{})
	page := func(total int, ids ...string) string {
		var items []string
		for _, id := range ids {
			items = append(items, fmt.Sprintf(`{"id":%q,"name":"Acme","type":"Client"}`, id))
		}
		return fmt.Sprintf(`{"$meta":{"pagination":{"limit":100,"total":%d}},"data":[%s]}`, total, strings.Join(items, ","))
	}
	end := mockserver.Fault{On: lists, Body: page(3), Times: 1}
	s.Inject(mockserver.Fault{On: lists, Body: page(3, "ACC-1-1"), Times: 1}, end,
		mockserver.Fault{On: lists, Body: page(3, "ACC-1-2"), Times: 1}, end)
	found, err := collect(t, c, softwareone.Filter{}, false)
	short, ok := errors.AsType[*wire.ShortListingError](err)
	if len(found) != 2 || !ok || short.Shown != 2 || short.Total != 3 || s.Count(lists) != 4 {
		t.Errorf("%d requests gave %v: %v", s.Count(lists), found, err)
	}

	s.Inject(mockserver.Fault{On: lists, Body: page(2, "ACC-1-1"), Times: 1}, end,
		mockserver.Fault{On: lists, Body: page(2, "ACC-1-2", "ACC-1-1"), Times: 1})
	if found, err := collect(t, c, softwareone.Filter{}, false); err != nil || len(found) != 2 {
		t.Errorf("the second time it is whole: %v, %v", found, err)
	}

	s.Inject(mockserver.Fault{On: lists, Body: page(70)})
	if _, err := c.CreateAccount(t.Context(), named("Acme"), nil, false); err == nil || !strings.Contains(err.Error(), "0 of 70") ||
		s.Count(posts) > 0 {
		t.Errorf("%d creates were sent: %v", s.Count(posts), err)
	}
	if _, err := c.CreateAccount(t.Context(), named("Acme"), nil, true); err != nil {
		t.Errorf("duplicates are allowed: %v", err)
	}
}

// Whatever page size a server states, look-ups find the account on the last page.
func TestShortPagesSkipNobody(t *testing.T) {
	t.Parallel()
	for _, options := range []mock.Options{
		{PageLimit: 50, RepeatsLimit: true}, {PageLimit: 50, RepeatsLimit: true, NoTotal: true}, {PageLimit: 50, NoTotal: true}, {PageLimit: 50},
	} {
		m, s, c, _ := start(t, options)
		for i := range 120 {
			m.Seed(mock.Account{Name: "Acme", Type: "Vendor", ExternalID: fmt.Sprint("E", i)})
		}
		last := m.All()[119].ID
		for _, a := range m.All() {
			last = max(last, a.ID)
		}
		m.Change(last, func(a *mock.Account) { a.Name, a.Type = "acme ", "Client" })
		all, err := collect(t, c, softwareone.Filter{}, true)
		if err != nil || len(all) != 121 {
			t.Errorf("%+v: %d accounts, want 121: %v", options, len(all), err)
		}
		_, err = c.CreateAccount(t.Context(), named("Acme"), nil, false)
		if found := createonce.CandidatesOf(err); len(found) != 1 || found[0].ID != last || s.Count(posts) > 0 {
			t.Errorf("%+v: %d creates were sent: %v", options, s.Count(posts), err)
		}
	}
}
