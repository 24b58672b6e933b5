package fortanix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// inLines breaks base64 as MIME does.
func inLines(encoded string) string { return encoded[:8] + "\r\n" + encoded[8:] + "\n" }

// Values that vendor and user spell differently are equal: nothing is sent, and the user's spelling stays.
func TestAccountSpelling(t *testing.T) {
	t.Parallel()
	for attribute, test := range map[string]struct {
		value  string
		change func(*mock.Account)
		other  string
	}{
		"name":                 {"Acme  Corp", func(a *mock.Account) { a.Name = " ACME  Corp " }, "Acme  Corp"},
		"custom_logo":          {png("logo"), func(a *mock.Account) { a.CustomLogo = inLines(a.CustomLogo) }, inLines(png("logo"))},
		"default_group_id":     {otherID, func(a *mock.Account) { a.DefaultGroupID = strings.ToUpper(otherID) }, strings.ToUpper(otherID)},
		"marketplace_group_id": {strings.ToUpper(otherID), func(a *mock.Account) { a.MarketplaceGroupID = otherID }, otherID},
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			config := acctest.With(Values{"name": "Acme"}, Values{attribute: test.value})
			r.Applied(config)
			m.Change(r.ID(), test.change)
			s.Reset()
			r.Settled(config)
			if r.State()[attribute] != test.value {
				t.Errorf("the state has %q, want %q", r.State()[attribute], test.value)
			}
			r.Settled(acctest.With(config, Values{attribute: test.other}))
			if n := acctest.Changes(s); n > 0 {
				t.Errorf("%d changes were sent", n)
			}
		})
	}
}

// What others have entered at the vendor can be imported and written down as it is.
func TestAccountForeignValues(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]mock.Account{
		"bare":           {Name: "Acme"},
		"whitespace":     {Name: " Acme ", AuthConfigs: map[string]mock.AuthConfig{someID: {Cluster: &mock.ClusterRef{TargetID: "x"}}}},
		"logo in lines":  {Name: "Acme", CustomLogo: inLines(png("logo"))},
		"other letters":  {Name: "Acme", DefaultGroupID: strings.ToUpper(otherID), AccountStatus: "Deactivated", Component: "CONFIDENTIAL_AI"},
		"twice of a key": {Name: "Acme", AuthConfigs: map[string]mock.AuthConfig{someID: {Cluster: &mock.ClusterRef{TargetID: "x"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			if said := r.Import(m.Seed(a).ID); len(said) > 0 {
				t.Fatal(said)
			}
			r.Settled(acctest.With(r.State(), Values{"id": nil, "created_at": nil}))
			if r.State()["name"] != "Acme" || strings.ContainsAny(fmt.Sprint(r.State()["custom_logo"]), "\r\n") {
				t.Errorf("imported as %v", r.State())
			}
			if n := acctest.Changes(s); n > 0 {
				t.Errorf("%d changes were sent", n)
			}
		})
	}
}

func TestAccountRefusedValues(t *testing.T) {
	t.Parallel()
	_, s, p := startProtocol(t, mock.Options{})
	large := png(strings.Repeat("x", 128<<10-8))
	for _, test := range []struct {
		config Values
		says   string
	}{
		{Values{"name": ""}, "is empty"},
		{Values{"name": "Acme "}, "begins or ends with a space"},
		{Values{"name": "Ac\nme"}, "control character"},
		{Values{"custom_logo": ""}, "custom_logo is empty, as that of an empty file is"},
		{Values{"custom_logo": "not base64"}, "filebase64"},
		{Values{"custom_logo": b64("GIF89a")}, "not a JPEG, PNG or SVG"},
		{Values{"custom_logo": b64("<html><svg/></html>")}, "not a JPEG, PNG or SVG"},
		{Values{"custom_logo": png(strings.Repeat("x", 128<<10-7))}, "131073 bytes"},
		{Values{"component": "default"}, "DEFAULT"},
		{Values{"node_enrollment": Values{}}, "attestation_enforcement_disabled_insecure"},
		{Values{"default_group_id": "group"}, "UUID"},
		{Values{"marketplace_group_id": ""}, "UUID"},
		{Values{"account_status": "ACTIVE"}, "Deactivated"},
		{Values{"azure_cvm_pcr_priority": []any{}}, "23"},
		{Values{"azure_cvm_pcr_priority": order(0)[:22]}, "23"},
		{Values{"azure_cvm_pcr_priority": append(order(0)[:22], 23)}, "whole number from 0 to 22"},
		{Values{"azure_cvm_pcr_priority": append(order(0)[:22], 1.5)}, "whole number from 0 to 22"},
		{
			Values{"auth_configs": []any{oauth("a", "x", Values{"client_secret_wo_version": 1.5})}},
			"client_secret_wo_version is 1.5. It must be a whole number",
		},
		{Values{"auth_configs": []any{oauth("a", "x", Values{"client_secret_wo_version": 0})}}, "at least 1"},
		{Values{"azure_cvm_pcr_priority": append(order(0)[:22], 0)}, "duplicate"},
		{Values{"deletion_policy": "disable"}, "delete"},
		{Values{"timeouts": Values{"create": "soon"}}, "timeouts.create is"},
	} {
		said := p.Resource(accountType).Apply(acctest.With(Values{"name": "Acme"}, test.config))
		if len(said.Errors()) == 0 || !strings.Contains(said.String(), test.says) {
			t.Errorf("%.80v: %q is not said in:\n%s", test.config, test.says, said)
		}
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
	for i, image := range []string{
		large, b64("\xff\xd8\xff\xe0JFIF"), b64("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		b64("\ufeff<?xml version='1.0' encoding='ISO-8859-1'?><!-- logo --><!DOCTYPE svg><svg></svg>"),
	} {
		p.Resource(accountType).Applied(Values{"name": fmt.Sprint("Acme ", i), "custom_logo": image})
	}
}

var insecure = Values{"attestation_enforcement_disabled_insecure": true}

// What only the create call takes is refused where the policy in the state does not delete, and else replaces.
func TestAccountCreateOnly(t *testing.T) {
	t.Parallel()
	const says = "create-only attribute can't be changed"
	secure := Values{"attestation_enforcement_disabled_insecure": false}
	for attribute, values := range map[string][2]any{"component": {"CONFIDENTIAL_AI", "DEFAULT"}, "node_enrollment": {insecure, secure}} {
		base := Values{"name": "Acme", attribute: values[0]}
		other := acctest.With(base, Values{attribute: values[1]})
		drift := func(a *mock.Account) { a.Component, a.AttestationDisabled = "DEFAULT", false }
		t.Run(attribute+", refused", func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{})
			for _, policy := range []string{"prevent", "abandon"} {
				r := p.Resource(accountType)
				config := acctest.With(base, Values{"name": policy, "deletion_policy": policy})
				r.Applied(config)
				s.Reset()
				for _, asked := range []string{policy, "delete"} { // the state's policy counts
					r.Plan(acctest.With(config, Values{attribute: values[1], "deletion_policy": asked})).Diagnostics.Refused(
						t, s, says, attribute, `deletion_policy = "delete"`)
				}
				r.Applied(acctest.With(config, Values{attribute: nil}))
				if fmt.Sprint(r.State()[attribute]) != fmt.Sprint(values[0]) {
					t.Errorf("taken out, the state has %v", r.State()[attribute])
				}
			}
		})
		t.Run(attribute+", replaced", func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			r.Applied(acctest.With(base, Values{"deletion_policy": "delete"}))
			before := r.ID()
			s.Reset()
			config := acctest.With(other, Values{"deletion_policy": "prevent"})
			if plan := r.Plan(config); plan.Action != "replace" {
				t.Fatalf("%q is planned: %s", plan.Action, plan.Diagnostics)
			}
			r.Applied(config)
			if _, there := m.Get(before); there || r.ID() == before || s.Count(posts) != 1 || s.Count(deletes) != 1 || s.Count(patches) != 0 {
				t.Errorf("after %s there is %s; the old one is there: %t", before, r.ID(), there)
			}
		})
		t.Run(attribute+", drift", func(t *testing.T) {
			t.Parallel()
			for _, policy := range []string{"prevent", "delete"} {
				m, s, p := startProtocol(t, mock.Options{})
				r := p.Resource(accountType)
				config := acctest.With(base, Values{"deletion_policy": policy})
				r.Applied(config)
				s.Reset()
				m.Change(r.ID(), drift)
				if said := r.Refresh(); len(said) > 0 {
					t.Fatal(said)
				}
				plan := r.Plan(config)
				plan.Diagnostics.Warnings().Contain(t, "differs in a create-only attribute", attribute)
				if plan.Action != "" {
					t.Errorf("%s: %q is planned for a drift", policy, plan.Action)
				}
				if said := r.Apply(acctest.With(config, Values{"name": "Acme 2"})); len(said.Errors()) > 0 {
					t.Error(said)
				}
				// Written down as it is now, there is nothing to warn of.
				r.Settled(acctest.With(other, Values{"name": "Acme 2", "deletion_policy": policy}))
				r.Applied(acctest.With(other, Values{"name": "Acme 3", "deletion_policy": policy}))
				if s.Count(posts)+s.Count(deletes) > 0 {
					t.Error("the account was replaced")
				}
			}
		})
		t.Run(attribute+", imported", func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			r.Import(m.Seed(mock.Account{Name: "Acme"}).ID)
			r.Settled(Values{"name": "Acme"})
			r.Settled(other)
			r.Plan(base).Diagnostics.Refused(t, s, says)
		})
		t.Run(attribute+", unknown at plan time", func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			r.Applied(base)
			s.Reset()
			plan := r.Plan(acctest.With(base, Values{attribute: acctest.Unknown}))
			if len(plan.Diagnostics) > 0 {
				t.Fatal(plan.Diagnostics)
			}
			r.Execute(plan, Values{attribute: values[1]}).Refused(t, s, says, attribute)
			if said := r.Execute(plan, Values{attribute: values[0]}); len(said) > 0 {
				t.Errorf("the same value: %s", said)
			}
			r.Settled(base)
		})
	}
}

// What a server makes of an update counts as the account shows it then, and not as the reply has it.
func TestAccountChangeIgnored(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	r := p.Resource(accountType)
	r.Applied(Values{"name": "Acme"})
	partial := fmt.Sprintf(`{"acct_id":%q,"name":"Acme"}`, r.ID())
	s.Inject(mockserver.Fault{On: patches, Times: 1, Body: partial})
	r.Apply(Values{"name": "Acme 1"}).Errors().Contain(t, `showed "Acme" for name instead of "Acme 1"`, `AttributeName("name")`, r.ID())
	for i, reply := range []string{partial, `{}`, ``} {
		name := fmt.Sprint("Acme ", i)
		s.Reset()
		s.Inject(mockserver.Fault{On: patches, Effect: true, Times: 1, Body: reply})
		r.Applied(Values{"name": name})
		if n := s.Count(patches); n > 2 || stored(t, m, r).Name != name {
			t.Errorf("after %q: %d updates left %q", reply, n, stored(t, m, r).Name)
		}
	}
	s.Reset()
	r.Applied(Values{"name": "Acme 2"})
	if n := s.Count(patches); n > 0 || stored(t, m, r).Name != "Acme 2" {
		t.Errorf("%d updates left %q", n, stored(t, m, r).Name)
	}
}

// A change of a secret, which nothing shows, is done where the vendor accepts it, and never on the word of somebody else.
func TestSecretAccepted(t *testing.T) {
	t.Parallel()
	with := func(secret string, version int) Values {
		return Values{"name": "Acme", "auth_configs": []any{oauth("a", secret, Values{"client_secret_wo_version": version})}}
	}
	for name, test := range map[string]struct {
		fault    mockserver.Fault
		byVendor bool // whether the reply is the vendor's, which has made the change
	}{
		"an empty object": {mockserver.Fault{Body: `{}`}, true}, "no content": {mockserver.Fault{Status: 204}, true},
		"a web page": {mockserver.Fault{Body: page}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			r.Applied(with("one", 1))
			test.fault.On, test.fault.Effect, test.fault.Times = patches, test.byVendor, 1
			s.Reset()
			s.Inject(test.fault)
			r.Applied(with("two", 2))
			if n := s.Count(patches); (n == 1) != test.byVendor {
				t.Errorf("%d updates were sent", n)
			}
			for _, c := range stored(t, m, r).AuthConfigs {
				if c.OAuth.ClientSecret != "two" {
					t.Errorf("the secret is %q", c.OAuth.ClientSecret)
				}
			}
		})
	}
}
