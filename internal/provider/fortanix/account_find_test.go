package fortanix_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// Names that trip over quoting in HCL.
var trickyNames = []string{
	`Quote " double`, `Back\slash \`, "${interpolation} %{directive}", "$${escaped}", "Zürich Straße", "株式会社アクメ", "شركة أكمي", "Acme 🚀",
	"<b>Acme</b>",
}

func seedTricky(m *mock.Mock) []mock.Account {
	var seeded []mock.Account
	for i, name := range trickyNames {
		a := mock.Account{Name: name}
		if i%2 == 0 {
			a.CustomLogo, a.DefaultGroupID, a.AccountStatus = png(name), someID, "Deactivated"
		}
		if i%3 == 0 {
			a.AuthConfigs = map[string]mock.AuthConfig{
				someID: {Password: &mock.PasswordConfig{AdministratorsOnly: true}},
				otherID: {OAuth: &mock.OAuthConfig{
					Name: name, IconURL: "https://idp.example/icon.png", AuthorizationEndpoint: "https://idp.example/a",
					TokenEndpoint: "https://idp.example/t",
					ClientID:      "c", ClientSecret: "theirs", TLS: mock.TLS{Required: &mock.TLSRequired{CA: mock.CA{Pinned: []string{b64("one")}}}},
				}},
			}
			a.Component, a.AttestationDisabled, a.PCRPriority = "CONFIDENTIAL_AI", true, []int{}
			for _, n := range order(i) {
				a.PCRPriority = append(a.PCRPriority, n.(int))
			}
		}
		seeded = append(seeded, m.Seed(a))
	}
	return seeded
}

// What a list resource says of an account is what an import and a read give, whatever the listing leaves out, and can
// be written down as configuration.
func TestAccountListEqualsImport(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"as documented": {}, "partial": {PartialList: true}, "small pages": {MaxPageSize: 4}, "logos in lines": {Logos: mock.LogosWrapped},
		"empty values": {EmptyConfigs: true, Logos: mock.LogosEmpty, Secrets: mock.SecretsMasked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _, p := startProtocol(t, options)
			seedTricky(m)
			listed, said := p.List(accountType, Values{}, 0, true)
			if len(said) > 0 {
				t.Fatal(said)
			}
			if len(listed) != len(trickyNames) {
				t.Fatalf("%d accounts were listed, want %d", len(listed), len(trickyNames))
			}
			for _, one := range listed {
				r := p.Resource(accountType)
				if said := r.ImportIdentity(one.ID); len(said) > 0 {
					t.Fatal(said)
				}
				if !reflect.DeepEqual(one.Values, r.State()) {
					t.Errorf("%s:\nlisted   %v\nimported %v", one.DisplayName, one.Values, r.State())
				}
				if r.Identity() != one.ID {
					t.Errorf("the identity is %q, want %q", r.Identity(), one.ID)
				}
				r.Settled(acctest.With(r.State(), Values{"id": nil, "created_at": nil}))
			}
		})
	}
}

func TestAccountList(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{MaxPageSize: 4})
	seeded := seedTricky(m)
	m.Seed(mock.Account{Name: "  "})

	listed, said := p.List(accountType, Values{}, 0, false)
	said.Warnings().Contain(t, "left out", "1 at Fortanix")
	if len(listed) != len(seeded) || listed[0].Values != nil {
		t.Errorf("%d were listed, want %d without values", len(listed), len(seeded))
	}
	for _, a := range seeded {
		listed, said := p.List(accountType, Values{"name": strings.ToUpper(a.Name)}, 0, false)
		if len(said) > 0 || len(listed) != 1 || listed[0].ID != a.ID || listed[0].DisplayName != a.Name {
			t.Errorf("%q: found %v %s, want %s", a.Name, listed, said, a.ID)
		}
	}
	s.Reset()
	if listed, _ := p.List(accountType, Values{}, 3, false); len(listed) != 3 || s.Count(lists) != 1 {
		t.Errorf("a limit of 3 gave %d by %d requests", len(listed), s.Count(lists))
	}
	for _, bad := range []string{"", " "} {
		if _, said := p.List(accountType, Values{"name": bad}, 0, false); len(said.Errors()) == 0 {
			t.Errorf("%q was accepted", bad)
		}
	}
	s.Inject(mockserver.Fault{On: lists, Skip: 1, Status: 403, Body: "no"})
	listed, said = p.List(accountType, Values{}, 0, false)
	said.Errors().Contain(t, "Unable to list", "403")
	if len(listed) == 0 {
		t.Error("what came before the failure was not listed")
	}
}

func TestAccountDataSource(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{"": {}, "partial": {PartialList: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, options)
			a := m.Seed(mock.Account{
				Name: `Acme "Corp"`, CustomLogo: png("x"), DefaultGroupID: someID, Totals: mock.Totals{Datasets: 1, FinalWorkflows: 2, Nodes: 3},
				AuthConfigs: map[string]mock.AuthConfig{
					someID:  {Cluster: &mock.ClusterRef{TargetID: "entra"}},
					otherID: {OAuth: &mock.OAuthConfig{Name: "idp", ClientID: "client", ClientSecret: "theirs", TLS: mock.TLS{Disabled: &struct{}{}}}},
				},
			})
			for name, config := range map[string]Values{"id": {"id": strings.ToUpper(a.ID)}, "name": {"name": `ACME "corp"`}} {
				values, said := p.Data("fortanix_account", config)
				if len(said) > 0 {
					t.Fatalf("%s: %s", name, said)
				}
				want := Values{
					"id": a.ID, "name": a.Name, "has_custom_logo": true, "default_group_id": someID, "marketplace_group_id": nil,
					"node_enrollment": Values{"attestation_enforcement_disabled_insecure": false}, "component": "DEFAULT",
					"account_status": "Active", "azure_cvm_pcr_priority": nil, "created_at": int(a.CreatedAt.Unix()),
					"roles": []any{"READER", "WRITER", "MANAGER"}, "status": "ACTIVE", "totals": Values{"datasets": 1, "final_workflows": 2, "nodes": 3},
					"timeouts": nil,
					"auth_configs": []any{
						Values{"id": someID, "kind": "cluster_auth_ref", "target_id": "entra", "idp_name": nil, "client_id": nil},
						Values{"id": otherID, "kind": "oauth", "idp_name": "idp", "client_id": "client", "target_id": nil},
					},
				}
				want = acctest.With(want, config) // in the spelling of the question
				if !reflect.DeepEqual(values, want) {
					t.Errorf("%s:\ngot  %v\nwant %v", name, values, want)
				}
			}
			m.Seed(mock.Account{Name: `acme "CORP"`})
			for _, test := range []struct {
				config Values
				words  []string
			}{
				{Values{"name": `Acme "Corp"`}, []string{"More than one", a.ID}},
				{Values{"name": "Acme"}, []string{"No such Fortanix account", "Acme"}},
				{Values{"id": otherID}, []string{"HTTP 404"}},
				{Values{"id": "12345"}, []string{"Invalid id", "is a UUID"}},
				{Values{"name": ""}, []string{"is empty"}},
				{Values{}, []string{"id", "name"}},
				{Values{"id": a.ID, "name": "Acme"}, []string{"id", "name"}},
			} {
				_, said := p.Data("fortanix_account", test.config)
				said.Errors().Contain(t, test.words...)
			}
			if n := acctest.Changes(s); n > 0 {
				t.Errorf("%d changes were sent", n)
			}
		})
	}
}

func TestAccountsDataSource(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{"": {MaxPageSize: 4}, "partial": {PartialList: true, MaxPageSize: 4}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _, p := startProtocol(t, options)
			seeded := seedTricky(m)
			values, said := p.Data("fortanix_accounts", Values{})
			if len(said) > 0 {
				t.Fatal(said)
			}
			var ids []string
			accounts, _ := values["accounts"].([]any)
			for i, one := range accounts {
				id := fmt.Sprint(one.(Values)["id"])
				ids = append(ids, id)
				single, _ := p.Data("fortanix_account", Values{"id": id})
				single["totals"] = nil     // which lists don't show
				delete(single, "timeouts") // which only the data source of one has
				if !reflect.DeepEqual(single, one) || id != seeded[i].ID {
					t.Errorf("listed %v\nsingle %v", one, single)
				}
			}
			if slices.Sort(ids); len(slices.Compact(ids)) != len(trickyNames) {
				t.Errorf("got the ids %v", ids)
			}
			for _, name := range trickyNames {
				values, said := p.Data("fortanix_accounts", Values{"name": name})
				if found, _ := values["accounts"].([]any); len(said) > 0 || len(found) != 1 || found[0].(Values)["name"] != name {
					t.Errorf("%q: found %v %s", name, values["accounts"], said)
				}
			}
			none, said := p.Data("fortanix_accounts", Values{"name": "nobody"})
			if found, ok := none["accounts"].([]any); !ok || len(found) != 0 || len(said) > 0 {
				t.Errorf("nobody: found %v %s", none, said)
			}
			if _, said := p.Data("fortanix_accounts", Values{"name": ""}); len(said.Errors()) == 0 {
				t.Error("an empty filter was accepted")
			}
		})
	}
}

func TestAccountImport(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	a := m.Seed(mock.Account{Name: "Acme", CustomLogo: png("x")})
	states := map[string]Values{}
	for how, do := range map[string]func(*acctest.Resource, string) acctest.Diagnostics{
		"id": (*acctest.Resource).Import, "identity": (*acctest.Resource).ImportIdentity,
	} {
		for _, id := range []string{a.ID, strings.ToUpper(a.ID)} {
			r := p.Resource(accountType)
			if said := do(r, id); len(said) > 0 {
				t.Fatalf("%s: %s", how, said)
			}
			if r.Identity() != a.ID || r.State()["deletion_policy"] != "prevent" {
				t.Errorf("%s: identity %q, state %v", how, r.Identity(), r.State())
			}
			if before := states[id]; before != nil && !reflect.DeepEqual(before, r.State()) {
				t.Errorf("id and identity differ: %v, %v", before, r.State())
			}
			states[id] = r.State()
			config := Values{"name": "Acme", "custom_logo": png("x")}
			r.Settled(config)
			r.Applied(acctest.With(config, Values{"account_status": "Active", "timeouts": Values{"read": "1m"}}))
			if r.Identity() != a.ID {
				t.Errorf("the identity has become %q", r.Identity())
			}
		}
		for _, bad := range []string{"", " ", "12345", a.ID + " ", "../users", a.ID[:35] + "/", `x"`} {
			if bad == "" && how == "identity" {
				continue
			}
			do(p.Resource(accountType), bad).Errors().Contain(t, "Invalid import id", "UUID", "fortanix_accounts")
		}
		do(p.Resource(accountType), otherID).Errors().Contain(t, otherID, "nothing was imported", "fortanix_accounts", "account not found")
	}
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d changes were sent", n)
	}

	// State of a Terraform that knew no identities.
	r := p.Resource(accountType)
	r.Import(a.ID)
	r.ForgetIdentity()
	r.Settled(Values{"name": "Acme", "custom_logo": png("x")})
	if r.Identity() != a.ID {
		t.Errorf("the identity is %q", r.Identity())
	}
}

// The listing that many reads share makes no difference but to the number of requests.
func TestAccountBulkReads(t *testing.T) {
	t.Parallel()
	read := map[bool]int{}
	for _, bulk := range []bool{true, false} {
		m, s, env := start(t, mock.Options{})
		p := acctest.StartProtocol(t, env, Values{"bulk_reads": bulk})
		for i := range 60 {
			m.Seed(mock.Account{
				Name: fmt.Sprint("Acme ", i), CustomLogo: png("x"), AuthConfigs: map[string]mock.AuthConfig{someID: {Password: &mock.PasswordConfig{}}},
			})
		}
		var resources []*acctest.Resource
		for _, a := range m.All() {
			r := p.Resource(accountType)
			if said := r.Import(a.ID); len(said) > 0 {
				t.Fatal(said)
			}
			resources = append(resources, r)
		}
		p.Restart()
		s.Reset()
		for i, r := range resources {
			r.Settled(Values{"name": fmt.Sprint("Acme ", i), "custom_logo": png("x"), "auth_configs": []any{password(false)}})
		}
		read[bulk] = s.Count(gets) + s.Count(lists)
	}
	if read[false] != 60 || read[true] > 15 {
		t.Errorf("%d requests with bulk reads, %d without", read[true], read[false])
	}
}

// An account with a value that configuration may not have would fail the plan of all that is generated next to it.
func TestListLeavesOut(t *testing.T) {
	t.Parallel()
	m, _, p := startProtocol(t, mock.Options{})
	oauth := func(name, icon string) map[string]mock.AuthConfig {
		return map[string]mock.AuthConfig{otherID: {OAuth: &mock.OAuthConfig{
			Name: name, IconURL: icon, AuthorizationEndpoint: "https://idp.example/a", TokenEndpoint: "https://idp.example/t", ClientID: "c",
			ClientSecret: "theirs", TLS: mock.TLS{Disabled: &struct{}{}},
		}}}
	}
	const icon = "https://idp.example/icon.png"
	good := m.Seed(mock.Account{Name: "Good", AuthConfigs: oauth("idp", icon)})
	var left []string
	for i, a := range []mock.Account{
		{AuthConfigs: oauth("idp", "")},
		{AuthConfigs: oauth("", icon)},
	} {
		a.Name = fmt.Sprint("Acme ", i)
		left = append(left, m.Seed(a).ID)
	}
	listed, said := p.List(accountType, Values{}, 0, true)
	said.Warnings().Contain(t, append(left, "2 at Fortanix")...)
	if len(said.Errors()) > 0 || len(listed) != 1 || listed[0].ID != good.ID {
		t.Errorf("%v\n%s", listed, said)
	}
}
