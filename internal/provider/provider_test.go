package provider_test

import (
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

func TestProviderBlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block   acctest.Values
		invalid string
	}{
		"nothing":              {},
		"everything":           {block: acctest.Values{"request_timeout": "2m", "bulk_reads": false}},
		"shortest, longest":    {block: acctest.Values{"request_timeout": "1h"}},
		"unknown":              {block: acctest.Values{"request_timeout": acctest.Unknown, "bulk_reads": acctest.Unknown}},
		"no duration":          {block: acctest.Values{"request_timeout": "60"}, invalid: "not a duration"},
		"too short":            {block: acctest.Values{"request_timeout": "10ms"}, invalid: "from 1s to 1h"},
		"too long":             {block: acctest.Values{"request_timeout": "2h"}, invalid: "from 1s to 1h"},
		"empty":                {block: acctest.Values{"request_timeout": ""}, invalid: "not a duration"},
		"less than no request": {block: acctest.Values{"softwareone": acctest.Values{"max_requests_per_second": -1}}, invalid: "at least"},
	} {
		_, said := acctest.NewProtocol(t, nil, test.block)
		said.Contain(t, test.invalid)
		if (len(said.Errors()) > 0) != (test.invalid != "") {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// Requests name the provider, Terraform and what the user appends.
func TestUserAgent(t *testing.T) {
	t.Parallel()
	s := mockserver.Start(t, mock.New(mock.Options{}))
	env := acctest.Environment{"MPT_API_TOKEN": mock.DemoToken, "MPT_API_BASE_URL": s.URL}
	for appended, want := range map[string]string{
		"": "terraform-provider-accounts/test Terraform/1.14.0", "ci/7 (x)": "terraform-provider-accounts/test Terraform/1.14.0 ci/7 (x)",
	} {
		s.Reset()
		env["TF_APPEND_USER_AGENT"] = appended
		p, _ := acctest.NewProtocol(t, env, nil)
		if _, said := p.Data("softwareone_accounts", acctest.Values{}); len(said) > 0 {
			t.Fatal(said)
		}
		if got := s.Requests()[0].Header.Get("User-Agent"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Two configurations of the provider keep their credentials apart, whatever the environment holds.
func TestAliases(t *testing.T) {
	t.Parallel()
	m := mock.New(mock.Options{})
	s := mockserver.Start(t, m)
	const second = "idt:TKN-8888-8888:second"
	m.AddCredential(mock.Credential{Token: second, AccountID: mock.OperationsID})
	cli := acctest.NewCLI(t, acctest.Environment{"MPT_API_TOKEN": mock.DemoToken, "MPT_API_BASE_URL": s.URL})
	cli.Write("main.tf", acctest.Lines(
		`provider "accounts" {`, `alias = "b"`, `softwareone { api_token = "`+second+`" }`, `}`,
		`provider "accounts" {`, `alias = "none"`, `softwareone { api_token = terraform_data.later.output }`, `}`,
		`resource "terraform_data" "later" {`, `input = "`+second+`"`, `}`,
		`resource "softwareone_account" "a" {`, `provider = accounts`, `name = "A"`, `type = "Client"`, `}`,
		`resource "softwareone_account" "b" {`, `provider = accounts.b`, `name = "B"`, `type = "Client"`, `}`,
		`resource "softwareone_account" "later" {`, `provider = accounts.none`, `name = "Later"`, `type = "Client"`, `}`,
	))
	cli.OK("apply", "-auto-approve")
	makers := map[string]string{"A": "TKN-1111-2222", "B": "TKN-8888-8888", "Later": "TKN-8888-8888"}
	for _, a := range m.All()[1:] {
		if a.Created.By != makers[a.Name] {
			t.Errorf("%s was made by %s, want %s", a.Name, a.Created.By, makers[a.Name])
		}
	}
	if shown := cli.OK("show").String(); strings.Contains(shown, "demo-only") {
		t.Error("the state shows a token of the environment")
	}
}
