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
		`eq(name,externalId)`:            nil, // compares two members
		`eq(type,type)&ilike(name,acme)`: {"ACME", "Acme"},
		`ilike(name,"acme")`:             {"ACME", "Acme"},
		`ilike(name,"acme*")`:            {"Acme*Star", "ACME", "Acme"},
		`ilike(name,"*star")`:            {"Acme*Star"},
		`ilike(name,'*me*st*')`:          {"Acme*Star"},
		`ilike(name,"a*e")`:              nil, // an asterisk inside stands for itself
		`ilike(name,"acme*star")`:        {"Acme*Star"},
		`ilike(name,"acme\**")`:          nil, // and so does a backslash
		`ilike(name,"acme\*star")`:       nil,
		`ilike(name,"*me\*")`:            nil, // \* at the end is an asterisk
		`ilike(name,*)&eq(name,"Acme")`:  {"Acme"},
		`ilike(name,**)&eq(name,"Acme")`: {"Acme"},
		`eq(name,"Acme*")`:               nil,
		`eq(name,'` + enc(quote) + `')`:  {quote},
		`eq(name,"It's")`:                {"It's"},
		`eq(name,%22It%27s%22)`:          {"It's"},
		`ilike(name,"*it's*")`:           {"It's"},
		`eq(name,"` + enc("日本 🎉") + `")`: {"日本 🎉"},
		`eq(id,"` + ids["Acme"] + `")`:   {"Acme"},
		`eq(id,` + ids["Acme"] + `)`:     nil,
		`eq(type,"Vendor")`:              {"Acme*Star"},
		`eq(status,"Disabled")`:          {"Acme*Star"},
		`eq(externalId,"CDG-1")`:         {"Acme"},
		`and(ilike(name,"acme*"),eq(type,"Client"),eq(externalId,"CDG-1"))`: {"Acme"},
		`and(ilike(name,"*me*"),and(ilike(name,"*star*")))`:                 {"Acme*Star"},
		`eq(address.city,"Bonn")`:                                           {"Acme"},
		`eq(audit.created.by.id,"TKN-1111-2222")&select=audit`:              nil,
	}
	for filter, want := range tests {
		// Go's client would escape the query's quotes by itself; the API takes both.
		if got := c.get("?limit=100&" + strings.ReplaceAll(filter, " ", "%20")); got.status != 200 || !slices.Equal(got.names(), want) {
			t.Errorf("%s: %d %v, want %q", filter, got.status, got.body, want)
		}
	}
	for _, filter := range []string{
		`eq(colour,"red")`, `rql=eq(name,"a")`, `eq(name,"a"`, `eq(name,"a)`, `eq(name)`, `eq(name,)`, `eq(name,"a")x`, `and()`,
		`and(eq(name,"a")`, `and(eq(name,"a"),)`,
		`rhyme(name,"a")`, `order=colour`, `select=colour`, `colour=red`, `name`, `eq(name,%22a%2`,
		`eq(audit.created.by.id,"x")`, `order=audit.created.at`, `eq(name,"He said "hi"")`, `eq(name,"He said \"hi\"")`,
		// Documented, but not used by the provider.
		`name=Acme`, `like(name,"Acme*")`, `in(name,("a"))`, `out(name,("a"))`, `or(eq(name,"a"),eq(name,"b"))`, `not(eq(name,"a"))`,
		`ne(name,"a")`, `gt(name,"a")`,
		`any(groups,id="x")`, `eq(externalId,null())`, `eq(externalId,empty())`,
	} {
		got := c.get("?" + strings.ReplaceAll(filter, " ", "%20"))
		c.want(got, 400, map[string]any{
			"title": "Bad Request", "detail": "One or more validation errors occurred.", "errors.mistake": []any{"Unknown expression group."},
		})
	}
	for _, filter := range []string{`limit=-1`, `limit=x`, `offset=x`} {
		if got := c.get("?" + filter); got.status != 400 {
			t.Errorf("%s: %d %v", filter, got.status, got.body)
		}
	}
	c.srv.Violations() // limits that are not numbers
}

// The other readings of a filter.
func TestFilterModes(t *testing.T) {
	t.Parallel()
	for filter, test := range map[string]struct {
		options Options
		want    []string
	}{
		`ilike(name,"a*e*")`:        {Options{InnerWildcards: true}, []string{"Acme*Star", "Acme"}},
		`ilike(name,"acme\*star")`:  {Options{InnerWildcards: true}, []string{"Acme*Star"}},
		`ilike(name,"*ürich")`:      {Options{FoldsASCIIOnly: true}, nil},
		`ilike(name,"*ÜRICH")`:      {Options{FoldsASCIIOnly: true}, []string{"ZÜRICH"}},
		`ilike(name,"z*")`:          {Options{FoldsASCIIOnly: true}, []string{"ZÜRICH"}},
		`eq(name,"x")&eq(id,'ACC')`: {Options{IgnoresFilters: true}, []string{"ZÜRICH", "Acme*Star", "Acme", "Marketplace Operations"}},
		`ilike(name,"zürich")`:      {Options{}, []string{"ZÜRICH"}},
	} {
		c := open(t, test.options)
		for _, name := range []string{"Acme", "Acme*Star", "ZÜRICH"} {
			c.mock.Seed(Account{Name: name})
		}
		if got := c.get("?limit=100&" + url.PathEscape(filter)); got.status != 200 || !slices.Equal(got.names(), test.want) {
			t.Errorf("%s: %d %v, want %q", filter, got.status, got.body, test.want)
		}
	}
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
	c.mock.Configure(func(o *Options) { o.RepeatsLimit = true })
	repeating := c.get("?limit=100")
	c.want(repeating, 200, map[string]any{"$meta.pagination.limit": 100, "$meta.pagination.total": 70})
	if n := len(repeating.names()); n != 30 {
		t.Errorf("%d items, want 30", n)
	}
	c.mock.Configure(func(o *Options) { o.PageLimit, o.RepeatsLimit = 0, false })
	c.want(c.get("?limit=200"), 200, map[string]any{"$meta.pagination.limit": 100})
	c.srv.Violations() // the contract holds callers to the documented limit
	c.want(open(t, Options{NoTotal: true}).get("?limit=5"), 200, map[string]any{"$meta.pagination.total": nil, "$meta.pagination.limit": 5})
}

func TestSelectInListings(t *testing.T) {
	t.Parallel()
	partial := []string{"address", "website"}
	for _, perItem := range []bool{false, true} {
		c := open(t, Options{PartialList: partial, OmittedPerItem: perItem})
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
		if item := first(c.get("?limit=10&select=+address,audit,-name")); item.at("address.city") != "Town" ||
			item.at("audit.created.at") == nil || item.at("name") != nil {
			t.Errorf("selected %v", item.body)
		}
	}
}
