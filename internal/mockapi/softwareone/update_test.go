package softwareone

import (
	"testing"
)

// full is a Client with every member set.
func full() Account {
	return Account{
		Name: "Acme", Type: "Client", Status: "Enabled", ExternalID: "CDG-1", Website: "https://acme.example", Description: "d",
		TechnicalSupportEmail: "help@example.com", DefaultLanguageCode: "de-CH", Eligibility: &Eligibility{Client: true, Partner: true},
		Address: Address{AddressLine1: "1 Road", PostCode: "1000", City: "Town", State: "ST", Country: "CH"},
	}
}

const nulls = `{"name":"Acme","externalId":null,"website":null,"description":null,"technicalSupportEmail":null,"defaultLanguageCode":null,
	"eligibility":null,"address":{"addressLine1":null,"addressLine2":null,"postCode":null,"city":null,"state":null,"country":null}}`

func TestUpdate(t *testing.T) {
	t.Parallel()
	kept := map[string]any{
		"externalId": "CDG-1", "website": "https://acme.example", "description": "d", "address.city": "Town",
		"technicalSupportEmail": "help@example.com", "defaultLanguageCode": "de-CH", "eligibility.partner": true,
	}
	cleared := map[string]any{
		"externalId": nil, "website": nil, "description": nil, "address": map[string]any{},
		"technicalSupportEmail": nil, "defaultLanguageCode": "en-US", "eligibility.partner": false,
	}
	tests := map[string]struct {
		options Options
		body    string
		want    map[string]any
	}{
		"left out":              {Options{}, `{"name":"Acme"}`, kept},
		"left out, replaced":    {Options{PUTReplaces: true}, `{"name":"Acme"}`, cleared},
		"null":                  {Options{}, nulls, cleared},
		"null, replaced":        {Options{PUTReplaces: true}, nulls, cleared},
		"null ignored":          {Options{PUTIgnoresNull: true}, nulls, kept},
		"no default language":   {Options{NoDefaultLanguage: true}, nulls, map[string]any{"defaultLanguageCode": nil}},
		"empty address omitted": {Options{OmitsEmptyAddress: true}, nulls, map[string]any{"address": nil}},
		"part of an address": {
			Options{}, `{"name":"Acme","address":{"city":"Bay"}}`, map[string]any{"address.city": "Bay", "address.state": "ST"},
		},
		"part, replaced": {
			Options{PUTReplaces: true}, `{"name":"Acme","address":{"city":"Bay"}}`, map[string]any{"address.city": "Bay", "address.state": nil},
		},
		"externalId": {Options{}, `{"name":"Acme","externalId":"CDG-2"}`, map[string]any{"externalId": "CDG-2"}},
		"externalId ignored": {
			Options{PUTIgnoresExternalID: true}, `{"name":"Acme","externalId":"CDG-2"}`, map[string]any{"externalId": "CDG-1"},
		},
		"status ignored":  {Options{}, `{"name":"Acme","type":"Client","status":"Disabled"}`, map[string]any{"status": "Enabled"}},
		"names as sent":   {Options{}, `{"name":" A  b "}`, map[string]any{"name": " A  b "}},
		"names collapsed": {Options{CollapsesNames: true}, `{"name":" A \t b "}`, map[string]any{"name": "A b"}},
		"counts":          {Options{}, `{"name":"Acme"}`, map[string]any{"revision": 2}},
		"one eligibility stays": {
			Options{}, `{"name":"Acme","eligibility":{"client":false}}`, map[string]any{"eligibility.client": false, "eligibility.partner": true},
		},
		"a whole address passes": {
			Options{WholeAddress: true}, `{"name":"Acme","address":{"city":"Bay"}}`, map[string]any{"address.city": "Bay"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t, tt.options)
			a := c.mock.Seed(full())
			c.want(c.put(a.ID, tt.body), 200, tt.want)
			c.want(c.get("/"+a.ID), 200, tt.want)
		})
	}
}

func TestUpdateRefusals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options  Options
		body     string
		violates bool
	}{
		"no name":          {Options{}, `{"website":"x"}`, true},
		"null name":        {Options{}, `{"name":null}`, true},
		"other type":       {Options{}, `{"name":"a","type":"Vendor"}`, false},
		"unknown type":     {Options{}, `{"name":"a","type":"x"}`, true},
		"groups":           {Options{}, `{"name":"a","groups":"x"}`, true},
		"partial address":  {Options{WholeAddress: true}, `{"name":"a","address":{"city":null}}`, false},
		"long country":     {Options{WholeAddress: true}, `{"name":"a","address":{"country":"Switzerland"}}`, false},
		"unknown member":   {Options{}, `{"name":"a","serviceLevel":"Elite"}`, true},
		"read-only member": {Options{}, `{"name":"a","icon":"x"}`, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t, tt.options)
			a := c.mock.Seed(full())
			c.refused(c.put(a.ID, tt.body), 400, tt.violates)
			if got, _ := c.mock.Get(a.ID); got.Name != "Acme" || got.Revision != 1 || got.Address != a.Address {
				t.Errorf("a refused change left %+v", got)
			}
		})
	}
}

func TestIcon(t *testing.T) {
	t.Parallel()
	for _, keeps := range []bool{false, true} {
		c := open(t, Options{FormKeepsIcon: keeps})
		a := c.mock.Seed(full())
		logo := func() string { got, _ := c.mock.Get(a.ID); return string(got.Logo) }
		c.want(c.form("PUT", "/"+a.ID, `{"name":"Acme"}`, "PNG"), 200, map[string]any{"icon": "/v1/accounts/accounts/" + a.ID + "/icon"})
		c.want(c.put(a.ID, `{"name":"Acme"}`), 200, nil)
		if logo() != "PNG" {
			t.Errorf("after JSON: %q", logo())
		}
		c.want(c.form("PUT", "/"+a.ID, `{"name":"Acme"}`, ""), 200, nil)
		if want := map[bool]string{true: "PNG"}[keeps]; logo() != want {
			t.Errorf("FormKeepsIcon %v: %q after a form without a logo", keeps, logo())
		}
	}
}

func TestCreateModes(t *testing.T) {
	t.Parallel()
	known := func(id string) bool { return id == "CDG-1" }
	tests := map[string]struct {
		options Options
		body    string
		want    map[string]any
	}{
		"externalId": {
			Options{}, `{"name":"a","type":"Client","externalId":"CDG-1"}`, map[string]any{"status": "Enabled", "externalName": nil},
		},
		"externalId activates": {
			Options{CreateActivates: true, KnownExternalID: known}, `{"name":"a","type":"Client","externalId":"CDG-1"}`,
			map[string]any{"status": "Active", "externalName": "ERP customer CDG-1"},
		},
		"status ignored": {Options{}, `{"name":"a","type":"Vendor","status":"Disabled"}`, map[string]any{"status": "Active"}},
		"status honoured": {
			Options{CreateHonoursStatus: true}, `{"name":"a","type":"Vendor","status":"Disabled"}`, map[string]any{"status": "Disabled"},
		},
		"null status": {
			Options{CreateHonoursStatus: true}, `{"name":"a","type":"Client","status":null}`, map[string]any{"status": "Enabled"},
		},
		"name collapsed": {Options{CollapsesNames: true}, `{"name":"a  b","type":"Client"}`, map[string]any{"name": "a b"}},
		"no language":    {Options{NoDefaultLanguage: true}, `{"name":"a","type":"Client"}`, map[string]any{"defaultLanguageCode": nil}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t, tt.options)
			c.want(c.post("", tt.body), 201, tt.want)
		})
	}
	c := open(t, Options{CreateActivates: true, KnownExternalID: known})
	c.refused(c.post("", `{"name":"a","type":"Client","externalId":"CDG-2"}`), 400, false)
}

func TestLag(t *testing.T) {
	t.Parallel()
	c := open(t, Options{Lag: 2})
	a := c.post("", `{"name":"Late","type":"Client"}`)
	id := a.at("id").(string)
	c.refused(c.get("/"+id), 404, false)
	c.want(c.get(`?eq(name,"Other")`), 200, map[string]any{"$meta.pagination.total": 0}) // would not show it: no count
	c.want(c.get(`?eq(name,"Late")`), 200, map[string]any{"$meta.pagination.total": 0})
	c.want(c.get("/"+id), 200, nil)
	c.want(c.get(`?eq(name,"Late")`), 200, map[string]any{"$meta.pagination.total": 1})
}

// TestStatus walks every action from every status of both types.
func TestStatus(t *testing.T) {
	t.Parallel()
	activation := `{"name":"Acme","externalId":"CDG-7"}`
	tests := []struct {
		options                          Options
		kind, status, externalID, action string
		want                             string // "" = refused
	}{
		{Options{}, "Client", "Enabled", "", "activate", "Active"},
		{Options{}, "Client", "Active", "x", "activate", ""},
		{Options{}, "Client", "Disabled", "x", "activate", ""},
		{Options{}, "Vendor", "Enabled", "", "activate", ""},
		{Options{}, "Client", "Active", "x", "deactivate", "Enabled"},
		{Options{}, "Client", "Enabled", "x", "deactivate", ""},
		{Options{}, "Client", "Disabled", "x", "deactivate", ""},
		{Options{}, "Vendor", "Active", "", "deactivate", ""},
		{Options{}, "Client", "Active", "x", "disable", "Disabled"},
		{Options{}, "Client", "Enabled", "", "disable", "Disabled"},
		{Options{}, "Client", "Disabled", "", "disable", ""},
		{Options{}, "Vendor", "Active", "", "disable", "Disabled"},
		{Options{}, "Operations", "Active", "", "disable", ""},
		{Options{}, "Client", "Disabled", "", "enable", "Enabled"},
		{Options{}, "Client", "Disabled", "x", "enable", "Active"},
		{Options{}, "Client", "Enabled", "", "enable", ""},
		{Options{}, "Client", "Active", "x", "enable", ""},
		{Options{}, "Vendor", "Disabled", "", "enable", "Active"},
		{Options{EnableNeedsExternalID: true}, "Vendor", "Disabled", "", "enable", "Enabled"},
		{Options{EnableNeedsExternalID: true}, "Vendor", "Disabled", "x", "enable", "Active"},
		{Options{}, "Operations", "Disabled", "", "enable", ""},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" "+tt.status+" "+tt.action+" "+tt.externalID, func(t *testing.T) {
			t.Parallel()
			for _, conflict := range []bool{false, true} {
				tt.options.ConflictOnStatus = conflict
				c := open(t, tt.options)
				a := c.mock.Seed(Account{Type: tt.kind, Status: tt.status, ExternalID: tt.externalID})
				body := ""
				if tt.action == "activate" {
					body = activation
				}
				got := c.post("/"+a.ID+"/"+tt.action, body)
				if tt.want == "" {
					c.refused(got, map[bool]int{false: 400, true: 409}[conflict], false)
					continue
				}
				c.want(got, 200, map[string]any{"status": tt.want, "revision": 2})
			}
		})
	}
}

func TestActivation(t *testing.T) {
	t.Parallel()
	c := open(t, Options{KnownExternalID: func(id string) bool { return id == "CDG-1" }})
	a := c.mock.Seed(Account{Name: "Acme"})
	path := "/" + a.ID + "/activate"
	c.refused(c.post(path, `{"name":"Acme","externalId":"CDG-2"}`), 400, false)
	c.refused(c.post(path, `{"name":"Acme"}`), 400, true)
	c.refused(c.post(path, `{"externalId":"CDG-1"}`), 400, true)
	c.refused(c.post(path, `{"name":"Acme","externalId":""}`), 400, true)
	c.refused(c.post(path, ""), 415, true)
	c.refused(c.form("POST", path, `{"name":"Acme","externalId":"CDG-1"}`, ""), 415, true)
	c.want(c.post(path, `{"name":"Acme","externalId":"CDG-1"}`), 200, map[string]any{
		"status": "Active", "externalId": "CDG-1", "externalName": "ERP customer CDG-1",
	})
	if got, _ := c.mock.Get(a.ID); len(got.PyraTenantID) != 36 {
		t.Errorf("pyraTenantId %q", got.PyraTenantID)
	}
	c.want(c.post("/"+a.ID+"/deactivate", ""), 200, map[string]any{"status": "Enabled", "externalId": nil, "externalName": nil})

	k := open(t, Options{DeactivateKeepsExternalID: true})
	b := k.mock.Seed(Account{Status: "Active", ExternalID: "CDG-1"})
	k.want(k.post("/"+b.ID+"/deactivate", ""), 200, map[string]any{"status": "Enabled", "externalId": "CDG-1"})
}
