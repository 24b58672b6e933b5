package gcore

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"/iam/clients", "/iam/users"} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{})
			for range 4 {
				s.SeedUser(User{})
			}
			all := s.want(200, reseller, "GET "+list, "")
			s.equal(len(all.doc.([]any)), 5)

			a := s.want(200, reseller, "GET "+list+"?limit=2&offset=2", "")
			s.equal(a.at("count"), 5.0)
			s.equal(ids(a.at("results")), ids(all.doc)[2:4])
			if next, _ := a.at("next").(string); !strings.Contains(next, "limit=2&offset=4") {
				t.Errorf("next %q", next)
			}
			if previous, _ := a.at("previous").(string); !strings.Contains(previous, "limit=2&offset=0") {
				t.Errorf("previous %q", previous)
			}
			last := s.want(200, reseller, "GET "+list+"?limit=2&offset=4", "")
			s.equal([]any{len(last.at("results").([]any)), last.has("next")}, []any{1, false})
			s.equal(s.want(200, reseller, "GET "+list+"?limit=2&offset=9", "").at("results"), []any{})

			s.Configure(func(o *Options) { o.Envelope = EnvelopeResult })
			s.equal(len(s.want(200, reseller, "GET "+list+"?limit=2", "").at("result").([]any)), 2)
			s.Configure(func(o *Options) { o.Envelope = EnvelopeBare })
			s.equal(len(s.want(200, reseller, "GET "+list+"?limit=2", "").doc.([]any)), 5)
			s.Configure(func(o *Options) { o.Envelope, o.MaxLimit = EnvelopeResults, 3 })
			s.equal(len(s.want(200, reseller, "GET "+list+"?limit=100", "").at("results").([]any)), 3)
		})
	}
}

func TestThinLists(t *testing.T) {
	t.Parallel()
	s := start(t, Options{PartialLists: []string{"phone", "email", "client_and_roles", "users"}})
	for _, list := range []string{"GET /iam/clients?limit=1", "GET /iam/users?limit=1"} {
		item := answer{doc: s.want(200, reseller, list, "").at("results", 0)}
		s.equal([]bool{item.has("phone"), item.has("email"), item.has("client_and_roles"), item.has("users"), item.has("name")},
			[]bool{false, false, false, false, true})
	}
	s.equal(s.want(200, reseller, path("GET /iam/clients/%d", DemoAccount), "").has("phone"), true)
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.RemoveClient(DemoAccount)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	a := s.SeedClient(Client{Company: "Acme", Email: "acme@example.com", Name: new("Ann"), CustomID: new("x"), Seller: new(int64(5)),
		CountryCode: "LU", BillType: "postpaid", IsTest: true, CreatedAt: at, Availability: map[string]bool{"CDN": true},
		Services: map[string]Service{"CDN": {Status: "active", Enabled: true}}})
	s.SeedUser(User{Client: a.ID, Name: new("Bob"), Email: "bob@example.com"})
	b := s.SeedClient(Client{Company: "Acme Ltd", Email: "ltd@example.com", CreatedAt: at.Add(time.Hour)})
	first, second, both, none := []int64{a.ID}, []int64{b.ID}, []int64{a.ID, b.ID}, []int64{}
	tests := map[string][]int64{
		"companyName=Acme":                    first,
		"companyName=acme":                    none,
		"email=ltd@example.com":               second,
		"name=Ann":                            first,
		"custom_id=x":                         first,
		"users_name=Bob":                      first,
		"users_email=bob@example.com":         first,
		"country_code=LU":                     first,
		"country_code=null":                   second,
		"client_type=common":                  both,
		"client_type=sales":                   none,
		"bill_type=postpaid":                  first,
		"is_test=true":                        first,
		"is_test=false":                       second,
		"activated=true":                      first,
		"activated=false":                     second,
		"reseller_id=7001":                    both,
		"reseller_id=1":                       none,
		"seller_id=5":                         first,
		"created_at_gte=2026-03-01T12:00:00Z": both,
		"created_at_gte=2026-03-01T12:00:01Z": second,
		"created_at_lte=2026-03-01T12:00:00Z": first,
		"id__in__exclude=1,7310001":           second,
		"personal_product_availability=CDN":   first,
		"cdn=active":                          first,
		"cdn=new":                             second,
		"connect=new":                         none,
		"promocode=x":                         none,
		"min_traffic=1":                       none,
		"max_traffic=1":                       both,
		"companyName=Acme&is_test=false":      none,
		"deleted=false":                       both,
		"ordering=-created_at":                {b.ID, a.ID},
		"ordering=created_at":                 {a.ID, b.ID},
		"ordering=-id":                        {b.ID, a.ID},
		"ordering=-email":                     {b.ID, a.ID},
		"ordering=-companyName":               {b.ID, a.ID},
		"ordering=name":                       {b.ID, a.ID}, // none comes first
		"ordering=status,name":                {a.ID, b.ID},
	}
	for query, want := range tests {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got := ids(s.want(200, reseller, "GET /iam/clients?"+values.Encode(), "").doc)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}

	s.Configure(func(o *Options) { o.Filters = FilterContains })
	s.equal(ids(s.want(200, reseller, "GET /iam/clients?companyName=acme", "").doc), both)
}

func TestUnknownOrdering(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.want(400, reseller, "GET /iam/clients?ordering=is_test", "")
	if len(s.server.Violations()) == 0 {
		t.Error("an undocumented status kept the contract")
	}
}
