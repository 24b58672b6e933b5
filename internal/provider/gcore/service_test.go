package gcore_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const (
	serviceType    = "gcore_account_service"
	serviceAddress = serviceType + ".a"
	listServices   = "GET /iam/clients/*/services"
	putService     = "PUT /iam/clients/*/services/*"
)

func service(id int64, product, status string, more ...Values) Values {
	config := Values{"account_id": text(id), "product": product, "status": status}
	for _, m := range more {
		config = acctest.With(config, m)
	}
	return config
}

// The life of a service: taken over, imported, paused by somebody else, set back, forgotten.
func TestServiceLife(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	a := m.SeedClient(mock.Client{Company: "Acme"})
	config := func(status string, more ...string) string {
		return acctest.Block(serviceType,
			append([]string{fmt.Sprintf("account_id = %q", text(a.ID)), `product = "CDN"`, fmt.Sprintf("status = %q", status)}, more...)...)
	}
	steps := append([]resource.TestStep{{
		Config: config("active", "enabled = true"), ConfigPlanChecks: acctest.EmptyPlan,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(serviceAddress, tfjsonpath.New("id"), knownvalue.StringExact(text(a.ID)+"/CDN")),
			statecheck.ExpectKnownValue(serviceAddress, tfjsonpath.New("previous_status"), knownvalue.StringExact("new")),
		},
	}}, imports(serviceAddress)...)
	steps = append(steps, resource.TestStep{
		PreConfig: func() {
			m.ChangeClient(a.ID, func(c *mock.Client) { c.Services["CDN"] = mock.Service{Status: "trialend", Enabled: true} })
		},
		Config: config("active", "enabled = true"), ConfigPlanChecks: acctest.Acts(serviceAddress, plancheck.ResourceActionUpdate),
	}, resource.TestStep{
		Config:           config("active", `deletion_policy = "abandon"`),
		ConfigPlanChecks: acctest.Acts(serviceAddress, plancheck.ResourceActionUpdate, allKnown{}),
	})
	acctest.Run(t, env, steps...)
	now, _ := m.Client(a.ID)
	if cdn := now.Services["CDN"]; cdn.Status != "active" || !cdn.Enabled || s.Count(putService) != 2 || acctest.Changes(s) != 2 {
		t.Errorf("CDN is %+v after %d changes", cdn, s.Count(putService))
	}
}

// An import by the identity's two parts.
func TestServiceIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	a := w.SeedClient(mock.Client{Company: "Acme", Services: map[string]mock.Service{"DNS": {Status: "activating", Enabled: true}}})
	w.Configure(func(o *mock.Options) { o.Activating = 9 })
	r := w.Resource(serviceType)
	if said := r.ImportParts(Values{"account_id": text(a.ID), "product": "DNS"}); len(said) > 0 {
		t.Fatal(said)
	}
	same(t, r.State(), Values{"id": text(a.ID) + "/DNS", "status": "active", "enabled": true, "deletion_policy": "prevent"})
	r.Settled(service(a.ID, "DNS", "active"))
	for _, wrong := range []string{"7310004", "DNS", "7310004/FTP", "7310004/DNS/", "x/DNS", ""} {
		if said := w.Resource(serviceType).Import(wrong); len(said.Errors()) == 0 {
			t.Errorf("%q was imported", wrong)
		}
	}
}

// A create sends what is to change with everything else as it is, and warns with the former status.
func TestServiceCreate(t *testing.T) {
	t.Parallel()
	for _, o := range []mock.Options{{}, {PutServiceReplaces: true}, {Activating: 1}, {Activating: 3}, {OmitNulls: true}} {
		w := newWorld(t, o)
		option := mock.ServiceOption{Name: "limit", Value: "5", ValueType: "int", Category: "c", Description: "d", Title: "t"}
		a := w.SeedClient(mock.Client{
			Services: map[string]mock.Service{"CDN": {Status: "trial", Enabled: true, Options: []mock.ServiceOption{option}}},
		})
		r := w.Resource(serviceType)
		said := r.Apply(service(a.ID, "CDN", "active"))
		said.Warnings().Contain(t, `was "trial" and activated before`)
		if len(said.Errors()) > 0 {
			t.Fatal(said)
		}
		same(t, r.State(), Values{"enabled": true, "previous_status": "trial", "status": "active"})
		now, _ := w.Client(a.ID)
		if cdn := now.Services["CDN"]; !cdn.Enabled || len(cdn.Options) != 1 || cdn.Options[0] != option {
			t.Errorf("%+v became %+v", o, cdn)
		}
		r.Settled(service(a.ID, "CDN", "active"))
		r.Settled(service(a.ID, "CDN", "active"))
		w.count(putService, 1)

		// What is so already isn't sent.
		again := w.Resource(serviceType)
		if said := again.Apply(service(a.ID, "CDN", "active", Values{"enabled": true})); len(said.Errors()) > 0 {
			t.Error(said)
		}
		w.count(putService, 1)
		if said := r.Apply(service(a.ID, "CDN", "active", Values{"enabled": false})); len(said) > 0 {
			t.Error(said)
		}
		same(t, r.State(), Values{"enabled": false, "status": "active"})
	}
}

// A pause is warned of before it is made: by a status, and by a destroy.
func TestServicePause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	a := w.SeedClient(mock.Client{})
	r := w.Resource(serviceType)
	plan := r.Plan(service(a.ID, "CLOUD", "paused"))
	plan.Diagnostics.Warnings().Contain(t, "starts the time after which Gcore deletes it")
	if said := r.Apply(service(a.ID, "CLOUD", "active", Values{"deletion_policy": "pause"})); len(said.Errors()) > 0 {
		t.Fatal(said)
	}
	replacement := r.Replace(service(a.ID, "CLOUD", "active", Values{"deletion_policy": "pause"}))
	replacement.Diagnostics.Errors().Contain(t, "can't be replaced", "can't be created again")
	plan = r.Plan(nil)
	plan.Diagnostics.Warnings().Contain(t, "starts the time after which Gcore deletes it", "is paused")
	if said := r.Execute(plan); len(said) > 0 {
		t.Error(said)
	}
	now, _ := w.Client(a.ID)
	if now.Services["CLOUD"].Status != "paused" || r.State() != nil {
		t.Errorf("it is %+v", now.Services["CLOUD"])
	}

	kept := w.Resource(serviceType)
	if said := kept.Apply(service(a.ID, "DNS", "trial")); len(said.Errors()) > 0 {
		t.Fatal(said)
	}
	kept.Plan(nil).Diagnostics.Errors().Contain(t, "protected", "\"pause\"", "keeps the service")
}

// What Gcore refuses is its words on the status, and nothing is in the state.
func TestServiceRefused(t *testing.T) {
	t.Parallel()
	for _, shape := range []mock.ErrorShape{mock.ErrorFieldLists, mock.ErrorMessage, mock.ErrorList, mock.ErrorNested} {
		w := newWorld(t, mock.Options{Errors: shape})
		a := w.SeedClient(mock.Client{
			Services: map[string]mock.Service{"CDN": {Status: "active"}, "DNS": {Status: "deleted"}}, Availability: map[string]bool{"DDOS": false},
		})
		for product, words := range map[string]string{"CDN": "can't go back to trial", "DNS": "deleted product", "DDOS": "not available"} {
			r := w.Resource(serviceType)
			said := r.Apply(service(a.ID, product, "trial"))
			said.Errors().Contain(t, words, `AttributeName("status")`)
			if r.State() != nil {
				t.Error(r.State())
			}
		}
	}
	w := newWorld(t, mock.Options{HiddenServices: []string{"CDN"}})
	a := w.SeedClient(mock.Client{})
	w.Resource(serviceType).Apply(service(a.ID, "CDN", "active")).Errors().Contain(t, "shows no service CDN")
	w.use(mock.DemoMemberKey)
	w.Resource(serviceType).Apply(service(a.ID, "DNS", "active")).Errors().Contain(t, "403", "reseller's credential")
	w.Resource(serviceType).Plan(service(a.ID, "FTP", "new")).Diagnostics.Errors().Contain(t, "product", "status")
}

// Which service it is can't be changed; what an update does not keep is an error.
func TestServiceChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	a := w.SeedClient(mock.Client{})
	r := w.Resource(serviceType)
	if said := r.Apply(service(a.ID, "CDN", "active")); len(said.Errors()) > 0 {
		t.Fatal(said)
	}
	w.server.Reset()
	for _, other := range []Values{service(a.ID, "DNS", "active"), service(mock.DemoAccount, "CDN", "active")} {
		r.Plan(other).Diagnostics.Refused(t, w.server, "create-only", "says which service it is", "Set it back")
	}
	plan := r.Plan(service(a.ID, "CDN", "active", Values{"account_id": acctest.Unknown}))
	r.Execute(plan, Values{"account_id": text(mock.DemoAccount)}).Refused(t, w.server, "create-only")

	body := fmt.Sprintf(`{"id":%d,"name":"CDN","client":%d,"status":"active","previous_status":"new","enabled":true,"options":[]}`, a.ID*10,
		a.ID)
	w.server.Inject(mockserver.Fault{On: putService, Body: body, Times: 1})
	r.Apply(service(a.ID, "CDN", "paused")).Errors().Contain(t, "did not apply", "paused", `AttributeName("status")`)
	w.server.Inject(mockserver.Fault{On: putService, Effect: true, Close: true, Times: 1})
	if said := r.Apply(service(a.ID, "CDN", "paused")); len(said.Errors()) > 0 {
		t.Error(said)
	}
	r.Settled(service(a.ID, "CDN", "paused"))
}

// A service goes with its account only, and only with a proof.
func TestServiceGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	w.SeedClient(mock.Client{Company: "Other"})
	a := w.SeedClient(mock.Client{Company: "Acme"})
	r := w.Resource(serviceType)
	if said := r.Apply(service(a.ID, "CDN", "active")); len(said.Errors()) > 0 {
		t.Fatal(said)
	}
	r.Settled(service(a.ID, "CDN", "active"))
	w.server.Inject(mockserver.Fault{On: listServices, Status: 404, Body: `{"message":"Not found."}`})
	w.Restart()
	r.Refresh().Errors().Contain(t, "404")
	w.server.ClearFaults()
	w.RemoveClient(a.ID)
	w.Restart()
	if said := r.Refresh(); len(said) > 0 || r.State() != nil {
		t.Errorf("%v stays: %s", r.State(), said)
	}
}

// One listing serves all products of an account.
func TestServiceReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	a := w.SeedClient(mock.Client{})
	var all []*acctest.Resource
	for _, product := range []string{"CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"} {
		r := w.Resource(serviceType)
		if said := r.Import(text(a.ID) + "/" + product); len(said) > 0 {
			t.Fatal(said)
		}
		all = append(all, r)
	}
	w.count(listServices, 1)
	w.Restart()
	for _, r := range all {
		if said := r.Refresh(); len(said) > 0 {
			t.Error(said)
		}
	}
	w.count(listServices, 2)
	values, said := w.Data("gcore_account_services", Values{"account_id": text(a.ID), "product": "DNS"})
	if services, _ := values["services"].([]any); len(said) > 0 || len(services) != 1 ||
		!strings.Contains(fmt.Sprint(services), text(a.ID)+"/DNS") {
		t.Errorf("%v %s", values, said)
	}
	if _, said := w.Data("gcore_account_services", Values{}); len(said.Errors()) == 0 {
		t.Error("no account is asked for")
	}
	w.ChangeClient(a.ID, func(c *mock.Client) { c.Services["DNS"] = mock.Service{Status: "active"} })
	w.Restart()
	listed, said := w.List(serviceType, Values{"account_id": text(a.ID)}, 0, true)
	if len(listed) != 1 || listed[0].DisplayName != text(a.ID)+"/DNS" || !strings.Contains(said.String(), "left out") {
		t.Errorf("%+v %s", listed, said)
	}
	said.Warnings().Contain(t, `such as the status "new"`, "write its resource block")
	if listed, said = w.List(serviceType, Values{"account_id": text(a.ID)}, 0, false); len(listed) != 6 || len(said) > 0 {
		t.Errorf("%+v %s", listed, said)
	}
}

// Sellers are found by name and address, in every form of the listing.
func TestSellers(t *testing.T) {
	t.Parallel()
	for _, o := range []mock.Options{
		{}, {Envelope: mock.EnvelopeResult}, {Envelope: mock.EnvelopeBare}, {MaxLimit: 2}, {SoftDelete: true}, {Filters: mock.FilterIgnored},
	} {
		w := newWorld(t, o)
		ann := w.SeedSeller(mock.Seller{Email: "Ann@example.com", FullName: "Ann Example", Activated: true})
		for i := range 5 {
			w.SeedSeller(mock.Seller{Email: fmt.Sprintf("s%d@example.com", i), FullName: "Sam", Deleted: i == 0})
		}
		w.SeedSeller(mock.Seller{Email: "other@example.com", Reseller: 99})
		for _, filter := range []Values{{"email": "ann@EXAMPLE.com"}, {"full_name": "ann example"}} {
			values, said := w.Data("gcore_sellers", filter)
			sellers, _ := values["sellers"].([]any)
			if len(said) > 0 || len(sellers) != 1 {
				t.Fatalf("%v: %v %s", filter, values, said)
			}
			same(t, sellers[0].(Values), Values{"id": ann.ID, "email": "Ann@example.com", "activated": true, "phone": nil})
		}
		values, said := w.Data("gcore_sellers", Values{})
		if sellers, _ := values["sellers"].([]any); len(said) > 0 || len(sellers) != 5 {
			t.Errorf("%+v: %v %s", o, values, said)
		}
		w.use(mock.DemoMemberKey)
		if _, said := w.Data("gcore_sellers", Values{}); o.Envelope == mock.EnvelopeResults {
			said.Errors().Contain(t, "403")
		}
	}
}
