package softwareone

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func (a answer) names() []string {
	var names []string
	for _, item := range a.at("data").([]any) {
		names = append(names, fmt.Sprint(item.(map[string]any)["name"]))
	}
	return names
}

func TestFilters(t *testing.T) {
	t.Parallel()
	c := open(t, Options{})
	quote := `He said "hi", (ok) & more + 100% #1`
	ids := map[string]string{}
	for _, a := range []Account{
		{Name: "Acme", ExternalID: "CDG-1", Address: Address{City: "Bonn"}},
		{Name: "ACME"},
		{Name: "Acme*Star", Type: "Vendor", Status: "Disabled"},
		{Name: quote},
		{Name: "It's"},
		{Name: "日本 🎉"},
	} {
		ids[a.Name] = c.mock.Seed(a).ID
	}
	enc := url.QueryEscape
	tests := map[string][]string{ // filter: names, newest first
		`eq(name,"Acme")`:                {"Acme"},
		`eq(name,'Acme')`:                {"Acme"},
		`eq(name,Acme)`:                  {"Acme"},
		`name=Acme`:                      {"Acme"},
		`ilike(name,"acme")`:             {"ACME", "Acme"},
		`ilike(name,"acme*")`:            {"Acme*Star", "ACME", "Acme"},
		`like(name,"Acme*")`:             {"Acme*Star", "Acme"},
		`like(name,"Acme\**")`:           {"Acme*Star"},
		`eq(name,"Acme*")`:               nil,
		`eq(name,'` + enc(quote) + `')`:  {quote},
		`eq(name,"It's")`:                {"It's"},
		`eq(name,%22It%27s%22)`:          {"It's"},
		`eq(name,"` + enc("日本 🎉") + `")`: {"日本 🎉"},
		`eq(id,"` + ids["Acme"] + `")`:   {"Acme"},
		`eq(id,` + ids["Acme"] + `)`:     nil,
		`in(id,("` + ids["Acme"] + `",'` + ids["It's"] + `'))`: {"It's", "Acme"},
		`out(name,("Acme","ACME"))&eq(type,"Client")`:          {"日本 🎉", "It's", quote},
		`eq(type,"Vendor")`:                                                   {"Acme*Star"},
		`eq(status,"Disabled")`:                                               {"Acme*Star"},
		`eq(externalId,"CDG-1")`:                                              {"Acme"},
		`and(ilike(name,"acme"),ne(externalId,null()))`:                       {"Acme"},
		`and(ilike(name,"acme"),eq(externalId,empty()))`:                      {"ACME"},
		`or(eq(name,"Acme"),eq(name,"It's"))`:                                 {"It's", "Acme"},
		`and(not(eq(type,"Client")),not(eq(name,"x")),ne(type,"Operations"))`: {"Acme*Star"},
		`eq(address.city,"Bonn")`:                                             {"Acme"},
		`ge(audit.created.at,"2020-01-01T00:00:00.000Z")&lt(name,"B")&gt(name,"AD")&select=audit`: {"Acme*Star", "Acme"},
		`eq(audit.created.by.id,"TKN-1111-2222")&select=audit&le(name,"z")`:                       nil,
	}
	for filter, want := range tests {
		// Go's client would escape the query's quotes by itself; the API takes both.
		if got := c.get("?limit=100&" + strings.ReplaceAll(filter, " ", "%20")); got.status != 200 || !slices.Equal(got.names(), want) {
			t.Errorf("%s: %d %v, want %q", filter, got.status, got.body, want)
		}
	}
	for _, filter := range []string{
		`eq(colour,"red")`, `rql=eq(name,"a")`, `eq(name,"a"`, `eq(name,"a)`, `eq(name)`, `eq(name,)`, `eq(name,"a")x`, `in(name,"a")`,
		`in(name,("a"`, `in(colour,("a"))`, `in(name)`, `in(name,())`, `not(eq(name,"a"),eq(name,"b"))`, `and()`, `and(eq(name,"a")`, `any(groups,id="x")`,
		`rhyme(name,"a")`, `order=colour`, `select=colour`, `limit=-1`, `limit=x`, `offset=x`, `colour=red`, `name`, `eq(name,%22a%2`,
		`eq(audit.created.by.id,"x")`, `order=audit.created.at`, `eq(name,"He said "hi"")`,
	} {
		if got := c.get("?" + strings.ReplaceAll(filter, " ", "%20")); got.status != 400 {
			t.Errorf("%s: %d %v", filter, got.status, got.body)
		}
	}
	c.srv.Violations() // limits that are no numbers
}

func TestPages(t *testing.T) {
	t.Parallel()
	c := open(t, Options{PageLimit: 30})
	for i := range 69 {
		c.mock.Seed(Account{Name: fmt.Sprintf("n%02d", i)})
	}
	total := func(n int) map[string]any { return map[string]any{"$meta.pagination.total": n} }
	var names []string
	for offset := 0; offset < 70; offset += 30 {
		page := c.get(fmt.Sprintf("?limit=100&offset=%d&order=name", offset))
		c.want(page, 200, map[string]any{"$meta.pagination.limit": 30, "$meta.pagination.offset": offset, "$meta.pagination.total": 70})
		names = append(names, page.names()...)
	}
	if len(names) != 70 || !slices.IsSorted(names) {
		t.Errorf("names %q", names)
	}
	if got := c.get("?order=-name&limit=2").names(); !slices.Equal(got, []string{"n68", "n67"}) {
		t.Errorf("in reverse: %q", got)
	}
	if got := c.get("?order=type,%2Bname&limit=1").names(); !slices.Equal(got, []string{"n00"}) {
		t.Errorf("by two members: %q", got)
	}
	if got := len(c.get("").names()); got != 10 {
		t.Errorf("%d items without a limit", got)
	}
	count := c.get("?limit=0")
	c.want(count, 200, total(70))
	if len(count.names()) != 0 {
		t.Error("limit=0 gave items")
	}
	beyond := c.get("?limit=5&offset=70")
	c.want(beyond, 200, total(70))
	if len(beyond.names()) != 0 {
		t.Error("items beyond the end")
	}
	c.mock.Configure(func(o *Options) { o.PageLimit = 0 })
	c.want(c.get("?limit=200"), 200, map[string]any{"$meta.pagination.limit": 100})
	c.srv.Violations() // the contract holds callers to the documented limit
	c.want(open(t, Options{NoTotal: true}).get("?limit=5"), 200, map[string]any{"$meta.pagination.total": nil, "$meta.pagination.limit": 5})
}

func TestSelectInListings(t *testing.T) {
	t.Parallel()
	thin := []string{"address", "website"}
	for _, perItem := range []bool{false, true} {
		c := open(t, Options{ThinList: thin, OmittedPerItem: perItem})
		c.mock.Seed(full())
		first := func(a answer) answer {
			return answer{body: a.at("data").([]any)[0].(map[string]any)}
		}
		page := c.get("?limit=10")
		omitted := page.at("$meta.omitted")
		if perItem {
			omitted = first(page).at("$meta.omitted")
		}
		if fmt.Sprint(omitted) != "[address audit groups website]" {
			t.Errorf("omitted %v", omitted)
		}
		if item := first(page); item.at("address") != nil || item.at("description") != "d" {
			t.Errorf("item %v", item.body)
		}
		if item := first(c.get("?limit=10&select=+address,audit,-name")); item.at("address.city") != "Town" || item.at("audit.created.at") == nil || item.at("name") != nil {
			t.Errorf("selected %v", item.body)
		}
	}
}
