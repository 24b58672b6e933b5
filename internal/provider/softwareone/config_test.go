package softwareone_test

import (
	"maps"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Where credentials and address come from, and that a vendor without them costs nothing until it is needed.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	const other = "idt:TKN-7777-7777:other-tenant"
	type test struct {
		env     map[string]string // in addition to the address
		block   any
		token   string // the one that is sent; "" where none can be
		invalid string // what configuring says
		missing string // what a read says where there is no token
	}
	for name, test := range map[string]test{
		"environment":   {env: map[string]string{"MPT_API_TOKEN": mock.DemoToken}, token: mock.DemoToken},
		"configuration": {block: Values{"api_token": mock.DemoToken}, token: mock.DemoToken},
		"configuration first": {
			env: map[string]string{"MPT_API_TOKEN": other}, block: Values{"api_token": mock.DemoToken}, token: mock.DemoToken,
		},
		"nothing":            {missing: "MPT_API_TOKEN"},
		"other tools' names": {env: map[string]string{"MARKETPLACE_API_TOKEN": other, "MPT_TOKEN": other}, missing: "MPT_API_TOKEN"},
		"unknown token": {
			env: map[string]string{"MPT_API_TOKEN": other}, block: Values{"api_token": acctest.Unknown},
			missing: "softwareone.api_token isn't known yet",
		},
		"unknown block": {env: map[string]string{"MPT_API_TOKEN": other}, block: acctest.Unknown, missing: "isn't known yet"},
		"unknown address": {
			env: map[string]string{"MPT_API_TOKEN": other}, block: Values{"base_url": acctest.Unknown},
			missing: "softwareone.base_url isn't known yet",
		},
		"token with a blank": {block: Values{"api_token": "idt:TKN-1-1: secret"}, invalid: "api_token", missing: "invalid"},
		"variable, newline":  {env: map[string]string{"MPT_API_TOKEN": "secret\n"}, missing: "MPT_API_TOKEN"},
		"empty token": {
			env: map[string]string{"MPT_API_TOKEN": other}, block: Values{"api_token": ""}, invalid: "api_token", missing: "invalid",
		},
		"plain http": {
			env: map[string]string{"MPT_API_TOKEN": other}, block: Values{"base_url": "http://api.example/secret"}, invalid: "base_url",
			missing: "invalid",
		},
		"no limit at all": {
			block: Values{"api_token": mock.DemoToken, "max_requests_per_second": 0}, invalid: "max_requests_per_second", missing: "-",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, env := start(t, mock.Options{})
			m.AddCredential(mock.Credential{Token: other, AccountID: mock.OperationsID})
			delete(env, "MPT_API_TOKEN")
			maps.Copy(env, test.env)
			block := Values{"softwareone": test.block}
			p, said := acctest.NewProtocol(t, env, block)
			said.Contain(t, test.invalid)
			if len(said) > 0 && test.invalid == "" {
				t.Fatal(said)
			}
			if test.missing == "-" {
				return
			}
			if plan := p.Resource("softwareone_account").Plan(Values{"name": "Acme", "type": "Client"}); len(plan.Diagnostics) > 0 {
				t.Errorf("only a plan needs no vendor: %s", plan.Diagnostics)
			}
			if n := len(s.Requests()); n > 0 {
				t.Errorf("%d requests were sent before one was needed", n)
			}
			_, said = p.Data("softwareone_accounts", Values{})
			said.Errors().Contain(t, test.missing)
			if test.token == "" {
				if len(said.Errors()) != 1 || len(s.Requests()) > 0 {
					t.Errorf("%d requests were sent: %s", len(s.Requests()), said)
				}
				return
			}
			if len(said) > 0 {
				t.Fatal(said)
			}
			if sent := s.Find(lists)[0]; sent.Header.Get("Authorization") != hashed(test.token) {
				t.Error("another token was sent")
			}
		})
	}
}

// The address may be given as people copy it.
func TestConfiguredAddress(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"", "/", "/public", "/public/", "/public/v1", "/public/v1/"} {
		_, s, env := start(t, mock.Options{})
		env["MPT_API_BASE_URL"] = "https://nobody.invalid"
		p := acctest.StartProtocol(t, env, Values{"softwareone": Values{"base_url": s.URL + suffix}})
		if _, said := p.Data("softwareone_accounts", Values{}); len(said) > 0 || s.Count(lists) != 1 {
			t.Errorf("%q: %s", suffix, said)
		}
	}
}
